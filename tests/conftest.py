"""The cast of the tests, and the lists they work with."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from catalogs.models import Round
from catalogs.reference import load_reference
from tests import cast

SHARED = Path(django_settings.BASE_DIR).parent / "shared"


@pytest.fixture(autouse=True)
def _fast_and_isolated(settings: Any, tmp_path: Path) -> None:
    """Quick password hashing, uploads in a folder of the test's own, static files without a manifest."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def reference(db: None, settings: Any) -> None:
    """The project's own reference data: divisions, departments, the banned list, rounds."""
    load_reference(settings.FIXTURE_ROOT)


@pytest.fixture
def people(reference: None) -> dict[str, User]:
    """Everyone of ``tests.cast``, by name."""
    return cast.everyone()


@pytest.fixture
def open_round(reference: None) -> Round:
    """A round that cities can file in."""
    return Round.objects.create(name="2026年编制批次", due_on=dt.date(2026, 12, 31))


@pytest.fixture
def shared() -> Path:
    """The reference samples kept beside the checkout; a test that needs them is skipped without."""
    if not SHARED.exists():
        pytest.skip("the shared samples are not beside this checkout")
    return SHARED
