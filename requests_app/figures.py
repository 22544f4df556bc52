"""What happened, counted by place and month (三(三)): written beside the work, never about people."""

from django.utils import timezone

from catalogs.models import CertificateType
from requests_app.models import CertificateRequest, Happening, Outcome


def happened(request: CertificateRequest, outcome: Outcome, *, days: int = 0) -> None:
    """Count one thing that happened to a request, in the transaction in which it happens.

    ``days`` is how long it took, for what was closed.
    """
    moment = request.closed_at if outcome != Outcome.ASKED and request.closed_at else request.created_at
    Happening.objects.create(
        village_code=request.village_id,
        month=timezone.localtime(moment).date().replace(day=1),
        outcome=outcome,
        certificate_type=_kind(request),
        demander=request.demander[:60],
        days=days,
    )


def _kind(request: CertificateRequest) -> CertificateType | None:
    return request.certificate_type
