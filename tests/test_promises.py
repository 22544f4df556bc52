"""Promises instead of certificates: where they are taken, what comes of them."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.records import SYSTEM, create_recorded
from audit.verification import Verification
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.models import Round
from divisions.models import Division
from requests_app import credit, fact_finding, promising, sampling
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    Happening,
    PromiseExclusion,
    PromiseStatus,
    RequestStatus,
    Resident,
)
from requests_app.promising import Said
from requests_app.residents import Person
from tests import window
from tests.promises import SAID, asked, promised, signed_in


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    promising.load_exclusions(settings.FIXTURE_ROOT / "promise_exclusions.json")
    return people


def test_a_promise_takes_the_place_of_the_paper(listed: dict[str, User]) -> None:
    made = promised(listed)
    assert made.serial == f"450102001003-{timezone.localdate().year}-C000001"
    assert made.holder == "韦**"
    assert "自愿选择" in made.told
    assert "系本社区居民；符合登记条件" in made.told
    for said in ("证明义务", "某登记机关", "证明内容", "承诺方式", "本人书面承诺", "核查", "法律责任"):
        assert said in made.told
    assert window.NAME not in made.told + made.promised
    made.request.refresh_from_db()
    assert made.request.status == RequestStatus.PROMISED
    assert list(Happening.objects.order_by("pk").values_list("outcome", flat=True)) == ["asked", "promised"]


@pytest.mark.parametrize(
    ("said", "person", "says"),
    [
        (Said(SAID.conditions, False, True, True), window.PERSON, "索要单位同意"),
        (Said(SAID.conditions, True, False, True), window.PERSON, "不良信用记录"),
        (Said(SAID.conditions, True, True, False), window.PERSON, "自愿选择"),
        (Said((" ",), True, True, True), window.PERSON, "须符合的条件"),
        (SAID, Person(window.NAME, ""), "公民身份号码"),
        (SAID, None, "姓名"),
    ],
)
def test_it_refuses_what_was_not_made_sure_of(
    listed: dict[str, User], said: Said, person: Person | None, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        promised(listed, said=said, person=person)
    assert not Commitment.objects.exists()
    assert CertificateRequest.objects.get().status == RequestStatus.OPEN


@pytest.mark.parametrize(
    ("matter", "field"),
    [
        ("申领枪支许可", "公共安全"),
        ("收养登记", "人身健康"),
        ("排污许可", "生态环境"),
        ("涉密人员审查", "国家秘密"),
    ],
)
def test_excluded_matters(listed: dict[str, User], matter: str, field: str) -> None:
    assert PromiseExclusion.objects.count() == 7
    request = asked(listed, text="“企业纳税信用等级证明”", matter=matter)
    with pytest.raises(WrongState, match=field):
        promised(listed, request=request)


@pytest.mark.parametrize("text", ["收养登记证明", "弃婴证明", "收 養 登记证明"])
def test_the_same_certificate_is_excluded_however_it_is_asked_for(listed: dict[str, User], text: str) -> None:
    request = asked(listed, text=text)
    assert "人身健康" in promising.why_not(request)
    with pytest.raises(WrongState, match="人身健康"):
        promised(listed, request=request)


@pytest.mark.parametrize("name", ["name", "matter"])
def test_what_the_lists_call_it_counts_too(listed: dict[str, User], name: str) -> None:
    window.guide(listed, allows_promise=True, promise_conditions=["系本村村民"])
    request = window.registered(listed)
    assert promising.why_not(request) == ""
    setattr(request.edition_item, name, "申领ＡＢ 级枪  支的人")
    assert "公共安全" in promising.why_not(request)
    by_list = asked(listed)
    assert promising.why_not(by_list) == ""
    by_list.banned_item.printed_name = "危險化學品從業證明"  # type: ignore[union-attr]
    assert "公共安全" in promising.why_not(by_list)


@pytest.mark.parametrize("words", [[""], [" ", "，"], [3, None], "", {}])
def test_words_that_say_nothing_exclude_nothing(listed: dict[str, User], words: object) -> None:
    PromiseExclusion.objects.update(words=words)
    assert promising.why_not(asked(listed)) == ""
    with pytest.raises(ValidationError, match="不空的词"):
        PromiseExclusion.objects.all()[0].full_clean(exclude=["name"])


def test_the_words_of_an_exclusion_are_checked_where_they_are_edited(listed: dict[str, User]) -> None:
    edited = PromiseExclusion.objects.get(name="公共安全")
    url = reverse("admin:requests_app_promiseexclusion_change", args=[edited.pk])
    client = signed_in(listed["province_admin"])
    answers = {"name": edited.name, "basis": edited.basis, "change_reason": "补充用词"}
    page = client.post(url, {**answers, "words": "消防\n，"}).content.decode()
    assert "一个或者多个不空的词" in page
    assert client.post(url, {**answers, "words": "消防\r\n\r\n爆破 "}).status_code == 302
    edited.refresh_from_db()
    assert edited.words == ["消防", "爆破"]


def test_what_was_found_untrue_is_not_promised(listed: dict[str, User]) -> None:
    window.guide(listed, allows_promise=True, promise_conditions=["系本村村民"])
    request, staff = window.registered(listed), listed["village_staff"]

    def found(is_confirmed: bool) -> None:
        fact_finding.record_fact(
            actor=staff, request_id=request.pk, method="visit", note="入户查看", is_confirmed=is_confirmed
        )

    found(True)
    found(False)
    with pytest.raises(WrongState, match="情况不属实"):
        promised(listed, request=request, person=None)
    assert not Commitment.objects.exists()
    found(True)
    assert promised(listed, request=request, person=None).status == PromiseStatus.IN_FORCE


def test_on_the_list_it_is_the_guide_that_allows_it(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    with pytest.raises(WrongState, match="办事指南没有列明"):
        promised(listed, request=request)
    window.guide(listed, allows_promise=True, promise_conditions=["系本村村民"])
    request = window.registered(listed)
    said = Said(SAID.conditions, False, True, True)  # the guide speaks for the demanding body
    assert promised(listed, request=request, said=said, person=None).request == request


def test_who_asked_without_a_number_gives_it_with_the_promise(listed: dict[str, User]) -> None:
    conditions = ["系本村村民"]
    window.guide(
        listed, allows_promise=True, promise_conditions=conditions, needs_id_number=False, keep_years=1
    )
    request = window.registered(listed, person=Person(window.NAME, "", window.PHONE))
    url = reverse("promise", args=[request.pk])
    client = signed_in(listed["village_staff"])
    page = client.get(url).content.decode()
    assert 'name="id_number"' in page
    assert 'name="name"' not in page
    answers = {"conditions": conditions[0], "has_clean_record": "on", "chosen_freely": "on"}
    assert "应为18位，现有8位" in client.post(url, {**answers, "id_number": "45010219"}).content.decode()
    assert not Commitment.objects.exists()
    client.post(url, {**answers, "id_number": window.NUMBER})
    made, resident = Commitment.objects.get(), Resident.objects.get(pk=request.pk)
    assert made.id_hash == resident.id_hash != ""
    assert (resident.name, resident.phone, resident.id_number) == (window.NAME, window.PHONE, window.NUMBER)
    assert made.holder == "韦**"
    # A year for the certificate, five for a promise that is checked and objected to afterwards.
    assert resident.keep_until.year == timezone.localdate().year + promising.KEEP_YEARS


def test_without_a_demander_nobody_can_have_accepted(listed: dict[str, User]) -> None:
    with pytest.raises(WrongState, match="写明索要单位"):
        promised(listed, request=asked(listed, demander=""))


def test_states(listed: dict[str, User]) -> None:
    """From every state, what may be done and what not."""
    staff, county = listed["village_staff"], listed["county_officer"]
    made = promised(listed)
    for status in PromiseStatus.values:
        Commitment.objects.filter(pk=made.pk).update(
            status=status, checked_by=county.pk, checked_at=timezone.now(), finding="相符"
        )
        acts = {
            "withdraw": lambda: promising.withdraw_promise(actor=staff, commitment_id=made.pk),
            "check": lambda: promising.check_promise(
                actor=county, commitment_id=made.pk, is_true=True, finding="相符"
            ),
            "object": lambda: credit.object_to(
                actor=staff, commitment_id=made.pk, kind="objection", text="不服"
            ),
        }
        for name, act in acts.items():
            Commitment.objects.filter(pk=made.pk).update(status=status)
            if (name == "object") == (status == "false") and (name == "object" or status == "in_force"):
                act()
            else:
                with pytest.raises(WrongState):
                    act()


def test_only_a_promise_that_may_be_handed_in_is_printed(listed: dict[str, User]) -> None:
    client, county, made = signed_in(listed["village_staff"]), listed["county_officer"], promised(listed)
    for status, may in (("in_force", True), ("withdrawn", False), ("true", True), ("false", False)):
        Commitment.objects.filter(pk=made.pk).update(
            status=status, checked_by=county.pk, checked_at=timezone.now(), finding="x"
        )
        before = Access.objects.count()
        page = client.post(reverse("commitment_print", args=[made.serial]), follow=True).content.decode()
        assert (window.NUMBER in page) is may
        assert ("不能打印" in page) is not may
        assert Access.objects.count() == before + may


def test_who_took_it_does_not_check_it(listed: dict[str, User]) -> None:
    made = promised(listed)

    def check(who: str) -> Commitment:
        return promising.check_promise(actor=listed[who], commitment_id=made.pk, is_true=True, finding="相符")

    for other in ("village_staff", "other_city_officer"):
        with pytest.raises(NotAllowed):
            check(other)
    Commitment.objects.filter(pk=made.pk).update(taken_by=listed["county_officer"].pk)
    with pytest.raises(FourEyes):
        check("county_officer")
    assert check("city_officer").status == PromiseStatus.TRUE


def test_the_draw_is_of_the_own_place_and_of_what_is_open(listed: dict[str, User]) -> None:
    made = [promised(listed) for _ in range(5)]
    promising.withdraw_promise(actor=listed["village_staff"], commitment_id=made[0].pk)
    county = listed["county_officer"]
    drawn = sampling.draw_sample(actor=county, scope=county.division, share=0.5)
    assert len(drawn) == 2
    assert made[0] not in drawn
    with pytest.raises(NotAllowed):
        sampling.draw_sample(actor=county, scope=Division.objects.get(code="4501"), share=0.5)
    for share in (0, -0.1, 1.1):
        with pytest.raises(BadInput, match="比例"):
            sampling.draw_sample(actor=county, scope=county.division, share=share)


def test_what_is_drawn_stays_drawn(listed: dict[str, User]) -> None:
    """Drawing again adds to the draw; nobody gets another one by trying."""
    made = [promised(listed) for _ in range(3)]
    county = listed["county_officer"]
    first = sampling.draw_sample(actor=county, scope=county.division, share=0.1)
    second = sampling.draw_sample(actor=county, scope=county.division, share=1)
    assert {one.pk for one in first}.isdisjoint(one.pk for one in second)
    assert {one.pk for one in first + second} == {one.pk for one in made}
    with pytest.raises(WrongState, match="先核查抽中的"):
        sampling.draw_sample(actor=county, scope=county.division, share=1)
    record = first[0].history.first()
    assert (record.history_user, record.history_change_reason) == (county, "随机抽中（3份中抽1份）")
    assert [str(one) for one in Verification(Commitment).problems()] == []
    page = signed_in(county).get(reverse("commitments"), {"show": "drawn"}).content.decode()
    assert all(one.serial in page for one in made)
    promising.check_promise(actor=county, commitment_id=first[0].pk, is_true=True, finding="相符")
    page = signed_in(county).get(reverse("commitments"), {"show": "drawn"}).content.decode()
    assert first[0].serial not in page
    assert second[0].serial in page


def copies_of(made: Commitment, count: int) -> None:
    """Promises like ``made``, with their requests, as many as wait in a large place."""
    request = CertificateRequest.objects.get(pk=made.request_id)
    requests = [copied(request) for _ in range(count)]
    CertificateRequest.objects.bulk_create(requests, batch_size=50)
    promises = [
        copied(made, request=one, number=number, serial=f"{made.serial[:-6]}{number:06d}")
        for number, one in enumerate(requests, start=made.number + 1)
    ]
    create_recorded(Commitment, promises, actor=SYSTEM, reason="试")


def copied(row: Any, **more: Any) -> Any:
    names = [one.attname for one in row._meta.concrete_fields if not one.primary_key]
    copy = type(row)(**{name: getattr(row, name) for name in names})
    for name, value in more.items():
        setattr(copy, name, value)
    return copy


def test_a_draw_of_more_than_a_thousand(listed: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    copies_of(promised(listed), 1299)
    county = listed["county_officer"]
    with CaptureQueriesContext(connection) as queries:
        drawn = sampling.draw_sample(actor=county, scope=county.division, share=0.8)
    assert len({one.pk for one in drawn}) == 1040
    assert len(queries) < 40
    assert max(len(one["sql"]) for one in queries) < 500_000
    waiting = Commitment.objects.filter(check_kind="")
    assert waiting.count() == 260
    reasons = Commitment.history.filter(history_user=county).values_list("history_change_reason", flat=True)
    assert set(reasons) == {"随机抽中（1300份中抽1040份）"}
    assert [str(one) for one in Verification(Commitment).problems()] == []
    monkeypatch.setattr(sampling, "MOST", 200)
    assert len(sampling.draw_sample(actor=county, scope=county.division, share=1)) == 200
    assert waiting.count() == 60


def test_the_draw_through_the_page(listed: dict[str, User]) -> None:
    client, url = signed_in(listed["county_officer"]), reverse("draw_sample")
    assert "没有可以抽取" in client.post(url, {"share": "10"}, follow=True).content.decode()
    made = promised(listed)
    page = client.post(url, {"share": "10"}, follow=True).content.decode()
    assert "抽中1份" in page
    assert made.serial in page


def test_through_the_pages(listed: dict[str, User]) -> None:
    client = signed_in(listed["village_staff"])
    form = {"q": "单身证明", "matter": "办理登记", "demander": "某登记机关", "promise": "1"}
    page = client.post(reverse("register_request"), form, follow=True)
    assert "先向申请人逐条告知" in page.content.decode()
    url = page.redirect_chain[-1][0]
    answers = {
        "conditions": "系本社区居民",
        "name": window.NAME,
        "id_number": window.NUMBER,
        "demander_accepts": "on",
        "has_clean_record": "on",
    }
    assert "自愿选择" in client.post(url, answers).content.decode()
    done = client.post(url, {**answers, "chosen_freely": "on"}, follow=True)
    assert "打印承诺书" in done.content.decode()
    serial = Commitment.objects.get().serial
    paper = client.post(reverse("commitment_print", args=[serial]), follow=True).content.decode()
    assert window.NUMBER in paper
    assert Access.objects.get().reason == f"打印告知承诺书{serial}"
    county = signed_in(listed["county_officer"])
    page = county.get(reverse("commitment", args=[serial])).content.decode()
    assert window.NUMBER not in page
    said = {"is_true": "no", "finding": "与档案不符"}
    county.post(reverse("commitment_check", args=[serial]), said)
    window.time_to_object_passes()
    assert "450102-" in county.post(reverse("credit_batches"), follow=True).content.decode()
    number = Commitment.objects.get().batch.number  # type: ignore[union-attr]
    file = county.post(reverse("credit_batch_file", args=[number]), {"json": "1"})
    assert window.NAME in file.content.decode()


def test_whoever_checks_it_may_see_who_promised_for_a_reason(listed: dict[str, User]) -> None:
    made, county = promised(listed), listed["county_officer"]
    page = signed_in(county).post(reverse("commitment_reveal", args=[made.serial]), {"reason": " "})
    assert "请写明" in page.content.decode()
    assert window.NUMBER not in page.content.decode()
    reason = {"reason": f"核对{window.NAME}的婚姻登记"}
    page = signed_in(county).post(reverse("commitment_reveal", args=[made.serial]), reason)
    assert window.NUMBER in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    look = Access.objects.get(kind="unmasked", by=county)
    assert look.reason == "核对某的婚姻登记"
    with pytest.raises(NotAllowed):
        promising.reveal(actor=listed["other_city_officer"], commitment_id=made.pk, reason="核对")


def test_conditions_name_nobody_and_end_once(listed: dict[str, User]) -> None:
    named = replace(SAID, conditions=(f"{window.NAME}监护关系属实。", "无争议"))
    with pytest.raises(BadInput, match="韦某"):
        promised(listed, said=named)
    made = promised(listed, said=replace(SAID, conditions=("监护关系属实。", "无争议；", "。")))
    assert made.conditions == ["监护关系属实", "无争议"]
    assert "监护关系属实；无争议。" in made.told


def test_the_paper_does_not_send_back_to_a_banned_certificate(listed: dict[str, User]) -> None:
    told = promised(listed).told
    assert "依照规定不出具婚姻状况证明" in told
    assert "提交证明或者" not in told
    assert "办理“登记”" in told


def test_what_may_not_be_promised_is_not_even_registered(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    said: dict[str, Any] = {"actor": staff, "village": staff.division}
    for more, why in (
        ({"text": "单身证明"}, "写明索要单位"),
        ({"text": "单身证明", "demander": "某机关", "matter": "收养登记"}, "不适用告知承诺"),
    ):
        with pytest.raises(WrongState, match=why):
            promising.begin(**said, **more)
    page = signed_in(staff).post(reverse("register_request"), {"q": "单身证明", "promise": "1"})
    assert "写明索要单位" in page.content.decode()
    assert not CertificateRequest.objects.exists()
    assert promising.begin(**said, text="单身证明", demander="某机关").due_on is not None
