"""The village window: register, look into it, issue, refuse, revoke."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from docx import Document

from accounts.models import User
from audit.verification import Verification as HistoryCheck
from catalogs.errors import BadInput, NotAllowed, Stale, WrongState
from catalogs.models import EditionItem, Round
from divisions.models import Division
from requests_app import fact_finding, handling, issuing, refusing, residents, verification
from requests_app.models import (
    TRANSITIONS,
    Access,
    CertificateRequest,
    Counter,
    Deliberation,
    FactCheck,
    Happening,
    IssuedCertificate,
    Outcome,
    Refusal,
    RefusalReason,
    RequestStatus,
    Resident,
    WrongTries,
)
from requests_app.papers import as_document, feet_of, grouped, how_to_verify
from requests_app.residents import Person
from tests import window


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def test_it_registers_with_the_answer_as_it_was(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    assert request.status == RequestStatus.OPEN
    assert request.verdict == "MAY_ISSUE"
    assert request.evidence["edition"] == "南宁市保留清单第1版"
    assert request.edition_item is not None
    assert request.due_on == timezone.localdate()
    assert request.county_code == "450102"
    assert request.city_code == "4501"
    assert residents.of(request).name == window.NAME  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (Person("", window.NUMBER), "姓名"),
        (Person(window.NAME, ""), "须填写申请人的公民身份号码"),
        (
            Person(window.NAME, window.NUMBER[:-1] + ("1" if window.NUMBER[-1] != "1" else "2")),
            "身份号码不正确",
        ),
        (Person(window.NAME, "4501021990010100"), "应为18位"),
        (Person(window.NAME, window.NUMBER, "12"), "联系电话"),
    ],
)
def test_it_refuses_a_resident_who_is_not_told_properly(
    listed: dict[str, User], person: Person, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        window.registered(listed, person=person)
    assert not CertificateRequest.objects.exists()
    assert not Happening.objects.exists()


def test_no_number_is_asked_where_the_guide_needs_none(listed: dict[str, User]) -> None:
    window.guide(listed, needs_id_number=False)
    request = window.registered(listed, person=Person(window.NAME))
    assert residents.of(request).id_hash == ""  # type: ignore[union-attr]


def test_a_certificate_is_for_the_matters_on_the_list_and_no_others(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    said = {"matter": "向银行申请贷款", "demander": "某商业银行"}
    with pytest.raises(BadInput, match="选择用于哪一项"):
        window.registered(listed, **said)
    item = EditionItem.objects.get(name="农民身份证明")
    request = window.registered(listed, item_id=item.pk, **said)
    assert (request.matter, request.demander) == (item.matter, item.requesting_unit)
    assert request.evidence["said_matter"] == "向银行申请贷款"
    fact_finding.record_fact(actor=staff, request_id=request.pk, method="known")
    paper = window.issue(actor=staff, request_id=request.pk)
    assert f"限用于：{item.matter}" in feet_of(paper)
    assert "贷款" not in issuing.paper_of(request)

    off = refusing.turn_away(actor=staff, village=staff.division, text="农民身份证明", item_id=0, **said)
    assert off.verdict == "NOT_LISTED"
    assert off.edition_item is None
    assert off.refusal.reason == RefusalReason.NOT_LISTED
    assert f"只用于：{item.matter}" in off.refusal.text
    assert "优化营商环境条例" in off.refusal.duty
    assert Happening.objects.filter(outcome=Outcome.NOT_LISTED, demander="某商业银行").exists()


def test_the_page_asks_which_matter_and_offers_the_slip(listed: dict[str, User]) -> None:
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    asked = {"q": "农民身份证明", "matter": "向银行申请贷款", "demander": "某商业银行"}
    page = client.get(reverse("register_request"), asked).content.decode()
    assert "用于哪一项办理事项" in page
    assert 'name="address"' not in page, "no paper says where they live"
    person = {"name": window.NAME, "id_number": window.NUMBER}
    again = client.post(reverse("register_request"), {**asked, **person})
    assert again.status_code == 200
    slip = client.post(reverse("register_request"), {**asked, "off_list": "1"})
    assert slip["Location"] == reverse("refusal", args=[Refusal.objects.get().serial])
    assert not Resident.objects.exists()


def test_what_the_paper_says_of_a_person_is_asked_for(listed: dict[str, User]) -> None:
    window.guide(listed, template="兹证明{姓名}住{住址}，电话{电话}，{备注}。", fields=[{"name": "备注"}])
    for missing, says in ((Person(window.NAME, window.NUMBER, window.PHONE), "住址"),):
        with pytest.raises(BadInput, match=says):
            window.registered(listed, person=missing)
    request = window.checked(listed)
    window.issue(actor=listed["village_staff"], request_id=request.pk, answers={})
    text = issuing.paper_of(request)
    assert window.PERSON.address in text
    assert text.endswith("，／。"), "what was left out is struck through"
    assert "____" not in text


def test_a_village_that_was_abolished_registers_nothing(listed: dict[str, User]) -> None:
    village = listed["village_staff"].division
    assert village is not None
    Division.objects.filter(pk=village.pk).update(closed_on=timezone.localdate())
    village.refresh_from_db()
    with pytest.raises(NotAllowed, match="已经撤销"):
        window.registered(listed)


def test_only_the_village_itself_registers(listed: dict[str, User]) -> None:
    other = Division.objects.filter(level="village").exclude(code=listed["village_staff"].division_id)[0]
    with pytest.raises(NotAllowed, match="管辖范围"):
        handling.register(actor=listed["village_staff"], village=other, text="农民身份证明")
    with pytest.raises(NotAllowed, match="权限"):
        handling.register(actor=listed["city_officer"], village=other, text="农民身份证明")


def test_what_is_not_clear_is_not_registered(listed: dict[str, User]) -> None:
    with pytest.raises(BadInput, match="还没有查清"):
        window.registered(listed, text="证明")


def test_nothing_is_issued_blank(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    with pytest.raises(WrongState, match="怎样核实"):
        window.issue(
            actor=listed["village_staff"], request_id=request.pk, answers=window.STATED, head="负责人甲"
        )
    assert not Counter.objects.exists()


def test_a_fact_that_did_not_hold_stops_it(listed: dict[str, User]) -> None:
    request = window.checked(listed)
    staff = listed["village_staff"]
    fact_finding.record_fact(
        actor=staff, request_id=request.pk, method="visit", note="人不住在这里", is_confirmed=False
    )
    with pytest.raises(WrongState, match="不属实"):
        window.issue(actor=staff, request_id=request.pk, answers=window.STATED, head="负责人甲")
    slip = refusing.refuse(
        actor=staff, request_id=request.pk, reason="not_true", text="走访核实，不住本社区。"
    )
    assert slip.serial.endswith("-G000001")
    assert "据实出具" in slip.clause
    assert slip.steps


def test_it_issues_with_the_next_number_and_what_it_rests_on(listed: dict[str, User]) -> None:
    first, second = window.issued(listed), window.issued(listed)
    year = timezone.localdate().year
    assert (first.number, second.number) == (1, 2)
    assert first.serial == f"450102001003-{year}-000001"
    assert first.edition.number == 1
    assert "市场主体登记管理条例" in first.clause
    assert first.holder == "韦**"
    first.request.refresh_from_db()
    assert first.request.status == RequestStatus.ISSUED
    paper = issuing.paper_of(first.request)
    assert window.NAME in paper
    assert window.NUMBER in paper
    assert "从事农业生产" in paper
    assert "______" not in paper


def test_the_clerk_is_told_which_field_is_missing(listed: dict[str, User]) -> None:
    request = window.checked(listed)
    with pytest.raises(BadInput, match="请填写证明内容"):
        window.issue(actor=listed["village_staff"], request_id=request.pk, answers={}, head="负责人甲")
    with pytest.raises(BadInput, match="负责人"):
        window.issue(actor=listed["village_staff"], request_id=request.pk, answers=window.STATED, head=" ")


def test_a_failed_issue_leaves_no_gap(listed: dict[str, User]) -> None:
    window.issued(listed)
    request = window.checked(listed)
    with transaction.atomic():
        window.issue(
            actor=listed["village_staff"], request_id=request.pk, answers=window.STATED, head="负责人甲"
        )
        transaction.set_rollback(True)
    assert window.issued(listed).number == 2


def test_an_investigation_is_more_than_knowing(listed: dict[str, User]) -> None:
    window.guide(listed, needs_investigation=True, working_days=3)
    request = window.checked(listed)
    assert request.due_on > timezone.localdate()  # type: ignore[operator]
    staff = listed["village_staff"]
    with pytest.raises(WrongState, match="要求调查核实"):
        window.issue(actor=staff, request_id=request.pk, answers={}, head="负责人甲")
    photo = SimpleUploadedFile("韦某某家.jpg", b"\xff\xd8\xff")
    check = fact_finding.record_fact(
        actor=staff, request_id=request.pk, method="visit", note="入户查看属实", file=photo
    )
    assert check.file_name == "核实附件.jpg"
    assert window.NAME not in check.file.name
    paper = window.issue(actor=staff, request_id=request.pk, answers={}, head="负责人甲")
    assert paper.guide is not None
    assert paper.clause == "《某某条例》第八条"


def test_an_investigation_that_found_otherwise_does_not_count(listed: dict[str, User]) -> None:
    window.guide(listed, needs_investigation=True, working_days=3)
    request, staff = window.registered(listed), listed["village_staff"]

    def look(method: str, *, is_confirmed: bool) -> list[str]:
        fact_finding.record_fact(
            actor=staff, request_id=request.pk, method=method, note="如实", is_confirmed=is_confirmed
        )
        return issuing.missing_before_issuing(CertificateRequest.objects.get(pk=request.pk))

    assert any("不属实" in one for one in look("visit", is_confirmed=False))
    assert any("要求调查核实" in one for one in look("papers", is_confirmed=True))
    assert look("neighbours", is_confirmed=True) == []


def test_what_is_issued_is_what_was_seen(listed: dict[str, User]) -> None:
    request, staff = window.checked(listed), listed["village_staff"]
    seen = issuing.preview(actor=staff, request_id=request.pk, answers=window.STATED).digest
    said: dict[str, Any] = {"actor": staff, "request_id": request.pk, "head": "负责人甲"}
    for answers, digest in (({"证明内容": "别的内容"}, seen), (window.STATED, "")):
        with pytest.raises(Stale, match="重新看样张"):
            issuing.issue(**said, answers=answers, seen=digest)
    assert not Counter.objects.exists()
    client = Client()
    client.force_login(staff, backend="accounts.backends.RoleBackend")
    changed = {"field0": "别的内容", "head": "负责人甲", "confirm": "1", "seen": seen}
    page = client.post(reverse("issue_certificate", args=[request.pk]), changed)
    assert "重新看样张" in page.content.decode()
    assert "别的内容" in page.context["preview"].text
    changed["seen"] = page.context["preview"].digest
    assert client.post(reverse("issue_certificate", args=[request.pk]), changed).status_code == 302


def test_a_refusal_rests_on_what_was_recorded(listed: dict[str, User]) -> None:
    window.guide(listed, needs_deliberation=True)
    request, staff = window.checked(listed), listed["village_staff"]
    for reason, says in (("not_true", "先记录核实情况"), ("not_agreed", "先记录居民议事")):
        with pytest.raises(BadInput, match=says):
            refusing.refuse(actor=staff, request_id=request.pk, reason=reason, text="不符")
    meeting(listed, request, in_favour=3)
    slip = refusing.refuse(actor=staff, request_id=request.pk, reason="not_agreed", text="多数不同意")
    assert slip.text == "多数不同意"


def test_nothing_is_looked_into_for_what_is_not_issued(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    asked = refusing.turn_away(
        actor=staff, village=staff.division, text="亲属关系证明", matter="办理继承公证", demander="公证处"
    )
    with pytest.raises(WrongState, match="不用核实"):
        fact_finding.record_fact(actor=staff, request_id=asked.pk, method="visit", note="入户")
    with pytest.raises(WrongState, match="不用核实"):
        meeting(listed, asked)


def meeting(people: dict[str, User], request: CertificateRequest, **more: Any) -> Deliberation:
    about: dict[str, Any] = {
        "held_on": timezone.localdate(),
        "form": "村民代表会议",
        "entitled": 40,
        "present": 30,
        "in_favour": 28,
        "head": "负责人甲",
        "signed_on": timezone.localdate(),
        "minutes": SimpleUploadedFile("记录.pdf", b"%PDF-1.4"),
        **more,
    }
    return fact_finding.record_deliberation(actor=people["village_staff"], request_id=request.pk, **about)


def test_without_the_residents_and_the_head_it_is_not_issued(listed: dict[str, User]) -> None:
    window.guide(listed, needs_deliberation=True)
    request = window.checked(listed)
    staff = listed["village_staff"]

    def issue() -> IssuedCertificate:
        return window.issue(actor=staff, request_id=request.pk, answers={}, head="负责人甲")

    with pytest.raises(WrongState, match="先记录会议"):
        issue()
    meeting(listed, request, head="", signed_on=None)
    with pytest.raises(WrongState, match="缺负责人签字"):
        issue()
    with pytest.raises(BadInput, match="只补签字"):
        meeting(listed, request, minutes=None, in_favour=29)
    meeting(listed, request, minutes=None)
    assert issue().number == 1


def test_residents_who_disagreed_are_overruled_by_residents_only(listed: dict[str, User]) -> None:
    request, today = window.checked(listed), timezone.localdate()
    before = today - dt.timedelta(days=2)
    meeting(listed, request, held_on=before, signed_on=before, in_favour=3)
    with pytest.raises(BadInput, match="只补签字"):
        meeting(listed, request, held_on=before, signed_on=before, minutes=None)
    with pytest.raises(BadInput, match="晚于上一次"):
        meeting(listed, request, held_on=before, signed_on=before)
    assert meeting(listed, request).is_complete


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"present": 50}, "实到人数"),
        ({"in_favour": 31}, "同意人数"),
        ({"held_on": dt.date(2100, 1, 1)}, "不能晚于今天"),
        ({"signed_on": None}, "同时写明"),
        ({"minutes": None}, "会议记录"),
        ({"minutes": SimpleUploadedFile("a.exe", b"x")}, "附件应为"),
    ],
)
def test_a_meeting_that_cannot_have_been_is_refused(
    listed: dict[str, User], wrong: dict[str, Any], says: str
) -> None:
    request = window.checked(listed)
    with pytest.raises(BadInput, match=says):
        meeting(listed, request, **wrong)
    assert not Deliberation.objects.exists()


def test_residents_who_disagree_stop_it(listed: dict[str, User]) -> None:
    window.guide(listed, needs_deliberation=True)
    request = window.checked(listed)
    assert meeting(listed, request, in_favour=15).result == "refused"
    with pytest.raises(WrongState, match="未同意"):
        window.issue(actor=listed["village_staff"], request_id=request.pk, answers={}, head="负责人甲")


def test_a_banned_certificate_is_refused_with_a_way(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    request = refusing.turn_away(
        actor=staff, village=staff.division, text="单身证明", demander="某银行", matter="贷款"
    )
    slip = request.refusal
    assert request.status == RequestStatus.REFUSED
    assert slip.reason == RefusalReason.MUST_NOT
    assert "第8项" in slip.clause
    assert slip.steps
    assert not Resident.objects.exists()
    outcomes = list(Happening.objects.order_by("pk").values_list("outcome", "demander"))
    assert outcomes == [(Outcome.ASKED, "某银行"), (Outcome.MUST_NOT, "某银行")]


def test_what_may_be_issued_is_not_turned_away(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    with pytest.raises(BadInput):
        refusing.turn_away(actor=staff, village=staff.division, text="农民身份证明")
    assert not CertificateRequest.objects.exists()
    request = window.registered(listed)
    with pytest.raises(BadInput, match="选择不予出具的理由"):
        refusing.refuse(actor=staff, request_id=request.pk)


def test_an_exception_is_asked_about_before_it_is_refused(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    request = refusing.turn_away(
        actor=staff, village=staff.division, text="亲属关系证明", matter="办理继承公证", demander="公证处"
    )
    assert request.verdict == "EXCEPTION"
    assert request.status == RequestStatus.OPEN
    assert request.due_on is not None
    assert request.due_on > timezone.localdate()
    slip = refusing.refuse(actor=staff, request_id=request.pk)
    assert slip.reason == RefusalReason.EXCEPTION
    assert "例外情形" in slip.text


def test_off_the_list_and_by_another_body(listed: dict[str, User]) -> None:
    staff = listed["village_staff"]
    off = refusing.turn_away(actor=staff, village=staff.division, text="“企业纳税信用等级证明”")
    assert off.refusal.reason == RefusalReason.NOT_LISTED
    assert "三（二）" in off.refusal.clause
    other = refusing.turn_away(actor=staff, village=staff.division, text="社区戒毒社区康复人员情况证明")
    assert other.refusal.reason == RefusalReason.OTHER_BODY
    assert [off.refusal.number, other.refusal.number] == [1, 2]


def test_every_pair_of_states() -> None:
    for before in RequestStatus.values:
        for after in RequestStatus.values:
            allowed = after in TRANSITIONS[before]
            assert allowed == (before == "open" and after != "open")


def test_what_is_done_is_done(listed: dict[str, User]) -> None:
    certificate = window.issued(listed)
    staff, request = listed["village_staff"], certificate.request
    for again in (
        lambda: window.issue(actor=staff, request_id=request.pk, answers=window.STATED, head="甲"),
        lambda: refusing.refuse(actor=staff, request_id=request.pk, reason="not_true", text="x"),
        lambda: handling.withdraw(actor=staff, request_id=request.pk, note=""),
        lambda: fact_finding.record_fact(actor=staff, request_id=request.pk, method="known"),
    ):
        with pytest.raises(WrongState, match="已出具"):
            again()


def test_a_new_edition_without_the_row_stops_it(listed: dict[str, User]) -> None:
    request = window.checked(listed)
    item = request.edition_item
    assert item is not None
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with connection.cursor() as cursor:  # the edition begins tomorrow: today there is none in force
        cursor.execute(
            "UPDATE catalogs_edition SET effective_from = %s WHERE id = %s", [tomorrow, item.edition_id]
        )
    with pytest.raises(WrongState, match="清单已经更新"):
        window.issue(actor=listed["village_staff"], request_id=request.pk, answers=window.STATED, head="甲")


def test_it_is_verified_revoked_and_expires(listed: dict[str, User]) -> None:
    window.guide(listed, valid_days=30)
    request = window.checked(listed)
    certificate = window.issue(
        actor=listed["village_staff"], request_id=request.pk, answers={}, head="负责人甲"
    )
    code, today = verification.code_of(certificate.serial), timezone.localdate()

    def ask(code: str = code, on: dt.date = today) -> str:
        return verification.verify(certificate.serial, code, on, address="192.0.2.1").state.name

    assert ask() == "TRUE"
    assert ask(code.lower()) == "TRUE"
    assert ask(on=today + dt.timedelta(days=30)) == "TRUE"
    assert ask(on=today + dt.timedelta(days=31)) == "EXPIRED"
    assert ask("A" * 12) == "UNKNOWN"
    with pytest.raises(BadInput, match="撤销理由"):
        issuing.revoke(actor=listed["village_staff"], certificate_id=certificate.pk, reason=" ")
    issuing.revoke(actor=listed["village_staff"], certificate_id=certificate.pk, reason="填写有误")
    assert ask() == "REVOKED"
    with pytest.raises(WrongState, match="已经撤销"):
        issuing.revoke(actor=listed["village_staff"], certificate_id=certificate.pk, reason="再撤")


def test_the_public_page_says_what_to_do(listed: dict[str, User]) -> None:
    window.guide(listed, valid_days=30)
    request = window.checked(listed)
    made = window.issue(actor=listed["village_staff"], request_id=request.pk, answers={})

    def said() -> str:
        address = reverse("verify_certificate", args=[made.serial, verification.code_of(made.serial)])
        return Client().get(address).content.decode()

    true = said()
    assert "请核对纸面上的名称、单位、日期与这里一致，并看清纸面上写的“限用于”哪一事项。" in true
    assert made.matter not in true
    assert "有效期至" in true
    IssuedCertificate.objects.filter(pk=made.pk).update(expires_on=dt.date(2026, 1, 2))
    assert "这份证明已过有效期，不能使用；请持证人到原出具单位重新办理。" in said()
    issuing.revoke(actor=listed["village_staff"], certificate_id=made.pk, reason="填写有误")
    revoked = said()
    assert "这份证明已经撤销，不能使用；请持证人到原出具单位重新办理。" in revoked
    assert "请核对纸面" not in revoked
    assert "有效期至" not in revoked


def test_the_number_in_large_type_says_which_to_type(listed: dict[str, User]) -> None:
    made = window.issued(listed)
    code, url = verification.code_of(made.serial), reverse("verify")

    def ask(serial: str) -> Any:
        return Client().post(url, {"serial": serial, "code": code})

    page = reverse("verify_certificate", args=[made.serial, code])
    assert ask(made.serial).url == page
    assert ask(f"{made.village_id}-{made.printed_number}").url == page
    for short in (made.printed_number, f"{made.year}-{made.number}"):
        answer = ask(short).content.decode()
        assert f"“{short}”是各村（社区）自己的编号" in answer
        assert f"以{made.serial[12:]}结尾" in answer
    assert "告知单或者承诺书的编号" in ask(f"{made.year}-G3").content.decode()


def test_codes_cannot_be_tried_out(listed: dict[str, User], settings: Any) -> None:
    settings.VERIFICATION_TRIES = 3
    certificate = window.issued(listed)
    today = timezone.localdate()
    for at in range(3):
        verification.verify(certificate.serial, f"{at}", today, address="192.0.2.9")
    with pytest.raises(verification.TooManyTries):
        verification.verify(certificate.serial, "X", today, address="192.0.2.9")
    right = verification.code_of(certificate.serial)
    assert (
        verification.verify(certificate.serial, right, today, address="192.0.2.8").certificate == certificate
    )


def test_wrong_tries_are_counted_for_all_processes_and_forgotten_in_time(
    listed: dict[str, User], settings: Any
) -> None:
    settings.VERIFICATION_TRIES = 2
    certificate, today = window.issued(listed), timezone.localdate()
    right = verification.code_of(certificate.serial)
    for _ in range(2):
        verification.verify(certificate.serial, "X", today, address="192.0.2.9")
    counted = WrongTries.objects.get()
    assert counted.count == 2
    assert "192.0.2.9" not in counted.address
    with pytest.raises(verification.TooManyTries):
        verification.verify(certificate.serial, right, today, address="192.0.2.9")
    assert verification.forget_old_tries() == 0
    WrongTries.objects.update(since=timezone.now() - dt.timedelta(minutes=10))
    assert verification.verify(certificate.serial, right, today, address="192.0.2.9").certificate
    verification.verify(certificate.serial, "X", today, address="192.0.2.9")
    assert WrongTries.objects.get().count == 1
    WrongTries.objects.update(since=timezone.now() - dt.timedelta(minutes=10))
    assert verification.forget_old_tries() == 1


def test_an_old_verification_key_still_verifies(listed: dict[str, User], settings: Any) -> None:
    certificate = window.issued(listed)
    code = verification.code_of(certificate.serial)
    settings.VERIFICATION_KEYS = ["new", *settings.VERIFICATION_KEYS]
    assert verification.code_of(certificate.serial) != code
    assert verification.verify(certificate.serial, code, timezone.localdate(), address="a").certificate
    settings.VERIFICATION_KEYS = ["new"]
    assert not verification.verify(certificate.serial, code, timezone.localdate(), address="a").certificate


def test_a_copy_says_what_the_paper_said(listed: dict[str, User]) -> None:
    """A committee that was renamed and a handler who changed names leave old papers as they were."""
    certificate = window.issued(listed)
    assert certificate.printed_number.startswith("居证〔"), "of a residents' committee"
    before = certificate.place_name, certificate.handler_name
    Division.objects.filter(pk=certificate.village_id).update(name="兴宁北社区居委会")
    User.objects.filter(pk=listed["village_staff"].pk).update(full_name="改名后")
    again = IssuedCertificate.objects.get(pk=certificate.pk)
    assert (again.place_name, again.handler_name) == before
    IssuedCertificate.objects.filter(pk=certificate.pk).update(place="", handled_by="")  # from before 0005
    older = IssuedCertificate.objects.get(pk=certificate.pk)
    assert older.place_name.endswith("兴宁北社区居委会")
    assert older.handler_name == "改名后"


def test_copies_are_recorded_and_explained(listed: dict[str, User]) -> None:
    certificate, staff = window.issued(listed), listed["village_staff"]
    issuing.record_copy(actor=staff, certificate=certificate, kind="print")
    with pytest.raises(BadInput, match="补打请写明原因"):
        issuing.record_copy(actor=staff, certificate=certificate, kind="docx")
    issuing.record_copy(actor=staff, certificate=certificate, kind="docx", reason="原件淋湿")
    assert certificate.copies.count() == 2


def test_page_and_document_say_alike_where_to_verify(listed: dict[str, User], settings: Any) -> None:
    """With the whole address: whoever is handed the paper may never have seen the portal."""
    certificate = window.issued(listed)
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    page, document = (
        client.post(reverse(name, args=[certificate.serial]), {"reason": "存档"}, follow=True)
        for name in ("certificate_print", "certificate_docx")
    )
    words = Document(io.BytesIO(document.getvalue()))
    code = grouped(verification.code_of(certificate.serial))
    for line in (
        "查验：扫描二维码，或者打开 http://testserver/v/ 输入编号和查验码",
        f"编号：{certificate.serial}",
        f"查验码：{code}",
    ):
        assert f">{line}</p>" in page.content.decode()
        assert line in [one.text for one in words.paragraphs]
    settings.PORTAL_URL = "https://portal.example.gov.cn"
    assert " https://portal.example.gov.cn/v/ " in how_to_verify(certificate, page.wsgi_request)[0]


def test_a_printed_paper_can_be_come_back_to_by_whoever_printed_it(listed: dict[str, User]) -> None:
    certificate, staff = window.issued(listed), listed["village_staff"]
    client = Client()
    client.force_login(staff, backend="accounts.backends.RoleBackend")
    page, paper = (reverse(name, args=[certificate.serial]) for name in ("certificate", "certificate_print"))
    for name, button in (("certificate_print", "打印证明"), ("certificate_docx", "下载 Word 文档")):
        led = client.get(reverse(name, args=[certificate.serial]), follow=True)
        assert led.redirect_chain[-1][0] == page
        assert f"“{button}”" in led.content.decode()
    assert not certificate.copies.exists()
    assert client.post(paper).url == paper
    for _ in range(2):
        assert window.NUMBER in client.get(paper).content.decode()
    assert certificate.copies.count() == 1
    certificate.copies.update(made_at=timezone.now() - dt.timedelta(minutes=11))
    assert "请在这里点“补打”" in client.get(paper, follow=True).content.decode()
    issuing.record_copy(actor=staff, certificate=certificate, kind="print", reason="污损")
    issuing.revoke(actor=staff, certificate_id=certificate.pk, reason="填写有误")
    assert client.get(paper).url == page


def test_every_sheet_of_the_document_says_what_it_belongs_to(listed: dict[str, User]) -> None:
    certificate = window.issued(listed)
    words = Document(io.BytesIO(as_document(certificate, RequestFactory().get("/"))))
    footer = words.sections[0].footer.paragraphs[0]._p.xml
    assert certificate.serial in footer
    assert 'w:instr="PAGE"' in footer
    assert 'w:instr="NUMPAGES"' in footer
    kept = [one.paragraph_format.keep_with_next for one in words.paragraphs]
    text = [at for at, one in enumerate(words.paragraphs) if one.paragraph_format.first_line_indent]
    assert kept == [None] * text[-1] + [True] * (len(kept) - text[-1] - 1) + [None]


@pytest.mark.parametrize("ended", ["revoked", "expired"])
def test_what_no_longer_holds_is_not_printed_again(listed: dict[str, User], ended: str) -> None:
    certificate, staff = window.issued(listed), listed["village_staff"]
    issuing.record_copy(actor=staff, certificate=certificate, kind="print")
    if ended == "revoked":
        issuing.revoke(actor=staff, certificate_id=certificate.pk, reason="填写有误")
    else:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        IssuedCertificate.objects.filter(pk=certificate.pk).update(expires_on=yesterday)
    client = Client()
    client.force_login(staff, backend="accounts.backends.RoleBackend")
    for page in ("certificate_print", "certificate_docx"):
        answer = client.post(reverse(page, args=[certificate.serial]), {"reason": "遗失"}).content.decode()
        assert "没有办成" in answer
        assert "不能打印。还要用的，请重新申请。" in answer
        assert 'name="reason" type="text" maxlength="200"' not in answer
    assert certificate.copies.count() == 1


def test_the_history_of_it_all_verifies(listed: dict[str, User]) -> None:
    certificate = window.issued(listed)
    issuing.revoke(actor=listed["village_staff"], certificate_id=certificate.pk, reason="填写有误")
    refusing.turn_away(
        actor=listed["village_staff"], village=listed["village_staff"].division, text="单身证明"
    )
    for model in (CertificateRequest, IssuedCertificate, FactCheck):
        check = HistoryCheck(model)
        assert [str(one) for one in check.problems()] == []
        assert check.checked > 0


def test_whole_data_is_shown_for_a_reason_that_is_kept(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    assert (
        residents.masked(residents.of(request)).id_number == window.NUMBER[:3] + "*" * 11 + window.NUMBER[-4:]
    )
    with pytest.raises(BadInput, match="理由"):
        residents.reveal(actor=listed["village_staff"], request_id=request.pk, reason=" ")
    for other in ("city_officer", "reviewer", "county_officer"):
        with pytest.raises(NotAllowed):
            residents.reveal(actor=listed[other], request_id=request.pk, reason="看看")
    assert not Access.objects.exists()
    person = residents.reveal(actor=listed["village_staff"], request_id=request.pk, reason="核对证件")
    assert person.id_number == window.NUMBER
    assert Access.objects.get().by == listed["village_staff"]
