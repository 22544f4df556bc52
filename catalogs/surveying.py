"""A place's table of what committees certify today: file in, read, looked at, filed (二(一))."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Department
from audit.records import create_recorded, delete_all_recorded, save_recorded
from catalogs.authority import require
from catalogs.errors import Refused, Stale, WrongState
from catalogs.locks import lock_city
from catalogs.models import (
    Round,
    Submission,
    SubmissionStatus,
    Survey,
    SurveyItem,
    SurveyStatus,
    UploadedForm,
)
from catalogs.models.surveys import OPEN, SURVEY_TRANSITIONS
from catalogs.official_forms.form import Annex2Form
from catalogs.official_forms.isolated import IN_BACKGROUND, WHILE_WAITING
from catalogs.survey_rows import SurveyReader
from catalogs.uploads import read_upload, record_outcome, require_open, store_upload
from divisions.models import CODE_LENGTH, Division, Level

FILE = "catalogs.file_survey"
SETTLED = (SubmissionStatus.REPORTED, SubmissionStatus.APPROVED, SubmissionStatus.PUBLISHED)
# A file up to this size is read while its sender waits; a larger one goes to the task queue.
WAIT_FOR_BYTES = 64 * 1024
CHUNK = 1000  # rows stored in one transaction
LEASE = dt.timedelta(seconds=60)  # for how long one worker alone is at a table without a sign of life


def useful_rounds(place: Division) -> Any:
    """The open rounds in which the table of a place still serves: its city's list is not settled yet.

    A province's departments serve all cities: until the round is over and every list in it settled.
    """
    lists = Submission.objects.filter(round=OuterRef("pk"))
    city = place.code[: CODE_LENGTH[Level.CITY]]
    if place.level != Level.PROVINCE:
        return Round.objects.open().exclude(Exists(lists.filter(status__in=SETTLED, city=city)))
    settled, waits = Exists(lists.filter(status__in=SETTLED)), Exists(lists.exclude(status__in=SETTLED))
    return Round.objects.open().exclude(settled & ~waits, due_on__lt=timezone.localdate())


def receive_survey(
    *,
    actor: Any,
    division: Division,
    round: Round,
    name: str,
    file: File,
    department: Department | None = None,
) -> Survey:
    """Store an annex 2 file and begin the table of a place, or of one department there.

    A table of the same place that was not filed yet is given up for it. Nothing is read here:
    ``read_survey`` does that, at once for a small file and in the task queue for a large one
    (``is_large``). Raises NotAllowed or WrongState.
    """
    upload = store_upload(
        actor=actor,
        permission=FILE,
        division=division,
        department=department,
        round=round,
        form=UploadedForm.Form.ANNEX2,
        name=name,
        file=file,
    )
    with transaction.atomic():
        lock_city(division.pk)  # two uploads cannot race
        for earlier in _of(round, division, department).filter(status__in=OPEN):
            _give_up(_locked(earlier.pk), actor, "重新上传")
        survey = Survey(
            division=division, department=department, round=round, upload=upload, created_by=actor
        )
        save_recorded(survey, actor=actor, reason=f"上传文件“{upload.name}”")
    return survey


def is_large(survey: Survey) -> bool:
    """Whether reading the table is work for the task queue rather than for a waiting person."""
    return survey.upload.size > WAIT_FOR_BYTES


def read_survey(survey_id: int) -> dt.datetime | None:
    """Read a table's file and store its rows; may be called again after it was cut off anywhere.

    Rows are stored a thousand at a time, each time together with how many there are now, so that
    a second run goes on where the first one ended and no row is stored twice. A table that was
    cancelled meanwhile, or is done, is left alone. Returns None, or, when another worker is at
    it, the moment at which its claim runs out.
    """
    survey, busy_until = _claim(survey_id)
    if survey is None:
        return busy_until
    actor = survey.created_by
    limits = IN_BACKGROUND if is_large(survey) else WHILE_WAITING
    try:
        form = read_upload(survey.upload, "annex2", limits)
        _note_form(survey, form, actor)
        reader = SurveyReader(survey, form.rows)
        while rows := reader.items(survey.done, CHUNK):
            if not _store(survey, rows, actor):
                return None
        _finish(survey, reader.remarks, actor)
    except Refused as refusal:
        _refuse(survey, refusal.message, actor)
    return None


def cancel_survey(*, actor: Any, survey_id: int) -> Survey:
    """Give up a table that was not filed: its rows go, its file stays."""
    with transaction.atomic():
        survey = _locked(survey_id)
        require(actor, FILE, survey.division)
        if survey.status not in OPEN:
            raise WrongState(f"统计表{survey.get_status_display()}，不能取消。")
        _give_up(survey, actor, "取消")
        return survey


def file_survey(*, actor: Any, survey_id: int, digest: str) -> Survey:
    """Hand a table up as it was looked at (二(一)：逐级汇总上报); it replaces the one filed before.

    ``digest`` is that of the page that was looked at: raises Stale when the stored rows are not
    those any more, WrongState when the table is not waiting for it.
    """
    with transaction.atomic():
        survey = _locked(survey_id)
        require(actor, FILE, survey.division)
        require_open(survey.round)
        if survey.status != SurveyStatus.DRAFT:
            raise WrongState(f"统计表{survey.get_status_display()}，不能上报。")
        if digest != survey.digest or digest != content_digest(survey):
            raise Stale("统计表在您核对之后又有改动，请核对最新内容后再上报。")
        before = _of(survey.round, survey.division, survey.department).filter(status=SurveyStatus.FILED)
        for earlier in before:
            _move(earlier, SurveyStatus.REPLACED, actor, "上报了新表")
        survey.filed_by, survey.filed_at = actor, timezone.now()
        _move(survey, SurveyStatus.FILED, actor, "核对后上报", "filed_by", "filed_at")
        return survey


def current_survey(division: Division, department: Department | None, round: Round) -> Survey | None:
    """The table of a place, or of one department there, that is being worked on or counts; or None."""
    survey: Survey | None = (
        _of(round, division, department)
        .filter(status__in=[*OPEN, SurveyStatus.REFUSED, SurveyStatus.FILED])
        .order_by("-pk")
        .first()
    )
    return survey


def content_digest(survey: Survey) -> str:
    """SHA-256 over what the page shows of the rows and of what was noticed about them."""
    shown = survey.items.order_by("position").values_list(
        "position", "region", "place_id", "name", "basis", "department", "purpose", "necessity",
        "standing", "banned_item_id", "findings",
    )  # fmt: skip
    digest = hashlib.sha256(survey.upload.sha256.encode())
    for row in shown.iterator(chunk_size=2000):
        digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _of(round: Round, division: Division, department: Department | None) -> Any:
    return Survey.objects.filter(round=round, division=division, department=department)


def _locked(survey_id: int) -> Survey:
    survey: Survey = (
        Survey.objects.select_for_update(of=("self",))
        .select_related("division", "department", "round", "upload", "created_by")
        .get(pk=survey_id)
    )
    return survey


def _move(survey: Survey, status: SurveyStatus, actor: Any, reason: str, *fields: str) -> None:
    if (survey.status, status) not in SURVEY_TRANSITIONS:
        raise WrongState(f"统计表{survey.get_status_display()}，不能变为“{status.label}”。")
    survey.status = status
    save_recorded(survey, actor=actor, reason=reason, fields=["status", *fields])


def _claim(survey_id: int) -> tuple[Survey | None, dt.datetime | None]:
    with transaction.atomic():
        survey = _locked(survey_id)
        now = timezone.now()
        if not survey.is_being_read:
            return None, None
        if survey.leased_until and survey.leased_until > now:
            return None, survey.leased_until
        if survey.status == SurveyStatus.WAITING:
            _move(survey, SurveyStatus.READING, survey.created_by, "开始读取")
        survey.leased_until = now + LEASE
        Survey.objects.filter(pk=survey.pk).update(leased_until=survey.leased_until)
        return survey, None


def _note_form(survey: Survey, form: Annex2Form, actor: Any) -> None:
    survey.total = len(form.rows)
    survey.place_in_title = (form.city or "")[:100]
    survey.reporter = (form.reporter or "")[:100]
    survey.contact = (form.contact or "")[:100]
    survey.reported_on = form.reported_on
    survey.remarks = list(form.remarks)
    fields = ["total", "place_in_title", "reporter", "contact", "reported_on", "remarks"]
    with transaction.atomic():
        save_recorded(survey, actor=actor, reason="读取文件", fields=fields)


def _store(survey: Survey, rows: Sequence[SurveyItem], actor: Any) -> bool:
    """Store the next rows; False when the table is not this worker's to read any more."""
    with transaction.atomic():
        now = _locked(survey.pk)
        if (now.status, now.done, now.leased_until) != (
            SurveyStatus.READING,
            survey.done,
            survey.leased_until,
        ):
            return False
        create_recorded(SurveyItem, rows, actor=actor, reason=f"从文件“{survey.upload.name}”读取")
        survey.done += len(rows)
        survey.leased_until = timezone.now() + LEASE
        Survey.objects.filter(pk=survey.pk).update(done=survey.done, leased_until=survey.leased_until)
        return True


def _finish(survey: Survey, remarks: Sequence[str], actor: Any) -> None:
    with transaction.atomic():
        now = _locked(survey.pk)
        if now.status != SurveyStatus.READING or now.leased_until != survey.leased_until:
            return
        now.remarks = [*now.remarks, *remarks]
        now.digest = content_digest(now)
        _move(now, SurveyStatus.DRAFT, actor, "读取完成，待核对", "remarks", "digest")
        record_outcome(now.upload, UploadedForm.Outcome.READ, actor=actor)


def _refuse(survey: Survey, message: str, actor: Any) -> None:
    with transaction.atomic():
        now = _locked(survey.pk)
        if now.status != SurveyStatus.READING:
            return
        delete_all_recorded(now.items.all(), actor=actor, reason="文件无法读取")
        _move(now, SurveyStatus.REFUSED, actor, "文件无法读取")
        record_outcome(now.upload, UploadedForm.Outcome.REFUSED, actor=actor, message=message)


def _give_up(survey: Survey, actor: Any, reason: str) -> None:
    delete_all_recorded(survey.items.all(), actor=actor, reason=reason)
    _move(survey, SurveyStatus.CANCELLED, actor, reason)
