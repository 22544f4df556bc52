"""Is this certificate true? Anyone may ask by its number and code (查验)."""

import base64
import datetime as dt
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from requests_app.encryption import keyed_hash
from requests_app.keys import require_keys
from requests_app.models import IssuedCertificate, WrongTries

CODE_LENGTH = 12  # base-32 characters: 60 bits
_MISREAD = str.maketrans("018", "OIB")  # digits that the codes do not have
_WINDOW = dt.timedelta(minutes=10)  # in which wrong tries are counted


class State(Enum):
    """What a verification says, and nothing more."""

    TRUE = "真实有效"
    REVOKED = "已撤销"
    EXPIRED = "已过有效期"
    UNKNOWN = "查无此证"


@dataclass(frozen=True, slots=True)
class Verification:
    state: State
    certificate: IssuedCertificate | None = None


class TooManyTries(Exception):
    """An address tried too many wrong codes; it may try again in some minutes."""


def code_of(serial: str) -> str:
    """The code printed beside a number: it cannot be worked out without the key."""
    require_keys()
    return _code(serial, settings.VERIFICATION_KEYS[0])


def verify(serial: str, code: str, on: dt.date, *, address: str) -> Verification:
    """Look a certificate up by its number and code.

    A wrong code and an unknown number give the same answer, so that numbers cannot be listed.
    ``address`` is where the question comes from. Raises TooManyTries.
    """
    asking = keyed_hash(address)
    if _wrong_tries(asking) >= settings.VERIFICATION_TRIES:
        raise TooManyTries
    serial, code = serial.strip(), code_said(code)
    certificate = None
    if _is_code(serial, code):
        certificate = IssuedCertificate.objects.filter(serial=serial).select_related("village").first()
    if certificate is None:
        _count_wrong_try(asking)
        return Verification(State.UNKNOWN)
    return Verification(state_of(certificate, on), certificate)


def state_of(certificate: IssuedCertificate, on: dt.date | None = None) -> State:
    """Whether a certificate holds on a day; its last day counts."""
    on = on or timezone.localdate()
    if certificate.revoked_at is not None:
        return State.REVOKED
    if certificate.expires_on is not None and certificate.expires_on < on:
        return State.EXPIRED
    return State.TRUE


def code_said(text: str) -> str:
    """A code as it is, from what somebody typed: wide or small letters, blanks, 0 for O, 1 for I."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    return "".join(one for one in plain if one.isalnum())


def _wrong_tries(asking: str) -> int:
    counted = WrongTries.objects.filter(address=asking, since__gt=timezone.now() - _WINDOW)
    return counted.values_list("count", flat=True).first() or 0


def _count_wrong_try(asking: str) -> None:
    """Count in the database: what one process counted another must know, and none may be lost."""
    now = timezone.now()
    WrongTries.objects.filter(address=asking, since__lte=now - _WINDOW).delete()
    WrongTries.objects.get_or_create(address=asking, defaults={"since": now})
    WrongTries.objects.filter(address=asking).update(count=F("count") + 1)


def forget_old_tries() -> int:
    """Remove counts whose time is over; returns how many."""
    return WrongTries.objects.filter(since__lte=timezone.now() - _WINDOW).delete()[0]


def _is_code(serial: str, code: str) -> bool:
    said = code.encode()
    return any(hmac.compare_digest(said, _code(serial, key).encode()) for key in settings.VERIFICATION_KEYS)


def _code(serial: str, key: str) -> str:
    made = hmac.digest(key.encode(), f"certificate:{serial}".encode(), hashlib.sha256)
    return base64.b32encode(made).decode()[:CODE_LENGTH]
