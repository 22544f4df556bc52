"""What a browser keeps so that the check page works without a network."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

_FILES = ("css/portal.css", "js/portal.js", "js/check.js")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; below the check page's address, which is all it may serve."""
    files = [static(name) for name in _FILES]
    context = {
        "files": files,
        "shell": reverse("check_offline"),
        "version": hashlib.sha256("".join(files).encode()).hexdigest()[:12],
    }
    response = render(request, "requests_app/worker.js", context, content_type="text/javascript")
    patch_cache_control(response, no_cache=True)
    return response


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page that is shown without a network: it names nobody, whoever kept it."""
    return render(request, "requests_app/offline.html")
