"""A village's day on a phone: from each answer to a paper or a slip, and whether the paper is true."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from catalogs.models import Round
from requests_app.models import CertificateRequest, IssuedCertificate, Resident
from tests import window
from tests.browser.conftest import PHONE, assert_accessible
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Look = Callable[[Page, str], None]
Enter = Callable[..., Page]
A4 = {"width": 794, "height": 1123}  # pixels at 96 dpi


@pytest.fixture
def staff(people: dict[str, User], open_round: Round, enter: Enter) -> Page:
    """The village's phone, on the list of Nanning."""
    window.listed(people, open_round)
    return enter(people["village_staff"], PHONE)


@pytest.fixture
def passer_by(browser: Browser) -> Any:
    """The phone of whoever was handed a paper."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def read_qr(page: Page) -> str:
    """What a phone's camera would read off the page."""
    picture = cv2.imdecode(np.frombuffer(page.screenshot(full_page=True), np.uint8), cv2.IMREAD_GRAYSCALE)
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


def ask(page: Page, url: str, question: str) -> None:
    page.goto(f"{url}/check/")
    page.get_by_label("群众要开什么证明？").fill(question)
    page.get_by_role("button", name="查询", exact=True).click()


def register(page: Page, url: str, question: str) -> None:
    ask(page, url, question)
    page.get_by_role("link", name="登记办理").click()
    page.get_by_label("申请人姓名").fill(window.NAME)
    page.get_by_label("公民身份号码").fill(window.NUMBER)
    page.get_by_role("button", name="登记", exact=True).click()


def record_fact(page: Page) -> None:
    page.get_by_label("核对证件材料").check()
    page.get_by_role("textbox", name="核实情况").fill("核对户口簿、土地承包合同，与所述一致。")
    page.get_by_role("button", name="记录", exact=True).first.click()


def test_from_the_question_to_a_paper_that_anyone_can_verify(
    staff: Page, passer_by: Page, people: dict[str, User], live_server: Any, look: Look
) -> None:
    window.guide(
        people,
        template="兹证明{姓名}（公民身份号码：{身份证号}）系{村（居）}居民，{从业情况}。\n特此证明。",
        fields=[{"name": "从业情况", "required": True, "sample": "从事种植业生产"}],
        materials=["居民户口簿", "土地承包合同"],
        valid_days=90,
    )
    url = live_server.url
    ask(staff, url, "农民身份证明")
    staff.get_by_role("link", name="登记办理").click()
    expect(staff.get_by_text("土地承包合同")).to_be_visible()
    assert_accessible(staff)
    staff.get_by_label("申请人姓名").fill(window.NAME)
    staff.get_by_label("公民身份号码").fill(window.NUMBER[:-1])
    look(staff, "window-register")
    staff.get_by_role("button", name="登记", exact=True).click()
    expect(staff.locator(".error-summary")).to_contain_text("应为18位，现有17位")
    expect(staff.get_by_label("申请人姓名")).to_have_value(window.NAME)
    staff.get_by_label("公民身份号码").fill(window.NUMBER)
    staff.get_by_role("button", name="登记", exact=True).click()

    expect(staff.get_by_text("先记录情况是怎样核实的")).to_be_visible()
    assert window.NUMBER not in staff.content()
    look(staff, "window-request")
    assert_accessible(staff)
    record_fact(staff)
    staff.get_by_role("link", name="填写并出具").click()
    staff.get_by_label("从业情况").fill("从事种植业生产")
    staff.get_by_label("负责人").fill("负责人甲")
    staff.get_by_role("button", name="看样张").click()
    expect(staff.locator(".paper-preview")).to_contain_text(f"兹证明{window.NAME}")
    look(staff, "window-preview")
    assert_accessible(staff)
    staff.get_by_role("button", name="核对无误，出具").click()
    expect(staff.get_by_text("真实有效")).to_be_visible()
    look(staff, "window-certificate")
    assert_accessible(staff)

    staff.get_by_role("button", name="打印证明").click()
    expect(staff.get_by_role("heading", name="农民身份证明")).to_be_visible()
    look(staff, "window-print-phone")
    assert_accessible(staff)
    staff.set_viewport_size(A4)  # type: ignore[arg-type]
    staff.emulate_media(media="print")
    look(staff, "window-print-a4")
    assert len(re.findall(rb"/Type\s*/Page\b", staff.pdf(format="A4"))) == 1
    address = read_qr(staff)
    certificate = IssuedCertificate.objects.get()
    assert address.startswith(f"{url}/v/{certificate.serial}/")
    staff.emulate_media(media="screen")
    staff.get_by_role("link", name="返回").click()
    expect(staff.get_by_role("button", name="补打")).to_be_visible()
    staff.go_back()
    expect(staff.get_by_role("heading", name="农民身份证明")).to_be_visible()

    passer_by.goto(address)
    expect(passer_by.locator(".verdict-word")).to_contain_text("真实有效")
    expect(passer_by.get_by_text("韦**")).to_be_visible()
    said = passer_by.content()
    assert window.NAME not in said
    assert window.NUMBER not in said
    look(passer_by, "verified-true")
    assert_accessible(passer_by)

    staff.set_viewport_size(PHONE)  # type: ignore[arg-type]
    staff.goto(f"{url}/certificates/{certificate.serial}/")
    expect(staff.get_by_role("button", name="补打")).to_be_visible()
    staff.get_by_text("撤销这份证明").click()
    staff.get_by_label("撤销理由").fill("从业情况填写有误")
    staff.get_by_role("button", name="撤销", exact=True).click()
    expect(staff.get_by_text("已撤销", exact=True)).to_be_visible()
    look(staff, "window-revoked")
    passer_by.reload()
    expect(passer_by.locator(".verdict-word")).to_contain_text("已撤销")
    look(passer_by, "verified-revoked")
    passer_by.goto(address[:-2] + "X/")
    expect(passer_by.locator(".verdict-word")).to_contain_text("查无此证")

    staff.goto(f"{url}/seal-register/")
    expect(staff.get_by_role("cell", name="撤销：从业情况填写有误")).to_be_visible()
    look(staff, "seal-register")
    assert_accessible(staff)


