"""A written promise instead of a certificate (告知承诺制, 二(五); 国办发〔2020〕42号)."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.records import SYSTEM, create_recorded, save_recorded
from catalogs.authority import require
from catalogs.certificate_forms import render
from catalogs.errors import BadInput, FourEyes, WrongState
from catalogs.models import Notice, WayOut
from catalogs.notices import tell, village_people
from divisions.models import Division
from requests_app import handling, residents
from requests_app.encryption import masked_name
from requests_app.exclusions import exclusion_of
from requests_app.figures import happened
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    Counter,
    Outcome,
    PromiseExclusion,
    PromiseStatus,
    RequestStatus,
    Resident,
)
from requests_app.numbering import next_number, serial_of
from requests_app.residents import Person

CHECK = "requests_app.check_promise"
OBJECTION_DAYS = 5  # working days before a finding of falsehood is reported
KEEP_YEARS = 5  # a promise is checked afterwards, and what came of it may be objected to
# {原} is what was asked for until now: a certificate on the list, or one that no committee issues.
TOLD = (
    "一、证明义务：办理“{办理事项}”，{索要单位}要求申请人证明符合条件，{原}。\n"
    "二、证明内容：{条件}。\n"
    "三、承诺方式：由申请人自愿选择。选择承诺的，由本人书面承诺符合上述条件并签字，不得由他人代作，"
    "不再提交证明；不承诺的，{另行}。\n"
    "四、核查：承诺后，有关单位可以通过信息共享、实地调查等方式核查。\n"
    "五、不实承诺的法律责任：终止办理、责令限期整改或者撤销已作出的决定，依法处罚，并记入信用记录；"
    "信用修复前不再适用告知承诺。\n"
    "六、在有关决定作出前可以撤回承诺；撤回的，{另行}。"
)
_ISSUED = {"原": "原须提交{证明}", "另行": "提交证明或者证件、材料"}
_NOT_ISSUED = {
    "原": "村（居）民委员会依照规定不出具{证明}，经该单位同意以书面承诺代替",
    "另行": "可以提交现有证件、材料，或者由该单位自行核实",
}
PROMISED = (
    "本人已经知悉上述告知内容，现承诺：一、所填写的内容真实、准确；二、符合告知的条件；"
    "三、愿意配合核查，承担不实承诺的法律责任；四、承诺是本人真实意思表示。"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a promise needs to be told: to what conditions, and what the clerk made sure of."""

    conditions: tuple[str, ...]
    demander_accepts: bool = False
    has_clean_record: bool = False
    chosen_freely: bool = False


def why_not(request: CertificateRequest) -> str:
    """Why no promise is taken for the matter of a request, in Chinese; "" where it may be.

    A matter of the excluded fields never, nor what the committee itself has found untrue; else where
    the guide allows it, or annex 1 names a promise as the way out. ``promise`` also takes one where
    the demanding body accepts it for a certificate that the committee does not issue.
    """
    if handling.is_closed(request.village, timezone.localdate()):
        return "本村（社区）已经撤销，不能再作告知承诺。"
    if excluded := exclusion_of(request):
        return f"涉及{excluded.name}的事项不适用告知承诺（{excluded.basis}）。"
    last_check = request.fact_checks.order_by("-pk").first()
    if last_check is not None and not last_check.is_confirmed:
        return "最近一次核实认为情况不属实，不能作告知承诺；确实有误的，请重新核实并记录。"
    if request.edition_item is not None and handling.row_in_force(request, timezone.localdate()) is None:
        return "本市保留清单已经更新，不再保留这一项，请出具告知单。"
    if request.guide is not None and request.guide.allows_promise:
        return ""
    if request.banned_item is not None and request.banned_item.way_out == WayOut.PROMISE:
        return ""
    if request.edition_item is not None:
        return "这项证明的办事指南没有列明可以用告知承诺代替。"
    return "" if request.demander else "请先写明索要单位：要由该单位同意用告知承诺代替。"


