"""Guides: written by the department that asks, checked by the province, in force by date."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit.verification import Verification
from catalogs import certificate_forms, guide_duty, guides
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.models import BannedItem, CertificateType, GuideStatus, Notice, Round, ServiceGuide
from divisions.models import Division
from tests import window

CONTENT: dict[str, Any] = {
    "applicants": "本村村民",
    "materials": ["居民户口簿"],
    "steps": ["申请", "核对", "出具"],
    "working_days": 0,
    "needs_investigation": False,
    "needs_deliberation": False,
    "needs_id_number": True,
    "allows_promise": False,
    "promise_conditions": [],
    "legal_basis": "《某某条例》第八条",
    "used_for": "设立登记",
    "fields": [{"name": "从业情况", "required": True, "sample": "从事种植"}],
    "template": "兹证明{姓名}（{身份证号}）{从业情况}。",
    "valid_days": None,
    "keep_years": 3,
}


@pytest.fixture
def kind(people: dict[str, User], open_round: Round) -> CertificateType:
    window.listed(people, open_round)
    return CertificateType.objects.get(name="农民身份证明")


def region() -> Division:
    return Division.objects.get(code="45")


def drafted(people: dict[str, User], kind: CertificateType, place: Division | None = None) -> ServiceGuide:
    officer = people["department_officer"]
    return guides.begin_guide(actor=officer, certificate_type=kind, division=place or region())


def written(people: dict[str, User], guide: ServiceGuide, submits: bool = False, **more: Any) -> ServiceGuide:
    return guides.write_guide(
        actor=people["department_officer"],
        guide_id=guide.pk,
        revision=guide.revision,
        content={**CONTENT, **more},
        submits=submits,
    )


def submitted(people: dict[str, User], kind: CertificateType, **more: Any) -> ServiceGuide:
    return written(people, drafted(people, kind), submits=True, **more)


def checked(people: dict[str, User], guide: ServiceGuide, day: dt.date) -> ServiceGuide:
    return guides.publish_guide(
        actor=people["reviewer"], guide_id=guide.pk, revision=guide.revision, effective_from=day
    )


def returned(people: dict[str, User], guide: ServiceGuide, reason: str) -> ServiceGuide:
    return guides.give_back(
        actor=people["reviewer"], guide_id=guide.pk, revision=guide.revision, reason=reason
    )


def published(people: dict[str, User], kind: CertificateType, **more: Any) -> ServiceGuide:
    return checked(people, submitted(people, kind, **more), timezone.localdate())


def dropped(people: dict[str, User], guide: ServiceGuide, reason: str = "暂不需要") -> ServiceGuide:
    return guides.drop_guide(
        actor=people["department_officer"], guide_id=guide.pk, revision=guide.revision, reason=reason
    )


def handed_over(
    people: dict[str, User], guide: ServiceGuide, code: str, reason: str = "由该部门牵头"
) -> ServiceGuide:
    return guides.hand_over_guide(
        actor=people["reviewer"],
        guide_id=guide.pk,
        revision=guide.revision,
        department=Department.objects.get(code=code),
        reason=reason,
    )


def test_from_draft_to_what_holds(people: dict[str, User], kind: CertificateType) -> None:
    village = people["village_staff"].division
    assert village is not None
    today = timezone.localdate()
    first = published(people, kind)
    assert guides.guide_for(kind.pk, village, today) == first
    assert guides.guide_for(kind.pk, village, today - dt.timedelta(days=1)) is None
    second = drafted(people, kind)
    assert (second.version, second.template) == (2, first.template)
    assert drafted(people, kind) == second
    tomorrow = today + dt.timedelta(days=1)
    checked(people, written(people, second, submits=True), tomorrow)
    assert guides.guide_for(kind.pk, village, today) == first
    assert guides.guide_for(kind.pk, village, tomorrow) == second
    assert [str(one) for one in Verification(ServiceGuide).problems()] == []


def test_a_citys_variation_comes_before_the_regions(people: dict[str, User], kind: CertificateType) -> None:
    published(people, kind)
    nanning = window.guide(people, division=Division.objects.get(code="4501"))
    today = timezone.localdate()
    assert guides.guide_for(kind.pk, Division.objects.get(code="450102001003"), today) == nanning
    liuzhou = guides.guide_for(kind.pk, Division.objects.get(code="4502"), today)
    assert liuzhou is not None
    assert liuzhou.division_id == "45"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"template": ""}, "请填写证明式样"),
        ({"template": "兹证明{姓名}{从业情况}{年龄}。"}, "｛年龄｝没有列为填写项"),
        ({"template": "兹证明{姓名}。"}, "从业情况没有用在证明式样中"),
        ({"template": "{从业情况}"}, "应有｛姓名｝"),
        ({"fields": [{"name": "姓名", "required": True}]}, "也不能叫"),
        ({"needs_id_number": False}, "须登记公民身份号码"),
        ({"allows_promise": True}, "告知承诺的条件"),
        ({"needs_investigation": True}, "不能为当场办结"),
        ({"steps": []}, "请填写办理程序"),
    ],
)
def test_it_refuses_to_submit_what_is_wrong(
    people: dict[str, User], kind: CertificateType, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        submitted(people, kind, **wrong)
    guide = drafted(people, kind)
    assert guide.status == GuideStatus.DRAFT
    written(people, guide, **wrong)


def test_who_may(people: dict[str, User], kind: CertificateType) -> None:
    with pytest.raises(NotAllowed, match="权限"):
        guides.begin_guide(actor=people["city_officer"], certificate_type=kind, division=region())
    guide = submitted(people, kind)
    other = Department.objects.exclude(pk=people["department_officer"].department_id).first()
    people["department_officer"].department = other
    people["department_officer"].save()
    with pytest.raises(NotAllowed, match="编写"):
        guides.begin_guide(actor=people["department_officer"], certificate_type=kind, division=region())
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        checked({"reviewer": people["department_officer"]}, guide, today)
    ServiceGuide.objects.filter(pk=guide.pk).update(written_by=people["reviewer"])
    for same_office in ("reviewer", "second_reviewer"):
        with pytest.raises(FourEyes):
            checked({"reviewer": people[same_office]}, guide, today)


def test_states(people: dict[str, User], kind: CertificateType) -> None:
    guide = drafted(people, kind)
    reviewer, today = people["reviewer"], timezone.localdate()

    def write() -> None:
        written(people, guide)

    def drop() -> None:
        dropped(people, guide)

    def hand_over() -> None:
        handed_over(people, guide, "education")

    def back() -> None:
        returned(people, guide, "请写明时限")

    def publish() -> None:
        checked(people, guide, today)

    allowed = {
        "draft": [write, drop, hand_over],
        "submitted": [back, publish],
        "published": [hand_over],
        "dropped": [],
    }
    for status, acts in allowed.items():
        for act in (write, drop, hand_over, back, publish):
            ServiceGuide.objects.filter(pk=guide.pk).update(
                status=status,
                effective_from=today,
                checked_by=reviewer,
                checked_at=timezone.now(),
                department=people["department_officer"].department,
            )
            guide.refresh_from_db()
            if act in acts:
                act()
            else:
                with pytest.raises(WrongState):
                    act()


def test_what_holds_may_be_handed_over_and_holds_on(people: dict[str, User], kind: CertificateType) -> None:
    guide = published(people, kind)
    handed_over(people, guide, "education")
    today = timezone.localdate()
    held = guides.guide_for(kind.pk, people["village_staff"].division, today)  # type: ignore[arg-type]
    assert held is not None
    assert (held.pk, held.status, held.template) == (guide.pk, "published", guide.template)
    with pytest.raises(NotAllowed, match="教育"):
        drafted(people, kind)
    other = Department.objects.get(code="education")
    User.objects.filter(pk=people["department_officer"].pk).update(department=other)
    people["department_officer"].refresh_from_db()
    assert drafted(people, kind).version == 2
    with pytest.raises(WrongState, match="最新的一版"):
        handed_over(people, held, "civil_affairs")


def test_a_returned_guide_says_why_and_tells_its_writer(
    people: dict[str, User], kind: CertificateType
) -> None:
    guide = submitted(people, kind)
    assert Notice.objects.filter(recipient=people["reviewer"], url=reverse("guide", args=[guide.pk])).exists()
    guide = returned(people, guide, "请写明时限")
    assert Notice.objects.filter(recipient=people["department_officer"], text__contains="请写明时限").exists()
    with pytest.raises(BadInput, match="退回意见"):
        returned(people, guide, " ")


def test_what_was_asked_is_read_when_it_is_done_by_whomever(
    people: dict[str, User], kind: CertificateType
) -> None:
    def unread(name: str) -> list[str]:
        mine = Notice.objects.filter(recipient=people[name], read_at=None, text__contains="办事指南")
        return list(mine.order_by("pk").values_list("text", flat=True))

    writer, reviewers = "department_officer", ("reviewer", "second_reviewer")
    guide = submitted(people, kind)
    other = window.guide(people, division=Division.objects.get(code="4502"))
    guides._tell([people["reviewer"]], Notice.Kind.TASK, "另一份办事指南", other)
    assert [len(unread(name)) for name in reviewers] == [2, 1]
    guide = returned(people, guide, "请写明时限")
    assert (unread("reviewer"), unread("second_reviewer")) == (["另一份办事指南"], [])
    assert unread(writer) == [f"{guide}退回修改：请写明时限"]
    guide = written(people, guide, submits=True)
    assert unread(writer) == []
    assert len(unread("second_reviewer")) == 1
    guide = checked(people, guide, timezone.localdate())
    assert (unread("second_reviewer"), unread(writer)) == ([], [f"{guide}已发布"])


def test_what_is_kept_without_a_guide_is_a_debt(people: dict[str, User], kind: CertificateType) -> None:
    today = timezone.localdate()
    owed = {debt.certificate_type.name: debt for debt in guide_duty.debts(today)}
    assert "农民身份证明" in owed
    assert people["department_officer"].department in owed["农民身份证明"].departments
    published(people, kind)
    assert "农民身份证明" not in {debt.certificate_type.name for debt in guide_duty.debts(today)}
    assert len(guide_duty.debts(today)) == len(owed) - 1


def test_forms_are_filled_by_name_and_nothing_else() -> None:
    assert certificate_forms.render(
        "兹证明{姓名}，{甲 }｛乙｝{0.__class__}", {"姓名": "某", "甲": " 一 "}
    ) == ("兹证明某，一____________")


def test_through_the_pages(people: dict[str, User], kind: CertificateType) -> None:
    officer, reviewer = Client(), Client()
    officer.force_login(people["department_officer"], backend="accounts.backends.RoleBackend")
    reviewer.force_login(people["reviewer"], backend="accounts.backends.RoleBackend")
    assert "农民身份证明" in officer.get(reverse("guides")).content.decode()
    officer.post(reverse("guide_begin", args=[kind.pk]))
    guide = ServiceGuide.objects.get()
    url = reverse("guide", args=[guide.pk])
    form = {
        "revision": 0,
        **{name: value for name, value in CONTENT.items() if value and not isinstance(value, list)},
        "materials": "居民户口簿\n居民身份证",
        "steps": "申请\n出具",
        "fields_": "从业情况|必填|从事种植",
    }
    page = officer.post(url, {**form, "fields_": "从业情况|不详", "submit": "1"}).content.decode()
    assert "第二格应为必填或者选填" in page
    page = officer.post(url, {**form, "template": "{姓名}{无}", "submit": "1"}).content.decode()
    assert '<li><a href="#id_template">证明式样</a>：证明式样中的｛无｝没有列为填写项。</li>' in page
    assert '<li><a href="#id_fields_">证明填写项</a>：填写项从业情况没有用在证明式样中' in page
    assert officer.post(url, {**form, "submit": "1"}).status_code == 302
    guide.refresh_from_db()
    assert guide.status == GuideStatus.SUBMITTED
    assert guide.materials == ["居民户口簿", "居民身份证"]
    assert guide.fields == [{"name": "从业情况", "required": True, "sample": "从事种植"}]
    late = officer.post(url, {**form, "revision": 1, "used_for": "另一用途"})
    assert late.status_code == 409
    assert "另一用途" in late.content.decode()
    assert 'name="submit"' not in late.content.decode()
    check = reverse("guide_check", args=[guide.pk])
    page = reviewer.post(check, {"effective_from": "x", "revision": 1})
    assert "请填写施行日期" in page.content.decode()
    reviewer.post(check, {"effective_from": timezone.localdate().isoformat(), "revision": 1})
    public = Client().get(reverse("public_guide", args=["4501", kind.pk])).content.decode()
    assert "从事种植" in public
    assert "当场办结" in public
    assert "办事指南" in Client().get(reverse("city_list", args=["4501"])).content.decode()
    answer = Client().get(reverse("check"), {"q": "农民身份证明", "city": "4501"}).content.decode()
    assert reverse("public_guide", args=["4501", kind.pk]) in answer


def test_no_vacuum_between_what_may_and_what_may_not(reference: None) -> None:
    """三(二): every banned item says what to do, what to bring and what the demanding body owes."""
    items = list(BannedItem.objects.filter(banned_list__batch=1))
    assert len(items) == 20
    for item in items:
        assert item.route_steps, item
        assert item.bring, item
        assert item.owed, item


def test_the_route_is_shown_whole(people: dict[str, User], kind: CertificateType) -> None:
    answer = Client().get(reverse("check"), {"q": "单身证明", "city": "4501"}).content.decode()
    assert "有关部门的义务：" in answer
    assert "结婚证或者离婚证" in answer
