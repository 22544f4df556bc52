"""Figures of a place and those below it: counts, never people."""

import datetime as dt
import json
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs.downloads import file_response
from catalogs.official_forms.plain_table import write_table
from divisions.scope import in_scope
from requests_app import oversight
from requests_app.models import Outcome
from requests_app.oversight import Line
from requests_app.views.months import month_of
from requests_app.views.places import place_of

VIEW = "requests_app.view_figures"
_MOST_MONTHS = 36


@login_required
@permission_required(VIEW, raise_exception=True)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The page: ``place`` within one's scope, ``first`` and ``last`` months; ``as`` xlsx or json."""
    place = place_of(request)
    first, last = _months(request)
    months = oversight.by_month(place, first, last)
    certificates = oversight.by_certificate(place, first, last)
    demanders = oversight.by_demander(place, first, last)
    places = oversight.by_place(place, first, last)
    title = f"{place.name}{first:%Y%m}至{last:%Y%m}办理统计"
    if request.GET.get("as") == "json":
        said: dict[str, Any] = {"place": place.code, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
        groups = {"months": months, "certificates": certificates, "places": places, "demanders": demanders}
        said |= {name: [_as_data(line) for line in lines] for name, lines in groups.items()}
        return file_response(json.dumps(said, ensure_ascii=False, indent=1).encode(), f"{title}.json")
    if request.GET.get("as") == "xlsx":
        return file_response(_workbook(title, months, certificates, demanders, places), f"{title}.xlsx")
    late = oversight.late_by_place(place, timezone.localdate())
    for line in places:
        line.late_now = late.get(line.code, 0)
    context = {
        "place": place,
        "above": place.parent if place.parent and in_scope(request.user, place.parent_id or "") else None,
        "first": first,
        "last": last,
        "outcomes": [one.label for one in Outcome],
        "months": months,
        "bars": oversight.bars(months),
        "most_refused": _top(certificates, lambda line: line.refused),
        "most_asked": _top(certificates, lambda line: line.asked),
        "demanders": demanders[: oversight.SHOWN],
        "places": places,
        "late_now": sum(late.values()),
        "open_now": oversight.open_requests(place).count(),
        "today": timezone.localdate(),
        "total": _sum(months),
    }
    return render(request, "requests_app/figures.html", context)


def _months(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """The months asked for, the last twelve where none is; at most three years."""
    this = timezone.localdate().replace(day=1)
    last = month_of(request.GET.get("last", "")) or this
    first = month_of(request.GET.get("first", "")) or _back(last, 11)
    if first > last:
        first, last = last, first
    return max(first, _back(last, _MOST_MONTHS - 1)), last


def _back(month: dt.date, by: int) -> dt.date:
    at = month.year * 12 + month.month - 1 - by
    return dt.date(at // 12, at % 12 + 1, 1)


def _top(lines: list[Line], number: Any) -> list[Line]:
    most = sorted((line for line in lines if number(line)), key=lambda line: (-number(line), line.label))
    return most[: oversight.SHOWN]


def _sum(lines: list[Line]) -> Line:
    whole = Line("合计")
    for line in lines:
        for outcome, count in line.counts.items():
            whole.add(outcome, count, 0)
        whole.days += line.days
    return whole


def _as_data(line: Line) -> dict[str, Any]:
    counts = {one.value: line.counts[one] for one in Outcome}
    said: dict[str, Any] = {
        "label": line.label,
        "code": line.code,
        **counts,
        "average_days": line.average_days,
    }
    return said | {"written": dict(line.written)} if line.written else said


def _workbook(title: str, *groups: list[Line]) -> bytes:
    rows: list[tuple[str | float | None, ...]] = []
    for name, lines in zip(("按月", "按证明", "不应索要的单位", "按地区"), groups, strict=True):
        for line in lines:
            average = None if line.average_days is None else round(line.average_days, 1)
            written = "；".join(f"{text}{count}件" for text, count in line.most_written)
            rows.append((name, line.label, line.code, *line.cells(), average, written))
    headings = ("类别", "名称", "代码或证明", *(one.label for one in Outcome), "平均用时（工作日）", "原写法")
    return write_table(title, headings, rows)
