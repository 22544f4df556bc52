"""Promise, complaint, guide and figures in a browser: village, department, province and county in turn."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalogs.models import Round
from tests import window
from tests.browser.conftest import PHONE, assert_accessible
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Look = Callable[[Page, str], None]
Enter = Callable[..., Page]


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def turn_away(page: Page, url: str, question: str, demander: str) -> None:
    page.goto(f"{url}/requests/new/?q={question}")
    page.get_by_label("哪个单位要的").fill(demander)


def test_an_exception_is_asked_about_first(
    listed: dict[str, User], enter: Enter, live_server: Any, look: Look
) -> None:
    staff = enter(listed["village_staff"], PHONE)
    staff.goto(f"{live_server.url}/check/?q=亲属关系证明&matter=办理继承公证&demander=公证处&sent=1")
    expect(staff.locator(".verdict-word")).to_contain_text("例外情形")
    staff.get_by_role("link", name="登记例外情形").click()
    assert_accessible(staff)
    staff.get_by_role("button", name="登记，先向办理部门核实").click()
    expect(staff.get_by_text("请先向办理该事项的部门或者市民政局核实")).to_be_visible()
    look(staff, "exception-open")
    assert_accessible(staff)
    staff.get_by_role("button", name="出具办事途径告知单").click()
    expect(staff.get_by_role("heading", name="办事途径告知单")).to_be_visible()


def test_what_is_not_clear_is_asked_again(listed: dict[str, User], enter: Enter, live_server: Any) -> None:
    staff = enter(listed["village_staff"], PHONE)
    staff.goto(f"{live_server.url}/requests/new/?q=证明")
    expect(staff.get_by_text("请先在这里查清要开什么证明")).to_be_visible()
    expect(staff.get_by_role("link", name=re.compile("登记"))).to_have_count(0)


def test_a_promise_is_made_checked_and_reported(
    listed: dict[str, User], enter: Enter, live_server: Any, look: Look
) -> None:
    url = live_server.url
    staff = enter(listed["village_staff"], PHONE)
    turn_away(staff, url, "单身证明", "某登记机关")
    staff.get_by_role("button", name="改用告知承诺").click()
    staff.get_by_label("须符合的条件").fill("本人未婚\n无重婚情形")
    staff.get_by_label("申请人姓名").fill(window.NAME)
    staff.get_by_label("公民身份号码").fill(window.NUMBER)
    staff.get_by_role("button", name="登记告知承诺书").click()
    expect(staff.locator(".error-summary")).to_contain_text("索要单位同意")
    expect(staff.get_by_label("申请人姓名")).to_have_value(window.NAME)
    for label in ("索要单位同意", "没有严重不良信用记录", "自愿选择承诺"):
        staff.get_by_label(label).check()
    look(staff, "promise-form")
    assert_accessible(staff)
    staff.get_by_role("button", name="登记告知承诺书").click()
    expect(staff.get_by_role("heading", name="告知承诺书")).to_be_visible()
    assert_accessible(staff)
    staff.get_by_role("button", name="打印承诺书").click()
    expect(staff.get_by_text(window.NUMBER)).to_be_visible()
    look(staff, "promise-paper")
    assert_accessible(staff)

    county = enter(listed["county_officer"])
    county.goto(f"{url}/promises/")
    county.get_by_role("button", name="抽取").click()
    expect(county.locator(".messages")).to_contain_text("抽中1份")
    look(county, "promise-drawn")
    assert_accessible(county)
    county.locator("tbody th a").first.click()
    expect(county.get_by_text("核查方式：随机抽查")).to_be_visible()
    county.get_by_label("不实").check()
    county.get_by_role("textbox", name="核查情况").fill("与婚姻登记档案不符")
    county.get_by_role("button", name="记录核查情况").click()
    expect(county.get_by_text("核查不实")).to_be_visible()
    look(county, "promise-false")
    assert_accessible(county)
    county.goto(f"{url}/promises/batches/")
    expect(county.get_by_text("现有 1 份因此暂不报送")).to_be_visible()
    window.time_to_object_passes()
    county.reload()
    county.get_by_role("button", name="制作新的批次").click()
    expect(county.get_by_text("尚无回执")).to_be_visible()
    look(county, "credit-batches")
    assert_accessible(county)
    with county.expect_download() as download:
        county.get_by_role("button", name="下载 JSON").click()
    assert window.NUMBER in download.value.path().read_text()


def test_a_complaint_goes_up_and_is_counted(
    listed: dict[str, User], enter: Enter, live_server: Any, look: Look
) -> None:
    url = live_server.url
    staff = enter(listed["village_staff"], PHONE)
    turn_away(staff, url, "单身证明", "")
    staff.get_by_role("button", name="登记并出具告知单").click()
    staff.get_by_role("link", name="返回办件").click()
    staff.get_by_role("button", name="反映这次不合理的索要").click()
    staff.get_by_role("button", name="上报", exact=True).click()
    expect(staff.locator(".error-summary")).to_contain_text("索要单位")
    staff.get_by_label("索要单位").fill("某银行某支行")
    look(staff, "complaint-form")
    assert_accessible(staff)
    staff.get_by_role("button", name="上报", exact=True).click()
    expect(staff.get_by_text("已上报", exact=True)).to_be_visible()

    county = enter(listed["county_officer"])
    county.goto(url)
    county.get_by_role("link", name=re.compile("监督线索：某银行某支行")).click()
    expect(county.get_by_role("heading", name="监督线索")).to_be_visible()
    assert_accessible(county)
    county.goto(f"{url}/complaints/")
    assert_accessible(county)
    county.goto(f"{url}/requests/figures/")
    expect(county.get_by_text("申请 1 件")).to_be_visible()
    look(county, "figures")
    assert_accessible(county)
    county.get_by_role("link", name="民生街道").click()
    expect(county.get_by_role("heading", name="民生街道办理统计")).to_be_visible()


def test_a_guide_is_written_checked_and_read(
    listed: dict[str, User], enter: Enter, live_server: Any, look: Look
) -> None:
    url = live_server.url
    officer = enter(listed["department_officer"])
    officer.goto(f"{url}/guides/")
    look(officer, "guides")
    assert_accessible(officer)
    officer.get_by_role("row", name=re.compile("农民身份证明")).get_by_role("button", name="起草").click()
    for label, text in (
        ("谁可以申请", "本村村民"),
        ("需带材料", "居民户口簿"),
        ("办理程序", "申请\n核对\n出具"),
        ("法律法规依据", "《某某条例》第八条"),
        ("证明用于何处", "设立登记"),
        ("证明填写项", "从业情况｜必填｜从事种植"),
        ("证明式样", "兹证明{姓名}从事{年龄}。"),
    ):
        officer.get_by_label(label, exact=True).fill(text)
    officer.get_by_role("button", name="提交自治区核对").click()
    expect(officer.locator(".error-summary")).to_contain_text("｛年龄｝没有列为填写项")
    officer.get_by_label("证明式样").fill("兹证明{姓名}（{身份证号}）{从业情况}。")
    look(officer, "guide-form")
    assert_accessible(officer)
    officer.get_by_role("button", name="提交自治区核对").click()
    expect(officer.locator(".badge-submitted")).to_have_text("待核对")

    reviewer = enter(listed["reviewer"])
    reviewer.goto(url)
    reviewer.get_by_role("link", name=re.compile("农民身份证明办事指南.*待核对")).click()
    assert_accessible(reviewer)
    reviewer.get_by_role("button", name="核对无误，发布").click()
    expect(reviewer.get_by_text("已发布").first).to_be_visible()
    reviewer.goto(f"{url}/lists/4501/")
    reviewer.get_by_role("link", name="农民身份证明办事指南").click()
    expect(reviewer.get_by_text("某某某（4501")).to_be_visible()
    look(reviewer, "guide-public")
    assert_accessible(reviewer)


def test_a_draft_is_overtaken_handed_over_and_given_up(
    listed: dict[str, User], enter: Enter, live_server: Any, look: Look
) -> None:
    url = live_server.url
    first, second = enter(listed["department_officer"]), enter(listed["department_officer"])
    first.goto(f"{url}/guides/")
    first.get_by_role("row", name=re.compile("农民身份证明")).get_by_role("button", name="起草").click()
    second.goto(first.url)
    for page, text in ((first, "同事写的用途"), (second, "我写的用途")):
        page.get_by_label("证明用于何处").fill(text)
        page.get_by_role("button", name="保存草稿").click()
    expect(second.locator(".error-summary")).to_contain_text("又有改动")
    expect(second.get_by_label("证明用于何处")).to_have_value("我写的用途")
    expect(second.get_by_role("region", name="他人保存的最新内容")).to_contain_text("同事写的用途")
    look(second, "guide-overtaken")
    assert_accessible(second)
    second.get_by_role("button", name="保存草稿").click()
    expect(second.get_by_text("已保存草稿。")).to_be_visible()

    reviewer = enter(listed["reviewer"])
    reviewer.goto(first.url)
    reviewer.get_by_text("移交另一部门编写").click()
    reviewer.get_by_label("移交原因").fill("牵头单位调整")
    reviewer.get_by_role("button", name="移交", exact=True).click()
    expect(reviewer.locator(".error-summary")).to_contain_text("请选择接手编写的部门")
    expect(reviewer.get_by_label("移交原因")).to_have_value("牵头单位调整")
    look(reviewer, "guide-hand-over")
    assert_accessible(reviewer)
    second.get_by_text("放弃起草", exact=True).first.click()
    second.get_by_label("放弃原因").fill("暂不需要")
    look(second, "guide-drop")
    assert_accessible(second)
    second.get_by_role("button", name="放弃起草").click()
    expect(second.get_by_text("已放弃起草。")).to_be_visible()
    reviewer.get_by_label("接手部门").select_option(label="教育部门")
    reviewer.get_by_role("button", name="移交", exact=True).click()
    expect(reviewer.locator(".error-summary")).to_contain_text("已放弃，不能移交")
    look(reviewer, "guide-dropped")
    assert_accessible(reviewer)


def test_a_text_sent_after_the_session_ended_is_offered_again(
    listed: dict[str, User], enter: Enter, live_server: Any
) -> None:
    officer = enter(listed["department_officer"])
    officer.goto(f"{live_server.url}/guides/")
    officer.get_by_role("row", name=re.compile("农民身份证明")).get_by_role("button", name="起草").click()
    page, text = officer.url, "本村集体经济组织成员，户籍在本村"
    officer.get_by_label("谁可以申请", exact=True).fill(text)
    officer.context.clear_cookies(name="sessionid")
    officer.get_by_role("button", name="保存草稿").click()
    officer.get_by_label("用户名").fill(listed["department_officer"].username)
    officer.get_by_label("密码").fill(PASSWORD)
    officer.get_by_role("button", name="登录").click()
    expect(officer).to_have_url(page)
    expect(officer.get_by_label("谁可以申请", exact=True)).to_have_value("")
    officer.get_by_role("button", name="恢复刚才填写的内容").click()
    expect(officer.get_by_label("谁可以申请", exact=True)).to_have_value(text)
    officer.get_by_role("button", name="保存草稿").click()
    expect(officer.get_by_label("谁可以申请", exact=True)).to_have_value(text)
    expect(officer.get_by_role("button", name="恢复刚才填写的内容")).to_have_count(0)
