"""Joint review (会审): the lead sends rows to departments, each says what it thinks of them (二(二))."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Department
from audit.records import create_recorded, delete_recorded, save_recorded, update_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.findings import Row
from catalogs.matching import normalize
from catalogs.models import (
    ASPECTS,
    Notice,
    Opinion,
    Stance,
    Submission,
    SubmissionStatus,
)
from catalogs.notices import tell_department, tell_reviewers
from catalogs.opinions import GIVEN_FIELDS
from catalogs.under_review import lock_for_review, require_revision

OPINE = "catalogs.give_opinion"
LEAD = "civil_affairs"


@dataclass(frozen=True, slots=True)
class OpinionChoice:
    """What a department says of one row, and the revision of the opinion that was looked at."""

    opinion_id: int
    revision: int
    legality: str
    necessity: str
    reasonableness: str
    text: str = ""


def joint_departments() -> list[Department]:
    """The departments that review beside the lead, with their names (审查 by 发改、公安、司法 …)."""
    departments = Department.objects.filter(joint_review=True).exclude(code=LEAD)
    return list(departments.prefetch_related("aliases"))


def suggested(row: Row, departments: Iterable[Department]) -> list[Department]:
    """The departments whose field a row touches: who asks for it, or what law it rests on.

    A department is named among the units that ask, or one of its 主管领域用词 stands in the matter,
    the basis or the name.
    """
    units = normalize(row.requesting_unit)
    said = normalize(" ".join((row.name, row.matter, row.legal_basis, row.requesting_unit)))
    found = []
    for department in departments:
        names = [department.name, department.short_name, *(a.name for a in department.aliases.all())]
        words = [word for word in department.field_words.split("、") if word]
        if any(normalize(name) in units for name in names) or any(normalize(word) in said for word in words):
            found.append(department)
    return found


def send_rows(
    *,
    actor: Any,
    submission_id: int,
    revision: int,
    wanted: Collection[tuple[int, int]],
    due_on: dt.date,
) -> tuple[int, int]:
    """Ask departments for their opinion on rows; returns how many were asked and how many withdrawn.

    ``wanted`` are all (row id, department id) pairs to be asked: those not asked yet are, those
    asked and not in it are withdrawn unless the department has answered. ``due_on`` holds for
    every opinion still waited for. Raises BadInput for a date that has passed or a row or
    department that is none, and as ``under_review.lock_for_review`` does.
    """
    if due_on < timezone.localdate():
        raise BadInput("反馈截止日期已经过去，请填写今天或以后的日期。")
    with transaction.atomic():
        submission = lock_for_review(actor, submission_id)
        require_revision(submission, revision)
        rows = set(submission.items.values_list("pk", flat=True))
        departments = {department.pk for department in joint_departments()}
        if not {row for row, _ in wanted} <= rows or not {one for _, one in wanted} <= departments:
            raise BadInput("所选的行或部门不在这份清单的会审范围内，请刷新页面后重试。")
        asked = {
            (opinion.item_id, opinion.department_id): opinion
            for opinion in Opinion.objects.filter(item__submission=submission)
        }
        fresh = [
            Opinion(item_id=row, department_id=one, due_on=due_on, sent_by=actor, sent_at=timezone.now())
            for row, one in sorted(set(wanted) - asked.keys())
        ]
        create_recorded(Opinion, fresh, actor=actor, reason="送会审")
        withdrawn = 0
        moved = []
        for pair, opinion in asked.items():
            if opinion.state != Opinion.State.GIVEN and pair not in wanted:
                delete_recorded(opinion, actor=actor, reason="撤回送审")
                withdrawn += 1
            elif opinion.state != Opinion.State.GIVEN and opinion.due_on != due_on:
                opinion.due_on, opinion.state = due_on, Opinion.State.WAITING
                moved.append(opinion)
        update_recorded(Opinion, moved, ["due_on", "state"], actor=actor, reason="调整反馈期限")
        submission.revision += 1
        save_recorded(submission, actor=actor, reason="送会审", fields=["revision"])
        for department_id in sorted({opinion.department_id for opinion in fresh}):
            count = sum(opinion.department_id == department_id for opinion in fresh)
            tell_department(
                submission,
                department_id,
                Notice.Kind.SENT,
                f"{submission}：有 {count} 行送您部门会审，请于{due_on.month}月{due_on.day}日前反馈",
                f"sent-{submission.pk}-{submission.revision}",
            )
        return len(fresh), withdrawn


def give_opinions(
    *, actor: Any, submission_id: int, choices: Sequence[OpinionChoice]
) -> tuple[list[Opinion], list[Opinion]]:
    """Record what the actor's department says on rows sent to it; returns (saved, conflicts).

    An opinion that a colleague has changed meanwhile is left and comes back among the conflicts.
    An opinion after its due date is taken and marked late. Raises BadInput when an objection or a
    suggestion has no text, NotAllowed for rows that were not sent to the department, FourEyes
    for rows that the actor or their office filed, WrongState once the list has been reported.
    """
    with transaction.atomic():
        submission = _lock_for_opinions(actor, submission_id)
        mine = Opinion.objects.filter(item__submission=submission, department=actor.department_id)
        opinions = mine.select_related("item").in_bulk([choice.opinion_id for choice in choices])
        if len(opinions) != len({choice.opinion_id for choice in choices}):
            raise NotAllowed("这一行没有送您部门会审，请刷新页面。")
        _require_complete(opinions, choices)
        saved, conflicts = [], []
        now = timezone.now()
        for choice in choices:
            opinion = opinions[choice.opinion_id]
            if opinion.item.filed_by_id == actor.pk or opinion.item.filed_office == actor.office:
                raise FourEyes(f"第{opinion.item.position}行由您或您所在单位填报，按照回避要求不能会审。")
            if opinion.revision != choice.revision:
                conflicts.append(opinion)
                continue
            for aspect in ASPECTS:
                setattr(opinion, aspect, getattr(choice, aspect))
            opinion.text = choice.text.strip()
            opinion.state = Opinion.State.GIVEN
            opinion.given_by, opinion.given_at = actor, now
            opinion.is_late = timezone.localdate(now) > opinion.due_on
            opinion.revision += 1
            saved.append(opinion)
        update_recorded(Opinion, saved, GIVEN_FIELDS, actor=actor, reason="反馈会审意见")
        waited = mine.exclude(state=Opinion.State.GIVEN).exists()
        if saved and not waited:
            tell_reviewers(
                submission,
                Notice.Kind.DECIDED,
                f"{submission}：{actor.department.short_name}已反馈全部会审意见",
                f"opined-{submission.pk}-{actor.department_id}",
            )
        return saved, conflicts


def _lock_for_opinions(actor: Any, submission_id: int) -> Submission:
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("city", "round")
        .get(pk=submission_id)
    )
    require(actor, OPINE, submission.city)
    if actor.department_id is None:
        raise NotAllowed("您的账号没有所属部门，不能反馈会审意见。")
    if submission.status != SubmissionStatus.SUBMITTED:
        raise WrongState(f"这份清单{submission.get_status_display()}，不能再反馈会审意见。")
    return submission


def _require_complete(opinions: Mapping[int, Opinion], choices: Iterable[OpinionChoice]) -> None:
    wrong, wordless = [], []
    for choice in choices:
        said = {getattr(choice, aspect) for aspect in ASPECTS}
        at = opinions[choice.opinion_id].item.position
        if not said <= set(Stance.values):
            wrong.append(at)
        elif said != {Stance.AGREE} and not choice.text.strip():
            wordless.append(at)
    if wrong:
        raise BadInput(f"{_rows(wrong)}的合法性、必要性、合理性没有选全，请逐项选择。")
    if wordless:
        raise BadInput(f"{_rows(wordless)}选择了“不同意”或“建议修改”，请写明意见。")


def _rows(positions: Iterable[int]) -> str:
    return "、".join(f"第{position}行" for position in sorted(positions))
