"""The village window: register what a resident asks, check the facts, refuse or give back (二(三))."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from audit.records import create_recorded, save_recorded
from catalogs import lookup
from catalogs.answers import as_answer
from catalogs.authority import require
from catalogs.errors import BadInput, NotAllowed, WrongState
from catalogs.guides import fields_used, guide_for
from catalogs.matching import DEMANDERS_DUTY, Kept, Verdict, VerdictKind, normalize
from catalogs.models import EditionItem, ServiceGuide
from divisions.models import Division, Level
from divisions.models import Kind as DivisionKind
from requests_app import residents
from requests_app.figures import happened
from requests_app.files import attached, attachments
from requests_app.models import (
    TRANSITIONS,
    CertificateRequest,
    Deliberation,
    FactCheck,
    Outcome,
    RequestStatus,
)
from requests_app.residents import Person, printable
from requests_app.workdays import due_after, workdays_between

HANDLE = "requests_app.handle_request"
ASKING_DAYS = 5  # working days to ask the body concerned about an exception that no list settles
KEEP_YEARS = 3  # personal data, where no guide says otherwise
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
# What a file of each kind begins with; a text renamed to .jpg is no evidence.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "jpg": (b"\xff\xd8",),
    "jpeg": (b"\xff\xd8",),
    "png": (b"\x89PNG",),
    "pdf": (b"%PDF",),
    "doc": (_OLE, _ZIP, b"{\\rtf"),
    "docx": (_ZIP,),
    "wps": (_OLE, _ZIP),
}
FILE_TYPES = tuple(_BEGINNINGS)
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

    ``item_id`` is the row of the city's list that the matter is, 0 for none of those that the answer
    names: a certificate is kept for the matters on the list and no others (二(二)), so it is then off
    the list. ``person`` is asked only where a certificate may be issued. The answer is worked out
    here, not taken from the page. Raises BadInput where the question is still open, the row is not
    among the answers or the resident is not told properly, NotAllowed outside the actor's village.
    """
    require(actor, HANDLE, village)
    today = timezone.localdate()
    if village.level != Level.VILLAGE:
        raise NotAllowed("只有村（社区）可以登记申请。")
    if village.closed_on is not None and village.closed_on <= today:
        raise NotAllowed("本村（社区）已经撤销，不能再登记申请。")
    asked = residents.unnamed(text, person)[:500]
    matter, demander = residents.unnamed(matter, person)[:500], residents.unnamed(demander, person)[:200]
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
            who = residents.checked(person or Person(), needs=needed_of_person(guide))
            save_recorded(request, actor=actor, reason="登记申请")
            residents.keep(request, who, keep_until(today, guide.keep_years if guide else KEEP_YEARS))
        happened(request, Outcome.ASKED)
    return request


def _take_verdict(request: CertificateRequest, verdict: Verdict, item_id: int | None, today: dt.date) -> None:
    if verdict.kind is VerdictKind.MAY_ISSUE and item_id == 0:
        _take_off_the_list(request, verdict)
    elif verdict.kind is VerdictKind.MAY_ISSUE:
        entry = next((one for one in verdict.entries if one.key == item_id), None)
        if (
            item_id is None
            and len(verdict.entries) == 1
            and not is_another(request.matter, verdict.entries[0])
        ):
            entry = verdict.entries[0]
        if entry is None:
            raise BadInput("请选择用于哪一项办理事项；都不是的，选“以上都不是”。")
        item = EditionItem.objects.select_related("edition", "certificate_type").get(pk=entry.key)
        guide = guide_for(item.certificate_type_id, request.village, today)
        request.edition_item, request.certificate_type, request.guide = item, item.certificate_type, guide
        # What was said stays in the evidence; the paper is for the matter and the body on the list.
        request.evidence |= {"said_matter": request.matter, "said_demander": request.demander}
        request.matter, request.demander = item.matter[:500], item.requesting_unit[:200]
        request.due_on = due_after(today, guide.working_days if guide else 0)
    elif verdict.banned:
        request.banned_item_id = verdict.banned[0].key
        request.certificate_type_id = verdict.banned[0].type_id
    elif verdict.unlisted is not None:
        request.certificate_type_id = verdict.unlisted.key
    # Whatever is not refused at once (an exception asked about, a promise begun) has a time limit, too.
    request.due_on = request.due_on or due_after(today, ASKING_DAYS)


def is_another(matter: str, entry: Kept) -> bool:
    """Whether a matter was said, and not in the words of the row: then the clerk has to choose."""
    return bool(matter) and normalize(matter) != normalize(entry.matter)


def _take_off_the_list(request: CertificateRequest, verdict: Verdict) -> None:
    """The certificate is kept, but not for this matter: off the list, with the matters it is kept for."""
    entry = verdict.entries[0]
    kept_for = "；".join(dict.fromkeys(one.matter for one in verdict.entries))
    request.certificate_type_id = entry.type_id
    request.verdict = VerdictKind.NOT_LISTED.name
    request.evidence |= {
        "verdict": VerdictKind.NOT_LISTED.name,
        "label": VerdictKind.NOT_LISTED.value,
        "evidence": f"本市保留清单中的“{entry.name}”只用于：{kept_for}。所办事项不在其中。",
        "duty": DEMANDERS_DUTY,
    }


