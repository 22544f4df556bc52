"""The province's work on a city's list: decide its rows, or send rows or all of it back (二(二))."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded, update_recorded
from catalogs.errors import BadInput, Stale, WrongState
from catalogs.models import (
    KEPT,
    Decision,
    Notice,
    Opinion,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.notices import tell_city
from catalogs.noticing import refresh_findings
from catalogs.official_forms import tidy
from catalogs.row_choices import RowChoice, problems
from catalogs.under_review import lock_for_review, require_revision

DECIDED_FIELDS = (
    "decision",
    "reject_code",
    "decision_reason",
    "amended",
    "banned_exception",
    "decided_by",
    "decided_at",
    "decided_office",
    "revision",
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A choice that was not applied because the row had changed meanwhile."""

    item: SubmissionItem
    choice: RowChoice


@dataclass(frozen=True, slots=True)
class Outcome:
    saved: tuple[SubmissionItem, ...]
    conflicts: tuple[Conflict, ...]


def decide_rows(*, actor: Any, submission_id: int, choices: Sequence[RowChoice]) -> Outcome:
    """Decide several rows of a submitted list at once.

    A row that changed since the reviewer saw it is left as it is and reported as a conflict; the
    others are saved. Raises BadInput when a choice lacks what it needs (nothing is saved then; see
    ``row_choices.problems``), FourEyes when the actor or their office had a hand in filing the list,
    WrongState unless the list is under review, NotAllowed without the right.
    """
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        items = _chosen(submission, choices)
        _refuse(problems(items, choices))
        saved, conflicts = [], []
        now = timezone.now()
        for choice in choices:
            item = items[choice.item_id]
            if item.revision != choice.revision:
                conflicts.append(Conflict(item, choice))
                continue
            _apply(item, choice, actor, now)
            saved.append(item)
        update_recorded(SubmissionItem, saved, DECIDED_FIELDS, actor=actor, reason="审核清单行")
        if saved:
            submission.revision += 1
            save_recorded(submission, actor=actor, reason=f"审核 {len(saved)} 行", fields=["revision"])
        _tell_of_returned_rows(submission, saved)
        return Outcome(tuple(saved), tuple(conflicts))


def _chosen(submission: Submission, choices: Sequence[RowChoice]) -> dict[int, SubmissionItem]:
    rows = submission.items.select_related("decided_by").prefetch_related("opinions", "findings")
    items = rows.in_bulk([choice.item_id for choice in choices])
    if len(items) != len({choice.item_id for choice in choices}):
        raise BadInput("所选的行不在这份清单中，请刷新页面后重试。")
    return items


def _refuse(found: Mapping[str, list[int]]) -> None:
    if found:
        raise BadInput("".join(f"{_rows(rows)}{problem}。" for problem, rows in found.items()))


def _apply(item: SubmissionItem, choice: RowChoice, actor: Any, now: dt.datetime) -> None:
    item.decision = choice.decision
    item.reject_code = choice.code if choice.decision == Decision.REJECT else ""
    item.decision_reason = choice.reason.strip()
    item.amended = {}
    if choice.decision == Decision.AMEND:
        tidied = {name: tidy(text) for name, text in choice.amended.items()}
        item.amended = {name: text for name, text in tidied.items() if text != getattr(item, name)}
    item.banned_exception_id = choice.exception_id if choice.decision in KEPT else None
    item.decided_by = actor
    item.decided_at = now
    item.decided_office = actor.office
    item.revision += 1


def _rows(positions: Sequence[int]) -> str:
    return "、".join(f"第{position}行" for position in sorted(positions))


def _tell_of_returned_rows(submission: Submission, saved: Sequence[SubmissionItem]) -> None:
    returned = [item for item in saved if item.decision == Decision.RETURN]
    if returned:
        tell_city(
            submission,
            Notice.Kind.RETURNED,
            f"{submission.round.name}：有 {len(returned)} 行退回修改，请按意见修改后交回",
            f"rows-{submission.pk}-{submission.revision}",
        )


def decide_row(
    *,
    actor: Any,
    item: SubmissionItem,
    revision: int,
    decision: str,
    reason: str = "",
    code: str = "",
    amended: Mapping[str, str] | None = None,
    exception_id: int | None = None,
) -> SubmissionItem:
    """Decide one row; as ``decide_rows``, but raises Stale when the row has changed meanwhile."""
    choice = RowChoice(item.pk, revision, decision, reason, code, amended or {}, exception_id)
    outcome = decide_rows(actor=actor, submission_id=item.submission_id, choices=[choice])
    if outcome.conflicts:
        raise Stale(describe_conflict(outcome.conflicts[0]))
    return outcome.saved[0]


def describe_conflict(conflict: Conflict) -> str:
    """Tell the second of two reviewers what happened to their choice: both texts."""
    item = conflict.item
    if item.decision == Decision.UNDECIDED:
        return f"第{item.position}行在您查看之后已由填报市修改，您的结论未保存，请核对新的内容后再定。"
    who = item.decided_by.full_name if item.decided_by else "他人"
    when = timezone.localtime(item.decided_at).strftime("%H:%M") if item.decided_at else ""
    yours = Decision(conflict.choice.decision).label
    theirs = f"，理由：{item.decision_reason}" if item.decision_reason else ""
    reason = f"，理由：{conflict.choice.reason.strip()}" if conflict.choice.reason.strip() else ""
    return (
        f"第{item.position}行已由{who}于{when}定为“{item.get_decision_display()}{theirs}”，"
        f"您的结论“{yours}{reason}”未保存。请核对后再定。"
    )


def return_submission(*, actor: Any, submission_id: int, revision: int, comment: str) -> Submission:
    """Send the whole list back to the city with a comment; the city mends it as its next version."""
    if not comment.strip():
        raise BadInput("请填写退回意见，说明哪些行、哪些栏目需要怎样修改。")
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        require_revision(submission, revision)
        if submission.round.kind == Round.Kind.ADJUSTMENT:
            raise WrongState("动态调整不退回整份清单，请对需要修改的行选择“退回修改”。")
        submission.status = SubmissionStatus.RETURNED
        submission.return_comment = comment.strip()
        submission.returned_by = actor
        submission.revision += 1
        save_recorded(
            submission,
            actor=actor,
            reason="退回修改",
            fields=["status", "return_comment", "returned_by", "revision"],
        )
        tell_city(
            submission,
            Notice.Kind.RETURNED,
            f"{submission.round.name}：清单已退回，请按意见修改后重新提交",
            f"returned-{submission.pk}",
        )
        return submission


def recheck(*, actor: Any, submission_id: int) -> None:
    """Run the rules over the rows once more: a law may have been repealed since they were filed."""
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        refresh_findings(submission, actor=actor, reason="审核时重新核查")


def objections_to(submission: Submission) -> Iterable[Opinion]:
    """Objections that stand against rows of the list which are kept."""
    return (
        Opinion.objects.objecting()
        .filter(item__submission=submission, item__decision__in=KEPT)
        .select_related("item", "department")
        .order_by("item__position", "department_id")
    )
