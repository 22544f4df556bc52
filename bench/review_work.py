"""One process of the review bench: fill a database, time the pages and the verbs, print JSON."""

import json
import os
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")

import django

django.setup()

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit import records
from audit.records import SYSTEM, create_recorded, update_recorded
from audit.verification import Verification
from catalogs.models import CertificateType, Opinion, Round, Submission, SubmissionItem
from catalogs.review import decide_rows
from catalogs.row_choices import RowChoice
from divisions.models import Division

ROWS, TYPES, DEPARTMENTS = 300, 60, 6
ROUNDS = 5
SIZES = (1, 4, 16)


def main() -> None:
    people = {
        "lead": User.objects.get(username="reviewer"),
        "city": User.objects.get(username="nanning"),
    }
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(people["lead"], backend="accounts.backends.RoleBackend")
    found: dict[str, Any] = {"workbench": [], "matrix": []}
    for size in SIZES:
        with transaction.atomic():
            submission = _workbench(people, size)
            url = reverse("admin:catalogs_submission_change", args=[submission.pk])
            found["workbench"].append(_page(client, url))
            round = _matrix(people, size)
            found["matrix"].append(_page(client, reverse("matrix", args=[round.pk])))
            transaction.set_rollback(True)
    found["decide"] = _decide(people)
    found["history"] = _history()
    print(json.dumps(found))  # noqa: T201


def _page(client: Client, url: str) -> tuple[float, int]:
    """Median milliseconds and the number of queries of a page."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200  # noqa: S101
    queries = len(asked)  # now: the next request empties the log
    times = []
    for _ in range(3):
        start = perf_counter()
        client.get(url)
        times.append((perf_counter() - start) * 1000)
    return statistics.median(times), queries


def _list(people: dict[str, User], round: Round, city: Division) -> Submission:
    return Submission.objects.create(
        city=city,
        round=round,
        status="submitted",
        submitted_by=people["city"],
        submitted_at=timezone.now(),
    )


def _rows(submission: Submission, people: dict[str, User], count: int, name: str) -> list[SubmissionItem]:
    rows = [
        SubmissionItem(
            submission=submission,
            position=n,
            name=name.format(n),
            matter=f"第{n}种办事事项",
            legal_basis=f"《某某条例》第{n}条 办理时应当提交证明材料。",
            purpose="用于核实情况",
            requesting_unit="民政部门",
            filed_by=people["city"],
        )
        for n in range(1, count + 1)
    ]
    return SubmissionItem.objects.bulk_create(rows, batch_size=500)


def _workbench(people: dict[str, User], size: int) -> Submission:
    """A list of 300 rows × 6 opinions, times ``size``; another city has filed the same."""
    round = Round.objects.create(name=f"工作台{size}", due_on="2030-01-01")
    submission = _list(people, round, Division.objects.get(code="4501"))
    rows = _rows(submission, people, ROWS * size, "第{}种情况证明")
    _rows(_list(people, round, Division.objects.get(code="4502")), people, ROWS * size, "第{}种情况证明")
    departments = Department.objects.filter(joint_review=True).exclude(code="civil_affairs")[:DEPARTMENTS]
    opinions = [
        Opinion(
            item=row,
            department=department,
            due_on="2030-01-01",
            sent_by=people["lead"],
            sent_at=timezone.now(),
        )
        for row in rows
        for department in departments
    ]
    Opinion.objects.bulk_create(opinions, batch_size=500)
    return submission


def _matrix(people: dict[str, User], size: int) -> Round:
    """14 cities × 60 types, times ``size``."""
    round = Round.objects.create(name=f"对照{size}", due_on="2030-01-01")
    for city in Division.objects.cities():
        _rows(_list(people, round, city), people, TYPES * size, "第{}类证明")
    return round


def _times(rounds: int, *works: Callable[[], None]) -> list[float]:
    """Median milliseconds of each work; they take turns, and each is rolled back."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for at, work in enumerate(works):
            with transaction.atomic():
                start = perf_counter()
                work()
                taken[at].append((perf_counter() - start) * 1000)
                transaction.set_rollback(True)
    return [statistics.median(one) for one in taken]


def _decide(people: dict[str, User]) -> list[float]:
    round = Round.objects.create(name="批量审定", due_on="2030-01-01")
    submission = _list(people, round, Division.objects.get(code="4503"))
    rows = _rows(submission, people, ROWS, "第{}项证明")
    choices = [RowChoice(row.pk, 0, "keep") for row in rows]

    def portal() -> None:
        decide_rows(actor=people["lead"], submission_id=submission.pk, choices=choices)

    def plain() -> None:
        SubmissionItem.objects.filter(submission=submission).update(
            decision="keep", decided_by=people["lead"], decided_at=timezone.now()
        )

    return _times(ROUNDS, portal, plain)


def _history() -> dict[str, Any]:
    """What sealing adds to writing 1,000 rows with history, and how fast a history is checked."""
    kinds = create_recorded(
        CertificateType, [CertificateType(name=f"测速{n}") for n in range(1000)], actor=SYSTEM, reason="测"
    )

    def create() -> None:
        fresh = [CertificateType(name=f"新建{n}") for n in range(1000)]
        create_recorded(CertificateType, fresh, actor=SYSTEM, reason="测")

    def update() -> None:
        for kind in kinds:
            kind.note = "改"
        update_recorded(CertificateType, kinds, ["note"], actor=SYSTEM, reason="测")

    def unsealed(work: Callable[[], None]) -> Callable[[], None]:
        def without() -> None:
            with_seals = records._seals
            records._seals = lambda model, keys, about: dict.fromkeys(keys, "")
            try:
                work()
            finally:
                records._seals = with_seals

        return without

    figures = _times(ROUNDS, create, unsealed(create), update, unsealed(update))
    with transaction.atomic():
        for _ in range(100):
            records._copy_to_history(CertificateType, [kind.pk for kind in kinds], None, "测", "~")
        verification = Verification(CertificateType)
        start = perf_counter()
        problems = list(verification.problems())
        seconds = perf_counter() - start
        transaction.set_rollback(True)
    assert not problems  # noqa: S101
    return {"write": figures, "records": verification.checked, "seconds": seconds}


if __name__ == "__main__":
    main()
