"""The village window: register what a resident asks, hold it under lock, close it (二(三))."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded
from catalogs import lookup
from catalogs.answers import as_answer
from catalogs.authority import require
from catalogs.certificate_forms import fields_used
from catalogs.errors import BadInput, NotAllowed, WrongState
from catalogs.guides import guide_for
from catalogs.matching import DEMANDERS_DUTY, Kept, Verdict, VerdictKind, normalize
from catalogs.models import EditionItem, ServiceGuide
from divisions.models import Division, Level
from requests_app import residents
from requests_app.figures import happened
from requests_app.models import (
    TRANSITIONS,
    CertificateRequest,
    Outcome,
    RequestStatus,
)
from requests_app.residents import Person
from requests_app.workdays import due_after, workdays_between

HANDLE = "requests_app.handle_request"
ASKING_DAYS = 5  # working days to ask the body concerned about an exception that no list settles
KEEP_YEARS = 3  # personal data, where no guide says otherwise


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
    elif verdict.banned:
        request.banned_item_id = verdict.banned[0].key
        request.certificate_type_id = verdict.banned[0].type_id
    elif verdict.unlisted is not None:
        request.certificate_type_id = verdict.unlisted.key
    request.due_on = due_after(today, days_allowed(request))


def days_allowed(request: CertificateRequest) -> int:
    """The working days a request may take: the guide's, none without a guide (二(三) 限时办结).

    Whatever is not refused at once (an exception asked about, a promise begun) has a time limit, too.
    """
    if request.guide:
        return request.guide.working_days
    return ASKING_DAYS if request.edition_item_id is None else 0


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
