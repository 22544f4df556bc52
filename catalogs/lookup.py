"""Answer "may the committee issue this?" from the lists in force (text → verdict)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from catalogs.matching import Banned, Catalogue, Entry, ExceptionCase, Kept, NameIndex, Rejected, Verdict
from catalogs.models import (
    BannedItem,
    BannedList,
    Decision,
    Edition,
    EditionItem,
    SubmissionItem,
)
from divisions.models import Division


def check(text: str, division: Division, on: dt.date, matter: str = "") -> Verdict:
    """Return the verdict on what was asked.

    ``division`` is the village (or any division): its city's edition in force on ``on`` decides,
    beside the banned lists in force that day; above the cities only the banned lists do.
    ``matter`` is what the certificate is for, when that is known.
    """
    return catalogue_for(division, on).answer(text, matter)


def catalogue_for(division: Division, on: dt.date) -> Catalogue:
    """The lists of ``division``'s city on a day, ready to be asked."""
    entries: list[tuple[Entry, Sequence[str]]] = list(banned_entries(on))
    edition = edition_in_force(division.city_code, on)
    if edition:
        entries += _kept_entries(edition)
        entries += _rejected_entries(edition)
    return Catalogue(on, entries)


def edition_in_force(city_code: str | None, on: dt.date) -> Edition | None:
    """The city's edition that holds on a day, or None."""
    if city_code is None:
        return None
    found: Edition | None = (
        Edition.objects.in_force(on).filter(city=city_code).select_related("city", "submission").first()
    )
    return found


def banned_entries(on: dt.date) -> Iterable[tuple[Banned, list[str]]]:
    """Every item of the banned lists in force on a day, with its names and aliases."""
    items = (
        BannedItem.objects.filter(banned_list__in=BannedList.objects.in_force(on))
        .select_related("banned_list", "certificate_type")
        .prefetch_related("exceptions", "certificate_type__aliases")
        .order_by("banned_list__batch", "number")
    )
    for item in items:
        names = [item.certificate_type.name, *(a.name for a in item.certificate_type.aliases.all())]
        yield _banned(item), names


def banned_names(on: dt.date) -> NameIndex[Banned]:
    """An index of the banned names alone, for the findings."""
    return NameIndex(banned_entries(on))


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
        exceptions=tuple(
            ExceptionCase(case.text, tuple(case.matter_keywords), case.note) for case in item.exceptions.all()
        ),
    )


def _kept_entries(edition: Edition) -> Iterable[tuple[Kept, list[str]]]:
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
        )
        aliases = [alias.name for alias in item.certificate_type.aliases.all()]
        yield entry, [item.name, item.certificate_type.name, *aliases]


def _rejected_entries(edition: Edition) -> Iterable[tuple[Rejected, list[str]]]:
    """Rows of the same submission that the review did not keep."""
    rows = SubmissionItem.objects.filter(submission=edition.submission, decision=Decision.REJECT)
    for row in rows:
        yield Rejected(row.pk, row.name, row.decision_reason), [row.name]
