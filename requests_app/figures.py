"""What happened, counted by place and month (三(三)): written beside the work, never about people."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router, transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from divisions.models import CODE_LENGTH
from requests_app.models import CertificateRequest, Figure, Happening, Outcome, Refusal, RequestStatus
from requests_app.models.figures import OUTCOME_OF_REFUSAL

Grain = Figure.Grain
_BATCH = 2000  # happenings folded in one transaction
_DEMANDER = 60  # characters kept of who demanded it
Key = tuple[str, dt.date, str, int | None, str]  # village, month, outcome, certificate, demander


def happened(request: CertificateRequest, outcome: Outcome, *, days: int = 0) -> None:
    """Count one thing that happened to a request, in the transaction in which it happens.

    ``days`` is how many working days it took, for what was closed.
    """
    moment = request.closed_at if outcome != Outcome.ASKED and request.closed_at else request.created_at
    Happening.objects.create(
        village_code=request.village_id,
        month=timezone.localtime(moment).date().replace(day=1),
        outcome=outcome,
        certificate_type=request.certificate_type,
        demander=request.demander[:_DEMANDER],
        days=days,
    )


def totals(
    scopes: Sequence[str], grain: str, first: dt.date, last: dt.date, by: Sequence[str]
) -> dict[tuple[Any, ...], tuple[int, int]]:
    """(count, days) by the fields ``by`` for places and months, up to this moment.

    ``by`` are of scope, month, outcome, certificate_type, demander, as far as ``grain`` has them;
    ``first`` and ``last`` are first days of months, both included. What was folded and what is not
    yet are added up in one transaction, so nothing is missed or counted twice.
    """
    found: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    with _one_moment():
        rows = Figure.objects.filter(scope__in=scopes, grain=grain, month__range=(first, last))
        for *key, count, days in rows.values_list(*by).annotate(Sum("count"), Sum("days")):
            _add(found, tuple(key), count, days)
        fresh = Happening.objects.filter(month__range=(first, last)).order_by()
        names = ["village_code", *(name for name in by if name != "scope")]
        for village, *key, count, days in fresh.values_list(*names).annotate(Sum("count"), Sum("days")):
            for scope in scopes:
                if village.startswith(scope):
                    values = dict(zip(names[1:], key, strict=True)) | {"scope": scope}
                    _add(found, tuple(values[name] for name in by), count, days)
    return {key: (count, days) for key, (count, days) in found.items()}


def _add(found: Any, key: tuple[Any, ...], count: int, days: int) -> None:
    found[key][0] += count
    found[key][1] += days


def _one_moment() -> Any:
    """A transaction that sees one state: a fold between two reads would show things twice or never."""
    connection = connections[router.db_for_read(Figure)]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return transaction.atomic()
    return _Snapshot()


class _Snapshot:
    def __init__(self) -> None:
        self._transaction = transaction.atomic()

    def __enter__(self) -> None:
        self._transaction.__enter__()
        with connections[router.db_for_read(Figure)].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def __exit__(self, *problem: Any) -> None:
        self._transaction.__exit__(*problem)


def fold_figures() -> int:
    """Add what happened since to the figures of every level; returns how many happenings.

    Each batch is added and removed in one transaction. Two may run at once: what one has taken the
    other leaves alone.
    """
    folded = 0
    while count := _fold_batch():
        folded += count
    return folded


def _fold_batch() -> int:
    with transaction.atomic():
        taken = list(Happening.objects.select_for_update(skip_locked=True).order_by("pk")[:_BATCH])
        if not taken:
            return 0
        counts: Counter[tuple[Any, ...]] = Counter()
        days: Counter[tuple[Any, ...]] = Counter()
        for one in taken:
            for row in _rows_of(one):
                counts[row] += one.count
                days[row] += one.days
        _upsert((*row, counts[row], days[row]) for row in sorted(counts, key=repr))
        Happening.objects.filter(pk__in=[one.pk for one in taken]).delete()
        return len(taken)


def _rows_of(one: Happening) -> Iterable[tuple[Any, ...]]:
    """The figures a happening belongs to: (scope, grain, month, outcome, key, certificate, demander)."""
    kind = one.certificate_type_id
    for length in CODE_LENGTH.values():
        about = (one.village_code[:length], one.month, one.outcome)
        yield (about[0], Grain.TOTAL.value, *about[1:], "", None, "")
        yield (about[0], Grain.CERTIFICATE.value, *about[1:], str(kind or ""), kind, "")
        by_demander = f"{kind or ''}/{one.demander}"
        yield (about[0], Grain.DEMANDER.value, *about[1:], by_demander, kind, one.demander)


def _upsert(rows: Iterable[tuple[Any, ...]]) -> None:
    """Add to figures that are there, insert the others; always in the same order, so no two deadlock."""
    connection = connections[router.db_for_write(Figure)]
    table = connection.ops.quote_name(Figure._meta.db_table)
    sql = (
        f"INSERT INTO {table} "  # noqa: S608 - the model's own table
        "(scope, grain, month, outcome, key, certificate_type_id, demander, count, days) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (scope, grain, month, outcome, key) DO UPDATE "
        f"SET count = {table}.count + excluded.count, days = {table}.days + excluded.days"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def recount() -> dict[Key, int]:
    """What every figure of a village should be, counted anew from the requests themselves."""
    found: Counter[Key] = Counter()
    asked = CertificateRequest.objects.order_by()
    closed = asked.exclude(status=RequestStatus.OPEN)
    late = closed.filter(closed_at__date__gt=F("due_on"))
    for rows, moment, outcome in (
        (asked, "created_at", Outcome.ASKED),
        (closed.filter(status=RequestStatus.ISSUED), "closed_at", Outcome.ISSUED),
        (closed.filter(status=RequestStatus.PROMISED), "closed_at", Outcome.PROMISED),
        (closed.filter(status=RequestStatus.WITHDRAWN), "closed_at", Outcome.WITHDRAWN),
        (late, "closed_at", Outcome.LATE),
    ):
        grouped = rows.annotate(month=TruncMonth(moment)).values_list(
            "village", "month", "certificate_type", "demander"
        )
        for village, month, kind, demander, count in grouped.annotate(Count("pk")):
            found[village, month.date(), outcome, kind, demander[:_DEMANDER]] += count
    refused = Refusal.objects.order_by().annotate(month=TruncMonth("request__closed_at"))
    names = ("village", "month", "reason", "request__certificate_type", "request__demander")
    for village, month, reason, kind, demander, count in refused.values_list(*names).annotate(Count("pk")):
        found[village, month.date(), OUTCOME_OF_REFUSAL[reason], kind, demander[:_DEMANDER]] += count
    return dict(found)


def differences() -> dict[Key, int]:
    """By how much the figures miss what the requests say, where they do: right minus shown."""
    with _one_moment():
        right = Counter(recount())
        shown: Counter[Key] = Counter()
        village = CODE_LENGTH["village"]  # type: ignore[index]
        rows = Figure.objects.filter(grain=Grain.DEMANDER).annotate(length=models.functions.Length("scope"))
        names = ("month", "outcome", "certificate_type", "demander")
        for row in rows.filter(length=village).values_list("scope", *names, "count"):
            shown[row[:5]] += row[5]
        for row in Happening.objects.values_list("village_code", *names, "count"):
            shown[row[:5]] += row[5]
    return {key: right[key] - shown[key] for key in right.keys() | shown.keys() if right[key] != shown[key]}


def correct(found: dict[Key, int]) -> None:
    """Write what the figures miss as happenings, to be folded like the others."""
    Happening.objects.bulk_create(
        Happening(
            village_code=village,
            month=month,
            outcome=outcome,
            certificate_type_id=kind,
            demander=demander,
            count=count,
        )
        for (village, month, outcome, kind, demander), count in found.items()
    )
