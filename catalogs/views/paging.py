"""Surveys and their totals by numbered pages."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

ROWS_A_PAGE = 100


def page_of(request: HttpRequest, objects: Any) -> Any:
    """The page of a list that the address asks for, and the address without its page number."""
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(objects, ROWS_A_PAGE).get_page(request.GET.get("page"))
    page.query = query.urlencode()  # type: ignore[attr-defined]
    return page
