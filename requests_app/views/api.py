"""The check for other systems and for the page without a network: JSON at a versioned address."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
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
    return _answer(request, asking, _verdict_body)


@require_safe
def offline_list(request: HttpRequest) -> HttpResponse:
    """What a device needs to answer for a city without a network."""
    try:
        asking = asking_of(request)
    except BadInput as refusal:
        return _refusal(refusal.message)
    return _answer(request, asking, _list_body)


@lru_cache(maxsize=2000)  # people ask the same things
def _verdict_body(asking: Asking, version: str) -> bytes:
    return _json(as_answer(asking.verdict(), asking.place, asking.edition()))


@lru_cache(maxsize=20)
def _list_body(asking: Asking, version: str) -> bytes:
    return _json(list_for_device(asking.place, asking.on))


def _json(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _answer(request: HttpRequest, asking: Asking, body: Callable[[Asking, str], bytes]) -> HttpResponse:
    """The answer, or only that it has not changed since the client asked."""
    version = lookup.version()
    tag = _tag(asking, version)
    response = (
        HttpResponse(status=304)
        if tag in request.headers.get("If-None-Match", "")
        else HttpResponse(body(asking, version), content_type="application/json")
    )
    response["ETag"] = tag
    if request.user.is_authenticated:  # the place is the account's
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


def _tag(asking: Asking, version: str) -> str:
    """Changes with the question, the day and anything that an answer rests on."""
    said = (asking.text, asking.matter, asking.demander, asking.place.code, str(asking.on), version)
    return f'"{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}"'


def _refusal(message: str) -> HttpResponse:
    return HttpResponse(_json({"error": message}), status=400, content_type="application/json")
