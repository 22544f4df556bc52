"""Is this paper true? For anyone, by the QR code or by number and code (查验)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from requests_app.forms import VerifyForm
from requests_app.verification import TooManyTries, verify


@require_http_methods(["GET", "POST"])
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type a number and its code."""
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        serial, code = form.cleaned_data["serial"].strip(), form.cleaned_data["code"]
        code = "".join(one for one in code.upper() if one.isalnum())
        if code.isascii() and serial.isascii() and "/" not in serial and serial and code:
            return redirect("verify_certificate", serial=serial, code=code)
        form.add_error("code", "编号和查验码由数字、字母和短横组成，请对照证明重新填写。")
    return render(request, "requests_app/verify.html", {"form": form})


@require_GET
@never_cache
def verify_certificate(request: HttpRequest, serial: str, code: str) -> HttpResponse:
    """What may be known of a certificate: whether it holds, its name, village, date, masked holder."""
    try:
        found = verify(serial, code, timezone.localdate(), address=_address(request))
    except TooManyTries:
        return render(request, "requests_app/verified.html", {"too_many": True}, status=429)
    context = {"state": found.state, "certificate": found.certificate, "today": timezone.localdate()}
    return render(request, "requests_app/verified.html", context)


def _address(request: HttpRequest) -> str:
    """Where the question comes from; behind a proxy, what the proxy says it is."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and settings.BEHIND_PROXY:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
