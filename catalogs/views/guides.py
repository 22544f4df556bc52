"""Guides on screen: what a department owes and writes, what the province checks, what all may read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.timeline import timeline
from catalogs import guides as verbs
from catalogs.errors import Refused
from catalogs.models import CertificateType, GuideStatus, ServiceGuide
from catalogs.views.guide_form import GuideForm
from divisions.models import Division, Level
from divisions.scope import in_scope

SHOWN = 200  # of each list; the rest is found by name
may_see = permission_required("catalogs.view_serviceguide", raise_exception=True)


@login_required
@may_see
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """What waits to be written, checked or mended, what is owed, and what holds (``q`` finds by name)."""
    user: Any = request.user
    today = timezone.localdate()
    may_check = user.has_perm(verbs.CHECK)
    readable = _readable(user)
    owed = [
        debt
        for debt in verbs.debts(today)
        if any(in_scope(user, city.code) for city in debt.cities)
        and (may_check or user.department in debt.departments)
    ]
    holds = readable.in_force(today) | readable.filter(status=GuideStatus.PUBLISHED, effective_from__gt=today)
    asked = request.GET.get("q", "").strip().replace("\x00", "")[:100]
    if asked:
        holds = holds.filter(certificate_type__name__icontains=asked)
    context = {
        "open": sorted(
            readable.exclude(status=GuideStatus.PUBLISHED).order_by("certificate_type__name")[:SHOWN],
            key=lambda one: (one.status == GuideStatus.SUBMITTED) is not may_check,
        ),
        "published": holds.order_by("certificate_type__name", "division", "-version")[:SHOWN],
        "asked": asked,
        "shown": SHOWN,
        "debts": owed,
        "may_write": user.has_perm(verbs.WRITE) and user.department is not None,
    }
    return render(request, "catalogs/guides.html", context)


@login_required
@permission_required(verbs.WRITE, raise_exception=True)
@require_POST
def guide_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a guide, or its next version, for one's own place, or for ``city`` within it (变通)."""
    user: Any = request.user
    if user.division is None or user.department is None:
        raise PermissionDenied
    place, city = user.division, request.POST.get("city", "")
    if city:
        place = get_object_or_404(Division.objects.cities().visible_to(user), pk=city)
    kind = get_object_or_404(CertificateType, pk=pk)
    try:
        draft = verbs.begin_guide(actor=user, certificate_type=kind, division=place)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("guides")
    return redirect("guide", pk=draft.pk)


@login_required
@may_see
@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: written by its department, checked by the province, read with its filled sample."""
    user: Any = request.user
    found = _guide(user, pk)
    may_write = (
        user.has_perm(verbs.WRITE)
        and found.department_id == user.department_id
        and found.status == GuideStatus.DRAFT
        and in_scope(user, found.division_id)
    )
    form = GuideForm(request.POST or None, instance=found)
    problem = ""
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid():
            submits = "submit" in request.POST
            try:
                verbs.write_guide(actor=user, guide_id=pk, content=form.content(), submits=submits)
                messages.success(request, "已提交自治区核对。" if submits else "已保存草稿。")
                return redirect("guide", pk=pk)
            except Refused as refusal:
                problem = refusal.message
        found = _guide(user, pk)  # as it is stored: the form has written on the other one
    versions = ServiceGuide.objects.filter(
        certificate_type=found.certificate_type_id, division=found.division_id
    )
    today = timezone.localdate()
    context = {
        "guide": found,
        "sample": verbs.sample(found) if found.template else "",
        "form": form,
        "may_write": may_write,
        "may_check": user.has_perm(verbs.CHECK) and found.status == GuideStatus.SUBMITTED,
        "problem": problem,
        "today": today,
        "versions": versions.order_by("-version"),
        "in_force": versions.in_force(today).first(),
        "entries": timeline(found.history.all()),
        **_next_version(user, found),
    }
    return render(request, "catalogs/guide.html", context)


@login_required
@permission_required(verbs.CHECK, raise_exception=True)
@require_POST
def guide_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a submitted guide, or give it back."""
    _guide(request.user, pk)
    try:
        if "give_back" in request.POST:
            reason = request.POST.get("reason", "")
            verbs.give_back(actor=request.user, guide_id=pk, reason=reason)
            messages.success(request, "已退回编写部门。")
        else:
            day = forms.DateField(label="施行日期").clean(request.POST.get("effective_from", ""))
            verbs.publish_guide(actor=request.user, guide_id=pk, effective_from=day)
            messages.success(request, "已发布。")
    except forms.ValidationError:
        messages.error(request, "请填写施行日期，例如 2026-03-05。")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("guide", pk=pk)


@require_GET
def public_guide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The guide that holds today for a certificate in a city, for anyone."""
    city = get_object_or_404(Division.objects.cities(), pk=code)
    found = verbs.guide_for(pk, city, timezone.localdate())
    if found is None:
        raise Http404("这项证明还没有发布办事指南。")
    context = {"guide": found, "city": city, "sample": verbs.sample(found)}
    return render(request, "catalogs/public_guide.html", context)


def _next_version(user: Any, found: ServiceGuide) -> dict[str, Any]:
    """Whether the reader may begin the next version, and for which cities a variation."""
    mine = user.has_perm(verbs.WRITE) and found.department_id == user.department_id
    if not mine or found.status != GuideStatus.PUBLISHED:
        return {"may_renew": False, "may_vary": []}
    cities = Division.objects.cities().visible_to(user).order_by("code")
    return {
        "may_renew": in_scope(user, found.division_id),
        "may_vary": list(cities) if found.division.level == Level.PROVINCE else [],
    }


def _readable(user: Any) -> Any:
    """The guides a person may read: a checker's scope; a department's own, in its scope and the region's."""
    found = ServiceGuide.objects.select_related("certificate_type", "division", "department", "written_by")
    if user.has_perm(verbs.CHECK):
        return found.visible_to(user)
    region = user.division_id[:2] if user.division_id else None
    mine = found.filter(department=user.department_id)
    return mine.visible_to(user) | mine.filter(division=region)


def _guide(user: Any, pk: int) -> ServiceGuide:
    found: ServiceGuide = get_object_or_404(_readable(user), pk=pk)
    return found
