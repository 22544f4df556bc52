"""What anyone may read: the cities' lists in force, earlier editions, the banned list."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs import publication
from catalogs.downloads import file_response
from catalogs.models import BannedList, Edition
from catalogs.official_forms.write import write_annex3
from catalogs.views.files import asked_kind
from divisions.models import Division


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
    context = {
        "city": city,
        "on": on,
        "edition": edition,
        "items": edition.items.order_by("position") if edition else (),
        "intact": publication.is_intact(edition) if edition else True,
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
def banned(request: HttpRequest) -> HttpResponse:
    """The banned lists in force on a day, with routes and exceptions."""
    on = day_asked(request)
    lists = BannedList.objects.in_force(on).prefetch_related(
        "items__exceptions", "items__certificate_type__aliases"
    )
    return render(request, "catalogs/banned.html", {"lists": lists, "on": on})
