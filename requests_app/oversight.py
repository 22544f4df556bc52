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
from requests_app.figures import one_moment, totals
from requests_app.models import REFUSED, CertificateRequest, Figure, Outcome, RequestStatus

_BEGINNING = dt.date(2000, 1, 1)  # before anything was counted
SHOWN = 20  # lines of each list
WRITTEN = 5  # wordings of a demander beside its name
_CLOSED = (Outcome.ISSUED, *REFUSED, Outcome.PROMISED, Outcome.WITHDRAWN)
_BARS_FROM, _LONGEST = 27, 56  # percent of a picture: names stand before a bar, numbers behind it
NOT_DUE = (Outcome.MUST_NOT, Outcome.OTHER_BODY, Outcome.NOT_LISTED)  # what nobody may demand


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
        return sum(self.counts[one] for one in NOT_DUE)

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

    def cells(self) -> dict[str, int]:
        """The counts by the headings of a table: all that was refused, then for which reasons."""
        return {
            Outcome.ASKED.label: self.asked,
            Outcome.ISSUED.label: self.issued,
            "不予出具": self.refused,
            **{f"其中{one.label}": self.counts[one] for one in REFUSED},
            **{
                str(one.label): self.counts[one]
                for one in (Outcome.PROMISED, Outcome.WITHDRAWN, Outcome.LATE)
            },
        }


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


def total(lines: list[Line]) -> Line:
    """All lines together."""
    whole = Line("合计")
    for line in lines:
        for outcome, count in line.counts.items():
            whole.add(outcome, count, 0)
        whole.days += line.days
    return whole


def _open_before(place: Division, first: dt.date) -> int:
    """How many requests were being dealt with when a month began: asked before it, and not closed."""
    before = Line("")
    found = totals([place.code], Figure.Grain.TOTAL, _BEGINNING, first - dt.timedelta(days=1), ["outcome"])
    for (outcome,), (count, _) in found.items():
        before.add(outcome, count, 0)
    return before.asked - before.closed


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
    found = totals([place.code], Figure.Grain.DEMANDER, first, last, names, NOT_DUE)
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


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted in a place in some months, read at one moment, so that it adds up."""

    open_before: int  # being dealt with when the first month began
    months: list[Line]
    certificates: list[Line]
    demanders: list[Line]
    places: list[Line]

    @property
    def total(self) -> Line:
        return total(self.months)

    @property
    def open_after(self) -> int:
        """Being dealt with when the last month ended, or now."""
        whole = self.total
        return self.open_before + whole.asked - whole.closed


def report(place: Division, first: dt.date, last: dt.date) -> Report:
    """All that is counted of a place from one month to another, both included."""
    with one_moment():
        return Report(
            _open_before(place, first),
            by_month(place, first, last),
            by_certificate(place, first, last),
            by_demander(place, first, last),
            by_place(place, first, last),
        )


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
    """One bar of a plot that lies on its side: what it stands for, where, and its length in percent."""

    label: str  # of the two bars of a month the first bears its name
    value: int
    y: float  # in lines of text
    length: float
    kind: str
    start: float = _BARS_FROM

    @property
    def end(self) -> float:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Plot:
    """Issued and refused for each line, the longest bar as long as ``_LONGEST``."""

    bars: list[Bar]
    height: float  # in lines of text


def plot(lines: list[Line]) -> Plot | None:
    """The picture of the counts; None where there is nothing to see."""
    most = max((max(line.issued, line.refused) for line in lines), default=0)
    if not most:
        return None
    bars = []
    for at, line in enumerate(lines):
        for below, (kind, value) in enumerate((("issued", line.issued), ("refused", line.refused))):
            name = "" if below else line.label
            bars.append(Bar(name, value, at * 2.75 + below, round(value / most * _LONGEST, 1), kind))
    return Plot(bars, len(lines) * 2.75)
