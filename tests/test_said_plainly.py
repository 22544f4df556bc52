"""What people type: nothing but signs, names in papers, the same form twice, odd characters."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.errors import BadInput
from catalogs.matching import redacted
from catalogs.models import Round
from requests_app import fact_finding, issuing, own_data, promising, refusing, residents
from requests_app.models import (
    Access,
    CertificateRequest,
    Deliberation,
    PromiseExclusion,
    Refusal,
    RequestStatus,
)
from requests_app.residents import Person
from supervision import handling as complaints
from tests import promises, window

pytestmark = pytest.mark.django_db
NOTHING = ("", " ", "\x00", "\x01\x02", "1", "…。", "😀")


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_reason_says_something(listed: dict[str, User], nothing: str) -> None:
    staff, county = listed["village_staff"], listed["county_officer"]
    paper = window.issued(listed)
    with pytest.raises(BadInput):
        issuing.revoke(actor=staff, certificate_id=paper.pk, reason=nothing)
    with pytest.raises(BadInput):
        residents.reveal(actor=staff, request_id=paper.request_id, reason=nothing)
    with pytest.raises(BadInput):
        own_data.export(actor=staff, id_number=window.NUMBER, reason=nothing)
    open_one = window.checked(listed)
    with pytest.raises(BadInput):
        refusing.refuse(actor=staff, request_id=open_one.pk, reason="not_entitled", text=nothing)
    made = promises.promised(listed)
    with pytest.raises(BadInput):
        promising.check_promise(actor=county, commitment_id=made.pk, is_true=False, finding=nothing)
    turned = refusing.turn_away(
        actor=staff,
        village=staff.division,  # type: ignore[arg-type]
        text="无犯罪记录证明",
        demander="某公司",
    )
    draft = complaints.draft_complaint(actor=staff, request_id=turned.pk)
    with pytest.raises(BadInput):
        complaints.drop_complaint(actor=staff, complaint_id=draft.pk, reason=nothing)


def test_a_name_in_what_is_printed_is_pointed_out(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    request = window.checked(listed)
    text = f"经入户查看，{window.NAME}（{window.NUMBER}）不符合条件。"
    with pytest.raises(BadInput, match="450102"):
        refusing.refuse(actor=staff, request_id=request.pk, reason="not_entitled", text=text)
    assert not Refusal.objects.exists()
    slip = refusing.refuse(
        actor=staff, request_id=request.pk, reason="not_entitled", text="经入户查看，不符合条件。"
    )
    assert slip.text == "经入户查看，不符合条件。"
    asked = promises.asked(listed)
    said = promising.Said((f"本人未婚，身份证{window.NUMBER}",), True, True, True)
    with pytest.raises(BadInput, match="个人信息"):
        promising.promise(actor=staff, request_id=asked.pk, person=window.PERSON, said=said)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("给韦小明开单身证明", "给某开单身证明"),
        ("张伟单身证明", "某单身证明"),
        ("韦小明需要开居住证明", "某需要开居住证明"),
        ("覃秀英 无犯罪记录证明", "某 无犯罪记录证明"),
        ("梁金花(女)未婚证明", "某(女)未婚证明"),
        ("我爸黄建国死亡证明", "我爸某死亡证明"),
        ("农民工居住证明", "农民工居住证明"),
        ("安置房居住证明", "安置房居住证明"),
        ("查询户籍证明", "查询户籍证明"),
        ("黄牛死亡证明", "黄牛死亡证明"),
        ("我老婆单身证明", "我老婆单身证明"),
        ("给孩子开居住证明", "给孩子开居住证明"),
    ],
)
def test_whose_certificate_it_is_is_not_kept(text: str, kept: str) -> None:
    assert redacted(text) == kept


def test_the_same_form_sent_twice_is_one_slip(listed: dict[str, User]) -> None:
    client = promises.signed_in(listed["village_staff"])
    question = {"q": "无犯罪记录证明", "demander": "某公司"}
    page = client.get(reverse("register_request"), question)
    sent = {**question, "once": str(page.context["once"]), "shown": "OTHER_BODY"}
    first = client.post(reverse("register_request"), sent)
    again = client.post(reverse("register_request"), sent)
    assert again["Location"] == first["Location"]
    assert Refusal.objects.count() == CertificateRequest.objects.count() == 1
    other = promises.signed_in(listed["other_village_staff"])
    assert other.post(reverse("register_request"), sent).status_code == 302, "a form of another village"
    assert client.post(reverse("register_request"), {**sent, "once": "x"}).status_code == 302
    assert Refusal.objects.count() == 3, "a form of nobody's is taken as it is"


def test_off_the_list_wants_to_know_what_for_and_who_asks(listed: dict[str, User]) -> None:
    client = promises.signed_in(listed["village_staff"])
    sent = {"q": "农民身份证明", "off_list": "1", "shown": "MAY_ISSUE"}
    page = client.post(reverse("register_request"), sent).content.decode()
    assert "请写明办什么事、哪个单位要的" in page
    assert not CertificateRequest.objects.exists()
    client.post(reverse("register_request"), {**sent, "matter": "应聘", "demander": "某公司"})
    assert CertificateRequest.objects.get().status == RequestStatus.REFUSED


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("12345<b>", "只能有汉字"),
        ("黄小花1", "只能有汉字"),
        ("㌀" * 20, "最多60字"),
        ("韦" * 61, "最多60字"),
    ],
)
def test_a_name_is_a_name(name: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        residents.checked(Person(name, window.NUMBER))


def test_names_are_kept_as_papers_write_them() -> None:
    assert residents.checked(Person("古丽•阿布都热依木")).name == "古丽·阿布都热依木"
    assert residents.checked(Person(" 黄小花😀 ")).name == "黄小花"
    assert residents.checked(Person("Ａnna Ｍ.")).name == "Anna M."


def test_signs_and_rare_characters_stay() -> None:
    assert residents.printable("房屋120㎡，25℃，二○二六年，№3") == "房屋120㎡，25℃，二○二六年，№3"
    assert residents.checked(Person("韦\ue000生")).name == "韦\ue000生", "a character of one's own font"
    assert residents.printable("好❤️的👍🏻\x07") == "好的"


def test_fields_are_tidied_for_the_paper(listed: dict[str, User]) -> None:
    request = window.checked(listed)
    said = {"证明内容": "种植水稻约２０００公斤😀。"}
    text = issuing.preview(actor=listed["village_staff"], request_id=request.pk, answers=said).text
    assert "种植水稻约2000公斤。" in text
    assert "。。" not in text


def test_a_head_with_signs_makes_no_broken_paper(listed: dict[str, User]) -> None:
    request = window.checked(listed)
    paper = window.issue(actor=listed["village_staff"], request_id=request.pk, head="负责\x01人甲")
    assert paper.head == "负责人甲"
    with pytest.raises(BadInput, match="负责人"):
        window.issue(actor=listed["village_staff"], request_id=window.checked(listed).pk, head="\x01")


def test_no_address_holds_a_nul(listed: dict[str, User]) -> None:
    client = promises.signed_in(listed["village_staff"])
    for url in ("/certificates/%00/", "/slips/%00/", "/promises/a%00b/", "/v/%00/x/", "/lists/%00/"):
        assert client.get(url).status_code == 404, url
        assert Client().get(url).status_code == 404, url


def test_untrue_is_not_made_true_by_saying_so(listed: dict[str, User]) -> None:
    staff, request = listed["village_staff"], window.registered(listed)

    def record(method: str, note: str, is_confirmed: bool) -> Any:
        return fact_finding.record_fact(
            actor=staff, request_id=request.pk, method=method, note=note, is_confirmed=is_confirmed
        )

    record("visit", "不是本村人", False)
    with pytest.raises(BadInput, match="应当重新核实"):
        record("known", "本人知道", True)
    page = promises.signed_in(staff).get(reverse("request", args=[request.pk])).content.decode()
    assert "去出具告知单" in page
    record("papers", "核对户口簿，确为本村人", True)
    assert issuing.missing_before_issuing(request) == []


def test_residents_who_said_no_are_not_overruled_by_an_earlier_day(listed: dict[str, User]) -> None:
    window.guide(listed, needs_deliberation=True, working_days=5)
    staff, request, today = listed["village_staff"], window.checked(listed), timezone.localdate()

    def meet(back: int, in_favour: int, name: str) -> Deliberation:
        return fact_finding.record_deliberation(
            actor=staff,
            request_id=request.pk,
            held_on=today - dt.timedelta(days=back),
            form="村民代表会议",
            entitled=30,
            present=28,
            in_favour=in_favour,
            head="负责人甲" if in_favour > 14 else "",
            signed_on=today if in_favour > 14 else None,
            minutes=SimpleUploadedFile(f"{name}.pdf", b"%PDF" + name.encode()),
        )

    first = meet(3, 2, "a")
    minutes = first.minutes.name
    meet(30, 2, "b")
    with pytest.raises(BadInput, match="晚于上一次"):
        meet(29, 28, "c")
    with pytest.raises(BadInput, match="一年以上"):
        meet(400, 28, "d")
    agreed = meet(1, 28, "e")
    assert agreed.is_complete
    assert agreed.minutes.storage.exists(minutes), "what was minuted stays until all is removed"


def test_what_the_resident_said_excludes_a_promise_too(listed: dict[str, User]) -> None:
    window.guide(listed, allows_promise=True, promise_conditions=["系本村村民"])
    PromiseExclusion.objects.create(name="国家安全", words=["国家安全"], basis="国办发〔2020〕42号")
    item = lookup_item(listed)
    request = window.registered(listed, matter="办理国家安全事项", item_id=item)
    assert "不适用告知承诺" in promising.why_not(request)


def lookup_item(people: dict[str, User]) -> int:
    """The row of the farmers' certificate."""
    item = window.registered(people).edition_item
    assert item is not None
    return item.pk


