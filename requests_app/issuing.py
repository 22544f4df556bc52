"""Issue a certificate with a number, and what may happen to it afterwards (二(三))."""

import datetime as dt
import hmac
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded
from catalogs.authority import require
from catalogs.certificate_forms import fields_used, render
from catalogs.errors import BadInput, Stale, WrongState
from catalogs.matching.redact import plain
from requests_app import handling, residents
from requests_app.encryption import keyed_hash, masked_name
from requests_app.figures import happened
from requests_app.models import (
    CertificateCopy,
    CertificateRequest,
    Counter,
    Deliberation,
    FactCheck,
    IssuedCertificate,
    Outcome,
    RequestStatus,
    Resident,
)
from requests_app.numbering import next_number, serial_of
from requests_app.verification import State, state_of

# Where no guide gives a form, the clerk words the fact and the portal the rest.
PLAIN_FORM = "兹证明{姓名}（公民身份号码：{身份证号}）{证明内容}。\n本证明用于{办理事项}。特此证明。"
PLAIN_FIELDS = ({"name": "证明内容", "required": True, "sample": "系本村村民，属实"},)
STRUCK = "／"  # in place of what was left out
_LOOKED_INTO = (FactCheck.Method.VISIT, FactCheck.Method.NEIGHBOURS, FactCheck.Method.DATA)


def fields_of(request: CertificateRequest) -> list[dict[str, Any]]:
    """What the clerk fills in for this certificate."""
    if request.guide and request.guide.template:
        return list(request.guide.fields)
    return [dict(one) for one in PLAIN_FIELDS]


def template_of(request: CertificateRequest) -> str:
    """The form of the certificate: the guide's, else the plain one."""
    return request.guide.template if request.guide and request.guide.template else PLAIN_FORM


def missing_before_issuing(request: CertificateRequest) -> list[str]:
    """What still has to be done before the certificate may be issued, in Chinese; empty: nothing.

    No blank stamping: the fact was checked and held, an investigation where the guide asks for
    one, the residents' agreement and the head's signature where it is theirs to give (二(三)).
    """
    if request.edition_item is None:
        return ["这项证明不在保留清单上，不能出具。"]
    left, today = [], timezone.localdate()
    if handling.row_in_force(request, today) is None:
        return ["本市保留清单已经更新，不再保留这一项，不能出具，请出具告知单。"]
    if handling.is_closed(request.village, today):
        return ["本村（社区）已经撤销，不能再出具证明。请申请人到承接的村（社区）申请。"]
    checks = list(request.fact_checks.all())
    if not checks:
        left.append("先记录情况是怎样核实的。")
    elif not checks[-1].is_confirmed:
        return ["最近一次核实认为情况不属实，不能出具，请出具告知单；确实有误的，请重新核实并记录。"]
    guide = request.guide
    if guide and guide.needs_investigation and not _was_investigated(checks):
        left.append("办事指南要求调查核实，请记录入户走访、询问知情人或者数据查询的情况。")
    if guide and guide.needs_deliberation:
        meeting = Deliberation.objects.filter(request=request).first()
        if meeting is None:
            left.append("办事指南要求居民议事协商，请先记录会议并上传会议记录。")
        elif meeting.result != Deliberation.Result.AGREED:
            left.append("居民议事协商未同意，不能出具。")
        elif not meeting.is_complete:
            left.append("议事协商还缺负责人签字。")
    return left


def community_of(committee: str) -> str:
    """The village or community that a committee is named after: 兴宁社区 of 兴宁社区居委会.

    The committee's own name where nothing would be left that names a place.
    """
    found = re.sub(r"(?:村民|居民)?委员会$|居委会$|委会$", "", committee)
    if committee.endswith("村民委员会") and not found.endswith("村"):
        found += "村"
    return found if found.endswith(("村", "社区", "屯", "寨")) else committee


def _was_investigated(checks: Sequence[FactCheck]) -> bool:
    """Whether somebody looked into it and found it true since it was last found untrue."""
    since = itertools.takewhile(lambda one: one.is_confirmed, reversed(checks))
    return any(one.method in _LOOKED_INTO for one in since)


def compose(request: CertificateRequest, resident: Resident, answers: Mapping[str, str]) -> str:
    """The text of the certificate with its fields filled.

    What was left out is struck through: a numbered paper with a blank could be filled in later.
    """
    template = template_of(request)
    values = {
        **answers,
        "姓名": resident.name,
        "身份证号": resident.id_number,
        "住址": resident.address,
        "电话": resident.phone,
        "村（居）": community_of(request.village.name),
        "办理事项": request.matter,
        "索要单位": request.demander,
    }
    return render(template, {name: values.get(name) or STRUCK for name in fields_used(template)})


@dataclass(frozen=True, slots=True)
class Preview:
    """A certificate as it would be issued, and the digest by which issuing knows it was seen."""

    text: str
    digest: str


def preview(*, actor: Any, request_id: int, answers: Mapping[str, str]) -> Preview:
    """Show the certificate before it is issued: the resident's whole data, so it is recorded.

    Raises WrongState with all that is still missing, BadInput for a field left out.
    """
    with transaction.atomic():
        request = handling.open_request(actor, request_id)
        _require_nothing_missing(request)
        resident = Resident.objects.get(request=request)
        text = compose(request, resident, checked_answers(request, answers))
        residents.record_look(actor=actor, request=request, reason="出具前核对样张")
        return Preview(text, digest_of(text))


def digest_of(text: str) -> str:
    """What confirming a certificate is bound to; keyed, for it travels through the page."""
    return keyed_hash(text)[:32]


