"""Who sees which divisions, and which exist on a day."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from divisions.models import Division
from divisions.scope import in_scope
from tests.divisions.files import CODES, TREE, load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree() -> None:
    load([*TREE, "4601,海口市,city,46,", "460105,秀英区,county,4601,"])


def codes(divisions: object) -> set[str]:
    return set(divisions.values_list("pk", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("prefix", "seen"),
    [
        ("46", {*CODES, "4601", "460105"}),
        ("4602", set(CODES[1:])),
        ("460203001", set(CODES[3:])),
        ("460203001201", {"460203001201"}),
        ("47", set()),
    ],
)
def test_within_is_the_division_and_all_below_it(prefix: str, seen: set[str]) -> None:
    assert codes(Division.objects.within(prefix)) == seen


def test_within_the_empty_code_is_everywhere() -> None:
    assert Division.objects.within("").count() == Division.objects.count()


@pytest.mark.parametrize(("prefix", "seen"), [("4602", set(CODES[1:])), (None, set())])
def test_a_user_sees_their_own_and_below(prefix: str | None, seen: set[str]) -> None:
    user = SimpleNamespace(scope_prefix=prefix)
    assert codes(Division.objects.visible_to(user)) == seen
    assert in_scope(user, "460203") is bool(seen)
    assert not in_scope(user, "4601")


def test_a_user_without_a_limit_sees_everything() -> None:
    user = SimpleNamespace(scope_prefix="")
    assert Division.objects.visible_to(user).count() == Division.objects.count()


def test_nobody_sees_nothing() -> None:
    assert not Division.objects.visible_to(AnonymousUser()).exists()
    assert not Division.objects.visible_to(None).exists()


def test_real_accounts_reach_as_far_as_their_division(people: dict[str, User]) -> None:
    seen = codes(Division.objects.visible_to(people["city_officer"]))
    assert seen
    assert all(code.startswith("4501") for code in seen)
    assert codes(Division.objects.visible_to(people["village_staff"])) == {"450102001003"}
    assert not seen & codes(Division.objects.visible_to(people["other_city_officer"]))
    assert Division.objects.visible_to(people["superuser"]).count() == Division.objects.count()


def test_a_closed_account_sees_nothing(people: dict[str, User]) -> None:
    officer = people["city_officer"]
    officer.is_active = False
    assert not Division.objects.visible_to(officer).exists()


@pytest.mark.parametrize(
    ("on", "exists"),
    [(dt.date(2026, 3, 4), True), (dt.date(2026, 3, 5), False), (dt.date(2026, 3, 6), False)],
)
def test_a_division_is_gone_on_its_closing_day(on: dt.date, exists: bool) -> None:
    Division.objects.filter(pk="4601").update(closed_on=dt.date(2026, 3, 5))
    assert Division.objects.open_on(on).filter(pk="4601").exists() is exists
    assert Division.objects.open_on(on).filter(pk="4602").exists()


def test_days_and_scope_combine() -> None:
    Division.objects.filter(pk="4601").update(closed_on=dt.date(2026, 3, 5))
    open_cities = Division.objects.within("46").cities().open_on(dt.date(2026, 3, 5))
    assert codes(open_cities) == {"4602"}
