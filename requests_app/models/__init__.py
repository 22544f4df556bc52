"""Data of the village window: requests, papers, promises, figures."""

from requests_app.models.figures import REFUSED, Figure, Happening, Outcome, WorkdayChange
from requests_app.models.papers import (
    CertificateCopy,
    Commitment,
    Counter,
    CreditBatch,
    IssuedCertificate,
    PromiseExclusion,
    PromiseObjection,
    PromiseStatus,
    Refusal,
    RefusalReason,
    WrongTries,
)
from requests_app.models.requests import (
    TRANSITIONS,
    Access,
    CertificateRequest,
    Deliberation,
    FactCheck,
    RequestStatus,
    Resident,
)

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