def checked_answers(request: CertificateRequest, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to the form's fields and no others. Raises BadInput naming those left out."""
    kept, missing = {}, []
    template = template_of(request)
    for field in fields_of(request):
        name = str(field["name"])
        kept[name] = _tidy(answers.get(name, ""), template, name)
        if field.get("required") and not kept[name]:
            missing.append(name)
    if missing:
        raise BadInput(f"请填写{'、'.join(missing)}。")
    return kept


def _tidy(text: str, template: str, name: str) -> str:
    """What was typed, fit for the paper: plain digits and letters, no full stop where the form has one."""
    said = plain(residents.printable(text)).strip()[:500]
    ends = re.search(rf"[{{｛]\s*{re.escape(name)}\s*[}}｝]\s*[。；，]", template)
    return said.rstrip("。；，.;,") if ends else said


def issue(
    *, actor: Any, request_id: int, answers: Mapping[str, str], head: str, seen: str
) -> IssuedCertificate:
    """Issue the certificate: next number of the village and year, text, number and count together.

    ``head`` is the committee's head who answers for it; ``seen`` the digest of the preview that was
    looked at. Raises WrongState with all that is still missing, BadInput for a field left out, Stale
    where the paper would say something else than what was seen.
    """
    with transaction.atomic():
        request = handling.open_request(actor, request_id)
        _require_nothing_missing(request)
        signed_by = residents.printable(head).strip()[:60]
        if not signed_by:
            raise BadInput("请填写负责人姓名。")
        resident = Resident.objects.select_for_update().get(request=request)
        filled = checked_answers(request, answers)
        resident.answers = filled  # type: ignore[assignment]  # an encrypted field that holds a dict
        resident.paper = compose(request, resident, filled)
        if not hmac.compare_digest(seen.encode(), digest_of(resident.paper).encode()):
            raise Stale("内容与看过的样张不一样，没有出具。请重新看样张，核对无误再确认。")
        resident.save(update_fields=["answers", "paper"])
        certificate = _certificate(request, resident, actor, signed_by)
        save_recorded(certificate, actor=actor, reason="出具证明")
        handling.close(request, actor, RequestStatus.ISSUED, certificate.serial)
        happened(request, Outcome.ISSUED, days=request.took or 0)
        return certificate


def _require_nothing_missing(request: CertificateRequest) -> None:
    left = missing_before_issuing(request)
    if left:
        raise WrongState("还不能出具：" + "".join(left))


def _certificate(request: CertificateRequest, resident: Resident, actor: Any, head: str) -> IssuedCertificate:
    now = timezone.now()
    today = timezone.localtime(now).date()
    item, guide = request.edition_item, request.guide
    if item is None:  # ``missing_before_issuing`` has said so
        raise WrongState("这项证明不在保留清单上，不能出具。")
    number = next_number(request.village, Counter.Series.CERTIFICATE, today.year)
    return IssuedCertificate(
        request=request,
        village=request.village,
        year=today.year,
        number=number,
        serial=serial_of(request.village, today.year, number),
        certificate_type=item.certificate_type,
        name=item.name,
        matter=request.matter,
        demander=request.demander,
        edition=item.edition,
        edition_item=item,
        guide=guide,
        clause=guide.legal_basis if guide else item.legal_basis,
        holder=masked_name(resident.name),
        fact_method=list(request.fact_checks.all())[-1].method,
        head=head,
        place=request.village.path_name,
        handled_by=actor.full_name,
        issued_by=actor,
        issued_at=now,
        expires_on=today + dt.timedelta(days=guide.valid_days) if guide and guide.valid_days else None,
    )


def revoke(*, actor: Any, certificate_id: int, reason: str) -> IssuedCertificate:
    """Take a certificate back for a reason; its verification says so from then on."""
    with transaction.atomic():
        locked = IssuedCertificate.objects.select_for_update(of=("self",)).select_related(
            "village", "request"
        )
        certificate: IssuedCertificate = locked.get(pk=certificate_id)
        require(actor, handling.HANDLE, certificate.village)
        if certificate.revoked_at is not None:
            raise WrongState("这份证明已经撤销。")
        resident = residents.of(certificate.request)
        certificate.revoke_reason = residents.said(reason, resident, "请写明撤销理由。", most=300)
        certificate.revoked_at, certificate.revoked_by = timezone.now(), actor
        names = ["revoked_at", "revoked_by", "revoke_reason"]
        save_recorded(certificate, actor=actor, reason=f"撤销：{certificate.revoke_reason}", fields=names)
        return certificate


def record_copy(
    *, actor: Any, certificate: IssuedCertificate, kind: str, reason: str = ""
) -> CertificateCopy:
    """Record that the paper was printed or downloaded; every time after the first needs a reason.

    Raises BadInput without one, WrongState for a certificate that was revoked or is past its last day:
    a paper fresh from the printer and sealed anew would pass for a good one.
    """
    require(actor, handling.HANDLE, certificate.village)
    with transaction.atomic():
        locked = IssuedCertificate.objects.select_for_update().get(pk=certificate.pk)
        if (state := state_of(locked)) is not State.TRUE:
            raise WrongState(f"这份证明{state.value}，不能打印。还要用的，请重新申请。")
        if not reason.strip() and certificate.copies.exists():
            raise BadInput("这份证明已经打印过。补打请写明原因。")
        return CertificateCopy.objects.create(
            certificate=certificate,
            kind=kind,
            reason=residents.unnamed(reason, residents.of(certificate.request))[:200],
            made_by=actor,
        )


def paper_of(request: CertificateRequest) -> str:
    """The text of an issued certificate. Raises WrongState where it was removed in time."""
    resident = residents.of(request)
    if resident is None or not resident.paper:
        raise WrongState("保存期已满，证明正文已经清除。")
    return resident.paper
