"""The village window: register what a resident asks, check the facts, refuse or give back (二(三))."""

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs import lookup
from catalogs.answers import as_answer
from catalogs.authority import require
from catalogs.errors import BadInput, NotAllowed, WrongState
from catalogs.guides import guide_for
from catalogs.matching import Verdict, VerdictKind, redacted
from catalogs.models import EditionItem
from divisions.models import Division, Level
from requests_app import residents
from requests_app.figures import happened
from requests_app.models import (
    TRANSITIONS,
    CertificateRequest,
    Deliberation,
    FactCheck,
    Outcome,
    RequestStatus,
)
from requests_app.residents import Person
from requests_app.workdays import due_after, workdays_between

HANDLE = "requests_app.handle_request"
ASKING_DAYS = 5  # working days to ask the body concerned about an exception that no list settles
KEEP_YEARS = 3  # personal data, where no guide says otherwise
FILE_TYPES = ("jpg", "jpeg", "png", "pdf", "doc", "docx", "wps")
FILE_LIMIT = 10 * 1024 * 1024  # bytes


def register(
    *,
    actor: Any,
    village: Division,
    text: str,
    matter: str = "",
    demander: str = "",
    item_id: int | None = None,
    person: Person | None = None,
) -> CertificateRequest:
    """Write down what a resident asks for, with the answer of the check as it stands now.

    ``item_id`` is the row of the city's list where the answer names several; ``person`` is asked
    only where a certificate may be issued. The answer is worked out here, not taken from the page.
    Raises BadInput where the question is still open, the row is not among the answers or the
    resident is not told properly, NotAllowed outside the actor's village.
    """
    require(actor, HANDLE, village)
    if village.level != Level.VILLAGE:
        raise NotAllowed("只有村（社区）可以登记申请。")
    today = timezone.localdate()
    asked = redacted(text.strip())[:500]
    matter, demander = redacted(matter.strip())[:500], redacted(demander.strip())[:200]
    verdict = lookup.check(asked, village, today, matter, demander)
    if verdict.kind is VerdictKind.UNCLEAR:
        raise BadInput("还没有查清要开什么证明，请先在查询页选定证明名称和用途。")
    request = CertificateRequest(
        village=village,
        asked=asked,
        matter=matter,
        demander=demander,
        verdict=verdict.kind.name,
        evidence=as_answer(verdict, village, lookup.lists_for(village.city_code, today).edition),
        created_by=actor,
        created_at=timezone.now(),
    )
    _take_verdict(request, verdict, item_id, today)
    with transaction.atomic():
        if request.edition_item is None:
            save_recorded(request, actor=actor, reason="登记申请")
        else:
            guide = request.guide
            needs_id = guide.needs_id_number if guide else True
            who = residents.checked(person or Person(), needs_id_number=needs_id)
            save_recorded(request, actor=actor, reason="登记申请")
            residents.keep(request, who, keep_until(today, guide.keep_years if guide else KEEP_YEARS))
        happened(request, Outcome.ASKED)
    return request


def _take_verdict(request: CertificateRequest, verdict: Verdict, item_id: int | None, today: dt.date) -> None:
    if verdict.kind is VerdictKind.MAY_ISSUE:
        entry = next((one for one in verdict.entries if one.key == item_id), None)
        if entry is None and len(verdict.entries) == 1 and item_id is None:
            entry = verdict.entries[0]
        if entry is None:
            raise BadInput("请选择用于哪一项办理事项。")
        item = EditionItem.objects.select_related("edition", "certificate_type").get(pk=entry.key)
        guide = guide_for(item.certificate_type_id, request.village, today)
        request.edition_item, request.certificate_type, request.guide = item, item.certificate_type, guide
        request.matter = request.matter or item.matter[:500]
        request.demander = request.demander or item.requesting_unit[:200]
        request.due_on = due_after(today, guide.working_days if guide else 0)
    elif verdict.banned:
        if verdict.kind is VerdictKind.EXCEPTION:
            request.due_on = due_after(today, ASKING_DAYS)
        request.banned_item_id = verdict.banned[0].key
        request.certificate_type_id = verdict.banned[0].type_id
    elif verdict.unlisted is not None:
        request.certificate_type_id = verdict.unlisted.key


