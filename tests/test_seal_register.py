"""The register of the seal: every paper that was sealed, in the order of dates and numbers."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from catalogs.models import Round
from requests_app import issuing, promising, refusing, seal_register
from requests_app.models import CertificateCopy, Commitment, IssuedCertificate
from tests import window
from tests.promises import asked, promised, signed_in

URL = "seal_register"


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def lines(people: dict[str, User], month: str = "") -> list[dict[str, str]]:
    """The lines of the page, by their columns."""
    found: list[dict[str, str]] = (
        signed_in(people["village_staff"]).get(reverse(URL), {"month": month}).context["rows"]
    )
    return found


def sealed(people: dict[str, User], **more: Any) -> IssuedCertificate:
    """A certificate that was issued and printed."""
    made = window.issued(people, **more)
    copied(people, made)
    return made


def copied(people: dict[str, User], made: IssuedCertificate, kind: str = "print", reason: str = "") -> Any:
    return issuing.record_copy(actor=people["village_staff"], certificate=made, kind=kind, reason=reason)


def moved(row: Any, day: dt.date) -> None:
    """As if it had been made on another day."""
    at = timezone.make_aware(dt.datetime(day.year, day.month, day.day, 12))
    if isinstance(row, Commitment):
        Commitment.objects.filter(pk=row.pk).update(signed_on=day)
    elif isinstance(row, IssuedCertificate):
        row.copies.update(made_at=at)
    else:
        CertificateCopy.objects.filter(pk=row.pk).update(made_at=at)


def test_certificates_and_promises_by_date_and_number(listed: dict[str, User]) -> None:
    second, promise, first = sealed(listed), promised(listed), sealed(listed)
    moved(first, dt.date(2026, 3, 1))
    moved(second, dt.date(2026, 3, 31))
    moved(promise, dt.date(2026, 3, 31))
    moved(sealed(listed), dt.date(2026, 4, 1))
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


def test_what_was_not_printed_was_not_sealed(listed: dict[str, User]) -> None:
    window.issued(listed)
    assert lines(listed) == []


def test_what_was_printed_again_was_sealed_again_when_it_was(listed: dict[str, User]) -> None:
    """And what the register said of the first month it goes on saying."""
    made = sealed(listed)
    moved(made, dt.date(2026, 3, 30))
    before = lines(listed, "2026-03")
    moved(copied(listed, made, reason="原件淋湿"), dt.date(2026, 4, 2))
    moved(copied(listed, made, reason="又淋湿"), dt.date(2026, 4, 2))
    assert lines(listed, "2026-03") == before
    assert [(one["编号"], one["日期"], one["备注"]) for one in lines(listed, "2026-04")] == [
        (made.printed_number, "2026年4月2日", "补打：原件淋湿"),
        (made.printed_number, "2026年4月2日", "补打：又淋湿"),
    ]


def test_a_revoked_one_says_when_and_why(listed: dict[str, User]) -> None:
    made = sealed(listed)
    issuing.revoke(actor=listed["village_staff"], certificate_id=made.pk, reason="填写有误")
    assert lines(listed)[0]["备注"] == f"{date_format(timezone.localdate())}撤销：填写有误"


@pytest.mark.parametrize(
    ("copies", "notes"),
    [
        ([("docx", "")], [""]),
        ([("docx", ""), ("docx", "打不开")], [""]),
        ([("print", ""), ("docx", "存档")], [""]),
        ([("docx", ""), ("print", "版面不齐")], ["补打：版面不齐"]),
        ([("print", ""), ("docx", "两个单位各要一份，另行盖章")], ["", "补打：两个单位各要一份，另行盖章"]),
        ([("print", ""), ("docx", "存档"), ("print", "污损")], ["", "补打：污损"]),
    ],
)
def test_a_download_is_a_way_to_the_same_sheet(
    listed: dict[str, User], copies: list[tuple[str, str]], notes: list[str]
) -> None:
    made = window.issued(listed)
    for kind, reason in copies:
        copied(listed, made, kind, reason)
    assert [one["备注"] for one in lines(listed)] == notes


def test_a_download_on_another_day_was_sealed(listed: dict[str, User]) -> None:
    made = sealed(listed)
    moved(made, dt.date(2026, 3, 30))
    moved(copied(listed, made, "docx", "遗失"), dt.date(2026, 3, 31))
    assert [one["备注"] for one in lines(listed, "2026-03")] == ["", "补打：遗失"]


def test_whoever_seals_it_stands_beside_it(listed: dict[str, User]) -> None:
    made = sealed(listed)
    User.objects.filter(pk=made.issued_by_id).update(full_name="改名后")
    assert lines(listed)[0]["经办人"] == made.handled_by
    made.copies.update(made_by=listed["other_village_staff"])
    assert lines(listed)[0]["经办人"] == listed["other_village_staff"].full_name


def test_a_name_masked_long_ago_is_as_short_as_others(listed: dict[str, User]) -> None:
    made = sealed(listed)
    IssuedCertificate.objects.filter(pk=made.pk).update(holder="韦" + "*" * 30)
    assert lines(listed)[0]["申请人"] == "韦**"


def test_a_promise_taken_back_stays_in_it(listed: dict[str, User]) -> None:
    made = promised(listed)
    assert lines(listed)[0]["备注"] == ""
    promising.withdraw_promise(actor=listed["village_staff"], commitment_id=made.pk)
    assert lines(listed)[0]["备注"] == "已撤回"


def test_as_a_workbook(listed: dict[str, User]) -> None:
    issued, promise = sealed(listed), promised(listed)
    client = signed_in(listed["village_staff"])
    file = client.get(reverse(URL), {"as": "xlsx"}).getvalue()
    table = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file)).active.rows]
    at = table.index(list(seal_register.COLUMNS))
    assert [row[0] for row in table[at + 1 :]] == [issued.printed_number, promise.serial]
    assert window.NAME not in str(table)


def test_another_village_has_its_own(listed: dict[str, User]) -> None:
    made = sealed(listed)
    other = IssuedCertificate.objects.get(pk=made.pk).village.parent.children.exclude(pk=made.village_id)[0]  # type: ignore[union-attr]
    assert seal_register.sealed_in(other, timezone.localdate()) == []


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "1999-12", "2100-01", "2026-13", "x", ""])
def test_a_month_that_is_none_is_this_month(listed: dict[str, User], month: str) -> None:
    for more in ({}, {"as": "xlsx"}):
        page = signed_in(listed["village_staff"]).get(reverse(URL), {"month": month, **more})
        assert page.status_code == 200
    page = signed_in(listed["village_staff"]).get(reverse(URL), {"month": month})
    assert page.context["month"] == timezone.localdate().replace(day=1)
