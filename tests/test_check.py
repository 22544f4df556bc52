"""The ways to ask: page, slip, JSON, command, a device without a network."""

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.records import save_recorded
from catalogs import lookup
from catalogs.matching import name_key
from catalogs.models import CertificateAlias, CertificateType, Question, Round
from catalogs.reference_files import ROOT
from tests import lists, window
from tests.test_refusals import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(people: dict[str, User], open_round: Round) -> object:
    return lists.published(people["city_officer"], people["reviewer"], open_round)


def page(client: Client, **query: str) -> str:
    return client.get(reverse("check"), query).content.decode()


# --- The page ---------------------------------------------------------------------------------------
def test_staff_ask_for_their_own_city_whatever_the_address_says(
    published: object, people: dict[str, User]
) -> None:
    said = page(signed_in(people["village_staff"]), q="农民身份证明", city="4502")
    assert "可以出具" in said
    assert 'data-city="4501"' in said


def test_the_public_picks_a_city(published: object) -> None:
    assert "可以出具" in page(Client(), q="农民身份证明", city="4501")
    assert "清单之外" in page(Client(), q="居住证明", city="4501")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({}, "请先选择所在市"),
        ({"city": "4502"}, "本市尚未公布保留清单"),
        ({"city": "4501", "on": "2022-06-01"}, "本市尚未公布保留清单（截至2022年6月1日）"),
    ],
)
@pytest.mark.parametrize("question", ["受灾证明", "居住证明", "孩子上学要住在哪里的证明", "天文观测证明"])
def test_where_no_list_decides_nothing_is_off_the_list(
    published: object, people: dict[str, User], question: str, where: dict[str, str], says: str
) -> None:
    said = page(Client(), q=question, **where)
    assert says in said
    for refusal in (
        "清单之外",
        "也不在不应出具清单",
        "可以不予出具",
        "登记并出具告知单",
        "打印办事途径告知单",
    ):
        assert refusal not in said, refusal
    assert f"“{question}”即“{question}”" not in said
    assert "不应出具" in page(Client(), q="单身证明", **where) or where.get("on"), "bans hold everywhere"


def test_without_a_list_the_clerk_is_not_given_a_refusal(people: dict[str, User], reference: None) -> None:
    said = page(signed_in(people["village_staff"]), q="居住证明")
    assert "请向市民政局核实" in said
    assert "登记并出具告知单" not in said


def test_a_name_is_not_explained_by_itself(published: object) -> None:
    said = page(Client(), q="居住证明", city="4501")
    assert "“居住证明”即" not in said
    assert "各清单均未列入“居住证明”" in said
    assert "不在本市保留清单上，也不在不应出具清单上" in said


@pytest.mark.parametrize(
    ("name", "value"), [("city", "9999"), ("city", "450102"), ("on", "昨天"), ("on", "2026-13-01")]
)
def test_a_wrong_city_or_day_is_not_found(reference: None, name: str, value: str) -> None:
    assert Client().get(reverse("check"), {"q": "死亡证明", name: value}).status_code == 404


def test_a_question_is_shown_as_text(reference: None) -> None:
    said = page(Client(), q="<script>alert(1)</script>", matter='"><img src=x>')
    assert "<script>alert" not in said
    assert "<img src=x>" not in said


def test_the_answer_alone_comes_while_typing(reference: None) -> None:
    response = Client().get(reverse("check"), {"q": "单身证明"}, headers={"HX-Request": "true"})
    said = response.content.decode()
    assert "<html" not in said
    assert 'data-verdict="MUST_NOT_ISSUE"' in said


def test_the_lists_of_a_past_day_answer(published: object) -> None:
    assert "可以出具" in page(Client(), q="农民身份证明", city="4501", on="2026-06-01")
    said = page(Client(), q="农民身份证明", city="4501", on="2021-06-01")
    assert "过渡期可据实出具" in said
    assert "按2021年6月1日的清单" in said
    assert "on=2021-06-01" in said  # the slip answers for the same day


def test_an_item_with_exceptions_asks_what_it_is_for(reference: None) -> None:
    said = page(Client(), q="亲属关系证明", city="4501")
    assert "拿去办什么？" in said
    assert "matter=%E5%85%AC%E8%AF%81" in said  # 公证办理情况, one click away
    then = page(Client(), q="亲属关系证明", city="4501", matter="公证办理情况")
    assert "例外情形" in then
    assert "拿去办什么？" not in then


