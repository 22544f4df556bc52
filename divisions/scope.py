"""Row-level scope: a user sees and touches only their own division and below.

A division's code is a prefix of the codes below it, so scope is a prefix too. A user object says
how far it reaches with ``scope_prefix``: ``""`` is everywhere, ``None`` is nowhere.
"""

from typing import Any, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def in_scope(user: Any, code: str) -> bool:
    """Whether ``code`` is the user's own division or lies below it."""
    prefix = getattr(user, "scope_prefix", None)
    return prefix is not None and code.startswith(prefix)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset whose rows belong to a division, by the path in ``division_path``."""

    division_path = "division"

    def visible_to(self, user: Any) -> Self:
        """The rows in the user's scope; none for an anonymous or closed account."""
        prefix = getattr(user, "scope_prefix", None)
        if prefix is None:
            return self.none()
        return self.within(prefix)

    def within(self, code: str) -> Self:
        """The rows of the division ``code`` and all below it; every row for the empty code."""
        if not code:
            return self.all()
        path = f"{self.division_path}__code" if self.division_path else "code"
        return self.filter(**{f"{path}__startswith": code})