def test_a_draft_is_not_filed_after_the_matter_was_settled(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    village: Any = staff.division
    turned = refusing.turn_away(actor=staff, village=village, text="无犯罪记录证明", demander="某公司")
    draft = complaints.draft_complaint(actor=staff, request_id=turned.pk)
    CertificateRequest.objects.filter(pk=turned.pk).update(status=RequestStatus.PROMISED)
    with pytest.raises(Exception, match="没有可以反映的索要"):
        complaints.file_complaint(actor=staff, complaint_id=draft.pk)


def test_a_complaint_with_names_is_shown_before_it_is_filed(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    village: Any = staff.division
    turned = refusing.turn_away(actor=staff, village=village, text="无犯罪记录证明", demander="某公司")
    draft = complaints.draft_complaint(actor=staff, request_id=turned.pk)
    client, url = promises.signed_in(staff), reverse("complaint", args=[draft.pk])
    sent = {"certificate": draft.certificate, "demander": "某公司", "matter": "", "file": "1"}
    page = client.post(url, {**sent, "evidence": f"居民说，电话{window.PHONE}"}, follow=True)
    assert "已保存为草稿" in page.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    client.post(url, {**sent, "evidence": draft.evidence})
    draft.refresh_from_db()
    assert draft.status == "filed"


def test_from_above_nobody_sees_who_asked(listed: dict[str, User]) -> None:
    url = reverse("request", args=[window.registered(listed).pk])
    for who in ("county_officer", "city_officer", "reviewer"):
        page = promises.signed_in(listed[who]).get(url).content.decode()
        assert "申请人信息" not in page
        assert "<dt>姓名</dt>" not in page
        assert "138****0000" not in page
    assert "<dt>姓名</dt>" in promises.signed_in(listed["village_staff"]).get(url).content.decode()


def test_looking_for_a_number_is_recorded(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    client = promises.signed_in(listed["village_staff"])
    page = client.post(reverse("person"), {"id_number": "123"}).content.decode()
    assert "应为18位" in page
    client.post(reverse("person"), {"id_number": window.NUMBER.lower()})
    assert Access.objects.get().request == request
    assert Access.objects.get().kind == Access.Kind.FOUND


def test_a_number_under_two_names_is_not_handed_out(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    window.registered(listed)
    window.registered(listed, person=Person("黄某某", window.NUMBER, "", "某街道一号"))
    with pytest.raises(BadInput, match="登记过不同的姓名"):
        own_data.export(actor=staff, id_number=window.NUMBER, reason="本人申请查阅")
