"""The check page: one box, one answer. Village staff ask for their own city, the public picks one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs import lookup
from catalogs.matching import VerdictKind
from divisions.models import Division

MAX_QUESTION = 500  # characters; a pasted sentence from a bank is well below
# 三(二) and the State Council's regulation: what whoever asks for a certificate owes.
DEMANDERS_DUTY = (
    "索要证明的单位应当说明法律、法规或者国务院决定的依据。清单之外的证明，行政机关、"
    "公用企事业单位和服务机构不得索要（《优化营商环境条例》第四十四条；桂民规〔2020〕3号 三(二)）。"
)


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Answer ``q`` (and ``matter``) for the user's own city, or the city in the address."""
    place = _place(request)
    question = request.GET.get("q", "").strip()[:MAX_QUESTION]
    matter = request.GET.get("matter", "").strip()[:MAX_QUESTION]
    context: dict[str, Any] = {
        "place": place,
        "own_place": _own_place(request) is not None,
        "cities": Division.objects.cities().order_by("code"),
        "question": question,
        "matter": matter,
        "on": timezone.localdate(),
    }
    if question:
        context |= _answer(question, place, matter)
        context["show_reason"] = request.user.is_authenticated
    template = "requests_app/_answer.html" if request.htmx else "requests_app/check.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _answer(question: str, place: Division, matter: str) -> dict[str, Any]:
    on = timezone.localdate()
    verdict = lookup.check(question, place, on, matter)
    return {
        "verdict": verdict,
        "edition": lookup.edition_in_force(place.city_code, on),
        "demanders_duty": ""
        if verdict.kind in {VerdictKind.MAY_ISSUE, VerdictKind.UNCLEAR}
        else DEMANDERS_DUTY,
    }


def _own_place(request: HttpRequest) -> Division | None:
    """The division of an account below the province; others pick a city."""
    division: Division | None = getattr(request.user, "division", None)
    return division if division and division.city_code else None


def _place(request: HttpRequest) -> Division:
    own = _own_place(request)
    if own:
        return own
    city = Division.objects.cities().filter(pk=request.GET.get("city", "")).first()
    return city or Division.objects.filter(parent=None).earliest("code")
