"""The place a page is about: one's own, or one below it that the address names."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from divisions.models import Division, Level
from divisions.scope import in_scope


def place_of(request: HttpRequest) -> Division:
    """The division of ``place`` in the address, one's own where there is none.

    Raises Http404 for what is no place or lies outside one's scope.
    """
    user: Any = request.user
    code = request.GET.get("place", "")
    if not code:
        own: Division | None = user.division or Division.objects.filter(parent=None).first()
        if own is None:
            raise PermissionDenied
        return own
    if not (code.isascii() and code.isdigit() and in_scope(user, code)):
        raise Http404
    found = Division.objects.filter(pk=code).select_related("parent").first()
    if found is None:
        raise Http404
    return found


def own_village(request: HttpRequest) -> Division | None:
    """The village or community of those who work in one; None for everybody else."""
    division: Division | None = getattr(request.user, "division", None)
    return division if division and division.level == Level.VILLAGE else None