def test_the_slip_tells_a_resident_the_way(reference: None) -> None:
    response = Client().get(reverse("check_slip"), {"q": "开个单身证明", "city": "4501", "matter": "办贷款"})
    said = response.content.decode()
    for part in ("办事途径告知单", "开个单身证明", "办贷款", "不应出具", "您可以这样办", "12345"):
        assert part in said


def test_the_slip_of_a_kept_certificate_says_what_to_bring(
    people: dict[str, User], open_round: Round
) -> None:
    window.listed(people, open_round)
    window.guide(people, materials=["居民户口簿"], steps=["核对户口簿"], working_days=3)
    asked = {"q": "农民身份证明", "city": "4501"}
    page = Client().get(reverse("check_slip"), asked).content.decode()
    assert "居民户口簿" in page
    assert "3 个工作日" in page
    assert "12345" not in page, "nobody demands too much here"


def test_a_slip_of_nothing_leads_back(reference: None) -> None:
    assert Client().get(reverse("check_slip")).url == reverse("check")  # type: ignore[attr-defined]


def test_the_message_to_send_on_says_all(reference: None) -> None:
    said = page(Client(), q="单身证明")
    text = said.partition('id="message-text"')[2].partition("</textarea>")[0]
    for part in ("【不应出具】", "可以这样办", "1. ", "依据：", "第四十四条"):
        assert part in text


# --- What is only guessed ---------------------------------------------------------------------------
def test_a_guess_offers_the_rows_of_the_citys_list_first(published: object, people: dict[str, User]) -> None:
    said = page(signed_in(people["village_staff"]), q="孩子上小学要居住证明")
    assert 'data-verdict="UNCLEAR"' in said
    row, guess = said.index("适龄儿童实际居住情况证明（义务教育阶段学校入学）"), said.index(">居住证明</a>")
    assert said.index("本市保留清单上的") < row < guess
    for paper in ("登记并出具告知单", "打印办事途径告知单", "复制文字"):
        assert paper not in said, "there is nothing to hand over yet"


def test_a_name_that_no_list_knows_is_vouched_for_before_it_is_refused(
    published: object, people: dict[str, User]
) -> None:
    client = signed_in(people["village_staff"])
    asked = page(client, q="天文观测证明")
    assert "需确认" in asked
    assert "登记并出具告知单" not in asked
    assert "按这个名称查" in asked
    said = page(client, q="“天文观测证明”")
    assert "清单之外" in said
    assert "登记并出具告知单" in said


@pytest.mark.parametrize("nonsense", ["asdfgh", "zhengming", "，。！", "111"])
def test_nonsense_is_asked_for_a_name(published: object, nonsense: str) -> None:
    said = page(Client(), q=nonsense, city="4501")
    assert 'data-verdict="UNCLEAR"' in said
    assert "按这个名称查" not in said
    assert "写" in said.partition('id="verdict"')[2]


def test_off_the_list_shows_rows_that_are_near(published: object, people: dict[str, User]) -> None:
    said = page(signed_in(people["village_staff"]), q="居住证明")
    assert "清单之外" in said
    assert "本市保留清单上有相近的事项" in said
    assert said.index("适龄儿童实际居住情况证明") < said.index("登记并出具告知单")


def test_an_open_question_has_no_slip(published: object) -> None:
    response = Client().get(reverse("check_slip"), {"q": "天文观测证明", "city": "4501", "matter": "投标"})
    assert response.status_code == 302
    assert response.url.startswith(reverse("check"))  # type: ignore[attr-defined]
    assert "city=4501" in response.url  # type: ignore[attr-defined]


# --- What it is for, and when -----------------------------------------------------------------------
def test_another_matter_than_the_lists_is_said_in_the_answer(published: object) -> None:
    asked = {"q": "农民身份证明", "city": "4501"}
    warning = f"清单上这项证明只用于：{lists.FARMER.matter}。您填写的办理事项是“银行贷款”，请核对"
    said = page(Client(), **asked, matter="银行贷款", demander="农业银行")
    assert said.index(warning) < said.index("依据</dt>")
    assert said.count(warning) == 2, "on the page and in the message to send on"
    slip = Client().get(reverse("check_slip"), {**asked, "matter": "银行贷款"}).content.decode()
    assert warning in slip
    for matter in ("", lists.FARMER.matter):
        assert "只用于：" not in page(Client(), **asked, matter=matter)


