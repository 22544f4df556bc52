"""Answer "may the committee issue this?" from the lists in force (text → verdict)."""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from catalogs.matching import (
    Banned,
    Catalogue,
    Entry,
    ExceptionCase,
    Kept,
    NameIndex,
    Names,
    Rejected,
    Unlisted,
    Verdict,
)
from catalogs.models import (
    BannedException,
    BannedItem,
    BannedList,
    CertificateAlias,
    CertificateType,
    Edition,
    EditionItem,
    Round,
    SubmissionItem,
)
from divisions.models import Division

# What an answer rests on; every change to one of these writes a history record.
_SOURCES: tuple[Any, ...] = (
    CertificateType,
    CertificateAlias,
    BannedList,
    BannedItem,
    BannedException,
    Edition,
    Division,
)
_KEPT_IN_MEMORY = 40  # lists: fourteen cities, the region, some past days


@dataclass(frozen=True, slots=True)
class Lists:
    """What decides in one place on one day: its edition, if there is one, and all lists together."""

    edition: Edition | None
    catalogue: Catalogue


def check(text: str, division: Division, on: dt.date, matter: str = "", demander: str = "") -> Verdict:
    """Return the verdict on what was asked.

    ``division`` is the village (or any division): its city's edition in force on ``on`` decides,
    beside the banned lists in force that day; above the cities only the banned lists do.
    ``matter`` is what the certificate is for and ``demander`` who asks for it, when that is known.
    """
    return lists_for(division.city_code, on).catalogue.answer(text, matter, demander)


def lists_for(city_code: str | None, on: dt.date) -> Lists:
    """The lists of a city (None: of the region alone) on a day, ready to be asked.

    Kept in memory by each process until something they rest on changes, which is looked for every
    ``VOCABULARY_SECONDS``; so a change is live everywhere within seconds.
    """
    found: Lists = _memory.get(("lists", city_code, on), lambda: _lists(city_code, on))
    return found


def places() -> tuple[Division, list[Division]]:
    """The region and its cities in the order of their codes, kept in memory like the lists."""
    found: tuple[Division, list[Division]] = _memory.get(("places",), _places)
    return found


def version() -> str:
    """A short text that changes whenever an answer may change; the same in every process."""
    return _memory.version()


def forget() -> None:
    """Drop what this process keeps in memory."""
    _memory.clear()


