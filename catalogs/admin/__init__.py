"""The province's side, in the Django admin. No rules live here: every action calls a verb."""

from catalogs.admin import editions, reference, submissions

__all__ = ["editions", "reference", "submissions"]
