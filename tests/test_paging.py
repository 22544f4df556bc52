"""Pages from the last row seen: every row once, whatever comes in meanwhile; no OFFSET, no COUNT."""

import base64
import datetime as dt
import html
import json
import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from requests_app.models import CertificateRequest
from requests_app.paging import Page, page_of

TOTAL = 23


@pytest.fixture
def rows(people: dict[str, User]) -> list[int]:
    """Requests of one village, many at the very same moment; keys in the order of the list."""
    staff = people["village_staff"]
    now = timezone.now()
    made = []
    for n in range(TOTAL):
        row = CertificateRequest(
            village=staff.division,
            asked=f"第{n}件",
            verdict="NOT_LISTED",
            created_by=staff,
            created_at=now - dt.timedelta(minutes=n // 7),
        )
        row.take_codes()
        made.append(row)
    CertificateRequest.objects.bulk_create(made)
    found = CertificateRequest.objects.order_by("-created_at", "-id")
    return list(found.values_list("pk", flat=True))


def page(address: str = "", size: int = 5) -> Page:
    request = RequestFactory().get(f"/x/{address}")
    return page_of(CertificateRequest.objects.all(), request, size=size)


def test_every_row_once_down_and_up_again(rows: list[int]) -> None:
    seen, addresses, at = [], [], page()
    assert at.newer == ""
    while True:
        seen += [row.pk for row in at.rows]
        if not at.older:
            break
        addresses.append(at.older)
        at = page(at.older)
    assert seen == rows
    assert len(addresses) == 4
    back = [row.pk for row in at.rows]
    while at.newer:
        at = page(at.newer)
        back = [row.pk for row in at.rows] + back
    assert back == rows


def test_new_rows_do_not_shift_the_pages(rows: list[int], people: dict[str, User]) -> None:
    first = page()
    CertificateRequest.objects.create(
        village=people["village_staff"].division,
        asked="新来的",
        verdict="NOT_LISTED",
        created_by=people["village_staff"],
        created_at=timezone.now(),
    )
    assert [row.pk for row in page(first.older).rows] == rows[5:10]


def token(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


BAD_TOKENS = [
    *("x", "e30", "W10", "WyJhIiwgMV0", "=" * 9, "WzEsIDJd", "%00", "bnVsbA"),
    token("2026-01-01T00:00:00", 1),
    token("0001-01-01T00:00:00+08:00", 1),
    token("9999-12-31T23:00:00-08:00", 1),
    token("2026-01-01T00:00:00+08:00", 10**30),
    token("2026-01-01T00:00:00+08:00", True),
    token("2026-01-01T00:00:00+08:00", 1, 1),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
]


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_token_that_means_nothing_is_the_first_page(rows: list[int], token: str) -> None:
    for way in ("after", "before"):
        assert [row.pk for row in page(f"?{way}={token}").rows] == rows[:5]


def test_filters_stay_in_the_address(rows: list[int]) -> None:
    assert "show=open" in page("?show=open").older


def test_the_oldest_can_come_first(rows: list[int]) -> None:
    CertificateRequest.objects.update(due_on=dt.date(2026, 3, 5))
    CertificateRequest.objects.filter(pk=rows[3]).update(due_on=dt.date(2026, 3, 4))
    expected = [rows[3], *sorted(set(rows) - {rows[3]})]
    found: list[int] = []
    at, address = None, ""
    while at is None or address:
        asked = RequestFactory().get(f"/x/{address}")
        at = page_of(CertificateRequest.objects.all(), asked, size=5, order=("due_on", "id"))
        found, address = found + [row.pk for row in at.rows], at.older
    assert found == expected
    asked = RequestFactory().get(f"/x/{at.newer}")
    back = page_of(CertificateRequest.objects.all(), asked, size=5, order=("due_on", "id"))
    assert [row.pk for row in back.rows] == expected[-8:-3]


@pytest.mark.parametrize(
    "url",
    [
        "requests",
        "admin:requests_app_certificaterequest_changelist",
    ],
)
def test_the_lists_neither_count_nor_skip(rows: list[int], people: dict[str, User], url: str) -> None:
    client = Client()
    client.force_login(people["reviewer"], backend="accounts.backends.RoleBackend")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(url)).status_code == 200
    said = [one["sql"] for one in queries if "requests_app_certificaterequest" in one["sql"]]
    assert said
    assert not [sql for sql in said if "COUNT(" in sql or "OFFSET" in sql]


def test_the_admin_goes_through_the_pages(rows: list[int], people: dict[str, User]) -> None:
    from requests_app.admin import CertificateRequestAdmin

    client = Client()
    client.force_login(people["reviewer"], backend="accounts.backends.RoleBackend")
    url = reverse("admin:requests_app_certificaterequest_changelist")
    CertificateRequestAdmin.list_per_page, before = 5, CertificateRequestAdmin.list_per_page
    try:
        first = client.get(url, {"status__exact": "open"})
        older = first.context["cl"].page.older
        second = client.get(url + older)
    finally:
        CertificateRequestAdmin.list_per_page = before
    assert [row.pk for row in second.context["cl"].result_list] == rows[5:10]
    assert "较早的" in second.content.decode()
    assert "status__exact=open" in older
    links = re.findall(r'href="([^"]*(?:after|before)=[^"]*)"', second.content.decode())
    cl = second.context["cl"]
    assert [html.unescape(one) for one in links] == [cl.page.newer, cl.page.older], "filters begin anew"
    assert 'name="after"' not in second.content.decode()
