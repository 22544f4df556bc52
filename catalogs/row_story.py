"""One row from the uploaded cell to the answers that rest on it: 为什么是这个结论."""

from typing import Any

from django.db.models import Count

from audit.timeline import Entry, timeline
from catalogs.models import (
    Edition,
    EditionItem,
    Finding,
    Opinion,
    Proposal,
    Question,
    Report,
    ReportedList,
    Submission,
    SubmissionItem,
    UploadedForm,
)

LONGEST_CHAIN = 50  # versions of one row


def story(item: SubmissionItem) -> list[Entry]:
    """All that happened to a row, newest first, over all its versions.

    The file it came from, the row itself, findings, opinions, decisions, what the government
    answered, and the edition it stands in.
    """
    rows = _versions(item)
    keys = [row.pk for row in rows]
    lists = [row.submission_id for row in rows]
    uploads = {row.submission.source_id for row in rows if row.submission.source_id}
    reported = ReportedList.objects.filter(submission__in=lists)
    editions = EditionItem.objects.filter(source_item__in=keys)
    return timeline(
        UploadedForm.history.filter(id__in=uploads),
        Submission.history.filter(id__in=lists),
        SubmissionItem.history.filter(id__in=keys),
        Finding.history.filter(item_id__in=keys),
        Opinion.history.filter(item_id__in=keys),
        Proposal.history.filter(item_id__in=keys),
        ReportedList.history.filter(submission_id__in=lists),
        Report.history.filter(id__in=reported.values("report")),
        EditionItem.history.filter(id__in=editions.values("pk")),
        Edition.history.filter(id__in=editions.values("edition")),
    )


def _versions(item: SubmissionItem) -> list[SubmissionItem]:
    """The row and what it continues, the newest first."""
    rows = [item]
    while rows[-1].previous_id and len(rows) < LONGEST_CHAIN:
        rows.append(SubmissionItem.objects.select_related("submission").get(pk=rows[-1].previous_id))
    return rows


def uses(item: SubmissionItem) -> list[Any]:
    """How often the check answered with the certificate of a published row, by answer.

    Questions are kept by certificate, not by row; those of the city since the edition took force.
    """
    published = EditionItem.objects.filter(source_item=item).select_related("edition").first()
    if published is None:
        return []
    questions = Question.objects.within(published.edition.city_id).filter(
        certificate_type=published.certificate_type_id,
        asked_at__date__gte=published.edition.effective_from,
    )
    return list(questions.values("verdict").annotate(times=Count("pk")).order_by("verdict"))
