"""A city's work on its list: file in, rows mended, list submitted (二(二))."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, delete_all_recorded, delete_recorded, save_recorded
from catalogs.authority import require
from catalogs.baseline import base_rows, deviations, require_explained
from catalogs.errors import BadInput, Stale, WrongState
from catalogs.findings import FIELD_LABELS
from catalogs.locks import lock_city, lock_city_of
from catalogs.matching import normalize
from catalogs.models import (
    BaselineDrop,
    Decision,
    Finding,
    Notice,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
    UploadedForm,
)
from catalogs.notices import tell_reviewers
from catalogs.noticing import refresh_findings, type_named, types_by_name
from catalogs.official_forms import Annex3Form, tidy
from catalogs.opinions import ask_again
from catalogs.uploads import read_upload, record_outcome, require_open, store_upload
from catalogs.versions import link_to_previous
from divisions.models import Division

FILE = "catalogs.file_submission"
ANSWER_AGAIN_WITHIN = dt.timedelta(days=7)
MAX_NAME = 500  # characters
MAX_CELL = 20_000  # characters; the longest real legal basis quotes a few articles in full


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
            _append_row(actor, submission, {}, "在线新建清单")
            return submission
        reason = f"从{round.get_base_display()}开始"
        create_recorded(SubmissionItem, rows, actor=actor, reason=reason)
        _touch(actor, submission, reason)
        return submission


def start_new_version(*, actor: Any, submission_id: int) -> Submission:
    """Begin the next version from a returned list, its rows copied for mending."""
    with transaction.atomic():
        lock_city_of(submission_id)
        returned = _locked(submission_id)
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
        _touch(actor, draft, reason)
        return draft


def edit_row(*, actor: Any, item_id: int, values: Mapping[str, str], revision: int) -> SubmissionItem:
    """Change cells of a draft row, or of one that was sent back; ``values`` maps fields to texts.

    ``revision`` is the row's when the actor saw it: raises Stale if someone has changed it since,
    BadInput for a field that is not one of annex 3 or too long a text.
    """
    texts = {field: tidy(value) for field, value in values.items()}
    for field, text in texts.items():
        if field not in FIELD_LABELS:
            raise BadInput("没有这一栏。")
        limit = MAX_NAME if field == "name" else MAX_CELL
        if len(text) > limit:
            raise BadInput(f"“{FIELD_LABELS[field]}”最多 {limit} 字，现有 {len(text)} 字，请精简。")
    with _row_to_mend(actor, item_id, revision) as item:
        changed = [field for field, text in texts.items() if getattr(item, field) != text]
        if not changed:
            return item
        for field in changed:
            setattr(item, field, texts[field])
        if "name" in changed:
            item.certificate_type = type_named(item.name)
        item.filed_by, item.filed_office = actor, actor.office
        item.revision += 1
        labels = "、".join(FIELD_LABELS[field] for field in changed)
        save_recorded(
            item,
            actor=actor,
            reason=f"修改{labels}",
            fields=[*changed, "certificate_type", "filed_by", "filed_office", "revision"],
        )
        _touch(actor, item.submission, f"修改第{item.position}行")
    return item


def hand_back_row(*, actor: Any, item_id: int, revision: int, note: str = "") -> SubmissionItem:
    """Give a row that was sent back to the province again, mended or with an explanation.

    Its decision is open again. When its words changed since, departments that had spoken on it are
    asked once more. Raises BadInput when nothing was changed and nothing explained.
    """
    with _row_to_mend(actor, item_id, revision) as item:
        if item.decision != Decision.RETURN:
            raise WrongState("只有退回修改的行才需要交回。")
        sent_back = item.history.filter(decision=Decision.RETURN).order_by("history_id").first()
        changed = sent_back is None or any(
            getattr(sent_back, field) != getattr(item, field) for field in FIELD_LABELS
        )
        if not changed and not note.strip():
            raise BadInput(f"第{item.position}行没有改动。请先修改，或在说明中写明不改的理由。")
        item.decision = Decision.UNDECIDED
        item.filing_reason = note.strip() or item.filing_reason
        item.decided_by = item.decided_at = None
        item.decided_office = ""
        item.revision += 1
        save_recorded(item, actor=actor, reason="修改后交回审核")
        if changed:
            ask_again(item, actor=actor, due_on=timezone.localdate() + ANSWER_AGAIN_WITHIN)
        tell_reviewers(
            item.submission,
            Notice.Kind.SUBMITTED,
            f"{item.submission}：第{item.position}行已修改交回，请审核",
            f"back-{item.pk}-{item.revision}",
        )
        _touch(actor, item.submission, f"交回第{item.position}行")
    return item


def add_row(*, actor: Any, submission_id: int) -> SubmissionItem:
    """Append an empty row to a draft."""
    with transaction.atomic():
        submission = _locked_draft(actor, submission_id)
        item = _append_row(actor, submission, {}, "增加一行")
        _touch(actor, submission, "增加一行")
        return item


def delete_row(*, actor: Any, item_id: int, revision: int) -> None:
    """Take a row out of a draft; its history stays."""
    with _draft_row(actor, item_id, revision) as item:
        submission = item.submission
        delete_all_recorded(item.findings.all(), actor=actor, reason="删除清单行")
        delete_recorded(item, actor=actor, reason="删除清单行")
        _touch(actor, submission, "删除清单行")


def submit(*, actor: Any, submission_id: int, digest: str) -> Submission:
    """Hand a draft in to the province (二(二)：报自治区民政厅).

    ``digest`` is ``preview_digest`` of what the actor looked at. The rules run once more first, so
    that a law repealed or a list published meanwhile is seen before and not after.

    Raises Stale when rows or findings are not those that were looked at, BadInput when rows
    without a name or no rows are left.
    """
    with transaction.atomic():
        refresh_findings(_locked_draft(actor, submission_id), actor=actor, reason="提交前重新核查")
    with transaction.atomic():
        submission = _locked_draft(actor, submission_id)
        if preview_digest(submission) != digest:
            raise Stale("清单或核查结论在您查看之后又有变化，请核对最新内容后再提交。")
        if not submission.items.exists():
            raise BadInput("清单中没有任何一行，不能提交。请先上传文件或增加行。")
        blocked = submission.findings.filter(level=Finding.Level.BLOCK).select_related("item")
        if blocked:
            rows = "、".join(f"第{finding.item.position}行" for finding in blocked if finding.item)
            raise BadInput(f"{rows}未填写证明材料名称，请补填或删除后再提交。")
        require_explained(submission)
        submission.status = SubmissionStatus.SUBMITTED
        submission.submitted_by = actor
        submission.submitted_at = timezone.now()
        submission.revision += 1
        save_recorded(
            submission,
            actor=actor,
            reason="提交自治区民政厅审核",
            fields=["status", "submitted_by", "submitted_at", "revision"],
        )
        link_to_previous(submission, actor=actor)
        tell_reviewers(
            submission,
            Notice.Kind.SUBMITTED,
            f"{submission}：已提交，共 {submission.items.count()} 行，请审核",
            f"submitted-{submission.pk}",
        )
        return submission


def explain_deviations(*, actor: Any, submission_id: int, reasons: Mapping[str, str]) -> None:
    """Keep why a city leaves the baseline; ``reasons`` maps ``Deviation.field`` to texts."""
    with transaction.atomic():
        submission = _locked_draft(actor, submission_id)
        for deviation in deviations(submission):
            text = reasons.get(deviation.field, "").strip()
            if not text or text == deviation.reason:
                continue
            if deviation.row is not None:
                drop = submission.drops.filter(row=deviation.row).first()
                drop = drop or BaselineDrop(submission=submission, row=deviation.row)
                drop.reason = text
                save_recorded(drop, actor=actor, reason="说明不列入基准事项的理由")
            elif deviation.item is not None:
                deviation.item.filing_reason = text
                save_recorded(deviation.item, actor=actor, reason="说明增列的理由", fields=["filing_reason"])


def preview_digest(submission: Submission) -> str:
    """SHA-256 over the rows of a list and what was noticed about them: what a person looked at."""
    rows = submission.items.order_by("position").values_list("pk", "position", *FIELD_LABELS)
    findings = submission.findings.order_by("item_id", "code", "field", "message")
    shown = [list(rows), list(findings.values_list("item_id", "code", "level", "field", "message"))]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def current_submission(city: Division, round: Round) -> Submission | None:
    """The latest version of the city's list in the round, or None."""
    return Submission.objects.filter(city=city, round=round).order_by("-version").first()


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
        latest = _locked(latest.pk)  # it may be handed in while we wait for it
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
    _touch(actor, submission, reason, _about_form(submission, form))


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


