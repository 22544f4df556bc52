"""Many hands issue certificates in one village at once, and some give up in the middle.

Run alone, it works on the database that ``DATABASE_URL`` names (for SQLite: a file) and prints what
was found as JSON; ``test_numbers`` starts it so.
"""

import json
import os
import queue
import random
import sys
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
GIVEN_UP = 20  # one transaction in so many is aborted after it issued

if __name__ == "__main__":
    import django

    django.setup()

from django.db import connection, transaction

from accounts.models import User
from requests_app.models import CertificateRequest, Counter, IssuedCertificate, RequestStatus
from tests import window


class GaveUp(Exception):
    """The transaction is rolled back after its number was taken."""


def issue_at_once(threads: int) -> dict[str, object]:
    """Issue every open request with ``threads`` at once; returns what came of it."""
    staff = User.objects.get(username="village_staff")
    waiting: queue.SimpleQueue[tuple[int, bool]] = queue.SimpleQueue()
    chance = random.Random(2020)
    keys = list(CertificateRequest.objects.filter(status=RequestStatus.OPEN).values_list("pk", flat=True))
    for key in keys:
        waiting.put((key, chance.randrange(GIVEN_UP) == 0))
    failures: list[str] = []
    aborted: list[int] = []

    def work() -> None:
        try:
            while True:
                key, gives_up = waiting.get_nowait()
                try:
                    with transaction.atomic():
                        window.issue(actor=staff, request_id=key, answers=window.STATED, head="负责人甲")
                        if gives_up:
                            raise GaveUp
                except GaveUp:
                    aborted.append(key)
                    waiting.put((key, False))
        except queue.Empty:
            pass
        except Exception as problem:
            failures.append(repr(problem))
        finally:
            connection.close()

    hands = [threading.Thread(target=work) for _ in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    numbers = sorted(IssuedCertificate.objects.values_list("number", flat=True))
    return {
        "asked": len(keys),
        "aborted": len(aborted),
        "failures": failures,
        "without_gap_or_double": numbers == list(range(1, len(keys) + 1)),
        "left_open": CertificateRequest.objects.filter(status=RequestStatus.OPEN).count(),
        "last": Counter.objects.get(village=staff.division, series="certificate").last,
    }


if __name__ == "__main__":
    print(json.dumps(issue_at_once(int(sys.argv[1]))))
