"""Refusals that say why and where to go (办事途径告知单): nobody is sent in circles (三(二))."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import save_recorded
from catalogs.errors import BadInput
from catalogs.matching import VerdictKind
from catalogs.models import WayOut
from divisions.models import Division
from requests_app import handling, residents
from requests_app.figures import happened
from requests_app.models import (
    CertificateRequest,
    Counter,
    Deliberation,
    FactCheck,
    Refusal,
    RefusalReason,
    RequestStatus,
)
from requests_app.models.figures import OUTCOME_OF_REFUSAL
from requests_app.numbering import next_number, serial_of
from requests_app.residents import plainly_said

RULES = "桂民规〔2020〕3号"
_OFF_LIST = (
    "请索要证明的单位说明法律、法规依据，并写明办理事项。",
    "没有依据的，可以改用现有证件、告知承诺，或者由该单位自行核实。",
    "确有法律、法规依据又属村（居）民委员会职责的，由该单位或者市民政局提出列入清单。",
)
# An exception of annex 1: the body may ask for it, but the city has not listed it yet (二(二)).
_EXCEPTION = (
    "请向办理该事项的单位说明：本市保留清单没有列入这一项，村（居）民委员会暂不能出具。",
    "可以先用现有证件、档案材料，或者由该单位自行核实。",
    "确需村（居）民委员会出具的，由该单位或者市民政局提出列入清单。",
)
_MAY_ASK = "这一项属于不应出具清单的例外情形。该单位确需的，应当说明依据，并向市民政局提出列入保留清单。"
# Reasons that the check gives; the others are what was found when the facts were looked into.
BY_VERDICT = {
    VerdictKind.MUST_NOT_ISSUE.name: RefusalReason.MUST_NOT,
    VerdictKind.OTHER_BODY.name: RefusalReason.OTHER_BODY,
    VerdictKind.NOT_LISTED.name: RefusalReason.NOT_LISTED,
    VerdictKind.EXCEPTION.name: RefusalReason.EXCEPTION,
}
_UNSAID = "请写明核实到的情况，说明为什么不能出具。"
AFTER_LOOKING = (RefusalReason.NOT_TRUE, RefusalReason.NOT_ENTITLED, RefusalReason.NOT_AGREED)


def turn_away(
    *,
    actor: Any,
    village: Division,
    text: str,
    matter: str = "",
    demander: str = "",
    item_id: int | None = None,
    once: str = "",
) -> CertificateRequest:
    """Register a question that may not be certified and refuse it at once, without asking who it is.

    ``item_id`` 0 says that the matter is none of those that a kept certificate is kept for.

    An exception of annex 1 that the city's list does not settle stays open: the body concerned is
    asked first (附件1 “除外”). Raises BadInput where it may be issued or is not clear yet.
    """
    with transaction.atomic():
        request = handling.register(
            actor=actor,
            village=village,
            text=text,
            matter=matter,
            demander=demander,
            item_id=item_id,
            once=once,
        )
        if request.verdict != VerdictKind.EXCEPTION.name:
            refuse(actor=actor, request_id=request.pk)
        request.refresh_from_db()
        return request


def refuse(*, actor: Any, request_id: int, reason: str = "", text: str = "") -> Refusal:
    """Refuse an open request with a numbered slip.

    What the check answered decides the reason and what the slip says, or a new list that does not
    keep the certificate any more; for one that may be issued it is what was found
    (``AFTER_LOOKING``) and recorded, and ``text`` says it. Raises BadInput without either.
    """
    with transaction.atomic():
        request = handling.open_request(actor, request_id)
        decided = BY_VERDICT.get(request.verdict)
        if request.edition_item and handling.row_in_force(request, timezone.localdate()) is None:
            decided = RefusalReason.NOT_LISTED
        why = decided or _found(request, reason)
        now = timezone.now()
        year = timezone.localtime(now).year
        slip = Refusal(
            request=request,
            village=request.village,
            reason=why,
            text=_text(request, why) if decided else plainly_said(text, residents.of(request), _UNSAID),
            clause=_clause(request, why),
            refused_by=actor,
            refused_at=now,
            year=year,
            **_way(request, why),
        )
        slip.number = next_number(request.village, Counter.Series.REFUSAL, year)
        slip.serial = serial_of(request.village, year, slip.number, Counter.Series.REFUSAL)
        save_recorded(slip, actor=actor, reason=why.label)
        handling.close(request, actor, RequestStatus.REFUSED, why.label)
        happened(request, OUTCOME_OF_REFUSAL[why], days=request.took or 0)
        return slip


def _found(request: CertificateRequest, reason: str) -> RefusalReason:
    """The reason that was found by looking, where it is on record that somebody looked (据实)."""
    if reason not in AFTER_LOOKING:
        raise BadInput("这项证明在保留清单上，请选择不予出具的理由。")
    last = FactCheck.objects.filter(request=request).order_by("pk").last()
    if reason == RefusalReason.NOT_TRUE and (last is None or last.is_confirmed):
        raise BadInput("请先记录核实情况，核实结果选“情况不属实或者无法核实”，再出具告知单。")
    meeting = Deliberation.objects.filter(request=request).first()
    if reason == RefusalReason.NOT_AGREED and (meeting is None or meeting.result == meeting.Result.AGREED):
        raise BadInput("请先记录居民议事协商的情况（未同意），再出具告知单。")
    return RefusalReason(reason)


def _text(request: CertificateRequest, why: RefusalReason) -> str:
    item = request.banned_item
    if why is RefusalReason.OTHER_BODY and item is not None:
        return f"“{item.printed_name}”应由{item.issuing_body}出具，村（居）民委员会不出具。"
    if item is not None and why is RefusalReason.MUST_NOT:
        return f"“{item.printed_name}”在不应由基层群众性自治组织出具证明事项清单上（第{item.number}项）。"
    if item is not None:
        return f"“{item.printed_name}”属于例外情形，但本市保留清单未列此项。"
    if request.edition_item is not None:
        return f"“{request.subject}”已不在本市现行的保留清单上。"
    if request.evidence.get("entries"):  # kept, but for other matters
        return str(request.evidence.get("evidence", ""))[:500]
    return f"“{request.subject}”不在本市保留清单上，2022年起原则上不得要求出具清单之外的证明材料。"[:500]


def _clause(request: CertificateRequest, why: RefusalReason) -> str:
    if why in AFTER_LOOKING:
        clause = (
            "二（三）“据实出具”" if why is not RefusalReason.NOT_AGREED else "二（三）“经居民群众讨论同意”"
        )
        return RULES + clause
    item = request.banned_item
    if item is not None:
        listed = f"{item.banned_list.document_no} {item.banned_list.title}第{item.number}项"
        is_exception = why is RefusalReason.EXCEPTION
        return f"{listed}（例外情形）；{RULES}二（二）" if is_exception else f"{listed}；{RULES}三（二）"
    return f"{RULES}二（二）、三（二）"


def _way(request: CertificateRequest, why: RefusalReason) -> dict[str, Any]:
    """The way out: what to do instead, what to bring, what the demanding body owes."""
    duty = str(request.evidence.get("duty", ""))
    item = request.banned_item
    if item is not None and why is RefusalReason.EXCEPTION:
        return {"banned_item": item, "steps": list(_EXCEPTION), "bring": item.bring, "duty": _MAY_ASK}
    if item is not None:
        way, steps = WayOut(item.way_out).label, item.route_steps
        return {
            "banned_item": item,
            "way_out": way,
            "steps": steps,
            "bring": item.bring,
            "duty": item.owed or duty,
        }
    if why in AFTER_LOOKING:
        steps = [
            "对核实结果有不同意见的，可以补充材料后重新申请。",
            "也可以向乡镇（街道）或者县级民政部门反映。",
        ]
        return {"steps": steps, "duty": ""}
    return {"steps": list(_OFF_LIST), "duty": duty}
