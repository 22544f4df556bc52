"""The few of a status among all: the list finds them by an index of their own, newest first."""

from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from requests_app.models import CertificateRequest, Commitment
from requests_app.paging import page_of

PLACES = {"45": "", "4501": "_of_city", "450102": "_of_county"}
DRAWN = {"status": "in_force", "check_kind": "sample"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("model", "few", "index"),
    [
        (Commitment, {"status": "false"}, "promise_false"),
        (Commitment, {"status": "withdrawn"}, "promise_withdrawn"),
        (Commitment, DRAWN, "promise_drawn"),
        (CertificateRequest, {"status": "withdrawn"}, "request_withdrawn"),
    ],
)
def test_the_list_is_read_by_the_index(
    people: dict[str, User], model: Any, few: dict[str, str], index: str, place: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics: of the few rows of a test it has none")
    with CaptureQueriesContext(connection) as queries:
        page_of(model.objects.within(place).filter(**few), RequestFactory().get("/"))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = str(cursor.fetchall())
    assert f"{index}{PLACES[place]}" in plan.replace(")", " ").replace("'", " ").split(), plan
    assert "TEMP B-TREE" not in plan, plan
