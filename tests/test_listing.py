"""The list of requests: a paper found by its number, a status picked, within one's scope."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalogs.models import Round
from requests_app import handling, refusing
from requests_app.models import CertificateRequest, Refusal
from requests_app.numbering import number_said
from tests import window

URL = "/requests/"
VILLAGE = "450102001003"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"{VILLAGE}-2026-000012", ("certificate", f"{VILLAGE}-2026-000012")),
        (f" {VILLAGE} - 2026 － 12 ", ("certificate", f"{VILLAGE}-2026-000012")),
        ("450102001007-2026-g000003", ("refusal", "450102001007-2026-G000003")),
        ("居证〔2026〕12号", ("certificate", f"{VILLAGE}-2026-000012")),
        ("村证〔2026〕12号", ("certificate", f"{VILLAGE}-2026-000012")),
        ("２０２６—Ｃ３", ("promise", f"{VILLAGE}-2026-C000003")),
        ("（2026）12号", ("certificate", f"{VILLAGE}-2026-000012")),
        ("12", ("", "")),
        ("202612", ("", "")),
        ("450102-2026-12", ("", "")),
        ("农民身份证明", ("", "")),
    ],
)
def test_a_number_is_read_as_clerks_type_it(typed: str, meant: tuple[str, str]) -> None:
    assert number_said(typed, VILLAGE) == meant


def test_a_short_number_needs_a_village() -> None:
    assert number_said("2026-12") == ("", "")
    assert number_said(f"{VILLAGE}-2026-12") == ("certificate", f"{VILLAGE}-2026-000012")


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend="accounts.backends.RoleBackend")
    return made


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def ask(user: User, **said: Any) -> Any:
    return client(user).get(URL, said)


def test_a_paper_is_found_by_its_number(listed: dict[str, User]) -> None:
    paper = window.issued(listed)
    staff = listed["village_staff"]
    slip = refusing.turn_away(actor=staff, village=staff.division, text="亲属关系证明").refusal
    short = paper.serial.split("-", 1)[1]
    page = reverse("certificate", args=[paper.serial])
    assert ask(staff, number=short).url == page
    assert ask(staff, number=paper.printed_number).url == page
    assert ask(listed["county_officer"], number=paper.serial.lower()).url == page
    assert ask(staff, number=slip.serial).url == reverse("refusal", args=[slip.serial])


def test_what_is_not_there_or_not_ones_own_is_not_found(listed: dict[str, User]) -> None:
    paper = window.issued(listed)
    for user, number in (
        (listed["village_staff"], "2019-77"),
        (listed["village_staff"], "<b>?</b>"),
        (listed["other_village_staff"], paper.serial),
        (listed["county_officer"], paper.serial.split("-", 1)[1]),  # whose it is, it does not say
    ):
        found = ask(user, number=number)
        assert found.status_code == 200
        page = found.content.decode()
        assert "没有找到编号" in page
        assert "请对照纸面上的编号" in page
        assert "<b>?</b>" not in page


def test_a_status_is_picked(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    waiting, other = window.registered(listed), window.registered(listed)
    handling.withdraw(actor=staff, request_id=other.pk, note="不办了")
    refusing.turn_away(actor=staff, village=staff.division, text="亲属关系证明")
    refused = Refusal.objects.get().request
    CertificateRequest.objects.filter(pk=waiting.pk).update(due_on="2020-01-02")

    def shown(show: str) -> list[int]:
        return [row.pk for row in ask(staff, show=show).context["page"].rows]

    assert shown("") == [refused.pk, other.pk, waiting.pk]
    assert shown("open") == shown("late") == [waiting.pk]
    assert shown("withdrawn") == [other.pk]
    assert shown("refused") == [refused.pk]
    assert shown("promised") == []
    assert shown("nonsense") == [refused.pk, other.pk, waiting.pk]
