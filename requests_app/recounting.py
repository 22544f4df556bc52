"""Are the monthly figures what the requests say? Counted anew from the requests themselves (三(三))."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db import connections, router
from django.utils import timezone

from divisions.models import CODE_LENGTH, Division, Level
from requests_app.figures import DEMANDER, Grain, add_figures, one_moment
from requests_app.models import CertificateRequest, Figure, Happening, Outcome, RequestStatus
from requests_app.models.figures import OUTCOME_OF_REFUSAL
from requests_app.workdays import workdays_between

Key = tuple[str, dt.date, str, int | None, str]  # village, month, outcome, certificate, demander
Row = tuple[Any, ...]  # scope, grain, month, outcome, key, certificate, demander, count, days
_VILLAGE = CODE_LENGTH[Level.VILLAGE]
_COUNTY = CODE_LENGTH[Level.COUNTY]
_FIELDS = (
    "village_id",
    "certificate_type_id",
    "demander",
    "status",
    "created_at",
    "closed_at",
    "due_on",
    "took",
    "refusal__reason",
)
_CLOSED: dict[str, Outcome] = {
    RequestStatus.ISSUED: Outcome.ISSUED,
    RequestStatus.PROMISED: Outcome.PROMISED,
    RequestStatus.WITHDRAWN: Outcome.WITHDRAWN,
}


def differences() -> dict[Key, tuple[int, int]]:
    """By how much (count, days) the figures of villages miss what the requests say: right minus shown.

    County by county, each at one moment, so that work may go on meanwhile.
    """
    found = {}
    taken = cache(workdays_between)
    for county in _counties():
        with one_moment():
            right, shown = _right(county, taken), _shown(county)
        for key in right[0].keys() | shown[0].keys():
            missing = right[0][key] - shown[0][key], right[1][key] - shown[1][key]
            if any(missing):
                found[key] = missing
    return found


def misfolded() -> list[Row]:
    """By how much figures miss the sum of their villages': every level and grain, right minus shown."""
    found: list[Row] = []
    with one_moment():
        for grain in Grain:
            for length in CODE_LENGTH.values():
                if (grain, length) != (Grain.DEMANDER, _VILLAGE):
                    found.extend(_misfolded(grain, length))
    return found


def repair(missing: dict[Key, tuple[int, int]], unfolded: list[Row]) -> None:
    """Add what ``differences`` and ``misfolded`` found. What happened meanwhile is not touched.

    Not to be run twice at once: what is missing would be added twice.
    """
    Happening.objects.bulk_create(
        Happening(
            village_code=village,
            month=month,
            outcome=outcome,
            certificate_type_id=kind,
            demander=demander,
            count=count,
            days=days,
        )
        for (village, month, outcome, kind, demander), (count, days) in missing.items()
    )
    add_figures(unfolded)


def _counties() -> list[str]:
    villages = Division.objects.filter(level=Level.VILLAGE).values_list("code", flat=True)
    counted = Figure.objects.filter(grain=Grain.TOTAL).values_list("scope", flat=True).distinct()
    return sorted({code[:_COUNTY] for code in [*villages, *counted] if len(code) >= _COUNTY})


def _right(county: str, taken: Callable[[dt.date, dt.date], int]) -> tuple[Counter[Key], Counter[Key]]:
    """Counts and days as the requests of a county give them."""
    counts: Counter[Key] = Counter()
    days: Counter[Key] = Counter()
    rows = CertificateRequest.objects.filter(county_code=county).order_by().values_list(*_FIELDS)
    for village, kind, demander, *request in rows.iterator(chunk_size=5000):
        for outcome, day, spent in _happened(taken, *request):
            key = (village, day.replace(day=1), outcome, kind, demander[:DEMANDER])
            counts[key] += 1
            days[key] += spent
    return counts, days


def _happened(
    taken: Callable[[dt.date, dt.date], int],
    status: str,
    created_at: dt.datetime,
    closed_at: dt.datetime | None,
    due_on: dt.date | None,
    took: int | None,
    reason: str | None,
) -> Iterator[tuple[Outcome, dt.date, int]]:
    """What happened to a request: outcome, day, working days it took, as counted when it was closed."""
    asked = timezone.localtime(created_at).date()
    yield Outcome.ASKED, asked, 0
    if closed_at is None:
        return
    closed = timezone.localtime(closed_at).date()
    if due_on and closed > due_on:
        yield Outcome.LATE, closed, 0
    if outcome := OUTCOME_OF_REFUSAL[reason] if reason else _CLOSED.get(status):
        yield outcome, closed, taken(asked, closed) if took is None else took


def _shown(county: str) -> tuple[Counter[Key], Counter[Key]]:
    """Counts and days as the figures of a county's villages have them, with what is not folded yet."""
    counts: Counter[Key] = Counter()
    days: Counter[Key] = Counter()
    names = ("month", "outcome", "certificate_type", "demander", "count", "days")
    after = f"{int(county) + 1:0{_COUNTY}}"
    folded = Figure.objects.filter(grain=Grain.DEMANDER, scope__gte=county, scope__lt=after)
    fresh = Happening.objects.filter(village_code__startswith=county)
    for rows in (folded.values_list("scope", *names), fresh.values_list("village_code", *names)):
        for *key, count, spent in rows.iterator(chunk_size=5000):
            if len(key[0]) == _VILLAGE:
                counts[tuple(key)] += count
                days[tuple(key)] += spent
    return counts, days


def _misfolded(grain: str, length: int) -> list[Row]:
    """The villages' figures added up, with those of a level and grain taken from them: what is left."""
    connection = connections[router.db_for_read(Figure)]
    table = connection.ops.quote_name(Figure._meta.db_table)
    key, kind, demander = {
        Grain.TOTAL: ("''", "CAST(NULL AS bigint)", "''"),
        Grain.CERTIFICATE: (
            "COALESCE(CAST(certificate_type_id AS varchar), '')",
            "certificate_type_id",
            "''",
        ),
        Grain.DEMANDER: ("key", "certificate_type_id", "demander"),
    }[Grain(grain)]
    sql = f"""
        SELECT scope, month, outcome, key, kind, demander, SUM(count), SUM(days) FROM (
            SELECT substr(scope, 1, {length}) AS scope, month, outcome, {key} AS key, {kind} AS kind,
                {demander} AS demander, count, days
            FROM {table} WHERE grain = '{Grain.DEMANDER}' AND length(scope) = {_VILLAGE}
            UNION ALL
            SELECT scope, month, outcome, key, certificate_type_id, demander, -count, -days
            FROM {table} WHERE grain = '{grain}' AND length(scope) = {length}
        ) AS sums
        GROUP BY scope, month, outcome, key, kind, demander HAVING SUM(count) <> 0 OR SUM(days) <> 0
    """  # noqa: S608 - the model's own table and numbers
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [
            (scope, grain, _date(month), outcome, key, kind, demander, int(count), int(days))
            for scope, month, outcome, key, kind, demander, count, days in cursor.fetchall()
        ]


def _date(value: Any) -> dt.date:
    """SQLite gives a date of a plain query as text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
