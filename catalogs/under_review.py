"""A list while the province has it: locked for somebody who had no hand in filing it (回避)."""

from typing import Any

from accounts.models import User
from catalogs.authority import require
from catalogs.errors import FourEyes, Stale, WrongState
from catalogs.models import Submission, SubmissionItem, SubmissionStatus

REVIEW = "catalogs.review_submission"


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
