"""Pages of long lists without OFFSET and without counting: from the last row seen (keyset paging)."""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import HttpRequest

PAGE_SIZE = 50
_LARGEST = 2**63 - 1  # what a key can be in either database


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the addresses of the older and newer ones ("" where there are none)."""

    rows: list[Any]
    older: str
    newer: str


def page_of(
    rows: models.QuerySet[Any], request: HttpRequest, size: int = PAGE_SIZE, order: Sequence[str] = ()
) -> Page:
    """The page that an address asks for: ``after`` or ``before`` a row.

    ``order``, or the model's own ordering, decides: all of it descending or all of it ascending, its
    last field unique and none of it empty, e.g. ("-created_at", "-id"). A token that means nothing
    gives the first page.
    """
    order = [str(name) for name in order or rows.model._meta.ordering]
    names = [name.removeprefix("-") for name in order]
    onwards, back = ("lt", "gt") if order[0].startswith("-") else ("gt", "lt")
    after, before = (_read(request.GET.get(name, ""), rows.model, names) for name in ("after", "before"))
    backwards = before is not None
    if backwards:
        found = list(rows.filter(_beyond(names, before, back)).order_by(*order).reverse()[: size + 1])
    else:
        further = rows.filter(_beyond(names, after, onwards)) if after else rows
        found = list(further.order_by(*order)[: size + 1])
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
    said = json.dumps([one.isoformat() if isinstance(one, dt.date) else one for one in values])
    token = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    kept = {name: value for name, value in request.GET.items() if name not in {"after", "before"}}
    return f"?{urlencode({**kept, way: token})}"


def _read(token: str, model: type[models.Model], names: list[str]) -> list[Any] | None:
    """The values of a token, None for one that no page gave out: the address may be anybody's."""
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        pairs = zip(names, values, strict=True)
        return [_value(model._meta.get_field(name), value) for name, value in pairs]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _value(field: Any, value: Any) -> Any:
    """A value as its field has it. Raises ValueError, TypeError or OverflowError."""
    if isinstance(field, models.DateTimeField):
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date.fromisoformat(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError("not a key")
    return value
