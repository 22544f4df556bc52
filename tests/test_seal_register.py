"""The register of the seal: every paper that was sealed, in the order of dates and numbers."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.models import Round
from requests_app import issuing, promising, refusing, seal_register
from requests_app.models import Commitment, IssuedCertificate
from tests import window
from tests.promises import asked, promised, signed_in

URL = "seal_register"


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def lines(people: dict[str, User], month: str = "") -> list[dict[str, str]]:
    """The lines of the page, by their columns."""
    context = signed_in(people["village_staff"]).get(reverse(URL), {"month": month}).context
    return [dict(zip(context["columns"], row, strict=True)) for row in context["rows"]]


def moved(row: Any, day: dt.date) -> None:
    """As if it had been made on another day."""
    at = timezone.make_aware(dt.datetime(day.year, day.month, day.day, 12))
    changed = {"signed_on": day} if isinstance(row, Commitment) else {"issued_at": at}
    type(row).objects.filter(pk=row.pk).update(**changed)


def test_certificates_and_promises_by_date_and_number(listed: dict[str, User]) -> None:
    second, promise, first = window.issued(listed), promised(listed), window.issued(listed)
    moved(first, dt.date(2026, 3, 1))
    moved(second, dt.date(2026, 3, 31))
    moved(promise, dt.date(2026, 3, 31))
    moved(window.issued(listed), dt.date(2026, 4, 1))
    moved(promised(listed), dt.date(2026, 2, 28))
    found = lines(listed, "2026-03")
    assert [(one["编号"], one["日期"], one["文书种类"]) for one in found] == [
        (first.printed_number, "2026年3月1日", "证明"),
        (second.printed_number, "2026年3月31日", "证明"),
        (promise.serial, "2026年3月31日", "告知承诺书"),
    ]
    assert found[2]["证明事项"] == promise.request.subject
    assert found[2]["用途"] == "办理登记"
    assert found[2]["经办人"] == listed["village_staff"].full_name
    assert {one["申请人"] for one in found} == {"韦**"}


def test_a_slip_has_no_place_for_the_seal(listed: dict[str, User]) -> None:
    staff = signed_in(listed["village_staff"])
    slip = refusing.refuse(actor=listed["village_staff"], request_id=asked(listed).pk)
    assert "盖章" not in staff.get(reverse("refusal", args=[slip.serial])).content.decode()
    assert lines(listed) == []
    assert "还没有用印的文书" in staff.get(reverse(URL)).content.decode()


def test_what_was_printed_again_was_sealed_again(listed: dict[str, User]) -> None:
    staff, made = listed["village_staff"], window.issued(listed)
    for printed, note in ((1, ""), (2, "印 2 份"), (3, "印 3 份")):
        issuing.record_copy(actor=staff, certificate=made, kind="print", reason="污损" if printed > 1 else "")
        assert lines(listed)[0]["备注"] == note
    issuing.revoke(actor=staff, certificate_id=made.pk, reason="填写有误")
    assert lines(listed)[0]["备注"] == "印 3 份；已撤销：填写有误"


def test_a_promise_taken_back_stays_in_it(listed: dict[str, User]) -> None:
    made = promised(listed)
    assert lines(listed)[0]["备注"] == ""
    promising.withdraw_promise(actor=listed["village_staff"], commitment_id=made.pk)
    assert lines(listed)[0]["备注"] == "已撤回"


def test_as_a_workbook(listed: dict[str, User]) -> None:
    issued, promise = window.issued(listed), promised(listed)
    client = signed_in(listed["village_staff"])
    file = client.get(reverse(URL), {"as": "xlsx"}).getvalue()
    table = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file)).active.rows]
    at = table.index(list(seal_register.COLUMNS))
    assert [row[0] for row in table[at + 1 :]] == [issued.printed_number, promise.serial]
    assert window.NAME not in str(table)


def test_another_village_has_its_own(listed: dict[str, User]) -> None:
    made = window.issued(listed)
    other = IssuedCertificate.objects.get(pk=made.pk).village.parent.children.exclude(pk=made.village_id)[0]  # type: ignore[union-attr]
    assert seal_register.sealed_in(other, timezone.localdate()) == []


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "1999-12", "2100-01", "2026-13", "x", ""])
def test_a_month_that_is_none_is_this_month(listed: dict[str, User], month: str) -> None:
    for more in ({}, {"as": "xlsx"}):
        page = signed_in(listed["village_staff"]).get(reverse(URL), {"month": month, **more})
        assert page.status_code == 200
    page = signed_in(listed["village_staff"]).get(reverse(URL), {"month": month})
    assert page.context["month"] == timezone.localdate().replace(day=1)
