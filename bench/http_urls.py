"""The portal's addresses and an empty view behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def empty_for_staff(request: HttpRequest) -> HttpResponse:
    """Empty too, for somebody who is logged in: the account is read, as every page does."""
    return HttpResponse("", status=200 if request.user.is_authenticated else 403)


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/empty-for-staff/", empty_for_staff),
    path("", include("catalog_portal.urls")),
]
