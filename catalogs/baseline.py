"""The region's baseline (自治区基准清单): what a city starts from, and where it leaves it (二(二))."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from catalogs.errors import BadInput
from catalogs.findings import name_key
from catalogs.models import BaselineRow, Edition, Round, Submission, SubmissionItem
from divisions.models import Division

NAMES_SHOWN = 5


def base_rows(city: Division, round: Round) -> Iterable[Any]:
    """The rows that a city starts from: the region's baseline, its own list in force, or none."""
    if round.base == Round.Base.BASELINE:
        return round.baseline.all()
    if round.base == Round.Base.EDITION:
        edition = Edition.objects.in_force(timezone.localdate()).filter(city=city).first()
        return edition.items.order_by("position") if edition else ()
    return ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a list leaves the region's baseline, and what the city says about it (empty: nothing yet)."""

    name: str
    reason: str
    row: BaselineRow | None = None  # a baseline row that the list has not
    item: SubmissionItem | None = None  # a row that the baseline has not

    @property
    def field(self) -> str:
        """The name of its text box."""
        return f"drop-{self.row.pk}" if self.row else f"add-{self.item.pk if self.item else ''}"


def deviations(submission: Submission) -> list[Deviation]:
    """How a list differs from its round's baseline; nothing where there is none."""
    baseline = list(submission.round.baseline.all())
    if not baseline:
        return []
    items = list(submission.items.order_by("position"))
    said = {drop.row_id: drop.reason for drop in submission.drops.all()}
    listed, expected = {name_key(item.name) for item in items}, {name_key(row.name) for row in baseline}
    dropped = [
        Deviation(row.name, said.get(row.pk, ""), row=row)
        for row in baseline
        if name_key(row.name) not in listed
    ]
    added = [
        Deviation(item.name, item.filing_reason, item=item)
        for item in items
        if item.name and name_key(item.name) not in expected
    ]
    return dropped + added


def require_explained(submission: Submission) -> None:
    """Raise BadInput, naming them, while rows that leave the baseline have no reason."""
    missing = [one.name for one in deviations(submission) if not one.reason]
    if missing:
        shown = "、".join(f"“{name}”" for name in missing[:NAMES_SHOWN]) + (
            "等" if len(missing) > NAMES_SHOWN else ""
        )
        raise BadInput(
            f"与自治区基准清单不同的 {len(missing)} 项（{shown}）还没有说明理由，请逐项填写后再提交。"
        )
