"""Pages of long lists without OFFSET and without counting: from the last row seen (keyset paging)."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import HttpRequest

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the addresses of the older and newer ones ("" where there are none)."""

    rows: list[Any]
    older: str
    newer: str


def page_of(rows: models.QuerySet[Any], request: HttpRequest, size: int = PAGE_SIZE) -> Page:
    """The page that an address asks for: ``after`` or ``before`` a row, newest first.

    The model's own ordering decides, all of it descending and its last field unique, e.g.
    ("-created_at", "-id"). A token that means nothing gives the first page.
    """
    names = [str(name).removeprefix("-") for name in rows.model._meta.ordering]
    after, before = (_read(request.GET.get(name, ""), len(names)) for name in ("after", "before"))
    backwards = before is not None
    if backwards:
        found = list(rows.filter(_beyond(names, before, "gt")).order_by(*names)[: size + 1])
    else:
        older = rows.filter(_beyond(names, after, "lt")) if after else rows
        found = list(older.order_by(*(f"-{name}" for name in names))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_newer = more if backwards else after is not None
    has_older = bool(found) if backwards else more
    return Page(
        found,
        older=_address(request, "after", names, found[-1]) if found and has_older else "",
        newer=_address(request, "before", names, found[0]) if found and has_newer else "",
    )


def _beyond(names: list[str], values: Any, lookup: str) -> Q:
    """Rows past a row in the order of several fields; the first one alone lets the index begin there."""
    condition = Q(**{f"{names[-1]}__{lookup}": values[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(values[:-1]), strict=True):
        condition = Q(**{f"{name}__{lookup}e": value}) & (Q(**{f"{name}__{lookup}": value}) | condition)
    return condition


def _address(request: HttpRequest, way: str, names: list[str], row: Any) -> str:
    values = [getattr(row, name) for name in names]
    said = json.dumps([one.isoformat() if isinstance(one, dt.datetime) else one for one in values])
    token = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    kept = {name: value for name, value in request.GET.items() if name not in {"after", "before"}}
    return f"?{urlencode({**kept, way: token})}"


def _read(token: str, length: int) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if len(values) != length or not isinstance(values[-1], int):
            return None
        return [*(dt.datetime.fromisoformat(one) for one in values[:-1]), values[-1]]
    except (ValueError, TypeError, binascii.Error, KeyError):
        return None
