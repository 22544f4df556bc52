"""Clerks and their files in a browser: a long list with many faults, and a table of what exists."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalogs.models import Round, Survey
from tests import lists
from tests.browser.conftest import DESKTOP, PHONE, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS, FAULTS = 300, 60


def long_list() -> bytes:
    """300 rows; every fifth one cites a law without its article."""
    good, bad = lists.SCHOOL, lists.NO_ARTICLE
    return lists.workbook(
        *(
            lists.Line(
                f"{line.name}（{number}）",
                f"第{number}类事项",
                line.legal_basis,
                line.purpose,
                line.requesting_unit,
            )
            for number in range(1, ROWS + 1)
            for line in [bad if number % (ROWS // FAULTS) == 0 else good]
        )
    )


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_clerk_finds_mends_and_counts_down(
    viewport: dict[str, int],
    people: dict[str, User],
    open_round: Round,
    tmp_path: Path,
    enter: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:
    file = tmp_path / "附件3.xlsx"
    file.write_bytes(long_list())
    page = enter(people["city_officer"], viewport)
    page.get_by_role("link", name="清单填报").click()
    page.get_by_role("link", name="开始填报").click()
    page.get_by_label("清单文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    # Only what is wrong is shown, and the first wrong cell is on the first two screens.
    wrong = page.locator("textarea[aria-invalid=true]")
    expect(wrong).to_have_count(FAULTS)
    box = wrong.first.bounding_box()
    assert box is not None
    assert box["y"] < 2 * viewport["height"]
    look(page, f"preview-300-{viewport['width']}")
    assert_accessible(page)
    wrong.first.fill(
        "《中华人民共和国野生动物保护法》第十九条 因保护本法规定保护的野生动物造成损失的，给予补偿。"
    )
    page.get_by_role("button", name="保存").first.click()
    expect(page.locator(".summary-bar")).to_contain_text(f"需修改 {FAULTS - 1}")
    expect(wrong).to_have_count(FAULTS - 1)
    expect(wrong.first).to_be_focused()  # the next one to mend
    look(page, f"preview-300-mended-{viewport['width']}")
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载批注后的表格").click()
    assert marked.value.suggested_filename == "批注 附件3.xlsx"


def test_a_table_of_what_exists_is_checked_filed_and_added_up(
    people: dict[str, User],
    open_round: Round,
    tmp_path: Path,
    enter: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:
    file = tmp_path / "附件2.xlsx"
    file.write_bytes(lists.survey_workbook())
    page = enter(people["city_officer"])
    page.get_by_role("link", name="现状统计").click()
    look(page, "surveys")
    assert_accessible(page)
    page.get_by_label("编制批次").select_option(label=open_round.name)
    page.get_by_label("统计表文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("待确认")).to_be_visible()
    expect(page.locator(".summary-bar")).to_contain_text("不应出具 1")
    look(page, "survey-draft")
    assert_accessible(page)
    page.get_by_role("button", name="确认无误，上报").click()
    expect(page.get_by_text("3 行已计入统计")).to_be_visible()
    page.get_by_role("link", name="汇总").click()
    expect(page.locator(".stats")).to_contain_text("3")
    look(page, "survey-totals")
    assert_accessible(page)
    page.get_by_role("link", name="与清单比对").click()
    expect(page.get_by_role("link", name=re.compile("应当取消 1"))).to_be_visible()
    look(page, "survey-advice")
    assert_accessible(page)
    assert Survey.objects.get().items.count() == 3
    phone = enter(people["reviewer"], PHONE)
    phone.get_by_role("link", name="现状统计").click()
    phone.get_by_role("link", name="汇总").click()
    look(phone, "survey-totals-phone")
    assert_accessible(phone)


def test_the_progress_of_a_long_table_is_true_and_can_be_ended(
    people: dict[str, User],
    open_round: Round,
    tmp_path: Path,
    enter: Callable[..., Page],
    look: Callable[[Page, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalogs.surveying.WAIT_FOR_BYTES", 0)
    file = tmp_path / "附件2.xlsx"
    file.write_bytes(lists.survey_workbook())
    page = enter(people["city_officer"], PHONE)
    page.get_by_role("link", name="现状统计").click()
    page.get_by_label("统计表文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("排队等待读取")).to_be_visible()
    Survey.objects.update(status="reading", total=40_000, done=13_000)
    expect(page.get_by_text("已存 13000 / 40000 行（32%）")).to_be_visible()
    look(page, "survey-progress")
    assert_accessible(page)
    page.get_by_role("button", name="取消读取").click()
    expect(page.get_by_text("已取消，表中内容未计入统计")).to_be_visible()
    assert Survey.objects.get().status == "cancelled"