class _Memory:
    """What this process keeps, each thing built once for a state of the lists."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._version = ""
        self._looked = 0.0

    def version(self) -> str:
        now = time.monotonic()
        if now - self._looked >= settings.VOCABULARY_SECONDS or not self._version:
            found = ".".join(str(_last_change(model)) for model in _SOURCES)
            # Two databases never share a state: tests run many in one process.
            self._version, self._looked = f"{connection.settings_dict['NAME']}/{found}", now
        return self._version

    def get(self, what: tuple[Any, ...], build: Callable[[], Any]) -> Any:
        state = (self.version(), *what)
        with self._lock:
            if (found := self._kept.get(state)) is not None:
                self._kept.move_to_end(state)
                return found
        built = build()
        with self._lock:
            self._kept[state] = built
            while len(self._kept) > _KEPT_IN_MEMORY:
                self._kept.popitem(last=False)
        return built


def _last_change(model: Any) -> int:
    """The number of the newest history record: one look at the end of an index."""
    return model.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0


_memory = _Memory()


def _lists(city_code: str | None, on: dt.date) -> Lists:
    edition = None
    if city_code is not None:
        editions = Edition.objects.in_force(on).filter(city=city_code)
        edition = editions.select_related("city", "submission").first()
    return Lists(edition, Catalogue(on, entries_of(edition, on), _missing(city_code, edition, on)))


def _missing(city_code: str | None, edition: Edition | None, on: dt.date) -> str:
    """What to say where no list of a city decides; nothing where one does."""
    if city_code is None:
        return "请先选择所在市：能不能开，要看该市公布的保留清单。"
    if edition is None:
        day = f"{on.year}年{on.month}月{on.day}日"
        return f"本市尚未公布保留清单（截至{day}），请向市民政局核实，不要直接拒绝。"
    return ""


def _places() -> tuple[Division, list[Division]]:
    region = Division.objects.filter(parent=None).earliest("code")
    return region, list(Division.objects.cities().order_by("code"))


def entries_of(edition: Edition | None, on: dt.date) -> Iterable[tuple[Entry, Names]]:
    """All that an answer may name on a day: banned, kept, rejected, and the rest of the vocabulary."""
    banned = list(banned_entries(on))
    yield from banned
    listed = {entry.type_id for entry, _ in banned}
    if edition:
        kept = list(_kept_entries(edition))
        yield from kept
        yield from _rejected_entries(edition)
        listed |= {entry.type_id for entry, _ in kept}
    yield from _unlisted_entries(listed)


def banned_entries(on: dt.date) -> Iterable[tuple[Banned, Names]]:
    """Every item of the banned lists in force on a day, with what people call it."""
    yield from _entries_of_lists(BannedList.objects.in_force(on))


def names_of_list(banned_list: BannedList) -> NameIndex[Banned | Unlisted]:
    """An index of the names on one batch, in force or not, and of what only sounds like them."""
    banned = list(_entries_of_lists([banned_list]))
    entries: list[tuple[Banned | Unlisted, Names]] = [*banned]
    entries += _unlisted_entries({entry.type_id for entry, _ in banned})
    return NameIndex(entries)


def _entries_of_lists(banned_lists: Iterable[BannedList]) -> Iterable[tuple[Banned, Names]]:
    items = (
        BannedItem.objects.filter(banned_list__in=banned_lists)
        .select_related("banned_list", "certificate_type")
        .prefetch_related("exceptions", "certificate_type__aliases")
        .order_by("banned_list__batch", "number")
    )
    for item in items:
        yield _banned(item), _names(item.certificate_type)


def banned_names(on: dt.date) -> NameIndex[Banned | Unlisted]:
    """An index of the banned certificates, and of those that only sound like one, for the findings."""
    banned = list(banned_entries(on))
    entries: list[tuple[Banned | Unlisted, Names]] = [*banned]
    listed = {entry.type_id for entry, _ in banned}
    entries += _unlisted_entries(listed)
    return NameIndex(entries)


def _names(kind: CertificateType, *more: str) -> Names:
    of: dict[str, list[str]] = {one.value: [] for one in CertificateAlias.Kind}
    for alias in kind.aliases.all():
        of[alias.kind].append(alias.name)
    names = (*more, kind.name, *of[CertificateAlias.Kind.ALIAS])
    return Names(names, tuple(of[CertificateAlias.Kind.WORDING]), tuple(of[CertificateAlias.Kind.SAYING]))


def _banned(item: BannedItem) -> Banned:
    return Banned(
        key=item.pk,
        number=item.number,
        printed_name=item.printed_name,
        document_no=item.banned_list.document_no,
        list_title=item.banned_list.title,
        route=item.route,
        steps=tuple(item.route_steps),
        way_out=item.get_way_out_display(),
        issuing_body=item.issuing_body,
        issuing_condition=item.issuing_condition,
        owed=item.owed,
        bring=tuple(item.bring),
        exceptions=tuple(
            ExceptionCase(case.text, tuple(case.matter_keywords), case.note) for case in item.exceptions.all()
        ),
        type_id=item.certificate_type_id,
    )


def _kept_entries(edition: Edition) -> Iterable[tuple[Kept, Names]]:
    items = EditionItem.objects.filter(edition=edition).select_related("certificate_type")
    for item in items.prefetch_related("certificate_type__aliases"):
        entry = Kept(
            key=item.pk,
            name=item.name,
            matter=item.matter,
            legal_basis=item.legal_basis,
            purpose=item.purpose,
            requesting_unit=item.requesting_unit,
            city=edition.city.name,
            edition_number=edition.number,
            type_id=item.certificate_type_id,
        )
        yield entry, _names(item.certificate_type, item.name)


def _rejected_entries(edition: Edition) -> Iterable[tuple[Rejected, Names]]:
    """Rows that the review did not keep: in the last round, and in the adjustments since."""
    lists = []
    editions = Edition.objects.filter(city=edition.city_id, number__lte=edition.number)
    for earlier in editions.order_by("-number").select_related("submission__round"):
        lists.append(earlier.submission_id)
        if earlier.submission.round.kind == Round.Kind.REGULAR:
            break
    kept = edition.items.values("name")
    rows = SubmissionItem.objects.filter(submission__in=lists).turned_down().exclude(name__in=kept)
    for row in rows:
        yield Rejected(row.pk, row.name, row.decision_reason), Names((row.name,))


def _unlisted_entries(listed: set[int]) -> Iterable[tuple[Unlisted, Names]]:
    """Certificates of the vocabulary on none of the lists: known, so never taken for a banned one."""
    for kind in CertificateType.objects.exclude(pk__in=listed).prefetch_related("aliases").order_by("pk"):
        yield Unlisted(kind.pk, kind.name), _names(kind)
