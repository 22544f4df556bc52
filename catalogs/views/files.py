"""Files that people download."""

import mimetypes
from typing import Literal

from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from catalogs.models import UploadedForm


def asked_kind(request: HttpRequest) -> Literal["xlsx", "docx"]:
    """The kind of file that the address asks for with ``as``; a workbook unless told."""
    return "docx" if request.GET.get("as") == "docx" else "xlsx"


@login_required
@permission_required("catalogs.view_uploadedform", raise_exception=True)
@require_GET
def original(request: HttpRequest, pk: int) -> FileResponse:
    """An uploaded file, byte for byte, always as a download."""
    upload = get_object_or_404(UploadedForm.objects.visible_to(request.user), pk=pk)
    guessed = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    return FileResponse(
        upload.file.open("rb"), as_attachment=True, filename=upload.name, content_type=guessed
    )
