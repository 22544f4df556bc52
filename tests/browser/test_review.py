"""The province's review in a browser: a lead, two departments, two cities, from return to proposal."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from catalogs import lookup
from catalogs.matching import VerdictKind
from catalogs.models import Edition, Round, Submission
from tests import cast, lists
from tests.browser.conftest import PHONE, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE = {"width": 1440, "height": 1000}

Look = Callable[[Page, str], None]
Enter = Callable[..., Page]


@pytest.fixture
def justice(people: dict[str, User]) -> User:
    return User.objects.create_user(
        "justice_reviewer",
        cast.PASSWORD,
        full_name="司法会审员",
        role="joint_reviewer",
        division_id="45",
        department=Department.objects.get(code="justice"),
        must_change_password=False,
    )


def _to(page: Page, live_server: Any, path: str) -> None:
    page.goto(f"{live_server.url}{path}")


def _menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


def _send(lead: Page, look: Look, rows: int) -> None:
    lead.get_by_role("link", name="送会审").click()
    for position in range(1, rows + 1):
        for department in ("公安", "司法"):
            lead.get_by_label(f"第 {position} 行送{department}").check()
    look(lead, "review-send")
    lead.get_by_role("button", name="送会审").click()
    expect(lead.get_by_text("已送会审")).to_be_visible()


def _agree(page: Page) -> None:
    page.get_by_label("全选").check()
    page.get_by_role("button", name="对勾选的行全部同意").click()
    expect(page.get_by_text("的会审意见", exact=False).first).to_be_visible()


def _keep_all(lead: Page, count: int, reason: str = "") -> None:
    lead.get_by_label("全选").check()
    lead.get_by_label("选中的行").select_option(label="予以保留")
    lead.get_by_label("理由", exact=True).fill(reason)
    lead.get_by_role("button", name="保存结论").first.click()
    lead.get_by_role("button", name=f"确认保存 {count} 行").click()
    expect(lead.get_by_text(f"已保存 {count} 行的审核结论")).to_be_visible()


def test_from_return_to_a_proposal_between_rounds(
    people: dict[str, User],
    justice: User,
    open_round: Round,
    enter: Enter,
    look: Look,
    live_server: Any,
) -> None:
    first = lists.submitted(people["city_officer"], open_round)
    lists.submitted(people["other_city_officer"], open_round, lists.FARMER, lists.LAND)
    lead = enter(people["reviewer"], WIDE)
    look(lead, "home-lead")
    assert_accessible(lead)

    # The board leads to Nanning's list, which goes back as a whole.
    _menu(lead, "编制进度")
    look(lead, "board")
    assert_accessible(lead)
    lead.get_by_role("link", name="南宁市").first.click()
    lead.get_by_label("退回意见").fill("第一行的用途请写明确")
    lead.get_by_role("button", name="退回全部").click()
    expect(lead.get_by_text("已退回南宁市修改")).to_be_visible()

    # The city sees it first of all and hands the second version in.
    city = enter(people["city_officer"])
    expect(city.get_by_role("heading", name="提醒")).to_be_visible()
    look(city, "home-city")
    city.get_by_role("link", name="已被退回").click()
    city.get_by_role("button", name="在此基础上修改").click()
    city.get_by_role("link", name="全部").click()
    city.get_by_label("修改第 1 行").click()
    city.get_by_label("第 1 行 证明用途").fill("用于农民专业合作社设立登记时证明农民身份")
    city.get_by_role("button", name="保存").first.click()
    expect(city.locator("tbody tr").first).to_contain_text("设立登记时证明农民身份")
    city.get_by_role("button", name="提交给民政厅").click()
    expect(city.get_by_text("已提交自治区民政厅审核")).to_be_visible()

    # The lead sees what changed and sends the rows to two departments.
    second = Submission.objects.get(city=first.city, version=2)
    page = f"/admin/catalogs/submission/{second.pk}/change/"
    _to(lead, live_server, page)
    expect(lead.get_by_text("与上一版：证明用途有改动")).to_be_visible()
    _send(lead, look, 3)

    # The police object to one row, the ministry of justice agrees to all.
    police = enter(people["joint_reviewer"], PHONE)
    police.get_by_role("link", name="待反馈会审意见 3 行").click()
    look(police, "opinions-phone")
    assert_accessible(police)
    police.get_by_label("第 2 行合法性").select_option(label="不同意")
    police.get_by_label("第 2 行必要性").select_option(label="同意")
    police.get_by_label("第 2 行合理性").select_option(label="同意")
    police.get_by_role("button", name="保存意见").first.click()
    expect(police.get_by_text("请写明意见").first).to_be_visible()
    police.get_by_label("第 2 行意见").fill("宅基地权属可由不动产登记机构核查")
    police.get_by_role("button", name="保存意见").first.click()
    expect(police.get_by_text("已反馈 1 行的会审意见")).to_be_visible()
    for position in (1, 3):
        police.get_by_label(f"选中第 {position} 行").check()
    police.get_by_role("button", name="对勾选的行全部同意").click()
    expect(police.get_by_text("已反馈 2 行的会审意见")).to_be_visible()
    ministry = enter(justice)
    ministry.get_by_role("link", name="待反馈会审意见 3 行").click()
    look(ministry, "opinions")
    _agree(ministry)

    # Decided from the keyboard; the objection is overruled only with a reason.
    _to(lead, live_server, page)
    look(lead, "workbench")
    assert_accessible(lead)
    lead.keyboard.press("j")
    lead.keyboard.press("Shift+K")
    lead.keyboard.press("j")
    lead.keyboard.press("Shift+K")
    lead.keyboard.press("j")
    lead.keyboard.press("r")
    lead.keyboard.press("Escape")
    lead.get_by_label("第 3 行不予保留原因").select_option(label="可通过信息共享或部门核验取得")
    expect(lead.get_by_label("第 3 行审核理由")).to_have_value(
        "可由索要单位通过信息共享或者部门间核验取得，不再要求提供证明。"
    )
    lead.keyboard.press("Control+s")
    expect(lead.get_by_text("有会审部门不同意，予以保留的，请写明不采纳的理由").first).to_be_visible()
    look(lead, "workbench-refused")
    lead.get_by_label("第 2 行审核理由").fill("不动产登记系统尚未覆盖农村，暂予保留")
    # What was typed survives a closed page.
    lead.goto(f"{live_server.url}{page}")
    expect(lead.get_by_text("已恢复您上次未保存的 3 行")).to_be_visible()
    expect(lead.get_by_label("第 2 行审核理由")).to_have_value("不动产登记系统尚未覆盖农村，暂予保留")
    lead.get_by_role("button", name="保存结论").last.click()
    expect(lead.get_by_text("已保存 3 行的审核结论")).to_be_visible()

    # The same certificates in the other city: the decision is used there too.
    lead.get_by_role("link", name="农民身份证明").first.click()
    look(lead, "row")
    assert_accessible(lead)
    lead.get_by_role("button", name="用于勾选的行").click()
    expect(lead.get_by_text("已将同一结论用于其他市的 1 行")).to_be_visible()
    lead.get_by_role("link", name="柳州市").first.click()
    lead.get_by_role("link", name="柳州市 2026年编制批次 第1版").click()
    lead.goto(f"{lead.url.split('?')[0]}?show=undecided")
    _keep_all(lead, 1)
    _to(lead, live_server, f"/board/{open_round.pk}/matrix/")
    look(lead, "matrix")
    assert_accessible(lead)

    # To the government, which does not approve one of Nanning's rows.
    _to(lead, live_server, f"/board/{open_round.pk}/assemble/")
    look(lead, "assemble")
    assert_accessible(lead)
    lead.get_by_role("button", name="汇总并封存").click()
    expect(lead.get_by_text("与封存内容一致")).to_be_visible()
    expect(lead.get_by_role("cell", name="不动产登记系统尚未覆盖农村，暂予保留")).to_be_visible()
    lead.get_by_label("批准文号").fill("桂政函〔2026〕8号")
    lead.get_by_text("政府未批准其中部分事项").click()
    lead.get_by_label("南宁市 第2行").check()
    lead.get_by_label("南宁市第2行批复意见").fill("由不动产登记机构核查")
    look(lead, "report")
    assert_accessible(lead)
    lead.get_by_role("button", name="登记批复").click()
    expect(lead.get_by_text("批复已登记")).to_be_visible()
    lead.get_by_role("link", name="去公布").click()
    lead.get_by_role("button", name="公布清单").click()
    expect(lead.get_by_text("已公布柳州市保留清单第1版，共 2 项")).to_be_visible()

    # The refused row is rejected; Nanning is reported again, approved and published.
    _to(lead, live_server, page)
    expect(lead.get_by_text("政府未批准：由不动产登记机构核查")).to_be_visible()
    lead.get_by_label("第 2 行不予保留原因").select_option(label="政府未予批准")
    lead.get_by_role("button", name="保存结论").last.click()
    lead.get_by_role("link", name="汇总报批").click()
    lead.get_by_role("button", name="汇总并封存").click()
    lead.get_by_label("批准文号").fill("桂政函〔2026〕9号")
    lead.get_by_role("button", name="登记批复").click()
    lead.get_by_role("link", name="去公布").click()
    lead.get_by_role("button", name="公布清单").click()
    expect(lead.get_by_text("已公布南宁市保留清单第1版，共 1 项")).to_be_visible()
    edition = Edition.objects.get(city=first.city)
    today = edition.effective_from
    assert lookup.check(lists.FARMER.name, first.city, today).kind is VerdictKind.MAY_ISSUE

    # Between rounds the city proposes a new certificate, which takes the same way.
    _menu_in = city.get_by_role("navigation", name="主导航")
    _menu_in.get_by_role("link", name="动态调整").click()
    city.get_by_role("link", name="提出建议").click()
    for label, text in (
        ("证明材料名称", "野生动物致害情况证明"),
        ("涉及办事事项名称", "陆生野生动物致害补偿"),
        ("法律法规依据", "《中华人民共和国野生动物保护法》第十九条"),
        ("证明用途", "用于证明受害情况"),
        ("证明索要单位", "林业部门"),
        ("理由", "山区群众申请补偿需要"),
    ):
        city.get_by_label(label, exact=True).fill(text)
    look(city, "propose")
    assert_accessible(city)
    city.get_by_role("button", name="提交建议").click()
    expect(city.get_by_text("已提出：南宁市准入：野生动物致害情况证明")).to_be_visible()
    look(city, "proposals-city")
    _to(lead, live_server, "/proposals/")
    look(lead, "proposals")
    assert_accessible(lead)
    lead.get_by_role("button", name="受理", exact=True).click()
    look(lead, "workbench-proposal")
    lead.goto(f"{lead.url.split('?')[0]}?show=undecided")
    _keep_all(lead, 1)

    # And why a row is as it is can be read by the city.
    row = edition.items.get().source_item
    _to(city, live_server, f"/history/rows/{row.pk}/")
    expect(city.get_by_text("汇总报批（第1次）").first).to_be_visible()
    look(city, "row-history")
    assert_accessible(city)


def test_the_board_on_a_phone_and_without_javascript(
    people: dict[str, User], open_round: Round, enter: Enter, look: Look, browser: Any, live_server: Any
) -> None:
    lists.submitted(people["city_officer"], open_round)
    lead = enter(people["reviewer"], PHONE)
    _to(lead, live_server, f"/board/{open_round.pk}/")
    look(lead, "board-phone")
    assert_accessible(lead)
    cookies = lead.context.cookies()
    plain = browser.new_context(java_script_enabled=False, viewport=WIDE)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"{live_server.url}/board/{open_round.pk}/")
    page.locator(".tile-map a").first.click()
    expect(page.get_by_role("heading", name="南宁市 2026年编制批次 第1版")).to_be_visible()
    plain.close()
