"""Is this paper true? For anyone, by the QR code or by number and code (查验)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from requests_app.encryption import masked_name
from requests_app.forms import VerifyForm
from requests_app.models import Counter
from requests_app.numbering import number_said
from requests_app.verification import TooManyTries, code_said, verify

_SOME_VILLAGE = "0" * 12  # stands for the one that a village's own short number does not name


@require_http_methods(["GET", "POST"])
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type a number and its code."""
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, code = form.cleaned_data["serial"].strip(), code_said(form.cleaned_data["code"])
        series, serial = number_said(typed, _SOME_VILLAGE)
        said = serial or typed
        if series in {Counter.Series.REFUSAL, Counter.Series.PROMISE}:
            form.add_error(
                "serial", "这是告知单或者承诺书的编号。这里只查验证明；其他文书请向出具的村（社区）核实。"
            )
        elif serial.startswith(_SOME_VILLAGE):
            form.add_error(
                "serial",
                f"“{typed}”是各村（社区）自己的编号，别处也有同号的。请输入二维码旁边“编号：”后面的一整串，"
                f"以12位数字开头，以{serial.removeprefix(_SOME_VILLAGE)}结尾。",
            )
        elif code.isascii() and said.isascii() and "/" not in said and said and code:
            return redirect("verify_certificate", serial=said, code=code)
        else:
            form.add_error(
                "code",
                "编号和查验码由数字、字母和短横组成，请对照二维码旁边印的编号（如450102001003-2026-000012）重新填写。",
            )
    return render(request, "requests_app/verify.html", {"form": form})


@require_GET
@never_cache
def verify_certificate(request: HttpRequest, serial: str, code: str) -> HttpResponse:
    """What may be known of a certificate: whether it holds, its name, village, date, masked holder."""
    try:
        found = verify(serial, code, timezone.localdate(), address=_address(request))
    except TooManyTries:
        return render(request, "requests_app/verified.html", {"too_many": True}, status=429)
    context = {
        "state": found.state,
        "certificate": found.certificate,
        "holder": masked_name(found.certificate.holder) if found.certificate else "",
        "today": timezone.localdate(),
    }
    return render(request, "requests_app/verified.html", context)


def _address(request: HttpRequest) -> str:
    """Where the question comes from; behind a proxy, what the proxy says it is."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and settings.BEHIND_PROXY:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
