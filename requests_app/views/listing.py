"""The requests of a place, newest first, and the way to a paper by its number."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

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


@login_required
@may_see
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The requests of one's own division and below, newest first.

    ``show`` is a status or ``late``; ``number`` is that of a certificate, a slip or a promise, whose
    page follows.
    """
    village, number = own_village(request), request.GET.get("number", "").strip()
    if number:
        series, serial = number_said(number, village.code if village else "")
        model, page = _PAPERS.get(series, (None, ""))
        if model and model.objects.visible_to(request.user).filter(serial=serial).exists():
            return redirect(page, serial=serial)
    show = request.GET.get("show", "")
    found = CertificateRequest.objects.visible_to(request.user)
    if show == "late":
        found = found.filter(status=RequestStatus.OPEN, due_on__lt=timezone.localdate())
    elif show in RequestStatus.values:
        found = found.filter(status=show)
    context = {
        "page": page_of(found.as_lines(), request),
        "show": show,
        "number": number,
        "statuses": [("", "全部"), ("late", "已逾期"), *RequestStatus.choices],
        "today": timezone.localdate(),
        "own_village": village,
    }
    return render(request, "requests_app/requests.html", context)