def begin(
    *,
    actor: Any,
    village: Division,
    text: str,
    matter: str = "",
    demander: str = "",
    once: uuid.UUID | None = None,
) -> CertificateRequest:
    """Register what was asked in order to promise it, if a promise may be taken; else nothing is kept.

    Raises WrongState with why it may not, and what ``handling.register`` raises.
    """
    with transaction.atomic():
        request = handling.register(
            actor=actor, village=village, text=text, matter=matter, demander=demander, once=once
        )
        if why := why_not(request):
            raise WrongState(why)
        return request


def needs_consent(request: CertificateRequest) -> bool:
    """Whether the demanding body has to have agreed to a promise: no guide and no list says it does."""
    by_guide = request.guide is not None and request.guide.allows_promise
    by_list = request.banned_item is not None and request.banned_item.way_out == WayOut.PROMISE
    return not (by_guide or by_list)


def told_text(request: CertificateRequest, conditions: str) -> str:
    """What the applicant is told, in writing and once (告知)."""
    words = _NOT_ISSUED if request.edition_item is None else _ISSUED
    before = {name: render(text, {"证明": request.subject}) for name, text in words.items()}
    matter = request.matter.removeprefix("办理") or "所办事项"
    return render(
        TOLD, {**before, "办理事项": matter, "条件": conditions, "索要单位": request.demander or "有关单位"}
    )


def promise(*, actor: Any, request_id: int, person: Person | None, said: Said) -> Commitment:
    """Take a promise for an open request; it is closed as promised, with a numbered two-part paper.

    ``person`` is who promises, where the request does not name them yet or lacks their number.
    Raises WrongState for a matter or a person that promises are not taken from (an earlier false
    one, not repaired), BadInput for what was not made sure of.
    """
    with transaction.atomic():
        request = handling.open_request(actor, request_id)
        if why := why_not(request):
            raise WrongState(why)
        if needs_consent(request) and not said.demander_accepts:
            raise BadInput("请确认索要单位同意用告知承诺代替证明。")
        if not said.has_clean_record:
            raise BadInput("请先核对申请人没有严重不良信用记录。")
        if not said.chosen_freely:
            raise BadInput("告知承诺由申请人自愿选择，请向本人确认。")
        conditions = [one for line in said.conditions if (one := line.strip().rstrip("。；;."))]
        if not conditions:
            raise BadInput("请写明申请人须符合的条件，每行一条。")
        resident = _resident(request, person)
        if _has_false_promise(resident.id_hash):
            raise WrongState("该申请人有不实承诺记录，信用修复前不适用告知承诺，请按原来的要求提交证明。")
        told = [residents.plainly_said(one, resident, "请写明申请人须符合的条件。") for one in conditions]
        made = _commitment(request, resident, actor, told)
        save_recorded(made, actor=actor, reason="作出告知承诺")
        handling.close(request, actor, RequestStatus.PROMISED, made.serial)
        happened(request, Outcome.PROMISED, days=request.took or 0)
        return made


def _resident(request: CertificateRequest, person: Person | None) -> Resident:
    known, said = residents.of(request), person or Person()
    until = handling.keep_until(timezone.localdate(), KEEP_YEARS)
    if known is not None:
        return residents.complete(known, said.id_number, until)
    return residents.keep(request, residents.checked(said, needs={"id_number"}), until)


def _has_false_promise(id_hash: str) -> bool:
    """Anywhere in the region, not only in this village."""
    return Commitment.objects.filter(
        id_hash=id_hash, status=PromiseStatus.FALSE, repaired_on__isnull=True
    ).exists()


def _commitment(
    request: CertificateRequest, resident: Resident, actor: Any, conditions: list[str]
) -> Commitment:
    today = timezone.localdate()
    number = next_number(request.village, Counter.Series.PROMISE, today.year)
    return Commitment(
        request=request,
        village=request.village,
        year=today.year,
        number=number,
        serial=serial_of(request.village, today.year, number, Counter.Series.PROMISE),
        conditions=conditions,
        told=told_text(request, "；".join(conditions)),
        promised=PROMISED,
        signed_on=today,
        holder=masked_name(resident.name),
        id_hash=resident.id_hash,
        taken_by=actor,
    )


