"""A city hands its list in to the province, as it was looked at and with what it must explain (二(二))."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded
from catalogs.baseline import deviations, require_explained
from catalogs.drafts import locked_draft
from catalogs.errors import BadInput, Stale
from catalogs.findings import FIELD_LABELS
from catalogs.models import BaselineDrop, Finding, Notice, Submission, SubmissionStatus
from catalogs.notices import tell_reviewers
from catalogs.noticing import refresh_findings
from catalogs.versions import link_to_previous


def submit(*, actor: Any, submission_id: int, digest: str) -> Submission:
    """Hand a draft in to the province (二(二)：报自治区民政厅).

    ``digest`` is ``preview_digest`` of what the actor looked at. The rules run once more first, so
    that a law repealed or a list published meanwhile is seen before and not after.

    Raises Stale when rows or findings are not those that were looked at, BadInput when rows
    without a name or no rows are left.
    """
    with transaction.atomic():
        refresh_findings(locked_draft(actor, submission_id), actor=actor, reason="提交前重新核查")
    with transaction.atomic():
        submission = locked_draft(actor, submission_id)
        if preview_digest(submission) != digest:
            raise Stale("清单或核查结论在您查看之后又有变化，请核对最新内容后再提交。")
        if not submission.items.exists():
            raise BadInput("清单中没有任何一行，不能提交。请先上传文件或增加行。")
        blocked = submission.findings.filter(level=Finding.Level.BLOCK).select_related("item")
        if blocked:
            rows = "、".join(f"第{finding.item.position}行" for finding in blocked if finding.item)
            raise BadInput(f"{rows}未填写证明材料名称，请补填或删除后再提交。")
        require_explained(submission)
        submission.status = SubmissionStatus.SUBMITTED
        submission.submitted_by = actor
        submission.submitted_at = timezone.now()
        submission.revision += 1
        save_recorded(
            submission,
            actor=actor,
            reason="提交自治区民政厅审核",
            fields=["status", "submitted_by", "submitted_at", "revision"],
        )
        link_to_previous(submission, actor=actor)
        tell_reviewers(
            submission,
            Notice.Kind.SUBMITTED,
            f"{submission}：已提交，共 {submission.items.count()} 行，请审核",
            f"submitted-{submission.pk}",
        )
        return submission


def explain_deviations(*, actor: Any, submission_id: int, reasons: Mapping[str, str]) -> None:
    """Keep why a city leaves the baseline; ``reasons`` maps ``Deviation.field`` to texts."""
    with transaction.atomic():
        submission = locked_draft(actor, submission_id)
        for deviation in deviations(submission):
            text = reasons.get(deviation.field, "").strip()
            if not text or text == deviation.reason:
                continue
            if deviation.row is not None:
                drop = submission.drops.filter(row=deviation.row).first()
                drop = drop or BaselineDrop(submission=submission, row=deviation.row)
                drop.reason = text
                save_recorded(drop, actor=actor, reason="说明不列入基准事项的理由")
            elif deviation.item is not None:
                deviation.item.filing_reason = text
                save_recorded(deviation.item, actor=actor, reason="说明增列的理由", fields=["filing_reason"])


def preview_digest(submission: Submission) -> str:
    """SHA-256 over the rows of a list and what was noticed about them: what a person looked at."""
    rows = submission.items.order_by("position").values_list("pk", "position", *FIELD_LABELS)
    findings = submission.findings.order_by("item_id", "code", "field", "message")
    shown = [list(rows), list(findings.values_list("item_id", "code", "level", "field", "message"))]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()
