"""Data of the village window: requests, papers, promises, figures."""

from requests_app.models.figures import REFUSED, Figure, Happening, Outcome, WorkdayChange
from requests_app.models.numbered import Counter
from requests_app.models.papers import (
    CertificateCopy,
    IssuedCertificate,
    Refusal,
    RefusalReason,
    WrongTries,
)
from requests_app.models.promises import (
    Commitment,
    CreditBatch,
    PromiseExclusion,
    PromiseObjection,
    PromiseStatus,
)
from requests_app.models.requests import (
    TRANSITIONS,
    CertificateRequest,
    Deliberation,
    FactCheck,
    RequestStatus,
)
from requests_app.models.residents import Access, Resident

__all__ = [
    "REFUSED",
    "TRANSITIONS",
    "Access",
    "CertificateCopy",
    "CertificateRequest",
    "Commitment",
    "Counter",
    "CreditBatch",
    "Deliberation",
    "FactCheck",
    "Figure",
    "Happening",
    "IssuedCertificate",
    "Outcome",
    "PromiseExclusion",
    "PromiseObjection",
    "PromiseStatus",
    "Refusal",
    "RefusalReason",
    "RequestStatus",
    "Resident",
    "WorkdayChange",
    "WrongTries",
]