def test_a_day_to_come_may_change(published: object) -> None:
    asked = {"q": "农民身份证明", "city": "4501"}
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert "清单到时可能有变化" in page(Client(), **asked, on=tomorrow.isoformat())
    assert "清单到时可能有变化" not in page(Client(), **asked)


# --- What is kept -----------------------------------------------------------------------------------
def test_a_question_that_is_sent_is_kept_without_who_and_without_names(people: dict[str, User]) -> None:
    client = signed_in(people["village_staff"])
    page(client, q="兹有韦大明，男，450103199001011234，帮开个单身证明", matter="电话13877112233", sent="1")
    question = Question.objects.get()
    assert "韦大明" not in question.text
    assert "450103" not in question.text
    assert "1387711" not in question.matter
    assert question.division == people["village_staff"].division
    assert question.verdict == "MUST_NOT_ISSUE"
    assert question.asked_by is None


def test_what_is_typed_on_the_way_is_not_kept(reference: None) -> None:
    Client().get(reverse("check"), {"q": "单身"}, headers={"HX-Request": "true"})
    assert not Question.objects.exists()


def test_staff_can_say_that_an_answer_is_wrong(people: dict[str, User]) -> None:
    client = signed_in(people["village_staff"])
    response = client.post(reverse("check_dispute"), {"q": "开个光棍条子", "meant": "单身证明"}, follow=True)
    said = response.content.decode()
    assert "已记录" in said
    assert 'value="开个光棍条子"' in said, "the question stays"
    question = Question.objects.get()
    assert (question.text, question.meant, question.is_disputed) == ("光棍条子", "单身证明", True)
    assert question.asked_by == people["village_staff"]


def test_an_objection_to_nothing_is_refused(people: dict[str, User]) -> None:
    response = signed_in(people["village_staff"]).post(reverse("check_dispute"), {"q": " "}, follow=True)
    assert "请先查询" in response.content.decode()
    assert not Question.objects.exists()


