"""Addresses that only buttons may send to, addresses that cannot be, and line breaks in what is sent."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ButtonsOnly:
    """Where a form was sent after the session had ended, the login leads back to its address, by GET.

    The address takes none: instead of a blank page people are told that nothing was saved, and
    where to go on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        above = request.path.rstrip("/").rpartition("/")[0] + "/"
        page = render(request, "405.html", {"above": above}, status=405)
        page["Allow"] = response["Allow"]
        return page


class NoSuchAddress:
    """An address with a NUL in it is nobody's: PostgreSQL cannot even be asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            return render(request, "404.html", status=404)
        return self.get_response(request)


class LineBreaks:
    """A line break in a form is sent as two characters, and one to whoever counts up to a maxlength."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Before the view and after what must not read the form: this does."""
        if request.method != "POST":
            return
        sent = request.POST.copy()
        for name, values in sent.lists():
            sent.setlist(name, [value.replace("\r\n", "\n") for value in values])
        sent._mutable = False
        request.POST = sent  # type: ignore[assignment]
