"""The check page: one box, one answer. Village staff ask for their own city, the public picks one."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from catalogs import learning, lookup
from catalogs.answers import as_text
from catalogs.errors import BadInput, NotAllowed
from catalogs.guides import guide_for
from catalogs.matching import Entry, Kept, Verdict, VerdictKind, normalize
from catalogs.models import ServiceGuide
from requests_app import handling
from requests_app.asking import Asking, asking_of


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Answer ``q`` (with ``matter`` and ``demander``) for the user's own city, or the city asked for.

    A question sent by button or key is kept for improving the vocabulary; what is answered while
    somebody types is not.
    """
    asking = _asking(request)
    context = _answer(request, asking)
    live = bool(request.htmx)  # type: ignore[attr-defined]
    if asking.text and "sent" in request.GET:
        learning.keep_question(context["verdict"], asking.place, asking.matter)
    template = "requests_app/_answer.html" if live else "requests_app/check.html"
    return render(request, template, context)


@require_GET
def slip(request: HttpRequest) -> HttpResponse:
    """The answer as a paper for the resident (办事途径告知单); an open question has no way to print."""
    asking = _asking(request)
    context = _answer(request, asking)
    if not asking.text or context["verdict"].kind is VerdictKind.UNCLEAR:
        return redirect(_page_of(asking))
    return render(request, "requests_app/slip.html", context)


@login_required
@require_POST
def dispute(request: HttpRequest) -> HttpResponse:
    """A member of staff says that an answer is wrong, or not what was meant."""
    asking = _asking(request)
    try:
        learning.dispute(
            actor=request.user,
            verdict=asking.verdict(),
            division=asking.place,
            meant=request.POST.get("meant", ""),
        )
    except (NotAllowed, BadInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已记录，自治区民政厅会据此改进查询用语。")
    return redirect(_page_of(asking))


def _page_of(asking: Asking) -> str:
    """The page that answers a question, for going back to it."""
    said = urlencode({"q": asking.text}) if asking.text else ""
    query = "&".join(filter(None, (said, asking.link)))
    return f"{reverse('check')}?{query}" if query else reverse("check")


def _kept(verdict: Verdict, asking: Asking) -> list[tuple[Kept, ServiceGuide | None]]:
    """The rows that an answer rests on, each with the guide in force."""
    found: dict[int, ServiceGuide | None] = {}
    for entry in verdict.entries:
        if entry.type_id not in found:
            found[entry.type_id] = guide_for(entry.type_id, asking.place, asking.on)
    return [(entry, found[entry.type_id]) for entry in verdict.entries]


def _another_matter(verdict: Verdict, matter: str) -> str:
    """What to say where the certificate is kept, but perhaps not for what it is wanted for."""
    if verdict.kind is not VerdictKind.MAY_ISSUE or not all(
        handling.is_another(matter, entry) for entry in verdict.entries
    ):
        return ""
    kept_for = "；".join(dict.fromkeys(entry.matter for entry in verdict.entries))
    return (
        f"清单上这项证明只用于：{kept_for}。您填写的办理事项是“{matter}”，请核对；不是同一事项的，不能出具。"
    )


def _choices(verdict: Verdict) -> dict[str, list[Entry]]:
    """What an open question leaves to choose from: rows of the city's list, and what else is known."""
    asked = normalize(verdict.query)
    keys = [hit.key for hit in verdict.candidates if normalize(hit.key.label) != asked]
    return {
        "listed": [key for key in keys if isinstance(key, Kept)],
        "others": [key for key in keys if not isinstance(key, Kept)],
    }


def _asking(request: HttpRequest) -> Asking:
    try:
        return asking_of(request)
    except BadInput as refusal:
        raise Http404(refusal.message) from refusal


def _answer(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    context: dict[str, Any] = {
        "asking": asking,
        "place": asking.place,
        "on": asking.on,
        "today": timezone.localdate(),
        "cities": lookup.places()[1],
    }
    if asking.text:
        verdict = asking.verdict()
        context |= {
            "verdict": verdict,
            "message_text": as_text(verdict, asking.place.name, _another_matter(verdict, asking.matter)),
            "edition": asking.edition(),
            "kept": _kept(verdict, asking),
            "choices": _choices(verdict),
            "warning": _another_matter(verdict, asking.matter),
            "show_reason": request.user.is_authenticated,
        }
    return context
