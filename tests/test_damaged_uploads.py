"""Damaged files through the pages: always an answer, the file always kept, nothing half-done."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from catalogs.models import Round, Submission, SubmissionItem, Survey, SurveyItem, SurveyStatus, UploadedForm
from tests import lists
from tests.official_forms.damage import damaged
from tests.test_refusals import signed_in

pytestmark = pytest.mark.django_db


def test_a_damaged_list(people: dict[str, User], open_round: Round, fuzz_cases: int) -> None:
    client = signed_in(people["city_officer"])
    url = reverse("upload", args=[open_round.pk])
    for content in damaged(lists.workbook(*lists.ORDINARY), fuzz_cases, "list"):
        with transaction.atomic():
            answer = client.post(url, {"file": SimpleUploadedFile("附件3.xlsx", content)})
            read = Submission.objects.count()
            assert (answer.status_code, read) in {(302, 1), (400, 0)}
            assert SubmissionItem.objects.exists() == bool(read)
            assert UploadedForm.objects.get().outcome == ("read" if read else "refused")
            transaction.set_rollback(True)


def test_a_damaged_survey(people: dict[str, User], open_round: Round, fuzz_cases: int) -> None:
    client = signed_in(people["city_officer"])
    for content in damaged(lists.survey_workbook(*lists.HABITS), fuzz_cases, "survey"):
        with transaction.atomic():
            file = SimpleUploadedFile("附件2.xlsx", content)
            answer = client.post(reverse("survey_upload"), {"round": open_round.pk, "file": file})
            assert answer.status_code == 302
            survey = Survey.objects.get()
            assert survey.status in {SurveyStatus.DRAFT, SurveyStatus.REFUSED}
            assert SurveyItem.objects.exists() == (survey.status == SurveyStatus.DRAFT)
            assert client.get(reverse("survey", args=[survey.pk])).status_code == 200
            assert UploadedForm.objects.count() == 1
            transaction.set_rollback(True)