def _append_row(actor: Any, submission: Submission, texts: dict[str, str], reason: str) -> SubmissionItem:
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


def _touch(
    actor: Any, submission: Submission, reason: str, about_form: Sequence[Finding] | None = None
) -> None:
    """Count the change and bring the findings up to date."""
    submission.revision += 1
    save_recorded(submission, actor=actor, reason=reason)
    refresh_findings(submission, actor=actor, reason=reason, about_form=about_form)


def _locked(submission_id: int) -> Submission:
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("city", "round")
        .get(pk=submission_id)
    )


def _locked_draft(actor: Any, submission_id: int) -> Submission:
    submission = _locked(submission_id)
    require(actor, FILE, submission.city)
    if not submission.is_draft:
        raise WrongState(f"清单{submission.get_status_display()}，不能再修改。")
    require_open(submission.round)
    return submission


@contextmanager
def _draft_row(actor: Any, item_id: int, revision: int) -> Iterator[SubmissionItem]:
    """One row of a draft, locked with its list and known to be as the actor saw it."""
    with _row_to_mend(actor, item_id, revision) as item:
        if not item.submission.is_draft:
            raise WrongState(f"清单{item.submission.get_status_display()}，不能再增删行。")
        yield item


@contextmanager
def _row_to_mend(actor: Any, item_id: int, revision: int) -> Iterator[SubmissionItem]:
    """A row of a draft, or one that was sent back while the rest of its list goes on."""
    with transaction.atomic():
        found = SubmissionItem.objects.filter(pk=item_id).values_list("submission", "decision").first()
        if found is None:
            raise Stale("这一行已被删除，请刷新页面查看最新内容。")
        submission = _locked(found[0])
        require(actor, FILE, submission.city)
        item = SubmissionItem.objects.filter(pk=item_id).first()
        if item is None:
            raise Stale("这一行已被删除，请刷新页面查看最新内容。")
        item.submission = submission
        if submission.is_draft:
            require_open(submission.round)
        elif not (submission.is_under_review and item.decision == Decision.RETURN):
            raise WrongState(f"清单{submission.get_status_display()}，这一行不能再修改。")
        if item.revision != revision:
            raise Stale(f"第{item.position}行已被他人修改，您的改动未保存，请核对最新内容后再改。")
        yield item
