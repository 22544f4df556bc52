"""The cast of the tests, and the lists they work with."""

import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from catalogs import lookup
from catalogs.models import Round
from catalogs.reference import load_reference
from divisions.models import Division
from tests import cast

SHARED = Path(django_settings.BASE_DIR).parent / "shared"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    """Uploads go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _own_lists(settings: Any) -> None:
    """A rolled back test leaves no lists in memory behind."""
    settings.VOCABULARY_SECONDS = 0
    lookup.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load the reference data once into the test database; each test then rolls back to it."""
    with django_db_blocker.unblock():
        load_reference(django_settings.FIXTURE_ROOT)


@pytest.fixture
def reference(db: None, settings: Any) -> None:
    """The project's own reference data: divisions, departments, the banned list, rounds."""
    if not Division.objects.exists():  # a test with real transactions has emptied the database
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


@pytest.fixture
def say(capsys: Any) -> Callable[[str], None]:
    """Show the figures of a test at the screen, where its size was asked for (``make stress``)."""

    def write(line: str) -> None:
        if {"KILLS", "CONCURRENCY_SECONDS"} & os.environ.keys():
            with capsys.disabled():
                sys.stdout.write(f"\n{line}")

    return write


@pytest.fixture
def fuzz_cases() -> int:
    """Damaged files of each sort: a few in every run, many with FUZZ_CASES=500."""
    return int(os.environ.get("FUZZ_CASES", "12"))
