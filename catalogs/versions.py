"""What became of a list's rows from one version to the next; opinions stay with unchanged rows."""

from collections.abc import Iterable
from typing import Any

from audit.records import create_recorded, update_recorded
from catalogs.comparison import CellChange, cells, paired
from catalogs.findings import FIELD_LABELS, name_key
from catalogs.matching import normalize
from catalogs.models import Opinion, Submission, SubmissionItem, SubmissionStatus


def link_to_previous(submission: Submission, *, actor: Any) -> int:
    """Join the rows of a version to those of the one before it, as it is handed in.

    What departments said on a row stays with it when none of its five texts changed. Returns how
    many opinions were carried over.
    """
    before = (
        Submission.objects.filter(
            city=submission.city_id,
            round=submission.round_id,
            version__lt=submission.version,
            status=SubmissionStatus.RETURNED,
        )
        .order_by("-version")
        .first()
    )
    if before is None:
        return 0
    pairs = _pairs(list(before.items.all()), list(submission.items.all()))
    reason = f"对照第{before.version}版"
    moved = []
    for old, new in pairs:
        if new.previous_id != old.pk:
            new.previous = old
            moved.append(new)
    update_recorded(SubmissionItem, moved, ["previous"], actor=actor, reason=reason)
    unchanged = {old.pk: new for old, new in pairs if not list(cells(old, new))}
    return _carry_opinions(unchanged, actor, reason)


def _pairs(
    old: list[SubmissionItem], new: list[SubmissionItem]
) -> list[tuple[SubmissionItem, SubmissionItem]]:
    """Rows that are the same texts; then the same certificate and matter; then the certificate."""
    found: list[tuple[SubmissionItem, SubmissionItem]] = []
    for key in (_texts, _certificate_and_matter, _certificate):
        pairs, old, new = paired(old, new, key)
        found += pairs
    return found


def _texts(row: Any) -> object:
    return tuple(getattr(row, field) for field in FIELD_LABELS)


def _certificate_and_matter(row: Any) -> object:
    return name_key(row.name), normalize(row.matter)


def _certificate(row: Any) -> object:
    return name_key(row.name)


def _carry_opinions(unchanged: dict[int, SubmissionItem], actor: Any, reason: str) -> int:
    carried = [
        Opinion(
            item=unchanged[opinion.item_id],
            carried_from=opinion,
            **{
                field: getattr(opinion, field)
                for field in (
                    "department_id",
                    "due_on",
                    "sent_by_id",
                    "sent_at",
                    "state",
                    "legality",
                    "necessity",
                    "reasonableness",
                    "text",
                    "given_by_id",
                    "given_at",
                    "is_late",
                )
            },
        )
        for opinion in Opinion.objects.filter(item__in=list(unchanged), state=Opinion.State.GIVEN)
    ]
    create_recorded(Opinion, carried, actor=actor, reason=f"{reason}，行未改动，沿用会审意见")
    return len(carried)


def changes_of(item: SubmissionItem) -> list[CellChange]:
    """What changed in a row since the version before; nothing when it is new or as it was."""
    return list(cells(item.previous, item)) if item.previous else []


def dropped(submission: Submission, items: Iterable[SubmissionItem]) -> list[SubmissionItem]:
    """The rows of the version before that this one does not have any more."""
    before = Submission.objects.filter(
        city=submission.city_id, round=submission.round_id, version=submission.version - 1
    ).first()
    if before is None or before.status != SubmissionStatus.RETURNED:
        return []
    continued = [item.previous_id for item in items if item.previous_id is not None]
    return list(before.items.exclude(pk__in=continued).order_by("position"))
