"""Guides on screen: what a department owes and writes, what the province checks, what all may read."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choosing import by_sound
from accounts.models import Department
from audit.timeline import timeline
from catalogs import guide_duty
from catalogs import guides as verbs
from catalogs.certificate_forms import sample
from catalogs.errors import BadInput, Refused, Stale
from catalogs.models import CertificateType, GuideStatus, ServiceGuide
from catalogs.views.guide_form import GuideForm
from catalogs.views.public import day_asked
from divisions.models import Division, Level
from divisions.scope import in_scope

OPEN = [GuideStatus.DRAFT, GuideStatus.SUBMITTED]
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
        for debt in guide_duty.debts(today, user.scope_prefix or "")
        if may_check or not debt.departments or user.department in debt.departments
    ]
    holds = readable.in_force(today) | readable.filter(status=GuideStatus.PUBLISHED, effective_from__gt=today)
    asked = request.GET.get("q", "").strip().replace("\x00", "")[:100]
    if asked:
        holds = holds.filter(certificate_type__name__icontains=asked)
    context = {
        "open": sorted(
            readable.filter(status__in=OPEN).order_by("certificate_type__name")[:SHOWN],
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
    found = _guide(request.user, pk)
    if request.method == "GET":
        return _page(request, found)
    if not _writes(request.user, found):
        raise PermissionDenied
    revision, form = _revision(request), GuideForm(request.POST, instance=found)
    submits = "submit" in request.POST
    if not form.is_valid() or (submits and form.add_problems()):
        return _page(request, found, form=form)
    try:
        verbs.write_guide(
            actor=request.user, guide_id=pk, revision=revision, content=form.content(), submits=submits
        )
    except Refused as refusal:
        return _page(request, found, refusal, form)
    messages.success(request, "已提交自治区核对。" if submits else "已保存草稿。")
    return redirect("guide", pk=pk)


@login_required
@permission_required(verbs.CHECK, raise_exception=True)
@require_POST
def guide_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a submitted guide, or give it back."""
    found, revision = _guide(request.user, pk), _revision(request)
    try:
        if "give_back" in request.POST:
            reason = request.POST.get("reason", "")
            verbs.give_back(actor=request.user, guide_id=pk, revision=revision, reason=reason)
            messages.success(request, "已退回编写部门。")
        else:
            day = forms.DateField().clean(request.POST.get("effective_from", ""))
            verbs.publish_guide(actor=request.user, guide_id=pk, revision=revision, effective_from=day)
            messages.success(request, "已发布。")
    except forms.ValidationError:
        return _page(request, found, BadInput("请填写施行日期，例如 2026-03-05。"))
    except Refused as refusal:
        return _page(request, found, refusal)
    return redirect("guide", pk=pk)


@login_required
@permission_required(verbs.WRITE, raise_exception=True)
@require_POST
def guide_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a draft of one's own department."""
    found = _guide(request.user, pk)
    if not _writes(request.user, found):
        raise PermissionDenied
    reason, revision = request.POST.get("reason", ""), _revision(request)
    try:
        verbs.drop_guide(actor=request.user, guide_id=pk, revision=revision, reason=reason)
    except Refused as refusal:
        return _page(request, found, refusal)
    messages.success(request, "已放弃起草。")
    return redirect("guides")


@login_required
@permission_required(verbs.CHECK, raise_exception=True)
@require_POST
def guide_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another department write on at a draft, or at the next version of what holds."""
    found, revision, reason = _guide(request.user, pk), _revision(request), request.POST.get("reason", "")
    try:
        department = forms.ModelChoiceField(Department.objects.all()).clean(request.POST.get("department"))
        verbs.hand_over_guide(
            actor=request.user, guide_id=pk, revision=revision, department=department, reason=reason
        )
    except forms.ValidationError:
        return _page(request, found, BadInput("请选择接手编写的部门。"))
    except Refused as refusal:
        return _page(request, found, refusal)
    messages.success(request, f"已移交{department.name}。")
    return redirect("guide", pk=pk)


@require_GET
def public_guide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The guide to a certificate that a city keeps, as it holds on a day, for anyone.

    二(三): a guide tells how to get what is kept; to what a city does not issue there is none.
    """
    city = get_object_or_404(Division.objects.cities(), pk=code)
    on = day_asked(request)
    is_kept = guide_duty.kept(on, city.code).filter(certificate_type=pk).exists()
    found = verbs.guide_for(pk, city, on) if is_kept else None
    if found is None:
        raise Http404("本市没有保留这项证明，或者还没有发布办事指南。")
    context = {
        "guide": found,
        "city": city,
        "on": on,
        "today": timezone.localdate(),
        "sample": sample(found),
    }
    return render(request, "catalogs/public_guide.html", context)


