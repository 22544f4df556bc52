"""What is attached to a request, for the village alone; that it was opened is recorded."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from requests_app import residents
from requests_app.models import CertificateRequest, Deliberation
from requests_app.views.window import may_handle, visible_request


@login_required
@may_handle
@never_cache
@require_GET
def fact_file(request: HttpRequest, pk: int, check: int) -> FileResponse:
    """What was attached when the fact was checked; for the village alone."""
    of = visible_request(request, pk)
    found = get_object_or_404(of.fact_checks.exclude(file=""), pk=check)
    return _file(request, of, found.file, found.file_name)


@login_required
@may_handle
@never_cache
@require_GET
def minutes_file(request: HttpRequest, pk: int) -> FileResponse:
    """The minutes of the residents' meeting; for the village alone."""
    of = visible_request(request, pk)
    found = get_object_or_404(Deliberation, request=of)
    return _file(request, of, found.minutes, found.minutes_name)


def _file(request: HttpRequest, of: CertificateRequest, file: Any, name: str) -> FileResponse:
    """A download, never shown in the page: what a clerk attached is not trusted to be what it says."""
    if not file.storage.exists(file.name):
        raise Http404("附件已经清除。")
    residents.record_look(actor=request.user, request=of, reason=f"下载{name}")
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)
