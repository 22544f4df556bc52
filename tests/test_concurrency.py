"""Fifty people on the lists of three cities at once: nothing fails, nothing is lost or half done."""

import os
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from accounts.models import DepartmentAlias
from catalogs.errors import Refused
from catalogs.models import CertificateAlias, Edition, Law
from catalogs.official_forms import read_annex3
from tests import invariants
from tests.office import WORK, Idle, Office, Visitor, open_round

SECONDS = float(os.environ.get("CONCURRENCY_SECONDS", "6"))
THREADS = 50
VISITORS = 6  # of the threads, through the pages
FULL = 30  # from so many seconds on, every kind of work must have been done

pytestmark = pytest.mark.django_db(transaction=True)


class Day:
    """What all threads share: when to stop, what was done, and what must not have happened."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ends = time.monotonic() + SECONDS
        self.counts: Counter[tuple[str, str]] = Counter()
        self.counting = threading.Lock()
        self.failures: list[str] = []

    def work(self, number: int) -> None:
        chance = random.Random(number)
        visitor = None
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'")  # a wait without end must fail, too
            if number < VISITORS:
                visitor = Visitor(chance.choice(self.office.reviewers))
            while time.monotonic() < self.ends and not self.failures:
                done = self._visit(visitor, chance) if visitor else self._act(chance)
                with self.counting:
                    self.counts[done] += 1
        except Exception:
            self.failures.append(traceback.format_exc())
        finally:
            connection.close()

    def _act(self, chance: random.Random) -> tuple[str, str]:
        operation = chance.choices(list(WORK), list(WORK.values()))[0]
        try:
            operation(self.office, chance)
        except Idle:
            return operation.__name__, "nothing to do"
        except Refused as refusal:
            return operation.__name__, type(refusal).__name__
        except ObjectDoesNotExist:
            return operation.__name__, "gone"
        return operation.__name__, "done"

    def _visit(self, visitor: Visitor, chance: random.Random) -> tuple[str, str]:
        try:
            page, status = visitor.do_something(chance)
        except (Idle, IndexError):
            return "page", "nothing to do"
        assert status < 500, f"{page} answered {status}"
        return f"page: {page}", str(status)


@pytest.fixture
def fifty_connections() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to be seen")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int - count(*) FROM pg_stat_activity"
        )
        free = cursor.fetchone()[0]
    if free < THREADS + 5:
        pytest.skip(f"the server has {free} connections left, {THREADS + 5} are needed")


def test_fifty_at_once(
    fifty_connections: None, reference: None, monkeypatch: pytest.MonkeyPatch, say: Callable[[str], None]
) -> None:
    # A process for every file would leave the two processors nothing for the rest.
    monkeypatch.setattr("catalogs.uploads.read_isolated", lambda data, *_: read_annex3(data))
    # Nor would the rules, which look every row up in thousands of names.
    for model in (CertificateAlias, Law, DepartmentAlias):
        model.objects.all()._raw_delete(connection.alias)
    open_round()
    open_round()
    day = Day(Office.staffed())
    threads = [threading.Thread(target=day.work, args=[n], daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 120)
    say(_summary(day.counts))
    assert day.failures == [], "\n".join(day.failures[:3])
    assert not any(thread.is_alive() for thread in threads)
    assert list(invariants.problems())[:20] == []
    if SECONDS >= FULL:
        done = {what for what, outcome in day.counts if outcome == "done"}
        assert done >= {operation.__name__ for operation in WORK}


def _summary(counts: Counter[tuple[str, str]]) -> str:
    lines = [f"{sum(counts.values())} operations in {SECONDS:.0f} s, {Edition.objects.count()} editions"]
    for what in sorted({what for what, _ in counts}):
        outcomes = {outcome: n for (one, outcome), n in counts.items() if one == what}
        said = ", ".join(f"{outcome} {n}" for outcome, n in sorted(outcomes.items(), key=lambda x: -x[1]))
        lines.append(f"  {what:24}{said}")
    return "\n".join(lines)
