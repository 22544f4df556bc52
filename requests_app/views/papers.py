"""Certificates, refusal slips and the register of the seal, on screen and on paper."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs.downloads import file_response
from catalogs.errors import Refused
from requests_app import handling, issuing, papers, refusing
from requests_app import seal_register as seal
from requests_app.models import CertificateCopy, IssuedCertificate, Refusal
from requests_app.verification import State, code_of, state_of
from requests_app.views.months import month_of
from requests_app.views.places import own_village

may_see = permission_required("requests_app.view_issuedcertificate", raise_exception=True)
may_see_refusals = permission_required("requests_app.view_refusal", raise_exception=True)
may_handle = permission_required(handling.HANDLE, raise_exception=True)
_SHOWN_FOR = dt.timedelta(minutes=10)  # a printed paper, to whoever printed it


@login_required
@may_see
@require_GET
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    """One certificate: its state, what it rests on, copies; print, download, revoke."""
    return _page(request, _certificate(request, serial))


@login_required
@may_handle
@never_cache
@require_http_methods(["GET", "POST"])
def certificate_print(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper, ready to print on A4. The button records each copy and leads here.

    Whoever pressed it may reload and come back for a while; for others the address leads to the button.
    """
    found = _certificate(request, serial)
    try:
        text = issuing.paper_of(found.request)
        if request.method == "POST":
            _record_copy(request, found, CertificateCopy.Kind.PRINT)
            return redirect("certificate_print", serial=serial)
    except Refused as refusal:
        return _page(request, found, problem=refusal.message)
    if state_of(found) is not State.TRUE or not _has_just_printed(request.user, found):
        return _to_the_button(request, found)
    context = {
        "certificate": found,
        "paragraphs": text.splitlines(),
        "place": found.place_name,
        "feet": papers.feet_of(found),
        "qr": papers.qr_picture(papers.verification_address(found, request)),
        "how_to_verify": papers.how_to_verify(found, request),
    }
    return render(request, "requests_app/certificate_print.html", context)


@login_required
@may_handle
@never_cache
@require_http_methods(["GET", "POST"])
def certificate_docx(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper as a Word document; each time is recorded. The address alone leads to the button."""
    found = _certificate(request, serial)
    if request.method == "GET":
        return _to_the_button(request, found)
    try:
        document = papers.as_document(found, request)
        _record_copy(request, found, CertificateCopy.Kind.DOCX)
    except Refused as refusal:
        return _page(request, found, problem=refusal.message)
    return file_response(document, f"{found.name}{found.serial}.docx")


@login_required
@may_handle
@require_POST
def certificate_revoke(request: HttpRequest, serial: str) -> HttpResponse:
    """Revoke it with a reason."""
    found = _certificate(request, serial)
    try:
        issuing.revoke(actor=request.user, certificate_id=found.pk, reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _page(request, found, problem=refusal.message)
    messages.success(request, "已撤销。此后查验显示“已撤销”。")
    return redirect("certificate", serial=serial)


@login_required
@may_see_refusals
@require_GET
def refusal(request: HttpRequest, serial: str) -> HttpResponse:
    """The refusal slip (办事途径告知单), ready to print."""
    visible = Refusal.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("request", "village", "refused_by"), serial=serial)
    context = {
        "slip": found,
        "found": found.request,
        "place": found.village.path_name,
        "about_the_facts": found.reason in refusing.AFTER_LOOKING,  # nobody demanded what they may not
    }
    return render(request, "requests_app/refusal.html", context)


@login_required
@may_handle
@require_GET
def seal_register(request: HttpRequest) -> HttpResponse:
    """The register of the seal by month, ready to print; ``as=xlsx`` downloads it."""
    village = own_village(request)
    if village is None:
        raise PermissionDenied("用印台账由村（社区）工作人员查看。")
    month = month_of(request.GET.get("month", "")) or timezone.localdate().replace(day=1)
    if request.GET.get("as") == "xlsx":
        book = seal.workbook(village, month)
        return file_response(book, f"{village.name}{month.year}年{month.month}月用印台账.xlsx")
    context = {
        "month": month,
        "place": village.path_name,
        "columns": seal.COLUMNS,
        "rows": [dict(zip(seal.COLUMNS, one.cells(), strict=True)) for one in seal.sealed_in(village, month)],
    }
    return render(request, "requests_app/seal_register.html", context)


def _certificate(request: HttpRequest, serial: str) -> IssuedCertificate:
    visible = IssuedCertificate.objects.visible_to(request.user)
    related = visible.select_related(
        "village", "edition__city", "edition_item", "issued_by", "request", "revoked_by"
    )
    found: IssuedCertificate = get_object_or_404(related, serial=serial)
    return found


def _record_copy(request: HttpRequest, found: IssuedCertificate, kind: str) -> None:
    reason = request.POST.get("reason", "")
    issuing.record_copy(actor=request.user, certificate=found, kind=kind, reason=reason)


def _has_just_printed(user: Any, found: IssuedCertificate) -> bool:
    lately = timezone.now() - _SHOWN_FOR
    return found.copies.filter(made_by=user, kind=CertificateCopy.Kind.PRINT, made_at__gte=lately).exists()


def _to_the_button(request: HttpRequest, found: IssuedCertificate) -> HttpResponse:
    """To the page of the certificate, whose buttons record each copy."""
    if state_of(found) is State.TRUE:
        button = "补打" if found.copies.exists() else "打印证明"
        messages.info(request, f"每打印、下载一次都要记录，请在这里点“{button}”或者“下载 Word 文档”。")
    return redirect("certificate", serial=found.serial)


def _page(request: HttpRequest, found: IssuedCertificate, problem: str = "") -> HttpResponse:
    user: Any = request.user
    context = {
        "certificate": found,
        "state": state_of(found),
        "copies": found.copies.select_related("made_by"),
        "may_handle": user.has_perm(handling.HANDLE),
        "code": papers.grouped(code_of(found.serial)),
        "sealed_anew": seal.SEALED_ANEW,
        "problem": problem,
    }
    return render(request, "requests_app/certificate.html", context)
