"""A city's list while it is a draft: its latest version, locked, and each change counted and checked."""

from collections.abc import Sequence
from typing import Any

from audit.records import save_recorded
from catalogs.authority import require
from catalogs.errors import WrongState
from catalogs.models import Finding, Round, Submission, SubmissionItem
from catalogs.noticing import refresh_findings
from catalogs.uploads import require_open
from divisions.models import Division

FILE = "catalogs.file_submission"
MAX_NAME = 500  # characters


def current_submission(city: Division, round: Round) -> Submission | None:
    """The latest version of the city's list in the round, or None."""
    return Submission.objects.filter(city=city, round=round).order_by("-version").first()


def locked(submission_id: int) -> Submission:
    """A list, locked until the end of the transaction."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("city", "round")
        .get(pk=submission_id)
    )


def locked_draft(actor: Any, submission_id: int) -> Submission:
    """A list that the actor may change, locked; raises NotAllowed, or WrongState when it is no draft."""
    submission = locked(submission_id)
    require(actor, FILE, submission.city)
    if not submission.is_draft:
        raise WrongState(f"清单{submission.get_status_display()}，不能再修改。")
    require_open(submission.round)
    return submission


def append_row(actor: Any, submission: Submission, texts: dict[str, str], reason: str) -> SubmissionItem:
    """A new last row of a list."""
    last = submission.items.order_by("-position").first()
    item = SubmissionItem(
        submission=submission,
        position=last.position + 1 if last else 1,
        filed_by=actor,
        filed_office=actor.office,
        **texts,
    )
    save_recorded(item, actor=actor, reason=reason)
    return item


def touch(
    actor: Any, submission: Submission, reason: str, about_form: Sequence[Finding] | None = None
) -> None:
    """Count the change and bring the findings up to date."""
    submission.revision += 1
    save_recorded(submission, actor=actor, reason=reason)
    refresh_findings(submission, actor=actor, reason=reason, about_form=about_form)
