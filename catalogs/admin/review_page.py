"""The rows of a submission as the reviewer's page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from catalogs.findings import FIELD_LABELS
from catalogs.models import Decision, Finding, Submission, SubmissionItem
from catalogs.official_forms.plain_table import write_table

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


def decisions_workbook(submission: Submission) -> bytes:
    """The rows of a list with what was decided on each, by whom and why (.xlsx)."""
    rows = submission.items.select_related("decided_by").order_by("position")
    return write_table(
        f"{submission} 审核结论",
        ["行次", *FIELD_LABELS.values(), "审核结论", "审核理由", "审核人", "审核时间"],
        [
            (
                row.position,
                *(getattr(row, field) for field in FIELD_LABELS),
                row.get_decision_display(),
                row.decision_reason,
                row.decided_by.full_name if row.decided_by else "",
                timezone.localtime(row.decided_at).strftime("%Y-%m-%d %H:%M") if row.decided_at else "",
            )
            for row in rows
        ],
    )
