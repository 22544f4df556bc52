"""Certificate types × cities in a round: who keeps what, under what name, on what law (二(二)).

The same certificate is found by the vocabulary: by any of its names in it, else by the words of
its name that say something. A fixed number of queries, however many rows there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from catalogs.findings import name_key
from catalogs.matching import normalize
from catalogs.models import (
    KEPT,
    UNDER_WAY,
    CertificateAlias,
    CertificateType,
    Decision,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from divisions.models import Division

Key = str
# What has left the city's desk: drafts are nobody else's business.
HANDED_IN = (*UNDER_WAY, SubmissionStatus.PUBLISHED)


class Names:
    """The vocabulary, asked for the certificate behind a name."""

    def __init__(self) -> None:
        aliases = CertificateAlias.objects.same_certificate().values_list("name", "certificate_type__name")
        self._types = {name_key(alias): name for alias, name in aliases}
        self._types |= {
            name_key(name): name for name in CertificateType.objects.values_list("name", flat=True)
        }

    def key(self, name: str) -> Key:
        """Names of one certificate have one key."""
        own = name_key(name)
        listed = self._types.get(own)
        return name_key(listed) if listed else own

    def listed_as(self, name: str) -> str:
        """The name that the vocabulary gives the certificate; empty when it has none."""
        return self._types.get(name_key(name), "")


@dataclass(slots=True)
class Cell:
    """One certificate in one city: its rows, most often one."""

    rows: list[SubmissionItem] = field(default_factory=list)

    @property
    def status(self) -> str:
        """kept, rejected, undecided, returned; the most favourable where rows differ; or absent."""
        decisions = {row.decision for row in self.rows}
        if not decisions:
            return "absent"
        if decisions & set(KEPT):
            return "kept"
        return next(one for one in (Decision.UNDECIDED, Decision.RETURN, Decision.REJECT) if one in decisions)

    @property
    def label(self) -> str:
        words = {"absent": "未报", "kept": "保留", "undecided": "未审", "return": "退回", "reject": "不保留"}
        return words[self.status]


@dataclass(slots=True)
class Line:
    """One certificate across the cities."""

    key: Key
    name: str
    is_listed: bool  # whether the vocabulary knows it
    cells: list[Cell]
    names: dict[str, int] = field(default_factory=dict)  # name → in how many rows
    matter: str = ""  # of its first row, as people read it

    def count(self, status: str) -> int:
        return sum(cell.status == status for cell in self.cells)

    @property
    def kept(self) -> int:
        return self.count("kept")

    @property
    def rejected(self) -> int:
        return self.count("reject")

    @property
    def submitted(self) -> int:
        return sum(bool(cell.rows) for cell in self.cells)

    @property
    def undecided(self) -> int:
        return self.count("undecided")

    @property
    def is_disputed(self) -> bool:
        """Some cities keep it while others may not."""
        return bool(self.kept and self.rejected)


@dataclass(frozen=True, slots=True)
class Matrix:
    cities: list[Division]
    lines: list[Line]


def rows_of(round: Round) -> Sequence[SubmissionItem]:
    """The rows of each city's latest list that was handed in in a round."""
    latest: dict[str, int] = {}
    lists = Submission.objects.filter(round=round, status__in=HANDED_IN).order_by("version")
    for city_id, pk in lists.values_list("city_id", "pk"):
        latest[city_id] = pk
    items = SubmissionItem.objects.filter(submission__in=latest.values())
    return list(items.select_related("submission__city").order_by("submission__city", "position"))


def matrix(round: Round, cities: Iterable[Division]) -> Matrix:
    """The whole table, the certificates that most cities file first."""
    columns = list(cities)
    at = {city.pk: index for index, city in enumerate(columns)}
    names = Names()
    lines: dict[Key, Line] = {}
    for row in rows_of(round):
        index = at.get(row.submission.city_id)
        key = names.key(row.name)
        if index is None or not key:
            continue
        if key not in lines:
            listed = names.listed_as(row.name)
            cells = [Cell() for _ in columns]
            lines[key] = Line(key, listed or row.name, bool(listed), cells, matter=row.matter)
        lines[key].cells[index].rows.append(row)
        lines[key].names[row.name] = lines[key].names.get(row.name, 0) + 1
    return Matrix(columns, sorted(lines.values(), key=lambda line: (-line.submitted, line.name)))


def alike(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines that may be one certificate under several names: those for one and the same matter."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(normalize(line.matter), []).append(line)
    found = [group for matter, group in groups.items() if matter and len(group) > 1]
    return sorted(found, key=lambda group: (-len(group), group[0].matter))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same certificate in the other cities of the round."""

    rows: tuple[SubmissionItem, ...]

    @property
    def kept(self) -> int:
        return len({row.submission.city_id for row in self.rows if row.is_kept})

    @property
    def rejected(self) -> int:
        return len({row.submission.city_id for row in self.rows if row.decision == Decision.REJECT})

    @property
    def open(self) -> int:
        return len({row.submission.city_id for row in self.rows}) - self.kept - self.rejected


def elsewhere(submission: Submission, items: Iterable[SubmissionItem]) -> dict[int, Elsewhere]:
    """For each row of a list: the rows of other cities in the round that are the same certificate."""
    names = Names()
    others: dict[Key, list[SubmissionItem]] = {}
    for row in rows_of(submission.round):
        if row.submission.city_id != submission.city_id:
            others.setdefault(names.key(row.name), []).append(row)
    return {item.pk: Elsewhere(tuple(others.get(names.key(item.name), ()))) for item in items}


def same_elsewhere(item: SubmissionItem) -> list[SubmissionItem]:
    """Undecided rows of other cities under review that are the same certificate as ``item``."""
    found = elsewhere(item.submission, [item])[item.pk].rows
    return [
        row
        for row in found
        if row.decision == Decision.UNDECIDED and row.submission.status == SubmissionStatus.SUBMITTED
    ]
