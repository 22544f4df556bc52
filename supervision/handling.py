"""Demands for certificates that nobody may demand: drafted at the window, filed upward (三(三))."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.records import save_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, WrongState
from catalogs.models import Notice
from catalogs.notices import officers_over, reviewers_of, tell
from requests_app import residents
from requests_app.models import CertificateRequest, RequestStatus
from supervision.models import Complaint

FILE = "supervision.file_complaint"


def draft_complaint(*, actor: Any, request_id: int) -> Complaint:
    """Draft a complaint from a request refused because nobody may demand it; once for each request.

    It tells what was demanded, by whom, for what and what the lists say; never who asked. Raises
    WrongState for a certificate that is on the list or falls under an exception of annex 1, and for a
    request that was withdrawn or settled by a promise: there the body did not insist on it.
    """
    with transaction.atomic():
        locked = CertificateRequest.objects.select_for_update(of=("self",))
        request = locked.select_related("village", "certificate_type", "banned_item__banned_list").get(
            pk=request_id
        )
        require(actor, FILE, request.village)
        existing: Complaint | None = Complaint.objects.filter(request=request).first()
        if existing is not None:
            return existing
        _require_undue(request)
        drafted = Complaint(
            village=request.village,
            certificate=request.subject,
            certificate_type=request.certificate_type,
            banned_item=request.banned_item,
            demander=request.demander,
            matter=request.matter,
            evidence=_evidence(request),
            request=request,
            drafted_by=actor,
            drafted_at=timezone.now(),
        )
        save_recorded(drafted, actor=actor, reason="由办件起草监督线索")
        return drafted


def _require_undue(request: CertificateRequest) -> None:
    """Only what was refused because nobody may demand it is reported (三(三))."""
    if request.status != RequestStatus.REFUSED:
        raise WrongState(
            f"这件申请{request.get_status_display()}，没有可以反映的索要。先出具告知单的，才能反映。"
        )
    if not request.refusal.is_undue:
        raise WrongState("这项证明在本市保留清单上，或者属于例外情形，索要单位可以要求提供。")


def _evidence(request: CertificateRequest) -> str:
    said = request.evidence
    day = timezone.localtime(request.created_at)
    lines = [f"{day.year}年{day.month}月{day.day}日，居民到本村（社区）要求开具“{request.subject}”。"]
    lines.append(f"查询结论：{said.get('label', '')}。{said.get('evidence', '')}")
    if said.get("basis"):
        lines.append(f"依据：{said['basis']}。")
    lines.append(str(said.get("duty", "")))
    return "\n".join(line for line in lines if line)


def edit_complaint(
    *, actor: Any, complaint_id: int, certificate: str, demander: str, matter: str, evidence: str
) -> Complaint:
    """Change a draft. Names and numbers of persons are taken out of what is written, for the clerk to see."""
    with transaction.atomic():
        draft = _open(actor, complaint_id)
        person = residents.of(draft.request) if draft.request else None
        draft.certificate = residents.unnamed(certificate, person)[:500]
        draft.demander = residents.unnamed(demander, person)[:200]
        draft.matter = residents.unnamed(matter, person)[:500]
        draft.evidence = residents.unnamed(evidence, person)
        names = ["certificate", "demander", "matter", "evidence"]
        save_recorded(draft, actor=actor, reason="修改监督线索", fields=names)
        return draft


def file_complaint(*, actor: Any, complaint_id: int) -> Complaint:
    """File a draft: county, city and province see it. Raises BadInput where it names no body."""
    with transaction.atomic():
        draft = _open(actor, complaint_id)
        if draft.request is not None:
            _require_undue(CertificateRequest.objects.select_for_update().get(pk=draft.request_id))
        missing = [
            label
            for label, value in (("索要的证明", draft.certificate), ("索要单位", draft.demander))
            if not value
        ]
        if missing:
            raise BadInput(
                f"没有上报：缺少{'、'.join(missing)}。请向居民问清，或者看该单位给的书面通知、办事窗口名称，"
                "在下面填写单位全称，再点“上报”。没有单位名称，上级无法核查。"
            )
        draft.status, draft.filed_at = Complaint.Status.FILED, timezone.now()
        save_recorded(draft, actor=actor, reason="上报监督线索", fields=["status", "filed_at"])
        above = officers_over(draft.county_code, draft.city_code)
        url, key = reverse("complaint", args=[draft.pk]), f"complaint-{draft.pk}"
        for people in (above, reviewers_of(draft.village)):
            tell(people, Notice.Kind.TASK, f"监督线索：{draft}", url, key)
        return draft


def drop_complaint(*, actor: Any, complaint_id: int, reason: str) -> Complaint:
    """Give a draft up, with a reason."""
    why = residents.said(reason, None, "请写明不上报的原因。", most=300)
    with transaction.atomic():
        draft = _open(actor, complaint_id)
        draft.status = Complaint.Status.DROPPED
        save_recorded(draft, actor=actor, reason=f"不上报：{why}", fields=["status"])
        return draft


def _open(actor: Any, complaint_id: int) -> Complaint:
    draft: Complaint = (
        Complaint.objects.select_for_update(of=("self",)).select_related("village").get(pk=complaint_id)
    )
    require(actor, FILE, draft.village)
    if draft.status != Complaint.Status.DRAFT:
        raise WrongState(f"这条线索{draft.get_status_display()}，不能再改。")
    return draft
