"""What is kept about one person, found by ID number and given to that person (个人信息查阅、复制)."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from catalogs.authority import require
from catalogs.errors import BadInput
from catalogs.official_forms.plain_table import write_table
from requests_app import residents
from requests_app.encryption import keyed_hash, masked_name
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    IssuedCertificate,
    Refusal,
    Resident,
)
from requests_app.residents import UNMASK

_NO_REASON = "请写明导出的理由，例如“本人申请查阅”。"
_RELATED = (
    "resident",
    "village",
    "edition_item",
    "certificate_type",
    "certificate",
    "commitment",
    "deliberation",
    "refusal",
)


def requests_of(actor: Any, id_number: str) -> Any:
    """The requests of one person within the actor's scope, found without decrypting anything."""
    wanted = keyed_hash(id_number)
    if not wanted:
        return CertificateRequest.objects.none()
    # Few keys from two indexes: a condition over both tables would walk all requests.
    keys = set(Resident.objects.filter(id_hash=wanted).values_list("pk", flat=True))
    keys.update(Commitment.objects.filter(id_hash=wanted).values_list("request", flat=True))
    return CertificateRequest.objects.visible_to(actor).filter(pk__in=keys)


def find(*, actor: Any, id_number: str, most: int) -> list[CertificateRequest]:
    """The newest requests of one person, for the window; that the number was looked up is recorded.

    Raises BadInput for what can be no ID number.
    """
    if wrong := residents.wrong_number(residents.tidy_number(id_number)):
        raise BadInput(wrong)
    with transaction.atomic():
        related = ("village", "edition_item", "certificate_type", "resident")
        found = list(requests_of(actor, id_number).select_related(*related)[:most])
        for request in found:
            require(actor, UNMASK, request.village)
        Access.objects.bulk_create(
            Access(request=one, kind=Access.Kind.FOUND, by=actor, reason="按公民身份号码查询")
            for one in found
        )
        return found


def export(*, actor: Any, id_number: str, reason: str) -> list[dict[str, str]]:
    """All that is kept about one person in the actor's scope, for that person; recorded for each request.

    Raises BadInput without a reason, when nothing is kept, or when the number was registered under
    different names: a slip of the hand must not hand out somebody else's data.
    """
    with transaction.atomic():
        found = list(requests_of(actor, id_number).select_related(*_RELATED))
        if not found:
            raise BadInput("没有查到这个公民身份号码的办理记录，请核对号码。")
        names = {one.resident.name.replace(" ", "") for one in found if hasattr(one, "resident")}
        if len(names) > 1:
            said = "、".join(sorted(map(masked_name, names)))
            raise BadInput(f"这个号码登记过不同的姓名（{said}），不能一并导出。请先核对是哪几件登记有误。")
        for request in found:
            require(actor, UNMASK, request.village)
            Access.objects.create(
                request=request,
                kind=Access.Kind.EXPORTED,
                by=actor,
                reason=residents.said(reason, residents.of(request), _NO_REASON, most=300),
            )
        return [{name: value for name, value in _all_of(request) if value} for request in found]


def as_workbook(data: list[dict[str, str]]) -> bytes:
    """What ``export`` found as a table that anybody can open and print."""
    rows = [(str(at), name, value) for at, one in enumerate(data, start=1) for name, value in one.items()]
    return write_table("个人信息查阅件", ("办件", "项目", "内容"), rows)


def _all_of(request: CertificateRequest) -> Iterator[tuple[str, str]]:
    yield "村（社区）", request.village.path_name
    yield "证明", request.subject
    yield "办理事项", request.matter
    yield "索要单位", request.demander
    yield "状态", request.get_status_display()
    yield "登记时间", _moment(request.created_at)
    resident: Resident | None = getattr(request, "resident", None)
    if resident:
        yield from _given(resident)
    yield "核实记录", "\n".join(_facts(request))
    yield from _papers(request)
    yield from _promise(request)
    yield "个人信息使用记录", "\n".join(_uses(request))
    yield "保存至", date_format(resident.keep_until) if resident else "已到期清除"


def _given(resident: Resident) -> Iterator[tuple[str, str]]:
    yield "姓名", resident.name
    yield "公民身份号码", resident.id_number
    yield "电话", resident.phone
    yield "住址", resident.address
    answers: Any = resident.answers  # an encrypted field that holds a dict
    for name, value in answers.items():
        yield f"填写内容：{name}", str(value)
    yield "证明正文", resident.paper


def _facts(request: CertificateRequest) -> Iterator[str]:
    for check in request.fact_checks.all():
        attached = f"（附件：{check.file_name}）" if check.file else ""
        yield f"{check.get_method_display()}：{check.note}{attached}"
    meeting = getattr(request, "deliberation", None)
    if meeting:
        yield f"议事协商：{date_format(meeting.held_on)}，{meeting.get_result_display()}"


def _papers(request: CertificateRequest) -> Iterator[tuple[str, str]]:
    certificate: IssuedCertificate | None = getattr(request, "certificate", None)
    if certificate:
        yield "证明编号", certificate.serial
        yield "撤销", certificate.revoke_reason
    refusal: Refusal | None = getattr(request, "refusal", None)
    if refusal:
        yield "告知单", f"{refusal.serial}：{refusal.text}"


def _promise(request: CertificateRequest) -> Iterator[tuple[str, str]]:
    promise: Commitment | None = getattr(request, "commitment", None)
    if promise:
        yield "告知承诺书", f"{promise.serial}（{promise.get_status_display()}）"
        yield "告知内容", promise.told
        yield "承诺内容", promise.promised
        yield "核查情况", promise.finding
        yield "信用修复日期", date_format(promise.repaired_on) if promise.repaired_on else ""
        for one in promise.objections.all():
            yield one.get_kind_display(), f"{one.text}（{one.get_answer_display()}）{one.answer_text}"


def _uses(request: CertificateRequest) -> Iterator[str]:
    certificate: IssuedCertificate | None = getattr(request, "certificate", None)
    for copy in certificate.copies.select_related("made_by") if certificate else ():
        yield f"{_moment(copy.made_at)} {copy.made_by.full_name} {copy.get_kind_display()} {copy.reason}"
    for use in request.accesses.select_related("by"):
        by = use.by.full_name if use.by else "系统"
        yield f"{_moment(use.at)} {by} {use.get_kind_display()}：{use.reason}"


def _moment(value: Any) -> str:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT")