def _page(
    request: HttpRequest, found: ServiceGuide, refusal: Refused | None = None, form: GuideForm | None = None
) -> HttpResponse:
    """One version, with what was typed and why it was refused."""
    user: Any = request.user
    if refusal:  # as it is now: it may have changed since it was found
        found = _guide(user, found.pk)
    # Only whoever was told of another's change, and is shown it, goes on from there.
    as_seen = request.method == "POST" and not isinstance(refusal, Stale)
    versions = ServiceGuide.objects.filter(
        certificate_type=found.certificate_type_id, division=found.division_id
    )
    today = timezone.localdate()
    in_force = versions.in_force(today).first()
    is_draft, may_check = found.status == GuideStatus.DRAFT, user.has_perm(verbs.CHECK)
    context = {
        "guide": found,
        "sample": sample(found) if found.template else "",
        "form": form or GuideForm(instance=found),
        "is_typed": form is not None,
        "is_overtaken": form is not None and found.revision != _revision(request),
        "may_write": is_draft and _writes(user, found),
        "may_check": may_check and found.status == GuideStatus.SUBMITTED,
        "may_hand_over": may_check and verbs.may_be_handed_over(found),
        "departments": by_sound(Department.objects.exclude(pk=found.department_id)),
        "revision": _revision(request) if as_seen else found.revision,
        "problem": refusal.message if refusal else "",
        "typed": request.POST,
        "today": today,
        **_changed(found, today),
        "versions": versions.order_by("-version", "-pk"),
        "in_force": in_force,
        "entries": timeline(found.history.all()),
        **_next_version(user, found, versions, in_force),
    }
    return render(request, "catalogs/guide.html", context, status=409 if refusal else 200)


def _changed(found: ServiceGuide, today: dt.date) -> dict[str, Any]:
    """For who checks a submitted guide: what holds where it is to hold, and what it changes of that."""
    if found.status != GuideStatus.SUBMITTED:
        return {}
    holds = verbs.guide_for(found.certificate_type_id, found.division, today)
    return {"holds": holds, "changes": verbs.changes(holds, found) if holds else []}


def _revision(request: HttpRequest) -> int:
    """The revision that our own forms send; without it the request is not one of ours."""
    text = request.POST.get("revision", "")
    if not text.isdecimal() or len(text) > 9:
        raise BadRequest("revision")
    return int(text)


def _writes(user: Any, found: ServiceGuide) -> bool:
    """Whether this guide is the reader's to write, at whatever stage it is."""
    return bool(
        user.has_perm(verbs.WRITE)
        and found.department_id == user.department_id
        and in_scope(user, found.division_id)
    )


def _next_version(
    user: Any, found: ServiceGuide, versions: QuerySet[ServiceGuide], in_force: ServiceGuide | None
) -> dict[str, Any]:
    """Whether the reader may begin the next version, and for which cities a variation.

    What comes next is written by the department of the latest version, a variation by that of the
    version in force; an older one may have been another's.
    """
    mine = user.has_perm(verbs.WRITE) and found.department_id == user.department_id
    if not mine or found.status != GuideStatus.PUBLISHED:
        return {"may_renew": False, "may_vary": []}
    last = versions.exclude(status=GuideStatus.DROPPED).latest("version")
    may_vary = found.division.level == Level.PROVINCE and (
        in_force is None or in_force.department_id == user.department_id
    )
    return {
        "may_renew": last.department_id == user.department_id and in_scope(user, found.division_id),
        "may_vary": Division.objects.cities().visible_to(user).order_by("code") if may_vary else [],
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
