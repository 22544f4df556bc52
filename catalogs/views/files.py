"""Files that people download."""

import mimetypes
from urllib.parse import quote

from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from catalogs.models import UploadedForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_response(content: bytes, name: str) -> HttpResponse:
    """A workbook as a download under a Chinese name."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


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
