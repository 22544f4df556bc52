"""Wordings that the check does not serve well, and which certificate they mean."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from catalogs import learning
from catalogs.errors import Refused
from catalogs.models import CertificateType

improvers = permission_required(learning.IMPROVE, raise_exception=True)


@login_required
@improvers
@require_GET
def wordings(request: HttpRequest) -> HttpResponse:
    """The most frequent unmatched and disputed wordings of late, each with the likely certificates."""
    context = {
        "wordings": learning.wordings_to_improve(request.user),
        "kinds": CertificateType.objects.all(),
        "days": learning.RECENT_DAYS,
    }
    return render(request, "catalogs/wordings.html", context)


@login_required
@improvers
@require_http_methods(["GET", "HEAD", "POST"])
def attach_page(request: HttpRequest) -> HttpResponse:
    """What a wording would change, and the button that attaches it."""
    data = request.POST if request.method == "POST" else request.GET
    text = data.get("text", "").strip()
    chosen: Any = data.get("kind", "")
    if not text or not chosen.isdecimal():
        messages.error(request, "请选择这个问法归入哪一种证明。")
        return redirect("wordings")
    kind = get_object_or_404(CertificateType, pk=chosen)
    if request.method == "POST":
        try:
            learning.attach(actor=request.user, text=text, kind=kind)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"“{text}”已归入“{kind}”，几秒钟内各处查询即按此答复。")
        return redirect("wordings")
    context = {"text": text, "kind": kind, "effects": learning.effects(request.user, text, kind)}
    return render(request, "catalogs/wording_attach.html", context)
