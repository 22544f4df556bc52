"""The province's side, in the Django admin. No rules live here: every action calls a verb."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

from catalogs.admin import editions, guides, reference, submissions, uploads

# The queue's own pages are in English and for nobody here; a table's page shows how far it is.
admin.site.unregister(DBTaskResult)

__all__ = ["editions", "guides", "reference", "submissions", "uploads"]
