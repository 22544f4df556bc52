"""Promises instead of certificates: where they are taken, what comes of them."""

import io
import json
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.verification import Verification
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.models import Round
from divisions.models import Division
from requests_app import credit, handling, promising
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    Happening,
    PromiseExclusion,
    PromiseStatus,
    RequestStatus,
)
from requests_app.promising import Said
from requests_app.residents import Person
from tests import window

SAID = Said(
    ("系本社区居民", "符合登记条件"), demander_accepts=True, has_clean_record=True, chosen_freely=True
)


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    promising.load_exclusions(settings.FIXTURE_ROOT / "promise_exclusions.json")
    return people


def asked(people: dict[str, User], text: str = "单身证明", **more: Any) -> CertificateRequest:
    staff = people["village_staff"]
    more = {"demander": "某登记机关", "matter": "办理登记", **more}
    return handling.register(actor=staff, village=staff.division, text=text, **more)


def promised(people: dict[str, User], **more: Any) -> Commitment:
    request = more.pop("request", None) or asked(people)
    person = more.pop("person", window.PERSON)
    return promising.promise(
        actor=people["village_staff"], request_id=request.pk, person=person, said=more.pop("said", SAID)
    )


def found_false(people: dict[str, User]) -> Commitment:
    return promising.check_promise(
        actor=people["county_officer"],
        commitment_id=promised(people).pk,
        is_true=False,
        finding="与登记档案不符",
        kind="sample",
    )


def test_a_promise_takes_the_place_of_the_paper(listed: dict[str, User]) -> None:
    made = promised(listed)
    assert made.serial == f"450102001003-{timezone.localdate().year}-C000001"
    assert made.holder == "韦**"
    assert "自愿选择" in made.told
    assert "系本社区居民；符合登记条件" in made.told
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
    request = asked(listed, text="企业纳税信用等级证明", matter=matter)
    with pytest.raises(WrongState, match=field):
        promised(listed, request=request)


