"""What the places above see of their villages: counts by month, certificate, demander and place (三(三))."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Count
from django.db.models.functions import Substr

from catalogs.models import CertificateType
from catalogs.noticing import public_bodies
from divisions.models import CODE_LENGTH, Division, Level
from requests_app.figures import totals
from requests_app.models import REFUSED, CertificateRequest, Figure, Outcome, RequestStatus

SHOWN = 20  # lines of each list
WRITTEN = 5  # wordings of a demander beside its name
_CLOSED = (Outcome.ISSUED, *REFUSED, Outcome.PROMISED, Outcome.WITHDRAWN)
_NOT_DUE = (Outcome.MUST_NOT, Outcome.OTHER_BODY, Outcome.NOT_LISTED)  # what nobody may demand


@dataclass(slots=True)
class Line:
    """Counts by outcome, for a month, a certificate, a demander or a place."""

    label: str
    code: str = ""
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: int = 0
    late_now: int = 0  # open past its time limit at this moment, whatever the months
    written: Counter[str] = field(default_factory=Counter)  # a demander as the villages wrote it

    def add(self, outcome: str, count: int, days: int) -> None:
        self.counts[outcome] += count
        if outcome in _CLOSED:
            self.days += days

    @property
    def asked(self) -> int:
        return self.counts[Outcome.ASKED]

    @property
    def issued(self) -> int:
        return self.counts[Outcome.ISSUED]

    @property
    def refused(self) -> int:
        return sum(self.counts[one] for one in REFUSED)

    @property
    def not_due(self) -> int:
        """How often something was demanded that may not be."""
        return sum(self.counts[one] for one in _NOT_DUE)

    @property
    def closed(self) -> int:
        return sum(self.counts[one] for one in _CLOSED)

    @property
    def average_days(self) -> float | None:
        """Working days from registering to closing, on average; None where nothing was closed."""
        return self.days / self.closed if self.closed else None

    @property
    def most_written(self) -> list[tuple[str, int]]:
        """How the villages wrote a demander, most first, where that says more than its name."""
        if set(self.written) <= {self.label}:
            return []
        return sorted(self.written.items(), key=lambda pair: (-pair[1], pair[0]))[:WRITTEN]

    def cells(self) -> list[int]:
        """The counts in the order of ``Outcome``."""
        return [self.counts[one] for one in Outcome]


def by_month(place: Division, first: dt.date, last: dt.date) -> list[Line]:
    """One line for each month, the empty ones too, oldest first."""
    lines = {}
    month = first
    while month <= last:
        lines[month] = Line(f"{month.year}年{month.month}月")
        month = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
    found = totals([place.code], Figure.Grain.TOTAL, first, last, ["month", "outcome"])
    for (month, outcome), (count, days) in found.items():
        lines[month].add(outcome, count, days)
    return list(lines.values())


def by_certificate(place: Division, first: dt.date, last: dt.date) -> list[Line]:
    """One line for each certificate that was asked for, by its name."""
    found = totals([place.code], Figure.Grain.CERTIFICATE, first, last, ["certificate_type", "outcome"])
    names = CertificateType.objects.in_bulk({kind for kind, _ in found if kind})
    lines: dict[Any, Line] = {}
    for (kind, outcome), (count, days) in found.items():
        label = names[kind].name if kind else "（词表以外的名称）"
        lines.setdefault(kind, Line(label)).add(outcome, count, days)
    return sorted(lines.values(), key=lambda line: line.label)


def by_demander(place: Division, first: dt.date, last: dt.date) -> list[Line]:
    """Who demands what may not be demanded, most first.

    南宁市公安局, 派出所 and 公安 are one body (``Department`` and its aliases); how each was written stands
    with it. Bodies that are not on record go by what was written.
    """
    names = ["demander", "certificate_type", "outcome"]
    found = totals([place.code], Figure.Grain.DEMANDER, first, last, names, _NOT_DUE)
    kinds = CertificateType.objects.in_bulk({kind for _, kind, _ in found if kind})
    called = cache(public_bodies().body)
    lines: dict[Any, Line] = {}
    for (demander, kind, outcome), (count, days) in found.items():
        said = kinds[kind].name if kind else "（词表以外的名称）"
        body = called(demander) or demander
        line = lines.setdefault((body, kind), Line(body or "（未写明单位）", said))
        line.add(outcome, count, days)
        if demander:
            line.written[demander] += count
    return sorted(lines.values(), key=lambda line: (-line.not_due, line.label, line.code))


def by_place(place: Division, first: dt.date, last: dt.date) -> list[Line]:
    """One line for each place right below, those without any request too."""
    if place.level == Level.VILLAGE:
        return []
    lines = {one.code: Line(one.name, one.code) for one in place.children.order_by("code")}
    if not lines:
        return []
    found = totals(list(lines), Figure.Grain.TOTAL, first, last, ["scope", "outcome"])
    for (scope, outcome), (count, days) in found.items():
        lines[scope].add(outcome, count, days)
    return list(lines.values())


LONGEST_FIRST = ("due_on", "id")  # the order of the late list: what waits longest comes first


def open_requests(place: Division) -> models.QuerySet[CertificateRequest]:
    """What is being dealt with in a place: found and counted through indexes of open requests alone.

    Those are small, whatever the table holds.
    """
    here: models.QuerySet[CertificateRequest] = CertificateRequest.objects.within(place.code)
    return here.filter(status=RequestStatus.OPEN)


def late_requests(place: Division, today: dt.date) -> models.QuerySet[CertificateRequest]:
    """Open requests of a place whose time limit has passed (二(三) 限时办结)."""
    return open_requests(place).filter(due_on__lt=today)


def late_by_place(place: Division, today: dt.date) -> dict[str, int]:
    """How many requests are late now in each place right below that has any; a village has itself."""
    length = min((one for one in CODE_LENGTH.values() if one > len(place.code)), default=len(place.code))
    rows = late_requests(place, today).order_by().annotate(below=Substr("village_id", 1, length))
    return dict(rows.values_list("below").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot, in units of its picture."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    kind: str


def bars(lines: list[Line], width: int = 720, height: int = 200) -> list[Bar]:
    """Issued and refused side by side for each line, scaled to the highest."""
    most = max((max(line.issued, line.refused) for line in lines), default=0)
    if not most:
        return []
    step = width / len(lines)
    thick = min(step * 0.35, 28)
    found = []
    for at, line in enumerate(lines):
        for side, (kind, value) in enumerate((("issued", line.issued), ("refused", line.refused))):
            tall = round(value / most * height, 1)
            x = round(at * step + step / 2 + (side - 1) * thick, 1)
            found.append(Bar(line.label, value, x, round(height - tall, 1), round(thick, 1), tall, kind))
    return found
