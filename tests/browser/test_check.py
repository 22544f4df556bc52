"""The check in a browser: while typing, on a phone, on paper, without a network."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from catalogs import learning, lookup
from catalogs.models import Round
from tests import lists
from tests.browser.conftest import PHONE, assert_accessible
from tests.test_learning import UNKNOWN, ask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Look = Callable[[Page, str], None]
Enter = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, live_server: Any, reference: None) -> Any:
    """A phone of somebody from the public."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def test_the_answer_comes_while_typing_and_is_seen_without_scrolling(
    phone: Page, live_server: Any, look: Look
) -> None:
    phone.goto(f"{live_server.url}/check/?city=4501")
    phone.get_by_label("要开什么证明？").press_sequentially("开个单身证明", delay=30)
    word = phone.locator(".verdict-word")
    expect(word).to_contain_text("不应出具")
    expect(word).to_be_in_viewport(ratio=1)
    expect(phone.locator(".verdict ol li").first).to_be_visible()
    look(phone, "check-phone-typing")
    assert_accessible(phone)


def test_the_message_is_copied_and_the_slip_is_a_page_of_paper(
    phone: Page, live_server: Any, look: Look
) -> None:
    phone.goto(f"{live_server.url}/check/?city=4501&q=亲署关系证明")
    phone.get_by_role("button", name="复制文字").click()
    expect(phone.get_by_role("button", name="已复制")).to_be_visible()
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert "【不应出具】亲属关系证明" in copied
    assert "可以这样办" in copied
    phone.get_by_role("link", name="打印办事途径告知单").click()
    expect(phone.get_by_role("heading", name="办事途径告知单")).to_be_visible()
    look(phone, "slip-phone")
    phone.set_viewport_size({"width": 1280, "height": 900})
    look(phone, "slip-desktop")
    assert_accessible(phone)
    phone.emulate_media(media="print")
    expect(phone.get_by_role("button", name="打印")).to_be_hidden()
    look(phone, "slip-print")


def test_it_goes_on_without_a_network_for_its_own_city(
    enter: Enter, people: dict[str, User], open_round: Round, live_server: Any, look: Look
) -> None:
    lists.published(people["city_officer"], people["reviewer"], open_round)
    village = enter(people["village_staff"], PHONE)
    village.goto(f"{live_server.url}/check/")
    expect(village.get_by_text("没有网络也能查")).to_be_visible()
    village.context.set_offline(True)
    box = village.get_by_label("群众要开什么证明？")
    answer = village.locator("#answer")
    for question, said in (
        ("农民身份证明", "可以出具"),
        ("银行要开个单身证明", "不应出具"),
        ("死亡证明", "应由相关部门出具"),
        ("居住证明", "清单之外"),
        ("孩子读书要住哪里的证明", "可以出具：适龄儿童实际居住情况证明"),  # a question, as on the server
        ("天外飞仙证明", "没有找到"),
    ):
        box.fill(question)
        expect(answer).to_contain_text("离线，数据截至")
        expect(answer).to_contain_text(said)
    look(village, "check-offline")
    assert_accessible(village)
    for question, kind in (
        ("居住证明", "NOT_LISTED"),
        ("办理居住证明", "NOT_LISTED"),
        ("实习盖章", "UNCLEAR"),
    ):
        box.fill(question)
        expect(answer.locator(f"[data-verdict={kind}]")).to_be_visible()
    # Even when the page is opened anew.
    village.reload()
    expect(village.get_by_text("现在没有网络")).to_be_visible()
    village.get_by_label("要开什么证明？").fill("农民身份证明")
    expect(village.locator("#answer")).to_contain_text("可以出具")
    look(village, "check-offline-opened")
    # A link brings its question along, in a window of its own: an old page may put its words back.
    village = village.context.new_page()
    village.goto(f"{live_server.url}/check/?q=死亡证明&matter=销户")
    expect(village.get_by_text("现在没有网络")).to_be_visible()
    expect(village.get_by_label("要开什么证明？")).to_have_value("死亡证明")
    expect(village.get_by_label("办什么事")).to_have_value("销户")
    expect(village.locator("#answer")).to_contain_text("应由相关部门出具")
    assert_accessible(village)
    village.get_by_label("要开什么证明？").fill("农民身份证明")
    # The server's answer wins when it returns.
    village.context.set_offline(False)
    expect(village.locator(".verdict-name")).to_have_text("农民身份证明")
    expect(village.locator("#answer")).not_to_contain_text("离线")


def test_an_open_page_asks_the_server_again_when_the_network_returns(
    enter: Enter, people: dict[str, User], open_round: Round, live_server: Any
) -> None:
    village = enter(people["village_staff"], PHONE)
    village.goto(f"{live_server.url}/check/")
    expect(village.get_by_text("没有网络也能查")).to_be_visible()
    village.context.set_offline(True)
    village.get_by_label("群众要开什么证明？").fill("单身证明")
    expect(village.locator("#answer")).to_contain_text("离线，数据截至")
    village.context.set_offline(False)
    expect(village.locator("#answer")).not_to_contain_text("离线")
    expect(village.locator(".verdict-word")).to_contain_text("不应出具")


def test_staff_object_and_the_reviewer_attaches(
    enter: Enter, people: dict[str, User], live_server: Any, look: Look
) -> None:
    village = enter(people["village_staff"], PHONE)
    village.goto(f"{live_server.url}/check/")
    village.get_by_label("群众要开什么证明？").fill(UNKNOWN)
    village.get_by_role("button", name="查询").click()
    expect(village.locator(".verdict-word")).to_contain_text("需确认")
    village.get_by_text("答复不对，或者不是想问的").click()
    village.get_by_label("实际想开的是什么").fill("婚姻状况证明")
    look(village, "check-dispute")
    village.get_by_role("button", name="反映给自治区民政厅").click()
    expect(village.get_by_text("已记录")).to_be_visible()
    expect(village.get_by_label("群众要开什么证明？")).to_have_value(UNKNOWN)
    ask(f"银行要{UNKNOWN}", people["village_staff"].division)

    reviewer = enter(people["reviewer"])
    reviewer.get_by_role("link", name="查询用语").click()
    look(reviewer, "wordings")
    assert_accessible(reviewer)
    row = reviewer.get_by_role("row").filter(
        has=reviewer.get_by_role("rowheader", name=f"{UNKNOWN} 工作人员")
    )
    row.get_by_role("link", name="婚姻状况证明").click()
    expect(reviewer.get_by_role("row").filter(has_text=f"银行要{UNKNOWN}")).to_contain_text(
        "不应出具（第8项）"
    )
    look(reviewer, "wording-attach")
    assert_accessible(reviewer)
    reviewer.get_by_role("button", name="确认归入").click()
    expect(reviewer.get_by_text(f"“{UNKNOWN}”已归入“婚姻状况证明”")).to_be_visible()
    assert lookup.check(UNKNOWN, people["village_staff"].division, learning.timezone.localdate()).banned  # type: ignore[arg-type]
