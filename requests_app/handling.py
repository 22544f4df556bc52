"""The village window: register what a resident asks, hold it under lock, close it (二(三))."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.records import save_recorded
from catalogs import lookup
from catalogs.answers import as_answer
from catalogs.authority import require
from catalogs.certificate_forms import fields_used
from catalogs.errors import BadInput, NotAllowed, Refused, WrongState
from catalogs.guides import guide_for
from catalogs.matching import Kept, Verdict, VerdictKind, normalize
from catalogs.models import Edition, EditionItem, ServiceGuide
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


class SentBefore(Refused):
    """The same form was sent a second time."""


def register(
    *,
    actor: Any,
    village: Division,
    text: str,
    matter: str = "",
    demander: str = "",
    item_id: int | None = None,
    person: Person | None = None,
    once: str = "",
) -> CertificateRequest:
    """Write down what a resident asks for, with the answer of the check as it stands now.

    ``item_id`` is the row of the city's list that the matter is, 0 for none of those that the answer
    names: a certificate is kept for the matters on the list and no others (二(二)), so it is then off
    the list, or banned. ``person`` is asked only where a certificate may be issued. The answer is
    worked out here, not taken from the page. ``once`` names the form that was sent. Raises BadInput
    where the question is still open, the row is not among the answers or the resident is not told
    properly, NotAllowed outside the actor's village, SentBefore for a form that was sent already.
    """
    require(actor, HANDLE, village)
    today = timezone.localdate()
    if village.level != Level.VILLAGE:
        raise NotAllowed("只有村（社区）可以登记申请。")
    if is_closed(village, today):
        raise NotAllowed("本村（社区）已经撤销，不能再登记申请。")
    asked = residents.unnamed(text, person)[:500]
    matter, demander = residents.unnamed(matter, person)[:500], residents.unnamed(demander, person)[:200]
    verdict = lookup.check(asked, village, today, matter, demander)
    if verdict.kind is VerdictKind.UNCLEAR:
        raise BadInput("还没有查清要开什么证明，请先在查询页选定证明名称和用途。")
    if verdict.kind is VerdictKind.MAY_ISSUE and item_id == 0:
        if not matter or not demander:
            raise BadInput(
                "请写明办什么事、哪个单位要的，再出具告知单：清单上的事项和所办的不一样才不能出具。"
            )
        verdict = for_another_matter(verdict)
    request = CertificateRequest(
        village=village,
        asked=asked,
        matter=matter,
        demander=demander,
        verdict=verdict.kind.name,
        evidence=as_answer(verdict, village, lookup.lists_for(village.city_code, today).edition),
        created_by=actor,
        created_at=timezone.now(),
        once=once,
    )
    _take_verdict(request, verdict, item_id, today)
    with transaction.atomic():
        if request.edition_item is None:
            _save_once(request, actor)
        else:
            guide = request.guide
            who = residents.checked(person or Person(), needs=needed_of_person(guide))
            _save_once(request, actor)
            residents.keep(request, who, keep_until(today, guide.keep_years if guide else KEEP_YEARS))
        happened(request, Outcome.ASKED)
    return request


def _save_once(request: CertificateRequest, actor: Any) -> None:
    """Save a new request, unless its form was sent before, be it at this very moment."""
    sent = CertificateRequest.objects.filter(village=request.village, once=request.once)
    try:
        with transaction.atomic():
            save_recorded(request, actor=actor, reason="登记申请")
    except IntegrityError as problem:
        if request.once and sent.exists():
            raise SentBefore("这份登记已经提交过，没有重复登记。") from problem
        raise


def _take_verdict(request: CertificateRequest, verdict: Verdict, item_id: int | None, today: dt.date) -> None:
    if verdict.kind is VerdictKind.MAY_ISSUE:
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
    elif verdict.entries:  # kept, but for other matters
        request.certificate_type_id = verdict.entries[0].type_id
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


def for_another_matter(verdict: Verdict) -> Verdict:
    """The answer where the matter is none of those that a list keeps the certificate for (二(二)).

    What annex 1 bans stays banned, and an exception of it that no list settles is asked about first.
    """
    if verdict.exceptions:
        return replace(verdict, kind=VerdictKind.EXCEPTION)
    if verdict.banned:
        elsewhere = verdict.banned[0].issued_elsewhere
        return replace(verdict, kind=VerdictKind.OTHER_BODY if elsewhere else VerdictKind.MUST_NOT_ISSUE)
    kept_for = "；".join(dict.fromkeys(one.matter for one in verdict.entries))
    name = verdict.entries[0].name
    said = f"本市保留清单中的“{name}”只用于：{kept_for}。所办事项不在其中。"
    return replace(verdict, kind=VerdictKind.NOT_LISTED, evidence=said)


def is_closed(village: Division, on: dt.date) -> bool:
    """Whether a committee is dissolved: it certifies nothing and takes no promises any more."""
    return village.closed_on is not None and village.closed_on <= on


def row_in_force(request: CertificateRequest, on: dt.date) -> EditionItem | None:
    """The row of the city's list that an open request rests on, as the list stands on a day.

    A new edition with the same certificate for the same matter takes over; None where the city does
    not keep it any more.
    """
    item = request.edition_item
    if item is None:
        return None
    rows = EditionItem.objects.filter(
        edition__in=Edition.objects.in_force(on).filter(city=item.edition.city_id),
        certificate_type=item.certificate_type_id,
    )
    now = list(rows.select_related("edition", "certificate_type").order_by("position"))
    same = [one for one in now if normalize(one.matter) == normalize(item.matter)]
    return next((one for one in now if one.pk == item.pk), None) or next(iter(same), None)


def _follow_the_list(request: CertificateRequest, actor: Any) -> None:
    """Let an open request rest on the list in force, where a new edition keeps what it is for."""
    item = row_in_force(request, timezone.localdate())
    if item is None or item.pk == request.edition_item_id:
        return
    request.edition_item = item
    request.matter, request.demander = item.matter[:500], item.requesting_unit[:200]
    names = ["edition_item", "matter", "demander"]
    save_recorded(
        request, actor=actor, reason=f"清单更新，改依{item.edition}第{item.position}项", fields=names
    )


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
        happened(request, Outcome.WITHDRAWN, days=request.took or 0)
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
    _follow_the_list(request, actor)
    return request


def close(request: CertificateRequest, actor: Any, status: RequestStatus, note: str) -> None:
    """Write the outcome of a locked open request, and count it when it came too late."""
    if status not in TRANSITIONS[request.status]:
        raise WrongState(f"这件申请{request.get_status_display()}，不能改为{status.label}。")
    request.status, request.outcome_note = status, note
    request.closed_by, request.closed_at = actor, timezone.now()
    request.took = days_taken(request)
    names = ["status", "outcome_note", "closed_by", "closed_at", "took"]
    save_recorded(request, actor=actor, reason=status.label, fields=names)
    if request.due_on and timezone.localdate() > request.due_on:
        happened(request, Outcome.LATE)


def days_taken(request: CertificateRequest) -> int:
    """Working days from registering to closing; 0 is the same day."""
    end = timezone.localtime(request.closed_at).date() if request.closed_at else timezone.localdate()
    return workdays_between(timezone.localtime(request.created_at).date(), end)
