"""The rows of a submission as the reviewer's page shows them. A fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from catalogs import matrix, versions
from catalogs.comparison import CellChange
from catalogs.findings import FIELD_LABELS
from catalogs.models import BannedException, Decision, Finding, Opinion, Submission, SubmissionItem
from catalogs.official_forms.plain_table import write_table
from catalogs.row_choices import banned_hit

SHOW = {
    "all": "全部",
    "undecided": "未审",
    "findings": "有核查提示",
    "objected": "有异议",
    "returned": "退回修改中",
    "changed": "与上一版不同",
}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row with all that a reviewer looks at; the choice is what was typed, or what is stored."""

    item: SubmissionItem
    findings: tuple[Finding, ...]
    opinions: tuple[Opinion, ...]
    elsewhere: matrix.Elsewhere
    changes: tuple[CellChange, ...]
    exceptions: tuple[BannedException, ...]  # of the banned item that the row is
    is_banned: bool
    decision: str
    reason: str
    code: str
    exception: int | None

    @property
    def has_objection(self) -> bool:
        return any(opinion.is_objection for opinion in self.opinions)

    @property
    def is_new(self) -> bool:
        """Not in the version before, where there was one."""
        return self.item.submission.version > 1 and self.item.previous_id is None


def review_rows(submission: Submission, show: str, typed: Mapping[int, Mapping[str, Any]]) -> list[ReviewRow]:
    """The rows to show under a filter of ``SHOW``; ``typed`` keeps what a person had not saved."""
    items = submission.items.select_related(
        "decided_by", "certificate_type", "previous", "banned_exception"
    ).prefetch_related("findings", "opinions__department", "opinions__given_by")
    found = list(items.order_by("position"))
    for item in found:
        item.submission = submission
    return [row for row in rows_for(submission, found, typed) if _is_shown(row, show)]


def rows_for(
    submission: Submission, items: Iterable[SubmissionItem], typed: Mapping[int, Mapping[str, Any]]
) -> list[ReviewRow]:
    """Rows with what there is to know of them."""
    items = list(items)
    others = matrix.elsewhere(submission, items)
    banned = {item.pk: banned_hit(item, {}) for item in items}
    exceptions: dict[int, list[BannedException]] = {}
    for case in BannedException.objects.filter(item__in=[one for one in banned.values() if one]):
        exceptions.setdefault(case.item_id, []).append(case)
    rows = []
    for item in items:
        said = typed.get(item.pk, {})
        hit = banned[item.pk]
        rows.append(
            ReviewRow(
                item,
                tuple(item.findings.all()),
                tuple(item.opinions.all()),
                others[item.pk],
                tuple(versions.changes_of(item)),
                tuple(exceptions.get(hit or 0, ())),
                hit is not None,
                said.get("decision", item.decision),
                said.get("reason", item.decision_reason),
                said.get("code", item.reject_code),
                said.get("exception", item.banned_exception_id),
            )
        )
    return rows


def _is_shown(row: ReviewRow, show: str) -> bool:
    if show == "undecided":
        return row.item.decision == Decision.UNDECIDED
    if show == "findings":
        return bool(row.findings)
    if show == "objected":
        return row.has_objection
    if show == "returned":
        return row.item.decision == Decision.RETURN
    if show == "changed":
        return bool(row.changes) or row.is_new
    return True


def decisions_workbook(submission: Submission) -> bytes:
    """The rows of a list with what was decided on each, by whom and why (.xlsx)."""
    rows = submission.items.select_related("decided_by").prefetch_related("opinions__department")
    return write_table(
        f"{submission} 审核结论",
        [
            "行次",
            *FIELD_LABELS.values(),
            "审核结论",
            "审核理由",
            "不予保留原因",
            "依据条款",
            "会审意见",
            "审核人",
            "审核时间",
        ],
        [
            (
                row.position,
                *(row.final(field) for field in FIELD_LABELS),
                row.get_decision_display(),
                row.decision_reason,
                row.get_reject_code_display() if row.reject_code else "",
                row.clause,
                "\n".join(_opinion_text(opinion) for opinion in row.opinions.all()),
                row.decided_by.full_name if row.decided_by else "",
                timezone.localtime(row.decided_at).strftime("%Y-%m-%d %H:%M") if row.decided_at else "",
            )
            for row in rows.order_by("position")
        ],
    )


def _opinion_text(opinion: Opinion) -> str:
    return f"{opinion}{'，' + opinion.text if opinion.text else ''}"
