"""What happened, counted by place and month (三(三)): written beside the work, never about people."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Sum
from django.utils import timezone

from divisions.models import CODE_LENGTH
from requests_app.models import CertificateRequest, Figure, Happening, Outcome

Grain = Figure.Grain
DEMANDER = 60  # characters kept of who demanded it
_BATCH = 2000  # happenings folded in one transaction
_ROWS = 500  # figures written by one statement


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
        demander=request.demander[:DEMANDER],
        days=days,
    )


def totals(
    scopes: Sequence[str],
    grain: str,
    first: dt.date,
    last: dt.date,
    by: Sequence[str],
    outcomes: Sequence[str] = tuple(Outcome),
) -> dict[tuple[Any, ...], tuple[int, int]]:
    """(count, days) by the fields ``by`` for places and months, up to this moment.

    ``by`` are of scope, month, outcome, certificate_type, demander, as far as ``grain`` has them; only
    ``outcomes`` are counted;
    ``first`` and ``last`` are first days of months, both included. What was folded and what is not
    yet are added up in one transaction, so nothing is missed or counted twice.
    """
    found: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    with one_moment():
        rows = Figure.objects.filter(
            scope__in=scopes, grain=grain, month__range=(first, last), outcome__in=outcomes
        )
        for *key, count, days in rows.values_list(*by).annotate(Sum("count"), Sum("days")):
            _add(found, tuple(key), count, days)
        fresh = Happening.objects.filter(month__range=(first, last), outcome__in=outcomes).order_by()
        fresh = fresh.filter(village_code__startswith=_shared(scopes))
        names = ["village_code", *(name for name in by if name != "scope")]
        for village, *key, count, days in fresh.values_list(*names).annotate(Sum("count"), Sum("days")):
            for scope in scopes:
                if village.startswith(scope):
                    values = dict(zip(names[1:], key, strict=True)) | {"scope": scope}
                    _add(found, tuple(values[name] for name in by), count, days)
    return {key: (count, days) for key, (count, days) in found.items()}


def _shared(scopes: Sequence[str]) -> str:
    """What all the codes begin with."""
    low, high = min(scopes), max(scopes)
    return next(low[:at] for at in range(len(low), -1, -1) if high.startswith(low[:at]))


def _add(found: Any, key: tuple[Any, ...], count: int, days: int) -> None:
    found[key][0] += count
    found[key][1] += days


def one_moment() -> Any:
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
        add_figures((*row, counts[row], days[row]) for row in counts)
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


def add_figures(rows: Iterable[tuple[Any, ...]]) -> None:
    """Add to figures that are there, insert the others; always in the same order, so no two deadlock.

    A row is (scope, grain, month, outcome, key, certificate, demander, count, days), none twice.
    """
    connection = connections[router.db_for_write(Figure)]
    table = connection.ops.quote_name(Figure._meta.db_table)
    sql = (
        f"INSERT INTO {table} "  # noqa: S608 - the model's own table
        "(scope, grain, month, outcome, key, certificate_type_id, demander, count, days) VALUES {} "
        "ON CONFLICT (scope, grain, month, outcome, key) DO UPDATE "
        f"SET count = {table}.count + excluded.count, days = {table}.days + excluded.days"
    )
    ordered = sorted(rows, key=repr)
    with connection.cursor() as cursor:
        for at in range(0, len(ordered), _ROWS):
            some = ordered[at : at + _ROWS]
            marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(sql.format(marks), [value for row in some for value in row])
