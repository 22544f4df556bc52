"""The secrets that residents' data and certificates rest on: there, or nothing is written."""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

NAMES: Final = ("PERSONAL_DATA_KEYS", "PERSONAL_DATA_HASH_KEY", "VERIFICATION_KEYS")


def require_keys() -> None:
    """Raise ImproperlyConfigured naming the secrets that are not set."""
    missing = [name for name in NAMES if not getattr(settings, name)]
    if missing:
        raise ImproperlyConfigured(f"set {', '.join(missing)} (docs/operations.md)")


def check_keys(**_: Any) -> list[CheckMessage]:
    """A deployment check of the same."""
    try:
        require_keys()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), id="requests_app.E001")]
    return []