def keep_until(start: dt.date, years: int) -> dt.date:
    """The day so many years later; 28 February for the 29th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def record_fact(
    *,
    actor: Any,
    request_id: int,
    method: str,
    note: str = "",
    is_confirmed: bool = True,
    file: File | None = None,
) -> FactCheck:
    """Write down how the committee knows: no certificate is issued without it (二(三) 据实出具).

    Raises BadInput for an unknown way, or where it was looked into but not said what was found.
    """
    if method not in FactCheck.Method.values:
        raise BadInput("请选择核实方式。")
    if not note.strip() and (method != FactCheck.Method.KNOWN or not is_confirmed):
        raise BadInput("请写明核实情况，例如看了哪些证件、问了谁、看到什么。")
    with transaction.atomic():
        request = open_request(actor, request_id)
        check = FactCheck(
            request=request,
            method=method,
            note=note.strip(),
            is_confirmed=is_confirmed,
            checked_by=actor,
            checked_at=timezone.now(),
        )
        if file is not None:
            check.file_name = f"核实附件.{extension_of(file)}"
            check.file.save(f"{uuid.uuid4().hex}.{extension_of(file)}", file, save=False)
        create_recorded(FactCheck, [check], actor=actor, reason="记录核实情况")
        return check


def record_deliberation(
    *,
    actor: Any,
    request_id: int,
    held_on: dt.date,
    form: str,
    entitled: int,
    present: int,
    in_favour: int,
    head: str,
    signed_on: dt.date | None,
    minutes: File | None,
) -> Deliberation:
    """Record that residents discussed it, and the head's signature (二(三): 居民讨论同意并经负责人签字).

    It may be recorded once; the signature may follow by recording the same meeting with it.
    Raises BadInput for counts or dates that cannot be, and without the minutes.
    """
    if not 0 < present <= entitled:
        raise BadInput("实到人数应大于0且不超过应到人数。")
    if not 0 <= in_favour <= present:
        raise BadInput("同意人数不能超过实到人数。")
    if held_on > timezone.localdate() or (signed_on and not held_on <= signed_on <= timezone.localdate()):
        raise BadInput("议事日期、签字日期不能晚于今天，签字不能早于议事。")
    if bool(head.strip()) != bool(signed_on):
        raise BadInput("负责人签字应同时写明姓名和签字日期。")
    agreed = in_favour * 2 > present
    with transaction.atomic():
        request = open_request(actor, request_id)
        meeting = Deliberation.objects.filter(request=request).first() or Deliberation(request=request)
        if meeting.pk and meeting.is_complete:
            raise WrongState("议事协商已经记录并签字，不能再改。")
        if not meeting.pk and minutes is None:
            raise BadInput("请上传会议记录（照片或者文档）。")
        meeting.held_on, meeting.form = held_on, form.strip() or "居民（村民）代表会议"
        meeting.entitled, meeting.present, meeting.in_favour = entitled, present, in_favour
        meeting.result = Deliberation.Result.AGREED if agreed else Deliberation.Result.REFUSED
        meeting.head, meeting.signed_on = head.strip(), signed_on
        meeting.recorded_by, meeting.recorded_at = actor, timezone.now()
        if minutes is not None:
            meeting.minutes_name = f"会议记录.{extension_of(minutes)}"
            meeting.minutes.save(f"{uuid.uuid4().hex}.{extension_of(minutes)}", minutes, save=False)
        save_recorded(meeting, actor=actor, reason="记录议事协商")
        return meeting


def withdraw(*, actor: Any, request_id: int, note: str) -> CertificateRequest:
    """The resident does not want it any more."""
    with transaction.atomic():
        request = open_request(actor, request_id)
        close(request, actor, RequestStatus.WITHDRAWN, redacted(note.strip())[:500] or "申请人撤回")
        happened(request, Outcome.WITHDRAWN, days=days_taken(request))
        return request


def open_request(actor: Any, request_id: int) -> CertificateRequest:
    """The request, locked, while it may still be dealt with by this actor."""
    locked = CertificateRequest.objects.select_for_update(of=("self",))
    request: CertificateRequest = locked.select_related(
        "village", "edition_item__edition", "certificate_type", "guide", "banned_item__banned_list"
    ).get(pk=request_id)
    require(actor, HANDLE, request.village)
    if request.status != RequestStatus.OPEN:
        raise WrongState(f"这件申请{request.get_status_display()}，不能再办。")
    return request


def close(request: CertificateRequest, actor: Any, status: RequestStatus, note: str) -> None:
    """Write the outcome of a locked open request, and count it when it came too late."""
    if status not in TRANSITIONS[request.status]:
        raise WrongState(f"这件申请{request.get_status_display()}，不能改为{status.label}。")
    request.status, request.outcome_note = status, note
    request.closed_by, request.closed_at = actor, timezone.now()
    names = ["status", "outcome_note", "closed_by", "closed_at"]
    save_recorded(request, actor=actor, reason=status.label, fields=names)
    if request.due_on and timezone.localdate() > request.due_on:
        happened(request, Outcome.LATE)


def days_taken(request: CertificateRequest) -> int:
    """Working days from registering to closing; 0 is the same day."""
    end = timezone.localtime(request.closed_at).date() if request.closed_at else timezone.localdate()
    return workdays_between(timezone.localtime(request.created_at).date(), end)


def extension_of(file: Any) -> str:
    """The extension of an attached file. Raises BadInput for a kind or size that is not taken."""
    name = str(file.name or "")
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in FILE_TYPES:
        raise BadInput(f"附件应为{'、'.join(FILE_TYPES)}文件，请另存后再上传。")
    if file.size > FILE_LIMIT:
        raise BadInput("附件超过10 MB，请压缩图片后再上传。")
    return extension
