"""Which history records tell the story of a submission."""

from typing import Any

from django.db import models

from catalogs.models import Edition, Finding, Submission, SubmissionItem, UploadedForm


def submission_histories(submission: Submission) -> list[models.QuerySet[Any]]:
    """All records of the list, its rows, its findings, its files and the edition made of it."""
    uploads = UploadedForm.history.filter(
        division_id=submission.city_id, round_id=submission.round_id, form=UploadedForm.Form.ANNEX3
    )
    return [
        submission.history.all(),
        SubmissionItem.history.filter(submission_id=submission.pk),
        Finding.history.filter(submission_id=submission.pk),
        uploads,
        Edition.history.filter(submission_id=submission.pk),
    ]