@pytest.mark.parametrize(
    ("question", "word", "reason"),
    [
        ("银行要开个单身证明", "不应出具", "在不应出具清单上"),
        ("社区戒毒社区康复人员情况证明", "应由相关部门出具", "应由相关部门出具"),
        ("“企业纳税信用等级证明”", "清单之外", "不在保留清单上"),
    ],
)
def test_from_the_question_to_a_slip(
    staff: Page, live_server: Any, look: Look, question: str, word: str, reason: str
) -> None:
    ask(staff, live_server.url, question)
    expect(staff.locator(".verdict-word")).to_contain_text(word)
    staff.get_by_role("link", name="登记并出具告知单").click()
    staff.get_by_label("哪个单位要的").fill("某银行支行")
    look(staff, f"turn-away-{word}")
    assert_accessible(staff)
    staff.get_by_role("button", name="登记并出具告知单").click()
    expect(staff.get_by_role("heading", name="办事途径告知单")).to_be_visible()
    expect(staff.get_by_text(f"不予出具（{reason}）")).to_be_visible()
    expect(staff.locator("ol li").first).to_be_visible()
    look(staff, f"slip-{word}")
    assert_accessible(staff)
    assert not Resident.objects.exists()


def test_a_request_that_is_late_comes_first(staff: Page, live_server: Any, look: Look) -> None:
    register(staff, live_server.url, "农民身份证明")
    expect(staff.get_by_text("先记录情况是怎样核实的")).to_be_visible()
    CertificateRequest.objects.update(due_on=timezone.localdate() - dt.timedelta(days=2))
    staff.goto(live_server.url)
    expect(staff.get_by_text("已逾期 2 天")).to_be_visible()
    look(staff, "window-home-late")
    staff.get_by_role("link", name=re.compile("农民身份证明")).click()
    expect(staff.get_by_text("已逾期 2 天")).to_be_visible()
    staff.goto(f"{live_server.url}/requests/?show=late")
    expect(staff.get_by_role("cell", name=re.compile("已逾期"))).to_be_visible()
    look(staff, "window-late")
    assert_accessible(staff)


def test_without_the_meeting_it_is_not_issued(
    staff: Page, people: dict[str, User], live_server: Any, look: Look
) -> None:
    window.guide(people, needs_deliberation=True, working_days=5)
    register(staff, live_server.url, "农民身份证明")
    record_fact(staff)
    expect(staff.get_by_text("请先记录会议并上传会议记录")).to_be_visible()
    expect(staff.get_by_role("link", name="填写并出具")).to_be_hidden()
    look(staff, "window-meeting-missing")
    today = timezone.localdate().isoformat()
    staff.get_by_label("议事日期").fill(today)
    for label, number in (("应到人数", "30"), ("实到人数", "28"), ("同意人数", "25")):
        staff.get_by_label(label).fill(number)
    staff.get_by_label("会议记录").set_input_files(
        {"name": "会议记录.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0"}
    )
    staff.get_by_label("负责人签字").fill("负责人甲")
    staff.get_by_label("签字日期").fill(today)
    assert_accessible(staff)
    staff.locator("section", has_text="居民议事协商").get_by_role("button", name="记录", exact=True).click()
    expect(staff.get_by_role("link", name="填写并出具")).to_be_visible()
    look(staff, "window-meeting-done")


def test_another_matter_is_off_the_list(staff: Page, live_server: Any, look: Look) -> None:
    """The list keeps a certificate for its matters; for a loan there is a slip, not a paper."""
    url = live_server.url
    staff.goto(f"{url}/check/?q=农民身份证明&matter=向银行申请贷款&demander=某商业银行&sent=1")
    expect(staff.get_by_text("用于其他事项的不在清单上")).to_be_visible()
    staff.get_by_role("link", name="登记办理").click()
    expect(staff.get_by_role("group", name="用于哪一项办理事项")).to_be_visible()
    look(staff, "window-another-matter")
    assert_accessible(staff)
    staff.get_by_role("button", name="出具告知单").click()
    expect(staff.get_by_text("所办事项不在其中")).to_be_visible()
    look(staff, "window-off-matter-slip")
    assert_accessible(staff)
    assert not IssuedCertificate.objects.exists()


def test_a_phone_that_comes_back_after_the_session_ended(
    staff: Page, people: dict[str, User], live_server: Any, look: Look
) -> None:
    register(staff, live_server.url, "农民身份证明")
    page = staff.url
    staff.get_by_label("核对证件材料").check()
    staff.get_by_role("textbox", name="核实情况").fill("核对户口簿，与所述一致。")
    staff.context.clear_cookies(name="sessionid")
    staff.get_by_role("button", name="记录", exact=True).first.click()
    staff.get_by_label("用户名").fill(people["village_staff"].username)
    staff.get_by_label("密码").fill(PASSWORD)
    staff.get_by_role("button", name="登录").click()
    expect(staff.get_by_role("heading", name="没有保存")).to_be_visible()
    look(staff, "window-not-saved")
    assert_accessible(staff)
    staff.get_by_role("link", name="回到原来的页面").click()
    expect(staff).to_have_url(page)
