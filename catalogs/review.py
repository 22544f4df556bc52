"""The province's work on a city's list: decide its rows, or send rows or all of it back (二(二))."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.records import save_recorded, update_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, Stale, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.models import (
    KEPT,
    BannedException,
    Decision,
    Finding,
    Notice,
    Opinion,
    RejectCode,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.notices import tell_city
from catalogs.noticing import banned_finding, refresh_findings
from catalogs.official_forms import tidy

REVIEW = "catalogs.review_submission"
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
class RowChoice:
    """What a reviewer chose for one row, and the revision of the row that they were looking at.

    ``code`` says why a row is not kept, ``amended`` holds the texts that the province changes
    (field of annex 3 → text), ``exception_id`` the exception that lets a banned name be kept.
    """

    item_id: int
    revision: int
    decision: str
    reason: str = ""
    code: str = ""
    amended: Mapping[str, str] = field(default_factory=dict)
    exception_id: int | None = None


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
    ``problems``), FourEyes when the actor or their office had a hand in filing the list,
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


def problems(items: Mapping[int, SubmissionItem], choices: Iterable[RowChoice]) -> dict[str, list[int]]:
    """What keeps choices from being saved: each problem → the numbers of its rows.

    The rules: a rejection has its reason code and text, a row sent back its text, a change its
    words; a kept row whose name is on a banned list names the exception it falls under (附件1); and
    keeping a row against an objection, or after the government refused it, is explained in writing
    (二(二)：审查论证).
    """
    found: dict[str, list[int]] = {}
    exceptions = BannedException.objects.in_bulk(
        [choice.exception_id for choice in choices if choice.exception_id]
    )
    for choice in choices:
        item = items[choice.item_id]
        for problem in _problems(item, choice, exceptions):
            found.setdefault(problem, []).append(item.position)
    return found


def _problems(
    item: SubmissionItem, choice: RowChoice, exceptions: Mapping[int, BannedException]
) -> Iterable[str]:
    reason = choice.reason.strip()
    if choice.decision not in set(Decision) - {Decision.UNDECIDED}:
        yield "填写了理由但没有选择结论，请先选择结论"
        return
    if choice.decision == Decision.REJECT:
        if choice.code not in RejectCode.values:
            yield "选择了“不予保留”，请选择不予保留的原因"
        if not reason:
            yield "选择了“不予保留”，请填写理由"
    if choice.decision == Decision.RETURN and not reason:
        yield "选择了“退回修改”，请写明需要怎样修改"
    if choice.decision not in KEPT:
        return
    if choice.decision == Decision.AMEND:
        yield from _amendment_problems(item, choice)
    if not reason and any(opinion.is_objection for opinion in item.opinions.all()):
        yield "有会审部门不同意，予以保留的，请写明不采纳的理由"
    if not reason and item.refusal:
        yield "政府曾未予批准，再次予以保留的，请写明理由"
    banned = banned_hit(item, choice.amended if choice.decision == Decision.AMEND else {})
    if banned is not None:
        exception = exceptions.get(choice.exception_id or 0)
        if exception is None or exception.item_id != banned:
            yield "属于不应出具事项，只有属于所列例外情形的才能保留，请选择所属的例外情形"


def _amendment_problems(item: SubmissionItem, choice: RowChoice) -> Iterable[str]:
    if set(choice.amended) - set(FIELD_LABELS):
        yield "修改了清单中没有的栏目"
        return
    if all(tidy(text) == getattr(item, name) for name, text in choice.amended.items()):
        yield "选择了“修改后保留”，但没有改动任何文字"
    if "name" in choice.amended and not tidy(choice.amended["name"]):
        yield "证明材料名称不能改为空白"
    if len(choice.amended.get("name", "")) > 500:
        yield "证明材料名称超过500字，请精简"


def banned_hit(item: SubmissionItem, amended: Mapping[str, str]) -> int | None:
    """The id of the banned item that a row is, as it would be kept; None when it is none."""
    if set(amended) & {"name", "matter", "purpose"}:
        texts = {name: amended.get(name, getattr(item, name)) for name in FIELD_LABELS}
        return banned_finding(item.position, texts)
    for finding in item.findings.all():
        if finding.code == Finding.Code.BANNED_EXCEPTION or (
            finding.code == Finding.Code.BANNED_NAME and finding.level == Finding.Level.WARN
        ):
            return finding.banned_item_id
    return None


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


def lock_for_review(
    actor: Any,
    submission_id: int,
    permission: str = REVIEW,
    status: SubmissionStatus = SubmissionStatus.SUBMITTED,
) -> Submission:
    """Lock a list at a stage for somebody who, with their office, had no hand in filing it.

    Raises NotAllowed, WrongState when the list is at another stage, or FourEyes.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("city", "round")
        .get(pk=submission_id)
    )
    require(actor, permission, submission.city)
    if submission.status != status:
        raise WrongState(
            f"{submission.city.name}的清单{submission.get_status_display()}，现在不能办理这一步。"
        )
    require_other_eyes(actor, submission)
    return submission


def require_other_eyes(actor: Any, submission: Submission) -> None:
    """Raise FourEyes when the actor, or somebody of their office, had a hand in filing the list."""
    if actor.pk in filers(submission):
        raise FourEyes("您参与填报了这份清单，按照回避要求不能审核，请由其他审核员办理。")
    if actor.office and actor.office in filing_offices(submission):
        raise FourEyes("这份清单由您所在单位填报，按照回避要求不能审核，请由其他单位的审核员办理。")


def require_revision(submission: Submission, revision: int) -> None:
    """Raise Stale unless the list is still as the actor saw it."""
    if submission.revision != revision:
        raise Stale("清单在您查看之后又有改动，操作未执行，请核对最新内容后重试。")


def filers(submission: Submission) -> set[int]:
    """Everyone who had a hand in the list: uploader, editors, submitter, whoever mended a row."""
    records = SubmissionItem.history.filter(submission_id=submission.pk)
    people = set(records.values_list("filed_by_id", flat=True).distinct())
    if submission.submitted_at:
        records = records.filter(history_date__lte=submission.submitted_at)
    people |= set(records.values_list("history_user_id", flat=True).distinct())
    people.add(submission.submitted_by_id)
    if submission.source:
        people.add(submission.source.uploaded_by_id)
    return {person for person in people if person is not None}


def filing_offices(submission: Submission) -> set[str]:
    """The offices of everyone who had a hand in the list, as they are today and as they filed."""
    offices = {person.office for person in User.objects.filter(pk__in=filers(submission))}
    offices |= set(submission.items.values_list("filed_office", flat=True).distinct())
    return offices - {""}


def objections_to(submission: Submission) -> Iterable[Opinion]:
    """Objections that stand against rows of the list which are kept."""
    return (
        Opinion.objects.objecting()
        .filter(item__submission=submission, item__decision__in=KEPT)
        .select_related("item", "department")
        .order_by("item__position", "department_id")
    )