# --- JSON -------------------------------------------------------------------------------------------
def test_the_answer_as_json(published: object) -> None:
    response = Client().get(reverse("api_check"), {"q": "单身证明", "city": "4501"})
    said = response.json()
    assert said["verdict"] == "MUST_NOT_ISSUE"
    assert said["banned"] == [8]
    assert said["label"] == "不应出具"
    assert said["place"] == "南宁市"
    assert said["route"]
    assert "第四十四条" in said["duty"]
    assert said["edition_from"]
    assert response["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in response["Vary"]


def test_an_unchanged_answer_is_not_sent_again(reference: None, settings: Any) -> None:
    first = Client().get(reverse("api_check"), {"q": "单身证明"})
    again = Client().get(reverse("api_check"), {"q": "单身证明"}, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = Client().get(reverse("api_check"), {"q": "死亡证明"}, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200


def test_a_change_of_the_vocabulary_changes_the_tag(people: dict[str, User]) -> None:
    first = Client().get(reverse("api_check"), {"q": "寡佬纸"})
    _teach("寡佬纸", "婚姻状况证明", people["reviewer"])
    again = Client().get(reverse("api_check"), {"q": "寡佬纸"}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again.json()["banned"] == [8]


@pytest.mark.parametrize(
    ("query", "says"),
    [({}, "请在 q 中写明"), ({"q": "x", "city": "1"}, "没有代码"), ({"q": "x", "on": "1"}, "日期格式")],
)
def test_a_wrong_request_is_told_why(reference: None, query: dict[str, str], says: str) -> None:
    response = Client().get(reverse("api_check"), query)
    assert response.status_code == 400
    assert says in response.json()["error"]


def test_an_account_gets_an_answer_that_no_cache_shares(people: dict[str, User]) -> None:
    response = signed_in(people["village_staff"]).get(reverse("api_check"), {"q": "单身证明"})
    assert "private" in response["Cache-Control"]
    assert response.json()["place"] == people["village_staff"].division.name  # type: ignore[union-attr]


def test_a_device_gets_the_lists_of_its_city(published: object) -> None:
    said = Client().get(reverse("api_offline"), {"city": "4501"}).json()
    assert said["place"] == "南宁市"
    entries = {entry["title"]: entry for entry in said["entries"]}
    kept = entries["农民身份证明"]
    assert (kept["verdict"], "农民身份" in kept["names"]) == ("MAY_ISSUE", True)
    banned = next(entry for entry in said["entries"] if entry["title"].startswith("婚姻状况证明"))
    assert "单身" in banned["names"]
    assert banned["steps"]
    assert said["missing"] == ""
    residence = entries["居住证明"]
    assert residence["verdict"] == "NOT_LISTED"
    assert "居住证明" in residence["sure"]
    assert not set(residence["sure"]) & {"居住", "住哪里", "适龄儿童实际居住情况证明"}
    school = entries["适龄儿童实际居住情况证明"]
    assert {"儿童", "入学"} <= set(school["about"])
    assert said["on"] == timezone.localdate().isoformat()


def test_a_device_without_a_list_is_sure_of_nothing_off_it(reference: None) -> None:
    for city, says in (("", "请先选择所在市"), ("4502", "尚未公布保留清单")):
        said = Client().get(reverse("api_offline"), {"city": city}).json()
        assert says in said["missing"]
        assert not any(entry["sure"] for entry in said["entries"])


# --- Live and in the past -----------------------------------------------------------------------------
def _teach(saying: str, name: str, actor: User) -> None:
    alias = CertificateAlias(
        certificate_type=CertificateType.objects.get(name=name),
        name=saying,
        kind=CertificateAlias.Kind.SAYING,
    )
    save_recorded(alias, actor=actor, reason="试")


def test_a_change_is_live_without_a_restart(people: dict[str, User]) -> None:
    place = people["village_staff"].division
    assert place is not None
    assert not lookup.check("寡佬纸", place, timezone.localdate()).banned
    _teach("寡佬纸", "婚姻状况证明", people["reviewer"])
    assert lookup.check("寡佬纸", place, timezone.localdate()).banned[0].number == 8


def test_between_two_looks_the_database_is_left_alone(
    reference: None, settings: Any, django_assert_num_queries: Callable[..., Any]
) -> None:
    settings.VOCABULARY_SECONDS = 60
    Client().get(reverse("api_check"), {"q": "单身证明", "city": "4501"})
    with django_assert_num_queries(0):
        Client().get(reverse("api_check"), {"q": "离异证明", "city": "4501"})


# --- The command --------------------------------------------------------------------------------------
def _ask(
    tmp_path: Path, *arguments: str, questions: str = "开个单身证明\n\n证明\n农民身份证明\n"
) -> list[Any]:
    file = tmp_path / "questions.txt"
    file.write_text(questions, encoding="utf-8")
    out = io.StringIO()
    call_command("check_names", *arguments, str(file), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_answers_line_by_line(published: object, tmp_path: Path) -> None:
    single, nothing, farmer = _ask(tmp_path)
    assert set(single) == {"query", "verdict", "confidence", "banned", "exception", "entries", "candidates"}
    assert (single["verdict"], single["banned"], single["exception"]) == ("MUST_NOT_ISSUE", [8], False)
    assert single["candidates"][0]["banned"] == 8
    assert nothing["verdict"] == "UNCLEAR"
    assert farmer["verdict"] == "UNCLEAR"  # the region alone keeps nothing: which city decides
    assert _ask(tmp_path, "--division", "4501")[2]["entries"][0]["city"] == "南宁市"
    assert _ask(tmp_path, "--division", "450102001003", "--on", "2025-06-01")[2]["entries"] == []


def test_the_command_takes_what_it_is_for(reference: None, tmp_path: Path) -> None:
    line = _ask(tmp_path, "--matter", "办理公证", questions="亲属关系证明")[0]
    assert (line["verdict"], line["exception"], line["banned"]) == ("EXCEPTION", True, [1])


def test_the_command_says_what_is_wrong(reference: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有区划代码"):
        _ask(tmp_path, "--division", "999999")
    with pytest.raises(CommandError, match="日期应写成"):
        _ask(tmp_path, "--on", "昨天")
    with pytest.raises(CommandError, match="打不开"):
        call_command("check_names", str(tmp_path / "missing.txt"))
    bad = tmp_path / "gbk.txt"
    bad.write_bytes("证明".encode("gbk"))
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("check_names", str(bad))


def test_the_vocabulary_shipped_names_no_certificate_twice() -> None:
    words = json.loads((ROOT / "vocabulary.json").read_text(encoding="utf-8"))
    meant: dict[str, str] = {}
    for one in words:
        for name in (one["name"], *one["wordings"], *one["sayings"]):
            assert meant.setdefault(name_key(name), one["name"]) == one["name"], name
    assert sum(len(one["wordings"]) + len(one["sayings"]) for one in words) > 500
