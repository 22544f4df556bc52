"""The check for other systems and for the page without a network: JSON at a versioned address."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from catalogs import lookup
from catalogs.answers import as_answer
from catalogs.errors import BadInput
from catalogs.offline import list_for_device
from requests_app.asking import Asking, asking_of

FRESH_SECONDS = 60  # an answer may be this old in a cache on the way


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/check?q=…&city=4501&matter=…&demander=…&on=2026-01-31``: one answer."""
    try:
        asking = asking_of(request)
    except BadInput as refusal:
        return _refusal(refusal.message)
    if not asking.text:
        return _refusal("请在 q 中写明要开什么证明。")
    if (unchanged := _unchanged(request, asking)) is not None:
        return unchanged
    edition = asking.edition()
    answer = as_answer(
        asking.verdict(),
        asking.place.name,
        str(edition) if edition else "",
        edition.effective_from if edition else None,
    )
    return _cacheable(request, JsonResponse(answer, json_dumps_params={"ensure_ascii": False}), asking)


@require_safe
def offline_list(request: HttpRequest) -> HttpResponse:
    """What a device needs to answer for a city without a network."""
    try:
        asking = asking_of(request)
    except BadInput as refusal:
        return _refusal(refusal.message)
    if (unchanged := _unchanged(request, asking)) is not None:
        return unchanged
    answer = list_for_device(asking.place, asking.on)
    return _cacheable(request, JsonResponse(answer, json_dumps_params={"ensure_ascii": False}), asking)


def _unchanged(request: HttpRequest, asking: Asking) -> HttpResponse | None:
    if request.headers.get("If-None-Match", "") == _tag(asking):
        return _cacheable(request, HttpResponse(status=304), asking)
    return None


def _tag(asking: Asking) -> str:
    """Changes with the question, the day and anything that an answer rests on."""
    said = (asking.text, asking.matter, asking.demander, asking.place.code, str(asking.on), lookup.version())
    return f'"{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}"'


def _cacheable(request: HttpRequest, response: HttpResponse, asking: Asking) -> HttpResponse:
    response["ETag"] = _tag(asking)
    if request.user.is_authenticated:  # the place is the account's
        patch_cache_control(response, private=True, max_age=0)
    else:
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def _refusal(message: str) -> HttpResponse:
    answer: dict[str, Any] = {"error": message}
    return JsonResponse(answer, status=400, json_dumps_params={"ensure_ascii": False})
