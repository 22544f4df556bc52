"""The filed tables (附件2) taken together: totals, the rows behind them, and advice to a city."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs import survey_totals
from catalogs.downloads import file_response
from catalogs.models import Round, Standing, SurveyItem
from catalogs.official_forms.form import SURVEY_FIELDS
from catalogs.official_forms.plain_table import write_table
from catalogs.survey_totals import ADVICE_HELP, Advice
from catalogs.views.paging import page_of
from divisions.models import Division, Level

views = permission_required("catalogs.view_survey", raise_exception=True)


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
        "page": page_of(request, lines),
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
        "page": page_of(request, rows.order_by("place", "survey", "position")),
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
        "page": page_of(request, [line for line in lines if line.advice == shown]),
        "days_left": round.days_left(timezone.localdate()),
    }
    return render(request, "catalogs/survey_advice.html", context)
