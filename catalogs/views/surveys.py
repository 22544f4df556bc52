"""What is certified today (附件2): upload, reading with progress, check, filing."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Department
from accounts.roles import DEPARTMENT_ROLES
from audit.timeline import timeline
from catalogs import surveying, tasks
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.marking import marked_survey
from catalogs.models import Round, Standing, Survey
from catalogs.official_forms.form import SURVEY_FIELDS
from catalogs.official_forms.write import write_blank_annex2
from catalogs.views.paging import page_of
from divisions.models import Level

views = permission_required("catalogs.view_survey", raise_exception=True)
files = permission_required(surveying.FILE, raise_exception=True)


def _own(request: HttpRequest, pk: int) -> Survey:
    queryset = Survey.objects.visible_to(request.user).select_related(
        "division", "department", "round", "upload", "created_by", "filed_by"
    )
    survey: Survey = get_object_or_404(queryset, pk=pk)
    return survey


def _own_department(request: HttpRequest) -> Department | None:
    """The department whose table an officer files; a place's own officer files the place's."""
    user: Any = request.user
    return user.department if user.role in DEPARTMENT_ROLES else None


@login_required
@views
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """The upload of this place's table, and every table in scope."""
    return _surveys(request)


def _surveys(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    user: Any = request.user
    found = Survey.objects.visible_to(user).select_related("division", "department", "round", "created_by")
    context = {
        "place": user.division,
        "department": _own_department(request),
        "rounds": surveying.useful_rounds(user.division) if user.division else Round.objects.none(),
        "chosen": request.POST.get("round") or request.GET.get("round", ""),
        "may_file": user.has_perm(surveying.FILE),
        "page": page_of(request, found.order_by("-id")),
        "problem": problem,
        "is_city": user.division.level == Level.CITY if user.division else False,
    }
    return render(request, "catalogs/surveys.html", context, status=status)


@login_required
@files
@require_POST
def survey_upload(request: HttpRequest) -> HttpResponse:
    """Receive an annex 2; a small one is read at once, a large one by the task worker."""
    file = request.FILES.get("file")
    if file is None:
        return _surveys(request, "请先选择要上传的表格文件，再点“上传并核对”。", 400)
    user: Any = request.user
    number = request.POST.get("round", "")
    round = get_object_or_404(Round, pk=number if number.isdigit() else 0)
    try:
        survey = surveying.receive_survey(
            actor=user,
            division=user.division,
            department=_own_department(request),
            round=round,
            name=file.name or "",
            file=file,
        )
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        return _surveys(request, refusal.message, 400)
    tasks.start_reading(survey)
    return redirect("survey", survey.pk)


@login_required
@views
@require_GET
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """One table: how far its reading is, then its rows with what was noticed."""
    return _survey(request, _own(request, pk))


def _survey(request: HttpRequest, survey: Survey, problem: str = "", status: int = 200) -> HttpResponse:
    rows = survey.items.select_related("place", "banned_item", "asking_department").order_by("position")
    counts = dict.fromkeys(Standing.values, 0) | Counter(survey.items.values_list("standing", flat=True))
    shown = request.GET.get("show", "")
    if shown == "findings":
        rows = rows.exclude(findings=[])
    elif shown in Standing.values:
        rows = rows.filter(standing=shown)
    user: Any = request.user
    context = {
        "survey": survey,
        "show": shown,
        "counts": [(choice, counts[choice.value]) for choice in Standing],
        "finding_count": survey.items.exclude(findings=[]).count(),
        "columns": SURVEY_FIELDS,
        "page": page_of(request, rows if not survey.is_being_read else rows.none()),
        "may_file": user.has_perm(surveying.FILE),
        "problem": problem,
    }
    return render(request, "catalogs/survey.html", context, status=status)


@login_required
@views
@require_GET
def survey_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is; asked every second by the page, which reloads at the end."""
    survey = _own(request, pk)
    response = render(request, "catalogs/_survey_progress.html", {"survey": survey})
    if not survey.is_being_read:
        response["HX-Refresh"] = "true"
    return response


@login_required
@files
@require_POST
def survey_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a table that is being read or was not filed."""
    survey = _own(request, pk)
    try:
        surveying.cancel_survey(actor=request.user, survey_id=pk)
    except Refused as refusal:
        return _survey(request, survey, refusal.message, 409)
    messages.success(request, "已取消，表中内容未计入统计；上传的文件仍然保存。")
    return redirect("surveys")


@login_required
@files
@require_POST
def survey_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the table up as it was looked at."""
    survey = _own(request, pk)
    try:
        surveying.file_survey(actor=request.user, survey_id=pk, digest=request.POST.get("digest", ""))
    except Refused as refusal:
        return _survey(request, _own(request, pk), refusal.message, 409)
    messages.success(request, f"已上报，{survey.total} 行已计入统计。")
    return redirect("survey", pk)


@login_required
@views
@require_GET
def survey_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who uploaded, read, filed or cancelled the table, and when."""
    survey = _own(request, pk)
    entries = timeline(survey.history.all(), survey.upload.history.all())
    return render(request, "catalogs/survey_history.html", {"survey": survey, "entries": entries})


@login_required
@views
@require_GET
def blank_survey(request: HttpRequest) -> HttpResponse:
    """The official annex 2, empty."""
    return file_response(write_blank_annex2(), "附件2 现有基层群众性自治组织出具证明事项统计表.xlsx")


@login_required
@views
@require_GET
def survey_marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The sender's own sheet with what was noticed at each cell."""
    survey = _own(request, pk)
    return file_response(marked_survey(survey), f"批注 {Path(survey.upload.name).stem}.xlsx")
