"""What happens to opinions without their department: the date passes, or the row is changed."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from audit.records import SYSTEM, update_recorded
from catalogs.models import ASPECTS, UNDER_WAY, Notice, Opinion, Submission, SubmissionItem
from catalogs.notices import tell_department

GIVEN_FIELDS = (*ASPECTS, "text", "state", "given_by", "given_at", "is_late", "revision")


def record_silence(on: dt.date, submissions: Collection[int] | None = None) -> int:
    """Write down which departments let their due date pass; silence is never agreement.

    ``submissions`` limits it to some lists. Returns how many opinions are missing.
    """
    overdue = Opinion.objects.overdue(on).filter(item__submission__status__in=UNDER_WAY)
    if submissions is not None:
        overdue = overdue.filter(item__submission__in=submissions)
    with transaction.atomic():
        if submissions is None:
            lists = Submission.objects.filter(pk__in=overdue.order_by().values("item__submission"))
            list(lists.select_for_update().order_by("pk"))  # whoever opines holds the list first
        silent = list(overdue.select_for_update(of=("self",)))
        for opinion in silent:
            opinion.state = Opinion.State.SILENT
            opinion.revision += 1
        update_recorded(Opinion, silent, ["state", "revision"], actor=SYSTEM, reason="到期未反馈")
    return len(silent)


def ask_again(item: SubmissionItem, *, actor: Any, due_on: dt.date) -> None:
    """A row was changed after departments had spoken: what they said was about other words."""
    opinions = list(item.opinions.filter(state=Opinion.State.GIVEN))
    for opinion in opinions:
        for aspect in ASPECTS:
            setattr(opinion, aspect, "")
        opinion.text = ""
        opinion.state, opinion.due_on = Opinion.State.WAITING, due_on
        opinion.given_by = opinion.given_at = None
        opinion.is_late = False
        opinion.revision += 1
    update_recorded(
        Opinion, opinions, [*GIVEN_FIELDS, "due_on"], actor=actor, reason="行的内容已修改，重新征求意见"
    )
    for opinion in opinions:
        tell_department(
            item.submission,
            opinion.department_id,
            Notice.Kind.SENT,
            f"{item.submission}：第{item.position}行已修改，请重新反馈会审意见",
            f"again-{item.pk}-{item.revision}",
        )
