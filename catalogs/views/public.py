"""What anyone may read: the cities' lists in force, earlier editions, the banned list."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs import chain, comparison, guide_duty, seals
from catalogs.downloads import file_response
from catalogs.models import BannedList, Edition, ServiceGuide
from catalogs.official_forms.write import write_annex3
from catalogs.views.files import asked_kind
from divisions.models import Division
from divisions.scope import in_scope


def day_asked(request: HttpRequest) -> dt.date:
    """The day in the address (``on=2026-03-05``), or today; 404 for what is no day."""
    text = request.GET.get("on", "")
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404("日期格式应为 2026-03-05。") from error


@require_GET
def cities(request: HttpRequest) -> HttpResponse:
    """Every city with its list in force, if it has one."""
    in_force = {
        edition.city_id: edition
        for edition in Edition.objects.in_force(timezone.localdate()).select_related("city")
    }
    lines = [(city, in_force.get(city.code)) for city in Division.objects.cities().order_by("code")]
    return render(request, "catalogs/cities.html", {"lines": lines})


@require_GET
def city_list(request: HttpRequest, code: str) -> HttpResponse:
    """A city's list in force on a day."""
    city = get_object_or_404(Division.objects.cities(), pk=code)
    on = day_asked(request)
    edition = Edition.objects.in_force(on).filter(city=city).first()
    return _edition_page(request, city, edition, on)


@require_GET
def edition_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One edition by its lasting address, whether in force or superseded."""
    edition = get_object_or_404(Edition.objects.select_related("city"), city=code, number=number)
    return _edition_page(request, edition.city, edition, timezone.localdate())


def _edition_page(request: HttpRequest, city: Division, edition: Edition | None, on: dt.date) -> HttpResponse:
    may_reach = in_scope(request.user, city.code)
    guided = ServiceGuide.objects.in_force(on).filter(
        division__in=[city.code, city.code[:2]],
        certificate_type__in=guide_duty.kept(on, city.code).values("certificate_type"),
    )
    context = {
        "may_propose": may_reach and request.user.has_perm("catalogs.propose_change"),
        "may_trace": may_reach and request.user.has_perm("catalogs.view_submission"),
        "city": city,
        "on": on,
        "today": timezone.localdate(),
        "edition": edition,
        "items": edition.items.order_by("position") if edition else (),
        "guided": set(guided.values_list("certificate_type", flat=True)),
        "intact": seals.digest(chain.stored(edition)) == edition.digest if edition else True,
        "in_force": bool(
            edition and Edition.objects.in_force(timezone.localdate()).filter(pk=edition.pk).exists()
        ),
        "editions": Edition.objects.filter(city=city).order_by("-number"),
    }
    return render(request, "catalogs/city_list.html", context)


@require_GET
def edition_download(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One edition as the official form; ``as=docx`` for a Word document."""
    edition = get_object_or_404(Edition.objects.select_related("city"), city=code, number=number)
    kind = asked_kind(request)
    content = write_annex3(city=edition.city.name, rows=edition.items.order_by("position"), kind=kind)
    return file_response(content, f"{edition}.{kind}")


@require_GET
def edition_canonical(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The very bytes whose SHA-256 is the edition's digest, for anyone who wants to check."""
    edition = get_object_or_404(Edition, city=code, number=number)
    response = HttpResponse(chain.stored(edition), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{code}-{number}.json"'
    return response


@require_GET
def edition_proof(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a city's editions are what was published, each with its digest and signature."""
    city = get_object_or_404(Division.objects.cities(), pk=code)
    editions = Edition.objects.filter(city=city).select_related("city")
    return render(request, "catalogs/edition_proof.html", {"city": city, "links": chain.links(editions)})


@require_GET
def compare_editions(request: HttpRequest) -> HttpResponse:
    """What differs between two editions, of one city or of two; ``format=json`` for programs."""
    old, new = _edition_named(request, "old"), _edition_named(request, "new")
    context: dict[str, Any] = {
        "old": old,
        "new": new,
        "editions": Edition.objects.select_related("city").order_by("city", "-number"),
    }
    if old and new:
        difference = comparison.compare(list(old.items.all()), list(new.items.all()))
        if request.GET.get("format") == "json":
            answer = {"old": str(old), "new": str(new), **comparison.as_json(difference)}
            return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
        context["difference"] = difference
    return render(request, "catalogs/compare_editions.html", context)


def _edition_named(request: HttpRequest, name: str) -> Edition | None:
    """The edition in the address, as ``4501-2``; None when none is asked for, 404 for what is none."""
    text = request.GET.get(name, "")
    if not text:
        return None
    city, _, number = text.partition("-")
    if not (number.isdecimal() and number.isascii() and len(number) < 6):
        raise Http404("版次应写成 4501-2 的样子。")
    edition: Edition = get_object_or_404(
        Edition.objects.select_related("city"), city=city, number=int(number)
    )
    return edition


@require_GET
def banned(request: HttpRequest) -> HttpResponse:
    """The banned lists in force on a day, with routes and exceptions."""
    on = day_asked(request)
    lists = BannedList.objects.in_force(on).prefetch_related(
        "items__exceptions", "items__certificate_type__aliases"
    )
    return render(request, "catalogs/banned.html", {"lists": lists, "on": on})
