"""The province's work on a city's list: decide its rows, or send it back (二(二))."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded, update_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, Stale, WrongState
from catalogs.models import Decision, Submission, SubmissionItem, SubmissionStatus
from catalogs.noticing import refresh_findings

REVIEW = "catalogs.review_submission"


@dataclass(frozen=True, slots=True)
class RowChoice:
    """What a reviewer chose for one row, and the revision of the row that they were looking at."""

    item_id: int
    revision: int
    decision: str
    reason: str = ""


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
    others are saved. Raises BadInput when a rejection has no reason (nothing is saved then),
    FourEyes when the actor had a hand in filing one of the rows, WrongState unless the list is
    under review, NotAllowed without the right.
    """
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        items = submission.items.select_related("decided_by").in_bulk([c.item_id for c in choices])
        if len(items) != len({choice.item_id for choice in choices}):
            raise BadInput("所选的行不在这份清单中，请刷新页面后重试。")
        undecided = [
            items[c.item_id].position for c in choices if c.decision not in {Decision.KEEP, Decision.REJECT}
        ]
        if undecided:
            raise BadInput(f"{_rows(undecided)}填写了理由但没有选择结论，请选择“予以保留”或“不予保留”。")
        reasonless = [
            items[c.item_id].position
            for c in choices
            if c.decision == Decision.REJECT and not c.reason.strip()
        ]
        if reasonless:
            raise BadInput(f"{_rows(reasonless)}选择了“不予保留”，请填写理由后再保存。")
        saved, conflicts = [], []
        for choice in choices:
            item = items[choice.item_id]
            if item.revision != choice.revision:
                conflicts.append(Conflict(item, choice))
                continue
            item.decision = choice.decision
            item.decision_reason = choice.reason.strip()
            item.decided_by = actor
            item.decided_at = timezone.now()
            item.revision += 1
            saved.append(item)
        update_recorded(
            SubmissionItem,
            saved,
            ["decision", "decision_reason", "decided_by", "decided_at", "revision"],
            actor=actor,
            reason="审核清单行",
        )
        if saved:
            submission.revision += 1
            save_recorded(submission, actor=actor, reason=f"审核 {len(saved)} 行", fields=["revision"])
        return Outcome(tuple(saved), tuple(conflicts))


def _rows(positions: Sequence[int]) -> str:
    return "、".join(f"第{position}行" for position in sorted(positions))


def decide_row(
    *, actor: Any, item: SubmissionItem, revision: int, decision: str, reason: str = ""
) -> SubmissionItem:
    """Decide one row; as ``decide_rows``, but raises Stale when the row has changed meanwhile."""
    choice = RowChoice(item.pk, revision, decision, reason)
    outcome = decide_rows(actor=actor, submission_id=item.submission_id, choices=[choice])
    if outcome.conflicts:
        raise Stale(describe_conflict(outcome.conflicts[0]))
    return outcome.saved[0]


def describe_conflict(conflict: Conflict) -> str:
    """Tell the second of two reviewers what happened to their choice."""
    item = conflict.item
    who = item.decided_by.full_name if item.decided_by else "他人"
    when = timezone.localtime(item.decided_at).strftime("%H:%M") if item.decided_at else ""
    yours = Decision(conflict.choice.decision).label
    reason = f"，理由：{conflict.choice.reason.strip()}" if conflict.choice.reason.strip() else ""
    return (
        f"第{item.position}行已由{who}于{when}定为“{item.get_decision_display()}”，"
        f"您的结论“{yours}{reason}”未保存。请核对后再定。"
    )


def return_submission(*, actor: Any, submission_id: int, revision: int, comment: str) -> Submission:
    """Send the whole list back to the city with a comment; the city mends it as its next version."""
    if not comment.strip():
        raise BadInput("请填写退回意见，说明哪些行、哪些栏目需要怎样修改。")
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        require_revision(submission, revision)
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
        return submission


def recheck(*, actor: Any, submission_id: int) -> None:
    """Run the rules over the rows once more: a law may have been repealed since they were filed."""
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        refresh_findings(submission, actor=actor, reason="审核时重新核查")


def lock_for_review(actor: Any, submission_id: int, permission: str = REVIEW) -> Submission:
    """Lock a submitted list for a reviewer who had no hand in filing it."""
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("city", "round")
        .get(pk=submission_id)
    )
    require(actor, permission, submission.city)
    if not submission.is_under_review:
        raise WrongState(f"这份清单{submission.get_status_display()}，不能再审核。")
    if actor.pk in filers(submission):
        raise FourEyes("您参与填报了这份清单，按照回避要求不能审核，请由其他审核员办理。")
    return submission


def require_revision(submission: Submission, revision: int) -> None:
    """Raise Stale unless the list is still as the actor saw it."""
    if submission.revision != revision:
        raise Stale("清单在您查看之后又有改动，操作未执行，请核对最新内容后重试。")


def filers(submission: Submission) -> set[int]:
    """Everyone who had a hand in the list before it was handed in: uploader, editors, submitter."""
    hands = SubmissionItem.history.filter(submission_id=submission.pk)
    if submission.submitted_at:
        hands = hands.filter(history_date__lte=submission.submitted_at)
    people = set(hands.values_list("history_user_id", flat=True).distinct())
    people |= set(submission.items.values_list("filed_by_id", flat=True).distinct())
    people.add(submission.submitted_by_id)
    if submission.source:
        people.add(submission.source.uploaded_by_id)
    return {person for person in people if person is not None}