def test_on_the_list_it_is_the_guide_that_allows_it(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    with pytest.raises(WrongState, match="办事指南没有列明"):
        promised(listed, request=request)
    window.guide(listed, allows_promise=True, promise_conditions=["系本村村民"])
    request = window.registered(listed)
    said = Said(SAID.conditions, False, True, True)  # the guide speaks for the demanding body
    assert promised(listed, request=request, said=said, person=None).request == request


def test_without_a_demander_nobody_can_have_accepted(listed: dict[str, User]) -> None:
    with pytest.raises(WrongState, match="写明索要单位"):
        promised(listed, request=asked(listed, demander=""))


def test_an_earlier_false_promise_excludes_until_repaired(listed: dict[str, User]) -> None:
    made = found_false(listed)
    with pytest.raises(WrongState, match="不实承诺记录"):
        promised(listed)
    other = Person("韦某", "45010219000101002" + "0")
    with pytest.raises(BadInput, match="不正确"):
        promised(listed, person=other)
    raised = credit.object_to(
        actor=listed["village_staff"], commitment_id=made.pk, kind="repair", text="已经改正"
    )
    credit.answer_objection(
        actor=listed["county_officer"], objection_id=raised.pk, is_upheld=True, text="已整改到位"
    )
    assert promised(listed).status == PromiseStatus.IN_FORCE


def test_states(listed: dict[str, User]) -> None:
    """From every state, what may be done and what not."""
    staff, county = listed["village_staff"], listed["county_officer"]
    made = promised(listed)
    for status in PromiseStatus.values:
        Commitment.objects.filter(pk=made.pk).update(
            status=status, checked_by=county.pk, checked_at=timezone.now(), finding="x"
        )
        acts = {
            "withdraw": lambda: promising.withdraw_promise(actor=staff, commitment_id=made.pk),
            "check": lambda: promising.check_promise(
                actor=county, commitment_id=made.pk, is_true=True, finding="x", kind="sample"
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


def test_who_took_it_does_not_check_it(listed: dict[str, User]) -> None:
    made = promised(listed)

    def check(who: str) -> Commitment:
        return promising.check_promise(
            actor=listed[who], commitment_id=made.pk, is_true=True, finding="相符", kind="sample"
        )

    for other in ("village_staff", "other_city_officer"):
        with pytest.raises(NotAllowed):
            check(other)
    Commitment.objects.filter(pk=made.pk).update(taken_by=listed["county_officer"].pk)
    with pytest.raises(FourEyes):
        check("county_officer")
    assert check("city_officer").status == PromiseStatus.TRUE


def test_false_ones_are_reported_once_with_a_receipt(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    with pytest.raises(WrongState, match="没有待报送"):
        credit.make_batch(actor=county, scope=county.division)
    made = found_false(listed)
    batch = credit.make_batch(actor=county, scope=county.division)
    assert batch.number == f"450102-{timezone.localdate():%Y%m%d}-01"
    with pytest.raises(WrongState):
        credit.make_batch(actor=county, scope=county.division)
    data = json.loads(credit.batch_file(actor=county, batch=batch, kind="json"))
    assert data["记录"][0]["公民身份号码"] == window.NUMBER
    book = openpyxl.load_workbook(io.BytesIO(credit.batch_file(actor=county, batch=batch, kind="xlsx")))
    assert window.NAME in [cell.value for row in book.active.iter_rows() for cell in row]
    assert Access.objects.filter(request=made.request, kind="exported").count() == 2
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        credit.acknowledge(actor=listed["other_city_officer"], batch=batch, number="HZ1", on=today)
    credit.acknowledge(actor=county, batch=batch, number="HZ1", on=today)
    with pytest.raises(WrongState, match="已经登记回执"):
        credit.acknowledge(actor=county, batch=batch, number="HZ2", on=today)


def test_an_objection_waits_and_corrects(listed: dict[str, User]) -> None:
    county, city = listed["county_officer"], listed["city_officer"]
    made = found_false(listed)
    raised = credit.object_to(
        actor=listed["village_staff"], commitment_id=made.pk, kind="objection", text="档案有误"
    )
    with pytest.raises(WrongState, match="没有待报送"):
        credit.make_batch(actor=county, scope=county.division)
    with pytest.raises(FourEyes):
        credit.answer_objection(actor=county, objection_id=raised.pk, is_upheld=False, text="维持")
    credit.answer_objection(actor=city, objection_id=raised.pk, is_upheld=True, text="档案更正")
    made.refresh_from_db()
    assert made.status == PromiseStatus.TRUE
    assert promised(listed).status == PromiseStatus.IN_FORCE
    assert [str(one) for one in Verification(Commitment).problems()] == []


def test_the_draw_is_of_the_own_place_and_of_what_is_open(listed: dict[str, User]) -> None:
    made = [promised(listed) for _ in range(5)]
    promising.withdraw_promise(actor=listed["village_staff"], commitment_id=made[0].pk)
    county = listed["county_officer"]
    drawn = promising.draw_sample(county, county.division, 0.5)
    assert len(drawn) == 2
    assert made[0] not in drawn
    with pytest.raises(NotAllowed):
        promising.draw_sample(county, Division.objects.get(code="4501"), 0.5)


def test_through_the_pages(listed: dict[str, User]) -> None:
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
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
    paper = client.post(reverse("commitment_print", args=[serial])).content.decode()
    assert window.NUMBER in paper
    county = Client()
    county.force_login(listed["county_officer"], backend="accounts.backends.RoleBackend")
    page = county.get(reverse("commitment", args=[serial])).content.decode()
    assert window.NUMBER not in page
    said = {"kind": "suspicion", "is_true": "no", "finding": "与档案不符"}
    county.post(reverse("commitment_check", args=[serial]), said)
    assert "450102-" in county.post(reverse("credit_batches"), follow=True).content.decode()
    number = Commitment.objects.get().batch.number  # type: ignore[union-attr]
    file = county.post(reverse("credit_batch_file", args=[number]), {"json": "1"})
    assert window.NAME in file.content.decode()
