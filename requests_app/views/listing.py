"""The requests of a place, newest first, and the way to a paper by its number."""

import re
import unicodedata
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from divisions.models import Division
from requests_app import handling
from requests_app.lines import name_holders, tell_states
from requests_app.models import (
    CertificateRequest,
    Commitment,
    Counter,
    IssuedCertificate,
    Refusal,
    RequestStatus,
)
from requests_app.numbering import number_said
from requests_app.paging import page_of
from requests_app.views.places import own_village
from requests_app.views.window import may_see

# The papers of a series, and the page of one of them.
_PAPERS: dict[str, tuple[Any, str]] = {
    Counter.Series.CERTIFICATE: (IssuedCertificate, "certificate"),
    Counter.Series.REFUSAL: (Refusal, "refusal"),
    Counter.Series.PROMISE: (Commitment, "commitment"),
}

_WITHOUT_YEAR = re.compile(r"([GCgc])-?(\d{1,6})")  # G000004: the end of a printed number
_SERIES_OF = {"G": Counter.Series.REFUSAL, "C": Counter.Series.PROMISE}


@login_required
@may_see
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The requests of one's own division and below, newest first.

    ``show`` is a status or ``late``; ``number`` is that of a certificate, a slip or a promise, whose
    page follows.
    """
    village, number = own_village(request), request.GET.get("number", "").strip()
    if number and (paper := _paper(request.user, number, village)):
        return paper
    show = request.GET.get("show", "")
    found = CertificateRequest.objects.visible_to(request.user)
    if show == "late":
        found = found.filter(status=RequestStatus.OPEN, due_on__lt=timezone.localdate())
    elif show in RequestStatus.values:
        found = found.filter(status=show)
    page = page_of(found.as_lines(), request)
    tell_states(page.rows)
    shows_holders = village is not None and request.user.has_perm(handling.HANDLE)
    if shows_holders:
        name_holders(page.rows)
    context = {
        "page": page,
        "shows_holders": shows_holders,
        "show": show,
        "number": number,
        "statuses": [("", "全部"), ("late", "已逾期"), *RequestStatus.choices],
        "today": timezone.localdate(),
        "own_village": village,
    }
    return render(request, "requests_app/requests.html", context)


def _paper(user: Any, number: str, village: Division | None) -> HttpResponse | None:
    """The way to the paper of a number; without a year the newest slip or promise of one's own village."""
    series, serial = number_said(number, village.code if village else "")
    if not series and village and (found := _WITHOUT_YEAR.fullmatch(unicodedata.normalize("NFKC", number))):
        letter, count = found.groups()
        model, page = _PAPERS[_SERIES_OF[letter.upper()]]
        papers = model.objects.visible_to(user).filter(village=village, number=int(count))
        serial = papers.order_by("-year").values_list("serial", flat=True).first()
        return redirect(page, serial=serial) if serial else None
    model, page = _PAPERS.get(series, (None, ""))
    if model and model.objects.visible_to(user).filter(serial=serial).exists():
        return redirect(page, serial=serial)
    return None
