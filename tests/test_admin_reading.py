"""What the admin shows of the window's records: words where the tables hold codes and lists."""

import re
from typing import Any

import pytest
from django.urls import reverse
from pypinyin import lazy_pinyin

from accounts.models import Department, User
from audit.timeline import timeline
from catalogs.models import BannedItem, Round
from requests_app.models import CertificateRequest, WorkdayChange
from tests import promises, window
from tests.test_refusals import signed_in


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def page(people: dict[str, User], name: str, *args: Any) -> str:
    text: str = signed_in(people["province_admin"]).get(reverse(f"admin:{name}", args=args)).content.decode()
    return text


def test_a_request_shows_its_verdict_and_answer_in_words(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    text = page(listed, "requests_app_certificaterequest_change", asked.pk)
    for words in ("不应出具", "结论：不应出具", "所问：单身证明", "索要证明的单位应当说明"):
        assert words in text
    for code in ("MUST_NOT_ISSUE", "confidence", "&quot;", "False"):
        assert code not in text


def test_the_history_of_a_request_shows_no_codes(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    (entry,) = timeline(asked.history.all())
    said = {change.label: change.new for change in entry.changes}
    assert said["查询结论"] == "不应出具"
    assert said["答复内容"].startswith("结论：不应出具\n")
    assert not {"县代码", "市代码"} & set(said)
    text = page(listed, "requests_app_certificaterequest_history", asked.pk)
    for code in ("MUST_NOT_ISSUE", "False", "exception", asked.county_code + "</"):
        assert code not in text


def test_yes_and_no_in_a_table_of_values(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    CertificateRequest.history_words, kept = {}, CertificateRequest.history_words
    try:
        (entry,) = timeline(asked.history.all())
    finally:
        CertificateRequest.history_words = kept
    (answer,) = [change.new for change in entry.changes if change.label == "答复内容"]
    assert "exception：否" in answer
    assert "False" not in answer
    assert "[" not in answer


def test_lists_are_shown_one_item_a_line(listed: dict[str, User]) -> None:
    made = promises.promised(listed)
    text = page(listed, "requests_app_commitment_change", made.pk)
    assert "<br>".join(made.conditions) in text
    assert "[&quot;" not in text


# --- Lists --------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["commitment", "issuedcertificate", "refusal", "creditbatch"])
def test_a_search_that_finds_nothing_says_so_and_what_can_be_searched(
    people: dict[str, User], name: str
) -> None:
    client = signed_in(people["province_admin"])
    text = client.get(reverse(f"admin:requests_app_{name}_changelist"), {"q": "2026"}).content.decode()
    assert "没有找到“2026”。请输入完整的" in text


def test_filters_read_as_chinese_and_departments_by_their_sound(people: dict[str, User]) -> None:
    assert "<h3>按状态</h3>" in page(people, "requests_app_certificaterequest_changelist")
    text = page(people, "catalogs_serviceguide_changelist")
    assert "按索要部门：全部" in text
    names = [name for name in re.findall(r">([^<>]+)</a></li>", text) if Department.objects.filter(name=name)]
    assert len(names) > 50
    assert names == sorted(names, key=lazy_pinyin)


def test_departments_to_choose_from_are_sorted_by_their_sound(people: dict[str, User]) -> None:
    for text in (
        page(people, "accounts_user_change", people["county_officer"].pk),
        page(people, "catalogs_banneditem_change", BannedItem.objects.get(number=1).pk),
    ):
        (select,) = re.findall(r'<select name="department".*?</select>', text, re.DOTALL)
        names = re.findall(r'value="\d+"[^>]*>([^<]+)<', select)
        assert names == sorted(names, key=lazy_pinyin)
        assert "selected" in select


def test_the_first_page_has_no_log_and_no_english(people: dict[str, User]) -> None:
    text = page(people, "index")
    for words in ("最近动作", "无可选的", "Model name", "Add link", "Change or view"):
        assert words not in text


def test_yes_and_no_are_said_in_chinese(people: dict[str, User]) -> None:
    text = page(people, "accounts_user_changelist")
    assert '<td class="field-is_active">是</td>' in text
    assert 'alt="True"' not in text


# --- Working days -------------------------------------------------------------------------------
def test_a_list_without_changes_says_what_it_is_for(people: dict[str, User]) -> None:
    assert "办结期限按国务院办公厅公布的放假安排计算" in page(people, "requests_app_workdaychange_changelist")


def test_what_the_calendar_says_already_is_no_change(people: dict[str, User]) -> None:
    client, url = signed_in(people["province_admin"]), reverse("admin:requests_app_workdaychange_add")
    form = {"day": "2025-11-29", "note": "自治区通知", "change_reason": "停工"}  # a Saturday
    text = client.post(url, form).content.decode()
    assert "2025年11月29日（星期六）本来就是休息日，不用登记" in text
    assert not WorkdayChange.objects.exists()
    assert client.post(url, {**form, "is_workday": "on"}).status_code == 302
    stored = WorkdayChange.objects.get()
    assert stored.is_workday
    assert '<td class="field-works">上班</td>' in page(people, "requests_app_workdaychange_changelist")
    # Deleting is off: what was wrong is turned back.
    back = reverse("admin:requests_app_workdaychange_change", args=[stored.pk])
    assert client.post(back, {**form, "change_reason": "登记有误"}).status_code == 302
    stored.refresh_from_db()
    assert not stored.is_workday
