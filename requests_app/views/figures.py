"""Figures of a place and those below it: counts, never people."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs.downloads import file_response
from catalogs.official_forms.plain_table import Table, write_tables
from divisions.scope import in_scope
from requests_app import oversight
from requests_app.models import REFUSED, Outcome
from requests_app.oversight import NOT_DUE, Line, Report
from requests_app.views.months import month_of
from requests_app.views.places import place_of

VIEW = "requests_app.view_figures"
_MOST_MONTHS = 36
_AVERAGE = "平均用时（工作日）"


@login_required
@permission_required(VIEW, raise_exception=True)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The page: ``place`` within one's scope, ``first`` and ``last`` months; ``as`` xlsx or json."""
    place = place_of(request)
    first, last, remarks = _months(request)
    found = oversight.report(place, first, last)
    title = f"{place.name}{_name(first)}至{_name(last)}办理统计"
    if request.GET.get("as") == "json":
        said: dict[str, Any] = {"place": place.code, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
        said |= {"open_before": found.open_before, "open_after": found.open_after}
        for name in ("months", "certificates", "places", "demanders"):
            said[name] = [_as_data(line) for line in getattr(found, name)]
        return file_response(json.dumps(said, ensure_ascii=False, indent=1).encode(), f"{title}.json")
    if request.GET.get("as") == "xlsx":
        return file_response(write_tables(_tables(title, found)), f"{title}.xlsx")
    late = oversight.late_by_place(place, timezone.localdate())
    for line in found.places:
        line.late_now = late.get(line.code, 0)
    today = timezone.localdate()
    context = {
        "place": place,
        "above": place.parent if place.parent and in_scope(request.user, place.parent_id or "") else None,
        "first": first,
        "last": last,
        "is_until_now": last == today.replace(day=1),
        "remarks": remarks,
        "reasons": [one.label for one in REFUSED],
        "found": found,
        "total": found.total,
        "plot": oversight.plot(found.months),
        "most_refused": _top(found.certificates, lambda line: line.refused),
        "most_asked": _top(found.certificates, lambda line: line.asked),
        "demanders": found.demanders[: oversight.SHOWN],
        "late_now": sum(late.values()),
        "today": today,
    }
    return render(request, "requests_app/figures.html", context)


def _months(request: HttpRequest) -> tuple[dt.date, dt.date, list[str]]:
    """The months asked for, the last twelve where none is, and what was not done as asked."""
    said = {name: request.GET.get(name, "").strip() for name in ("first", "last")}
    found = {name: month_of(text) for name, text in said.items()}
    remarks = [
        f"月份“{text[:20]}”无法识别，没有采用。月份写作 2026-03。"
        for name, text in said.items()
        if text and not found[name]
    ]
    last = found["last"] or timezone.localdate().replace(day=1)
    first = found["first"] or _back(last, 11)
    first, last = min(first, last), max(first, last)
    earliest = _back(last, _MOST_MONTHS - 1)
    if first < earliest:
        remarks.append(f"一次最多统计 {_MOST_MONTHS} 个月，从{_name(earliest)}起统计。")
    return max(first, earliest), last, remarks


def _back(month: dt.date, by: int) -> dt.date:
    at = month.year * 12 + month.month - 1 - by
    return dt.date(at // 12, at % 12 + 1, 1)


def _name(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"


def _top(lines: list[Line], number: Any) -> list[Line]:
    most = sorted((line for line in lines if number(line)), key=lambda line: (-number(line), line.label))
    return most[: oversight.SHOWN]


def _as_data(line: Line) -> dict[str, Any]:
    counts = {one.value: line.counts[one] for one in Outcome}
    said: dict[str, Any] = {
        "label": line.label,
        "code": line.code,
        **counts,
        "average_days": line.average_days,
    }
    return said | {"written": dict(line.written)} if line.written else said


def _tables(title: str, found: Report) -> Iterator[Table]:
    """A sheet for each kind of line, with what all its lines add up to."""
    whole = found.total
    counted = (*whole.cells(), _AVERAGE)
    yield Table(
        "合计",
        title,
        ("项目", "数量"),
        [
            ("期初在办", found.open_before),
            *whole.cells().items(),
            ("期末在办", found.open_after),
            (_AVERAGE, _average(whole)),
        ],
    )
    for sheet, heading, lines in (("按月", "月份", found.months), ("按证明", "证明", found.certificates)):
        rows = [(line.label, *_numbers(line)) for line in [*lines, whole]]
        yield Table(sheet, f"{title}（{sheet}）", (heading, *counted), rows)
    yield Table(
        "按索要单位",
        f"{title}（索要不应索要的证明）",
        ("索要单位", "证明", "件数", *(f"其中{one.label}" for one in NOT_DUE), "原写法"),
        [
            (line.label, line.code, line.not_due, *(line.counts[one] for one in NOT_DUE), _written(line))
            for line in [*found.demanders, oversight.total(found.demanders)]
        ],
    )
    if found.places:
        lines = [*found.places, oversight.total(found.places)]
        rows = [(line.label, line.code, *_numbers(line)) for line in lines]
        yield Table("按地区", f"{title}（按地区）", ("地区", "区划代码", *counted), rows)


def _numbers(line: Line) -> tuple[float | None, ...]:
    return (*line.cells().values(), _average(line))


def _average(line: Line) -> float | None:
    return None if line.average_days is None else round(line.average_days, 1)


def _written(line: Line) -> str:
    return "；".join(f"{text}{count}件" for text, count in line.most_written)
