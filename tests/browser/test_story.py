"""The whole story in a browser: a city files, the province decides, a village asks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalogs.models import Round, Submission
from tests import lists
from tests.browser.conftest import PHONE, assert_accessible
from tests.conftest import SHARED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAMPLE = SHARED / "data" / "samples" / "annex3_南宁市.xlsx"
OWN = (lists.FARMER, lists.LAND, lists.SCHOOL, lists.NO_ARTICLE)


@pytest.fixture
def annex3(tmp_path: Path) -> Path:
    """The city's workbook: the shared sample, or the project's own where there is none."""
    if SAMPLE.exists():
        return SAMPLE
    path = tmp_path / "附件3.xlsx"
    path.write_bytes(lists.workbook(*OWN))
    return path


def test_one_list_travels_the_whole_way(
    people: dict[str, User],
    open_round: Round,
    annex3: Path,
    enter: Callable[..., Page],
    look: Callable[[Page, str], None],
    live_server: Any,
) -> None:
    # The city uploads, mends one cell and submits.
    city = enter(people["city_officer"])
    city.get_by_role("link", name="清单填报").click()
    look(city, "city-rounds")
    city.get_by_role("link", name="开始填报").click()
    look(city, "city-upload")
    city.get_by_label("清单文件").set_input_files(annex3)
    city.get_by_role("button", name="上传并核对").click()
    expect(city.get_by_role("button", name="提交给民政厅")).to_be_visible()
    look(city, "city-preview")
    assert_accessible(city)
    city.get_by_role("link", name=re.compile("^全部")).click()
    first = city.locator("tbody tr").first
    first.get_by_role("link", name="修改").click()
    purpose = city.get_by_label("第 1 行 证明用途")
    purpose.fill("用于证明农民专业合作社成员的农民身份")
    city.get_by_role("button", name="保存").first.click()
    expect(city.locator("tbody tr").first).to_contain_text("用于证明农民专业合作社成员的农民身份")
    city.get_by_role("button", name="提交给民政厅").click()
    expect(city.get_by_text("已提交自治区民政厅审核")).to_be_visible()

    # The reviewer rejects two rows, keeps the rest and publishes.
    submission = Submission.objects.get()
    names = list(submission.items.order_by("position").values_list("name", flat=True))
    kept, rejected, also_rejected = names[0], names[1], names[2]
    reviewer = enter(people["reviewer"])
    reviewer.get_by_role("link", name="南宁市").first.click()
    look(reviewer, "review-page")
    assert_accessible(reviewer)
    for position in (2, 3):
        reviewer.get_by_label(f"选中第 {position} 行").check()
    reviewer.get_by_label("选中的行").select_option(label="不予保留")
    reviewer.get_by_label("不予保留原因", exact=True).select_option(label="没有法律法规依据")
    reviewer.get_by_label("理由", exact=True).fill("没有明确的法律法规依据")
    reviewer.get_by_role("button", name="保存结论").first.click()
    look(reviewer, "review-bulk-preview")
    reviewer.get_by_role("button", name="确认保存 2 行").click()
    expect(reviewer.get_by_text("已保存 2 行的审核结论")).to_be_visible()
    reviewer.goto(f"{reviewer.url.split('?')[0]}?show=undecided")
    reviewer.get_by_label("全选").check()
    reviewer.get_by_label("选中的行").select_option(label="予以保留")
    reviewer.get_by_role("button", name="保存结论").first.click()
    reviewer.get_by_role("button", name=f"确认保存 {len(names) - 2} 行").click()
    expect(reviewer.get_by_text(f"已保存 {len(names) - 2} 行的审核结论")).to_be_visible()
    reviewer.get_by_role("link", name="汇总报批").click()
    reviewer.get_by_role("button", name="汇总并封存").click()
    reviewer.get_by_label("批准文号").fill("桂政函〔2026〕1号")
    reviewer.get_by_role("button", name="登记批复").click()
    reviewer.get_by_role("link", name="去公布").click()
    reviewer.get_by_role("button", name="公布清单").click()
    expect(reviewer.get_by_text(f"共 {len(names) - 2} 项")).to_be_visible()
    look(reviewer, "review-published")

    # The village asks four times, on a phone.
    village = enter(people["village_staff"], PHONE)
    village.get_by_role("link", name="查询", exact=True).click()
    village.wait_for_url("**/check/")  # the first page has a box of the same name
    for question, answer in (
        (kept, "可以出具"),
        ("开个婚姻状况证明", "不应出具"),
        (rejected, "清单之外"),
        ("诉讼代理人推荐信", "清单之外"),
    ):
        village.get_by_label("群众要开什么证明？").fill(question)
        expect(village.locator(".verdict-word")).to_contain_text(answer)
        expect(village.locator("#answer")).to_contain_text(question.removeprefix("开个"))
        look(village, f"check-{answer}")
        assert_accessible(village)
    assert also_rejected != kept

    # Everyone's part is in the history.
    reviewer.goto(f"{live_server.url}/history/lists/{submission.pk}/")
    look(reviewer, "history")
    text = reviewer.locator("main").inner_text()
    for said in ("南宁经办人", "审核员甲", "提交自治区民政厅审核", "不予保留", "没有明确的法律法规依据"):
        assert said in text
    assert_accessible(reviewer)


def test_the_check_answers_without_javascript(
    people: dict[str, User], browser: Any, live_server: Any
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/check/")
    page.get_by_label("所在市").select_option(label="南宁市")
    page.get_by_label("要开什么证明？").fill("死亡证明")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".verdict-word")).to_contain_text("应由相关部门出具")
    context.close()
