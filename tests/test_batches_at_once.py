"""Batches for the credit platform while others work: on PostgreSQL, where several write at a time."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from catalogs.errors import Refused
from catalogs.models import Round
from requests_app import credit
from requests_app.models import CreditBatch
from tests import window
from tests.promises import found_false

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to wait for")
    window.listed(people, open_round)
    return people


class Beside:
    """Work in another thread, begun while this one holds its locks."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.found: Any = None
        self._work = work
        self._process = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '30s'")
                cursor.execute("SELECT pg_backend_pid()")
                self._process = cursor.fetchone()[0]
            self.found = self._work()
        except Exception as problem:
            self.found = problem
        finally:
            connection.close()

    def start_and_wait_for_the_lock(self) -> None:
        self._thread.start()
        ends = time.monotonic() + 20
        while time.monotonic() < ends and self._thread.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self._process])
                if self._process and cursor.fetchone()[0]:
                    return
            time.sleep(0.02)
        pytest.fail(f"it did not wait: {self.found!r}")

    def result(self) -> Any:
        self._thread.join(40)
        assert not self._thread.is_alive()
        return self.found


def test_an_objection_that_came_in_meanwhile_is_not_reported(listed: dict[str, User]) -> None:
    county, made = listed["county_officer"], found_false(listed)
    window.time_to_object_passes()
    batch = Beside(lambda: credit.make_batch(actor=county, scope=county.division))
    with transaction.atomic():
        credit.object_to(
            actor=listed["village_staff"], commitment_id=made.pk, kind="objection", text="档案有误"
        )
        batch.start_and_wait_for_the_lock()
    assert isinstance(batch.result(), Refused), batch.result()
    made.refresh_from_db()
    assert made.batch is None
    assert not CreditBatch.objects.exists()


def test_two_batches_at_once_have_two_numbers(listed: dict[str, User]) -> None:
    county, made = listed["county_officer"], found_false(listed)
    today = timezone.localdate()
    window.time_to_object_passes()
    batch = Beside(lambda: credit.make_batch(actor=county, scope=county.division))
    with transaction.atomic():
        first = credit._next_number(county.division, today)
        CreditBatch.objects.create(number=first, made_by=county, made_at=timezone.now(), sha256="0" * 64)
        batch.start_and_wait_for_the_lock()
    assert batch.result().number == f"450102-{today:%Y%m%d}-02"
    made.refresh_from_db()
    assert made.batch == batch.found