def for_paper(*, actor: Any, commitment_id: int) -> Person:
    """Whose name and number stand on the printed promise; that they were shown is recorded.

    Nobody's, once the resident's data has been removed. Raises WrongState for a promise that was
    taken back or found false: it may not be handed in any more.
    """
    with transaction.atomic():
        made = Commitment.objects.select_related("village", "request").get(pk=commitment_id)
        require(actor, handling.HANDLE, made.village)
        if made.status not in {PromiseStatus.IN_FORCE, PromiseStatus.TRUE}:
            raise WrongState(f"这份承诺{made.get_status_display()}，不能打印。")
        resident = residents.of(made.request)
        if resident is None:
            return Person()
        Access.objects.create(
            request=made.request, kind=Access.Kind.UNMASKED, by=actor, reason=f"打印告知承诺书{made.serial}"
        )
        return Person(resident.name, resident.id_number)


def reveal(*, actor: Any, commitment_id: int, reason: str) -> Person:
    """Who promised, for whoever has to check it; for a reason, recorded (二(五) 事后核查).

    Raises BadInput without a reason or when the data has been removed.
    """
    with transaction.atomic():
        made = Commitment.objects.select_related("village", "request").get(pk=commitment_id)
        require(actor, CHECK, made.village)
        return residents.shown(actor=actor, request=made.request, reason=reason)


def withdraw_promise(*, actor: Any, commitment_id: int) -> Commitment:
    """The resident takes the promise back before it is checked; papers are then given as before."""
    with transaction.atomic():
        made = _locked(commitment_id)
        require(actor, handling.HANDLE, made.village)
        if made.status != PromiseStatus.IN_FORCE:
            raise WrongState(f"这份承诺{made.get_status_display()}，不能撤回。")
        made.status = PromiseStatus.WITHDRAWN
        save_recorded(made, actor=actor, reason="本人撤回承诺", fields=["status"])
        return made


def check_promise(*, actor: Any, commitment_id: int, is_true: bool, finding: str) -> Commitment:
    """Say whether a promise was true; not by whoever took it (二(五) 事后核查).

    One that was drawn is checked as drawn, any other on suspicion: nobody says which it is.
    """
    with transaction.atomic():
        made = _locked(commitment_id)
        require(actor, CHECK, made.village)
        if actor.pk == made.taken_by_id:
            raise FourEyes("经办人不能核查自己经办的承诺。")
        if made.status != PromiseStatus.IN_FORCE:
            raise WrongState(f"这份承诺{made.get_status_display()}，不能再核查。")
        found = residents.said(finding, residents.of(made.request), "请写明核查情况。")
        made.status = PromiseStatus.TRUE if is_true else PromiseStatus.FALSE
        made.check_kind = made.check_kind or Commitment.CheckKind.SUSPICION
        made.finding = found
        made.checked_by, made.checked_at = actor, timezone.now()
        names = ["status", "check_kind", "finding", "checked_by", "checked_at"]
        save_recorded(made, actor=actor, reason=PromiseStatus(made.status).label, fields=names)
        if not is_true:
            text = f"告知承诺书{made.serial}核查不实，请告知本人：{OBJECTION_DAYS}个工作日内可以提出异议"
            people, url = village_people(made.village_id), reverse("commitment", args=[made.serial])
            tell(people, Notice.Kind.TASK, text, url, f"promise-{made.pk}-false")
        return made


def load_exclusions(path: Path) -> int:
    """Load the excluded fields; what a person has added or edited stays. Returns how many were new."""
    known = set(PromiseExclusion.objects.values_list("name", flat=True))
    fresh = [PromiseExclusion(**one) for one in json.loads(path.read_text()) if one["name"] not in known]
    create_recorded(PromiseExclusion, fresh, actor=SYSTEM, reason="装载参考数据")
    return len(fresh)


def _locked(commitment_id: int) -> Commitment:
    found: Commitment = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("village", "request")
        .get(pk=commitment_id)
    )
    return found
