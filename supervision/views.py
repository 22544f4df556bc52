"""Complaints about bodies that demand what they may not: list, draft, file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogs.errors import Refused
from requests_app.models import CertificateRequest
from requests_app.paging import page_of
from supervision import handling
from supervision.models import Complaint

may_see = permission_required("supervision.view_complaint", raise_exception=True)
may_file = permission_required(handling.FILE, raise_exception=True)


class ComplaintForm(forms.Form):
    """What was demanded, by whom, for what."""

    certificate = forms.CharField(label="索要的证明", max_length=500)
    demander = forms.CharField(
        label="索要单位",
        max_length=200,
        required=False,
        help_text="写单位全称，例如某某银行某某支行。上报前必填。",
    )
    matter = forms.CharField(label="办理事项", max_length=500, required=False)
    evidence = forms.CharField(
        label="情况说明",
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text="不用写居民的姓名、身份证号。",
    )


@login_required
@may_see
@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """The complaints of one's own division and below; drafts only to the village itself."""
    found = Complaint.objects.visible_to(request.user).select_related("village")
    may_file = request.user.has_perm(handling.FILE)
    show = request.GET.get("show", "")
    if not may_file:
        found = found.filter(status=Complaint.Status.FILED)
    elif show in Complaint.Status.values:
        found = found.filter(status=show)
    else:
        show = ""
    context = {
        "page": page_of(found, request),
        "show": show,
        "statuses": [("", "全部"), *Complaint.Status.choices] if may_file else [],
    }
    return render(request, "supervision/complaints.html", context)


@login_required
@may_file
@require_POST
def complaint_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: a draft from a request."""
    get_object_or_404(CertificateRequest.objects.visible_to(request.user), pk=pk)
    try:
        drafted = handling.draft_complaint(actor=request.user, request_id=pk)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("request", pk=pk)
    return redirect("complaint", pk=drafted.pk)


@login_required
@may_see
@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint; a draft is changed and filed here."""
    user: Any = request.user
    visible = Complaint.objects.visible_to(user).select_related(
        "village", "drafted_by", "banned_item__banned_list"
    )
    found = get_object_or_404(visible, pk=pk)
    may_edit = user.has_perm(handling.FILE) and found.status == Complaint.Status.DRAFT
    if found.status != Complaint.Status.FILED and not user.has_perm(handling.FILE):
        raise PermissionDenied
    said = {name: getattr(found, name) for name in ComplaintForm.base_fields}
    form = ComplaintForm(request.POST or None, initial=said)
    problem = ""
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            try:
                saved = handling.edit_complaint(actor=user, complaint_id=pk, **form.cleaned_data)
                changed = any(getattr(saved, name) != said for name, said in form.cleaned_data.items())
                if changed:
                    messages.warning(
                        request, "像姓名、号码的内容已经隐去，已保存为草稿。请核对文字，再点“上报”。"
                    )
                    return redirect("complaint", pk=pk)
                if "file" in request.POST:
                    handling.file_complaint(actor=user, complaint_id=pk)
                messages.success(request, "已上报。" if "file" in request.POST else "已保存草稿。")
                return redirect("complaint", pk=pk)
            except Refused as refusal:
                problem = refusal.message
    context = {"found": found, "form": form, "may_edit": may_edit, "problem": problem}
    return render(request, "supervision/complaint.html", context)


@login_required
@may_file
@require_POST
def complaint_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
    try:
        handling.drop_complaint(actor=request.user, complaint_id=pk, reason=request.POST.get("reason", ""))
        messages.success(request, "已标为不上报。")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("complaint", pk=pk)
