"""What is certified today (附件2): upload, reading with progress, check, filing; and the totals."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Department
from accounts.roles import DEPARTMENT_ROLES
from audit.timeline import timeline
from catalogs import survey_totals, surveying, tasks
from catalogs.downloads import file_response
from catalogs.errors import NotAllowed, Refused
from catalogs.marking import marked_survey
from catalogs.models import Round, Standing, Survey, SurveyItem
from catalogs.official_forms.form import SURVEY_FIELDS
from catalogs.official_forms.plain_table import write_table
from catalogs.official_forms.write import write_blank_annex2
from catalogs.survey_totals import ADVICE_HELP, Advice
from divisions.models import Division, Level

ROWS_A_PAGE = 100

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


def _page(request: HttpRequest, objects: Any) -> Any:
    """The page of a list that the address asks for, and the address without its page number."""
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(objects, ROWS_A_PAGE).get_page(request.GET.get("page"))
    page.query = query.urlencode()  # type: ignore[attr-defined]
    return page


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
        "page": _page(request, found.order_by("-id")),
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
        "page": _page(request, rows if not survey.is_being_read else rows.none()),
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


def _round(request: HttpRequest) -> Round | None:
    number = request.GET.get("round", "")
    if number:
        return get_object_or_404(Round, pk=number if number.isdigit() else 0)
    return Round.objects.filter(surveys__isnull=False).first() or Round.objects.first()


def _place(request: HttpRequest) -> Division:
    """The place in the address, in the user's scope, or the user's own."""
    user: Any = request.user
    scope = Division.objects.visible_to(user)
    if code := request.GET.get("place", ""):
        return get_object_or_404(scope, pk=code)
    own: Division | None = user.division or scope.filter(level=Level.PROVINCE).first()
    if own is None:
        raise PermissionDenied
    return own


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


_HEADINGS = {
    "place": ("地区", "统计表", "行数", "证明种类", "属于不应出具的行"),
    "department": ("使用部门", "行数", "证明种类", "地区", "属于不应出具的行"),
    "certificate": (
        "证明",
        "行数",
        "地区",
        "使用部门",
        "属于不应出具的行",
        "可能属于例外的行",
        "依据明确的行",
    ),
}


def _total_lines(request: HttpRequest, items: Any, place: Division) -> tuple[str, Any]:
    """How the totals are asked for, and their lines."""
    by = request.GET.get("by", "certificate")
    if by == "place":
        return by, survey_totals.by_place(items, place)
    if by == "department":
        return by, survey_totals.by_department(items)
    lines = survey_totals.by_certificate(items)
    text = request.GET.get("q", "").strip()
    return "certificate", lines.filter(name__icontains=text) if text else lines


def _filed(request: HttpRequest, place: Division, round: Round | None) -> Any:
    return SurveyItem.objects.visible_to(request.user).within(place.pk).filed().filter(survey__round=round)


@login_required
@views
@require_GET
def survey_totals_page(request: HttpRequest) -> HttpResponse:
    """The filed tables of a place and all below it, by certificate, place or department."""
    round, place = _round(request), _place(request)
    items = _filed(request, place, round)
    by, lines = _total_lines(request, items, place)
    context = {
        "round": round,
        "rounds": Round.objects.all(),
        "place": place,
        "by": by,
        "q": request.GET.get("q", ""),
        "page": _page(request, lines),
        "row_count": items.count(),
        "table_count": items.values("survey").distinct().count(),
        "certificate_count": items.values("key").distinct().count(),
        "banned_count": items.filter(standing=Standing.BANNED).count(),
    }
    return render(request, "catalogs/survey_totals.html", context)


@login_required
@views
@require_GET
def survey_totals_download(request: HttpRequest) -> HttpResponse:
    """The same totals as a workbook."""
    round, place = _round(request), _place(request)
    by, lines = _total_lines(request, _filed(request, place, round), place)
    rows: list[tuple[Any, ...]]
    if by == "place":
        rows = [(x.place.name, x.tables, x.rows, x.certificates, x.banned_rows) for x in lines]
    elif by == "department":
        rows = [
            (x["asking_department__name"] or "未能识别的单位",
             x["rows"], x["certificates"], x["places"], x["banned_rows"])
            for x in lines
        ]  # fmt: skip
    else:
        rows = [
            (x["name"], x["rows"], x["places"], x["departments"],
             x["banned_rows"], x["exception_rows"], x["based_rows"])
            for x in lines
        ]  # fmt: skip
    title = f"{place.name}现有证明事项汇总"
    return file_response(write_table(title, _HEADINGS[by], rows), f"{title}.xlsx")


@login_required
@views
@require_GET
def survey_rows(request: HttpRequest) -> HttpResponse:
    """The rows behind a count of the totals."""
    round, place = _round(request), _place(request)
    items = _filed(request, place, round)
    wanted = Q()
    if "key" in request.GET:
        wanted &= Q(key=request.GET["key"])
    if (department := request.GET.get("department", "")).isdigit():
        wanted &= Q(asking_department=department)
    elif department == "none":
        wanted &= Q(asking_department=None)
    if (standing := request.GET.get("standing", "")) in Standing.values:
        wanted &= Q(standing=standing)
    rows = items.filter(wanted).select_related(
        "place", "survey__division", "survey__department", "banned_item"
    )
    context = {
        "round": round,
        "place": place,
        "columns": SURVEY_FIELDS,
        "page": _page(request, rows.order_by("place", "survey", "position")),
    }
    return render(request, "catalogs/survey_rows.html", context)


@login_required
@views
@require_GET
def survey_advice(request: HttpRequest) -> HttpResponse:
    """For a city: what to cancel, what it could keep, what it forgot."""
    round, place = _round(request), _place(request)
    cities = Division.objects.visible_to(request.user).filter(level=Level.CITY).order_by("code")
    city = place if place.level == Level.CITY else cities.first()
    if city is None or round is None:
        raise PermissionDenied
    lines = survey_totals.for_city(city, round)
    counts = Counter(line.advice for line in lines)
    shown = request.GET.get("show", "")
    if shown not in Advice.values:
        shown = next((advice.value for advice in Advice if counts[advice]), Advice.CANCEL.value)
    context = {
        "city": city,
        "cities": cities,
        "round": round,
        "rounds": Round.objects.all(),
        "counts": [(advice, counts[advice]) for advice in Advice],
        "shown": Advice(shown),
        "help": ADVICE_HELP[shown],
        "page": _page(request, [line for line in lines if line.advice == shown]),
        "days_left": round.days_left(timezone.localdate()),
    }
    return render(request, "catalogs/survey_advice.html", context)
