"""The list of requests: a paper found by its number, a status picked, within one's scope."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalogs.models import Round
from requests_app import handling, issuing, promising, refusing
from requests_app.models import CertificateRequest, Refusal
from requests_app.numbering import number_said
from tests import window
from tests.promises import promised

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


def test_the_end_of_a_printed_number_is_enough_in_ones_own_village(listed: dict[str, User]) -> None:
    staff, promise = listed["village_staff"], promised(listed)
    slip = refusing.turn_away(actor=staff, village=staff.division, text="亲属关系证明").refusal
    newer = refusing.turn_away(actor=staff, village=staff.division, text="亲属关系证明").refusal
    Refusal.objects.filter(pk=newer.pk).update(number=slip.number, year=slip.year + 1, serial="x-G000001")
    for typed in ("C000001", "c1", "Ｃ-１"):
        assert ask(staff, number=typed).url == reverse("commitment", args=[promise.serial])
    assert ask(staff, number="G000001").url == reverse("refusal", args=["x-G000001"])
    assert ask(staff, number=slip.serial).url == reverse("refusal", args=[slip.serial])
    for user, number in (("village_staff", "G000009"), ("county_officer", "G000001"), ("village_staff", "1")):
        assert "没有找到编号" in ask(listed[user], number=number).content.decode()


def test_whose_each_request_is_stands_in_the_village_list_alone(listed: dict[str, User]) -> None:
    window.registered(listed)
    window.registered(listed, person=window.Person("欧阳某", window.NUMBER))
    promised(listed)
    page = ask(listed["village_staff"])
    assert [one.holder for one in page.context["page"].rows] == ["韦**", "欧阳**", "韦**"]
    assert 'data-label="申请人">欧阳**<' in page.content.decode()
    home = client(listed["village_staff"]).get(reverse("home")).context["tasks"]
    assert ["欧阳**" in task["title"] for task in home].count(True) == 1
    for name in ("county_officer", "city_officer", "reviewer", "other_village_staff"):
        for address in (URL, reverse("home")):
            assert "欧阳**" not in client(listed[name]).get(address).content.decode()


def test_as_many_queries_for_few_as_for_many(listed: dict[str, User]) -> None:
    """And none of them counts or skips."""
    promised(listed)
    window.issued(listed)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            ask(listed["village_staff"])
        return [one["sql"] for one in seen.captured_queries]

    before = queries()
    for _ in range(3):
        promised(listed)
        window.issued(listed)
    after = queries()
    assert len(after) == len(before)
    assert not any("COUNT(" in one or "OFFSET" in one for one in after)


def test_a_paper_that_no_longer_holds_is_not_shown_as_good(listed: dict[str, User]) -> None:
    staff, county = listed["village_staff"], listed["county_officer"]

    def shown() -> list[tuple[str, str]]:
        return [(one.state, one.badge) for one in ask(staff).context["page"].rows]

    paper, first, second = window.issued(listed), promised(listed), promised(listed)
    assert shown() == [("已作告知承诺", "promised")] * 2 + [("已出具", "issued")]
    issuing.revoke(actor=staff, certificate_id=paper.pk, reason="填写有误")
    promising.withdraw_promise(actor=staff, commitment_id=first.pk)
    promising.check_promise(actor=county, commitment_id=second.pk, is_true=False, finding="不符")
    assert shown() == [
        ("已作告知承诺，核查不实", "late"),
        ("已作告知承诺，已撤回", "withdrawn"),
        ("已出具，已撤销", "late"),
    ]


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
