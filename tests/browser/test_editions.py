"""Published editions in a browser: proof and comparison."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalogs.models import Round
from tests import lists
from tests.browser.conftest import PHONE, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_anyone_compares_two_cities_and_checks_the_proof(
    people: dict[str, User],
    open_round: Round,
    browser: Any,
    live_server: Any,
    look: Callable[[Page, str], None],
) -> None:
    lists.published(people["city_officer"], people["reviewer"], open_round, reject=(lists.SCHOOL.name,))
    other = lists.Line(
        **{**vars(lists.FARMER), "legal_basis": "《农民专业合作社法》第十九条 成员应当具有民事行为能力。"}
    )
    lists.published(people["other_city_officer"], people["reviewer"], open_round, other, lists.SCHOOL)
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/lists/4501/")
    page.get_by_role("link", name="与其他版次或其他市比较").click()
    page.get_by_label("从").select_option(index=2)
    page.get_by_label("到").select_option(index=1)
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("heading", name="改动")).to_be_visible()
    look(page, "compare-editions")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    look(page, "compare-editions-phone")
    page.goto(f"{live_server.url}/lists/4501/proof/")
    expect(page.get_by_text("内容与公布时一致")).to_be_visible()
    look(page, "edition-proof-phone")
    assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    look(page, "edition-proof")
    page.context.close()
