"""Assemble the decided lists for the government, freeze them, and record its answer (二(二))."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, save_recorded, update_recorded
from catalogs import seals
from catalogs.authority import require
from catalogs.errors import BadInput, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_round
from catalogs.models import (
    KEPT,
    Decision,
    Notice,
    Opinion,
    Report,
    ReportedList,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.notices import tell_city, tell_reviewers
from catalogs.opinions import record_silence
from catalogs.review import objections_to
from catalogs.under_review import lock_for_review, require_revision
from divisions.models import Division, Level

REPORT = "catalogs.report_lists"


def assemble(*, actor: Any, round_id: int, lists: Mapping[int, int]) -> Report:
    """Freeze decided lists into a report for the government; returns it with its digest.

    ``lists`` maps the id of each list to its revision when the actor saw it. From here on nothing
    in them is decided. Raises BadInput, naming each list and what it lacks, when a row is
    undecided, an opinion is still waited for within its time, or a row is kept against an
    objection without a written reason; Stale, FourEyes, WrongState or NotAllowed as the review does.
    """
    if not lists:
        raise BadInput("请至少选择一个市的清单。")
    with transaction.atomic():
        round = lock_round(round_id)
        submissions = []
        for submission_id, revision in sorted(lists.items()):
            submission = lock_for_review(actor, submission_id, REPORT)
            require_revision(submission, revision)
            if submission.round_id != round.pk:
                raise BadInput("所选清单不属于同一批次，请刷新页面后重试。")
            submissions.append(submission)
        record_silence(timezone.localdate(), [submission.pk for submission in submissions])
        missing = [problem for submission in submissions for problem in missing_for_report(submission)]
        if missing:
            raise BadInput("".join(missing))
        report = Report(
            round=round,
            region=_region(submissions[0].city),
            number=round.reports.count() + 1,
            assembled_by=actor,
            assembled_at=timezone.now(),
        )
        report.content = seals.canonical(_content(report, submissions)).decode()
        report.digest = seals.digest(report.content.encode())
        reason = f"汇总报批（第{report.number}次）"
        save_recorded(report, actor=actor, reason=reason)
        entries = [ReportedList(report=report, submission=one) for one in submissions]
        create_recorded(ReportedList, entries, actor=actor, reason=reason)
        for submission in submissions:
            _move(submission, SubmissionStatus.REPORTED, actor, reason)
            tell_city(
                submission,
                Notice.Kind.REPORTED,
                f"{round.name}：清单已审定，报政府审批",
                f"reported-{report.pk}",
            )
        return report


def missing_for_report(submission: Submission) -> list[str]:
    """What a list lacks before it can go to the government, in sentences; nothing when it is ready."""
    city, rows = submission.city.name, submission.items
    problems = []
    undecided = rows.filter(decision=Decision.UNDECIDED).count()
    if undecided:
        problems.append(f"{city}还有 {undecided} 行未审。")
    if not rows.exists():
        problems.append(f"{city}的清单没有任何一行。")
    waiting = Opinion.objects.filter(item__submission=submission, state=Opinion.State.WAITING)
    if waiting.exists():
        last = max(waiting.values_list("due_on", flat=True))
        problems.append(
            f"{city}还有 {waiting.count()} 条会审意见未反馈，反馈期限为{last.month}月{last.day}日；"
            "可待到期或撤回送审后再报批。"
        )
    unexplained = sorted({o.item.position for o in objections_to(submission) if not o.item.decision_reason})
    if unexplained:
        at = "、".join(f"第{position}行" for position in unexplained)
        problems.append(f"{city}{at}有会审部门不同意，予以保留的须写明不采纳的理由。")
    return problems


def approve(
    *,
    actor: Any,
    report_id: int,
    document_no: str,
    approved_on: dt.date,
    refused: Mapping[int, str] | None = None,
) -> Report:
    """Record the government's answer to a report: approval, for some rows perhaps refusal.

    ``refused`` maps rows that were not approved to what was said of them. Their lists go back to
    the review with these rows open again; the other lists are approved as they stand. Raises
    BadInput for a missing number, an impossible date or a row that is not kept in the report,
    WrongState when the answer has been recorded already, NotAllowed or FourEyes.
    """
    refused = {row: note.strip() for row, note in (refused or {}).items()}
    document_no = document_no.strip()
    with transaction.atomic():
        report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
        require(actor, REPORT, report.region)
        if report.is_answered:
            raise WrongState("这次报批的批复已经登记，不能再改。")
        if not document_no:
            raise BadInput("请填写自治区人民政府的批准文号。")
        if approved_on > timezone.localdate():
            raise BadInput("批准日期不能晚于今天。")
        if any(not note for note in refused.values()):
            raise BadInput("请写明每一未批准事项的批复意见。")
        entries = list(report.lists.select_related("submission").order_by("submission_id"))
        rows = SubmissionItem.objects.filter(
            pk__in=refused,
            submission__in=[entry.submission_id for entry in entries],
            decision__in=KEPT,
        )
        by_list: dict[int, list[SubmissionItem]] = {}
        for row in rows:
            by_list.setdefault(row.submission_id, []).append(row)
        if sum(map(len, by_list.values())) != len(refused):
            raise BadInput("所选的未批准事项不在这次报批的保留事项中，请刷新页面后重试。")
        reason = f"登记批复（{document_no}）"
        for entry in entries:
            submission = lock_for_review(actor, entry.submission_id, REPORT, SubmissionStatus.REPORTED)
            _answer(entry, submission, by_list.get(submission.pk, []), refused, actor, reason)
        report.approval_document_no, report.approved_on = document_no, approved_on
        report.answered_by, report.answered_at = actor, timezone.now()
        save_recorded(report, actor=actor, reason=reason)
        return report


def _answer(
    entry: ReportedList,
    submission: Submission,
    rows: list[SubmissionItem],
    notes: Mapping[int, str],
    actor: Any,
    reason: str,
) -> None:
    if not rows:
        entry.outcome = ReportedList.Outcome.APPROVED
        save_recorded(entry, actor=actor, reason=reason)
        _move(submission, SubmissionStatus.APPROVED, actor, reason)
        return
    for row in rows:
        row.refusal = notes[row.pk]
        row.decision = Decision.UNDECIDED
        row.decided_by = row.decided_at = row.banned_exception = None
        row.decided_office, row.amended = "", {}
        row.revision += 1
    update_recorded(
        SubmissionItem,
        rows,
        [
            "refusal",
            "decision",
            "decided_by",
            "decided_at",
            "banned_exception",
            "decided_office",
            "amended",
            "revision",
        ],
        actor=actor,
        reason="政府未予批准",
    )
    entry.outcome = ReportedList.Outcome.SENT_BACK
    entry.note = "；".join(f"第{row.position}行{row.name}：{row.refusal}" for row in rows)
    save_recorded(entry, actor=actor, reason=reason)
    _move(submission, SubmissionStatus.SUBMITTED, actor, f"{reason}：部分事项未批准")
    tell_reviewers(
        submission,
        Notice.Kind.RETURNED,
        f"{submission}：政府未批准其中 {len(rows)} 行，请重新审核",
        f"refused-{entry.pk}",
    )


def _move(submission: Submission, status: SubmissionStatus, actor: Any, reason: str) -> None:
    submission.status = status
    submission.revision += 1
    save_recorded(submission, actor=actor, reason=reason, fields=["status", "revision"])


def _region(city: Division) -> Division:
    return Division.objects.get(code=city.code[:2], level=Level.PROVINCE)


def _content(report: Report, submissions: list[Submission]) -> dict[str, Any]:
    lists = [_list_content(submission) for submission in submissions]
    rows = [row for one in lists for row in one["rows"]]
    return {
        "round": report.round.name,
        "number": report.number,
        "assembled_at": timezone.localtime(report.assembled_at).isoformat(timespec="seconds"),
        "lists": lists,
        "summary": {
            "lists": len(lists),
            "submitted": len(rows),
            "kept": sum(row["published"] for row in rows),
            "returned": sum(row["decision"] == Decision.RETURN for row in rows),
            "rejected": dict(Counter(row["reject_code"] for row in rows if row["reject_code"])),
            "opinions": _by_department(rows),
        },
        "objections": [
            {"city": one["city"], "position": row["position"], "name": row["name"], **opinion}
            | {"answer": row["reason"]}
            for one in lists
            for row in one["rows"]
            if row["decision"] in KEPT
            for opinion in row["opinions"]
            if opinion["stance"] == "object"
        ],
    }


def _by_department(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Department → how often it agreed, suggested, objected or was silent."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        for opinion in row["opinions"]:
            found.setdefault(opinion["department"], Counter())[opinion["stance"] or opinion["state"]] += 1
    return {department: dict(counts) for department, counts in found.items()}


def _list_content(submission: Submission) -> dict[str, Any]:
    items = submission.items.select_related("decided_by", "banned_exception", "previous").prefetch_related(
        "opinions__department"
    )
    return {
        "submission": submission.pk,
        "city": submission.city.name,
        "code": submission.city_id,
        "version": submission.version,
        "rows": [_row_content(item) for item in items.order_by("position")],
    }


def _row_content(item: SubmissionItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "position": item.position,
        **{field: item.final(field) for field in FIELD_LABELS},
        "filed": {field: getattr(item, field) for field in item.amended},
        "decision": item.decision,
        "published": item.is_kept or item.stays_as_it_was,
        "reject_code": item.reject_code,
        "reason": item.decision_reason,
        "clause": item.clause,
        "exception": item.banned_exception.text if item.banned_exception else "",
        "decided_by": item.decided_by.full_name if item.decided_by else "",
        "opinions": [
            {
                "department": opinion.department.short_name,
                "state": opinion.state,
                "stance": opinion.stance,
                "text": opinion.text,
            }
            for opinion in item.opinions.all()
        ],
    }


def content_of(report: Report) -> dict[str, Any]:
    """What was sent to the government, from the frozen text."""
    found: dict[str, Any] = json.loads(report.content)
    return found


def is_intact(report: Report) -> bool:
    """Whether the frozen text is still what its digest was made of."""
    return seals.digest(report.content.encode()) == report.digest
