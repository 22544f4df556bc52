"""The rows of a submission as the reviewer's page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalogs.models import Decision, Finding, Submission, SubmissionItem

SHOW = {"all": "全部", "undecided": "未审", "findings": "有核查提示"}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row with its findings, and the choice to show: what was typed, or what is stored."""

    item: SubmissionItem
    findings: tuple[Finding, ...]
    decision: str
    reason: str


def review_rows(submission: Submission, show: str, typed: Mapping[int, tuple[str, str]]) -> list[ReviewRow]:
    """The rows to show under a filter of ``SHOW``; ``typed`` keeps what a person had not saved."""
    items = submission.items.select_related("decided_by", "certificate_type").prefetch_related("findings")
    if show == "undecided":
        items = items.filter(decision=Decision.UNDECIDED)
    elif show == "findings":
        items = items.filter(findings__isnull=False).distinct()
    rows = []
    for item in items.order_by("position"):
        decision, reason = typed.get(item.pk, (item.decision, item.decision_reason))
        rows.append(ReviewRow(item, tuple(item.findings.all()), decision, reason))
    return rows