def needed_of_person(guide: ServiceGuide | None) -> set[str]:
    """The fields of a ``Person`` besides the name that a certificate cannot do without."""
    if guide is None:
        return {"id_number"}
    used = fields_used(guide.template)
    names = {"住址": "address", "电话": "phone"}
    needs = {field for label, field in names.items() if label in used}
    return needs | {"id_number"} if guide.needs_id_number else needs


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

    Raises BadInput for an unknown way, or where it was looked into but not said what was found;
    WrongState for what is not issued anyway: nothing about a person is written down for that.
    """
    if method not in FactCheck.Method.values:
        raise BadInput("请选择核实方式。")
    if not note.strip() and (method != FactCheck.Method.KNOWN or not is_confirmed):
        raise BadInput("请写明核实情况，例如看了哪些证件、问了谁、看到什么。")
    check = FactCheck(method=method, note=printable(note.strip()), is_confirmed=is_confirmed)
    check.checked_by, check.checked_at = actor, timezone.now()
    if file is not None:
        check.file_name = f"核实附件.{extension_of(file)}"
    with attached(check.file, file), transaction.atomic():
        check.request = _request_on_the_list(actor, request_id)
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

    The signature may follow alone. A later meeting, or a mistake in what was written, is recorded
    with its minutes; the history keeps what stood before. Residents who did not agree are only
    overruled by residents: at a later meeting. Raises BadInput for counts or dates that cannot be
    and without the minutes, WrongState once it is agreed and signed.
    """
    if not 0 < present <= entitled:
        raise BadInput("实到人数应大于0且不超过应到人数。")
    if not 0 <= in_favour <= present:
        raise BadInput("同意人数不能超过实到人数。")
    if held_on > timezone.localdate() or (signed_on and not held_on <= signed_on <= timezone.localdate()):
        raise BadInput("议事日期、签字日期不能晚于今天，签字不能早于议事。")
    if bool(head.strip()) != bool(signed_on):
        raise BadInput("负责人签字应同时写明姓名和签字日期。")
    met = {
        "held_on": held_on,
        "form": printable(form.strip()) or "居民（村民）代表会议",
        "entitled": entitled,
        "present": present,
        "in_favour": in_favour,
        "result": Deliberation.Result.AGREED if in_favour * 2 > present else Deliberation.Result.REFUSED,
    }
    uploaded = Deliberation()
    if minutes is not None:
        uploaded.minutes_name = f"会议记录.{extension_of(minutes)}"
    with attached(uploaded.minutes, minutes), transaction.atomic():
        request = _request_on_the_list(actor, request_id)
        _check_quorum(request.village, str(met["form"]), entitled, present)
        meeting = Deliberation.objects.filter(request=request).first() or Deliberation(request=request)
        _check_meeting(meeting, met, has_minutes=minutes is not None)
        for name, value in met.items():
            setattr(meeting, name, value)
        meeting.head, meeting.signed_on = printable(head.strip()), signed_on
        meeting.recorded_by, meeting.recorded_at = actor, timezone.now()
        if minutes is not None:
            before, meeting.minutes = meeting.minutes.name, uploaded.minutes.name
            meeting.minutes_name = uploaded.minutes_name
            if before:
                transaction.on_commit(lambda: attachments().delete(before))
        save_recorded(meeting, actor=actor, reason="记录议事协商")
        return meeting


def _check_quorum(village: Division, form: str, entitled: int, present: int) -> None:
    """Fewer cannot decide: two thirds of the villagers' representatives, else more than half.

    《村民委员会组织法》第二十二条、第二十五条；《城市居民委员会组织法》第十条.
    """
    of_villagers = village.kind != DivisionKind.RESIDENTS_COMMITTEE
    if of_villagers and "代表" in form:
        if present * 3 < entitled * 2:
            raise BadInput("村民代表会议应有三分之二以上的人员到会，不够的不能作出决定，请另行召集。")
    elif present * 2 <= entitled:
        raise BadInput("到会人数应超过应到人数的一半，不够的不能作出决定，请另行召集。")


def _check_meeting(known: Deliberation, met: Mapping[str, Any], *, has_minutes: bool) -> None:
    """May this stand in place of what is recorded?"""
    if not known.pk:
        if not has_minutes:
            raise BadInput("请上传会议记录（照片或者文档）。")
        return
    if known.is_complete:
        raise WrongState("议事协商已经记录并签字，不能再改。")
    if has_minutes:
        overruled = known.result == known.Result.REFUSED and met["result"] == known.Result.AGREED
        if overruled and met["held_on"] <= known.held_on:
            raise BadInput("居民已经议定不同意。再次议事同意的，议事日期应晚于上一次。")
    elif any(getattr(known, name) != value for name, value in met.items()):
        raise BadInput("只补签字的，其他内容照原来记录的填写；议事情况有变化的，请上传这次会议的记录。")


def withdraw(*, actor: Any, request_id: int, note: str) -> CertificateRequest:
    """The resident does not want it any more."""
    with transaction.atomic():
        request = open_request(actor, request_id)
        said = residents.unnamed(note, residents.of(request))[:500]
        close(request, actor, RequestStatus.WITHDRAWN, said or "申请人撤回")
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


def _request_on_the_list(actor: Any, request_id: int) -> CertificateRequest:
    request = open_request(actor, request_id)
    if request.edition_item is None:
        raise WrongState("这项证明不在保留清单上，不用核实，请出具告知单。")
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
    """The extension of an attached file.

    Raises BadInput for a kind or size that is not taken, or a content that is of no such kind.
    """
    name = str(file.name or "")
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in FILE_TYPES:
        raise BadInput(f"附件应为{'、'.join(FILE_TYPES)}文件，请另存后再上传。")
    if file.size > FILE_LIMIT:
        raise BadInput("附件超过10 MB，请压缩图片后再上传。")
    file.seek(0)
    if not file.read(8).startswith(_BEGINNINGS[extension]):
        raise BadInput(f"附件的内容不是{extension}文件，可能只改了文件名，请重新拍照或者另存后再上传。")
    file.seek(0)
    return extension
