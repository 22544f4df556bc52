"""Numbers of a village under load: no gap, no double, none lost when transactions are aborted."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from catalogs.models import Round
from tests import window
from tests.many_hands import issue_at_once

CERTIFICATES = int(os.environ.get("CERTIFICATES", "120"))
THREADS = 32

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_gap_no_double_none_lost(people: dict[str, User], open_round: Round, tmp_path: Path) -> None:
    window.listed(people, open_round)
    for _ in range(CERTIFICATES):
        window.checked(people)
    found = issue_at_once(THREADS) if connection.vendor == "postgresql" else on_a_file(tmp_path)
    assert found["failures"] == []
    assert found["without_gap_or_double"]
    assert found["asked"] == found["last"] == CERTIFICATES
    assert found["left_open"] == 0
    assert found["aborted"] > 0  # type: ignore[operator]


def on_a_file(folder: Path) -> dict[str, object]:
    """The same on a database file, as a real installation has it: one in memory cannot be waited for."""
    file = folder / "window.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.many_hands", str(THREADS)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{file}", "DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]
