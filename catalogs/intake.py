"""How a city's list begins: from a file, without one, or from the version that was returned (二(二))."""

from typing import Any

from django.core.files import File
from django.db import transaction

from audit.records import create_recorded, delete_all_recorded, save_recorded
from catalogs.authority import require
from catalogs.baseline import base_rows
from catalogs.drafts import FILE, MAX_NAME, append_row, current_submission, locked, touch
from catalogs.errors import BadInput, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_city, lock_city_of
from catalogs.matching import normalize
from catalogs.models import Finding, Round, Submission, SubmissionItem, SubmissionStatus, UploadedForm
from catalogs.noticing import types_by_name
from catalogs.official_forms import Annex3Form
from catalogs.uploads import read_upload, record_outcome, require_open, store_upload
from divisions.models import Division


def receive_form(*, actor: Any, city: Division, round: Round, name: str, file: File) -> Submission:
    """Store an annex 3 file, read it, and make it the city's draft for the round.

    The rows of an earlier draft are replaced; after a return the file begins the next version.
    Raises BadInput when the file cannot be read (it is kept all the same and nothing else
    changes), NotAllowed, or WrongState when the list is already under review.
    """
    upload = store_upload(
        actor=actor,
        permission=FILE,
        division=city,
        round=round,
        form=UploadedForm.Form.ANNEX3,
        name=name,
        file=file,
    )
    try:
        form = read_upload(upload, "annex3")
        with transaction.atomic():
            submission = _draft_for(actor, city, round, "上传文件并读取")
            _replace_rows(actor, submission, upload, form)
            record_outcome(upload, UploadedForm.Outcome.READ, actor=actor)
    except (BadInput, WrongState) as refusal:
        record_outcome(upload, UploadedForm.Outcome.REFUSED, actor=actor, message=refusal.message)
        raise
    return submission


def start_empty(*, actor: Any, city: Division, round: Round) -> Submission:
    """Begin a draft without a file, from the rows that the round lets a city start with."""
    require(actor, FILE, city)
    with transaction.atomic():
        submission = _draft_for(actor, city, round, "在线新建清单")
        if submission.items.exists():
            return submission
        base = base_rows(city, round)
        rows = [
            SubmissionItem(
                submission=submission,
                position=position,
                certificate_type_id=row.certificate_type_id,
                filed_by=actor,
                filed_office=actor.office,
                **{field: getattr(row, field) for field in FIELD_LABELS},
            )
            for position, row in enumerate(base, start=1)
        ]
        if not rows:
            append_row(actor, submission, {}, "在线新建清单")
            return submission
        reason = f"从{round.get_base_display()}开始"
        create_recorded(SubmissionItem, rows, actor=actor, reason=reason)
        touch(actor, submission, reason)
        return submission


def start_new_version(*, actor: Any, submission_id: int) -> Submission:
    """Begin the next version from a returned list, its rows copied for mending."""
    with transaction.atomic():
        lock_city_of(submission_id)
        returned = locked(submission_id)
        require(actor, FILE, returned.city)
        if returned.status != SubmissionStatus.RETURNED:
            raise WrongState("只有被退回的清单才能在原有内容上修改。")
        reason = f"按退回意见修改（第{returned.version}版）"
        draft = _draft_for(actor, returned.city, returned.round, reason)
        if draft.items.exists():
            return draft
        for field in ("source", "reporter", "contact", "reported_on"):
            setattr(draft, field, getattr(returned, field))
        rows = [
            SubmissionItem(
                submission=draft,
                filed_by=actor,
                filed_office=actor.office,
                previous=row,
                **{
                    field: getattr(row, field)
                    for field in (
                        *FIELD_LABELS,
                        "position",
                        "source_sheet",
                        "source_row",
                        "source_columns",
                        "certificate_type",
                    )
                },
            )
            for row in returned.items.all()
        ]
        create_recorded(SubmissionItem, rows, actor=actor, reason=reason)
        touch(actor, draft, reason)
        return draft


def _draft_for(actor: Any, city: Division, round: Round, reason: str) -> Submission:
    """The city's open draft, or a new one; locks the city so that two uploads cannot race."""
    lock_city(city.pk)
    require_open(round)
    latest = current_submission(city, round)
    if latest is None or latest.status == SubmissionStatus.RETURNED:
        draft = Submission(city=city, round=round, version=latest.version + 1 if latest else 1)
        save_recorded(draft, actor=actor, reason=reason)
        return draft
    if latest.status == SubmissionStatus.DRAFT:
        latest = locked(latest.pk)  # it may be handed in while we wait for it
    if latest.status == SubmissionStatus.DRAFT:
        return latest
    raise WrongState(f"本批次清单{latest.get_status_display()}，不能再上传或修改。")


def _replace_rows(actor: Any, submission: Submission, upload: UploadedForm, form: Annex3Form) -> None:
    reason = f"从文件“{upload.name}”读取"
    delete_all_recorded(submission.findings.all(), actor=actor, reason=reason)
    delete_all_recorded(submission.items.all(), actor=actor, reason=reason)
    types = types_by_name()
    rows = [
        SubmissionItem(
            submission=submission,
            position=position,
            source_sheet=row.sheet[:100],
            source_row=row.row,
            source_columns=list(row.columns),
            certificate_type_id=types.get(normalize(row.name)),
            filed_by=actor,
            filed_office=actor.office,
            **{field: getattr(row, field) for field in FIELD_LABELS},
        )
        for position, row in enumerate(form.rows, start=1)
    ]
    too_long = next((row for row in rows if len(row.name) > MAX_NAME), None)
    if too_long:
        raise BadInput(f"表中第{too_long.source_row}行的证明材料名称超过500字，请检查是否填错栏目。")
    create_recorded(SubmissionItem, rows, actor=actor, reason=reason)
    submission.source = upload
    submission.reporter = (form.reporter or "")[:100]
    submission.contact = (form.contact or "")[:100]
    submission.reported_on = form.reported_on
    submission.remarks = list(form.remarks)
    touch(actor, submission, reason, _about_form(submission, form))


def _about_form(submission: Submission, form: Annex3Form) -> list[Finding]:
    """Findings on the file as a whole."""
    found = []
    if form.city and form.city != submission.city.name:
        found.append(
            Finding(
                code=Finding.Code.OTHER_CITY,
                level=Finding.Level.WARN,
                message=f"表格标题写的是“{form.city}”，本账号为{submission.city.name}填报。"
                "请核对是否传错文件。",
            )
        )
    found += [
        Finding(
            code=Finding.Code.EXAMPLE_ROW,
            level=Finding.Level.HINT,
            message=f"表中第{row.row}行是官方表格的示例行，未计入清单。如确需保留，请增加一行填写。",
        )
        for row in form.example_rows
    ]
    return found
