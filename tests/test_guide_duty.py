"""Whose guide it is: begun by who asks for what is kept, given up, handed over by the province."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit.verification import Verification
from catalogs import guide_duty, guides
from catalogs.errors import BadInput, NotAllowed
from catalogs.models import CertificateType, Edition, GuideStatus, Notice, Round, ServiceGuide
from divisions.models import Division
from tests import cast, lists
from tests.lists import Line
from tests.test_guides import checked, drafted, dropped, handed_over, published, region, submitted, written
from tests.test_guides import kind as kind


def officer_in(department: str, code: str = "45") -> User:
    return User.objects.create_user(
        f"{department}_{code}",
        cast.PASSWORD,
        full_name="另一经办人",
        role="department_officer",
        division_id=code,
        department=Department.objects.get(code=department),
        must_change_password=False,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def asked_by(people: dict[str, User], round: Round, unit: str) -> CertificateType:
    """A certificate on Nanning's list in force, asked for by ``unit``."""
    line = Line(lists.FARMER.name, lists.FARMER.matter, lists.FARMER.legal_basis, lists.FARMER.purpose, unit)
    lists.published(people["city_officer"], people["reviewer"], round, line)
    return CertificateType.objects.get(name=line.name)


def test_it_refuses_a_department_that_does_not_ask(people: dict[str, User], kind: CertificateType) -> None:
    stranger = officer_in("education")
    with pytest.raises(NotAllowed, match="市场监督管理部门，办事指南由索要部门编写"):
        guides.begin_guide(actor=stranger, certificate_type=kind, division=region())
    page = signed_in(stranger).post(reverse("guide_begin", args=[kind.pk]), follow=True)
    assert "由索要部门编写" in page.content.decode()
    assert not ServiceGuide.objects.exists()
    assert drafted(people, kind).department == people["department_officer"].department


def test_it_refuses_what_no_list_keeps(people: dict[str, User], kind: CertificateType) -> None:
    kept = Edition.objects.get().items.values("certificate_type")
    other = CertificateType.objects.exclude(pk__in=kept).earliest("pk")
    with pytest.raises(BadInput, match=r"没有“.+”.*准入建议"):
        drafted(people, other)
    with pytest.raises(BadInput, match="柳州市施行中的保留清单"):
        drafted(people, kind, Division.objects.get(code="4502"))
    assert not ServiceGuide.objects.exists()


def test_whose_guide_it_is_goes_on_when_no_list_keeps_it_any_more(
    people: dict[str, User], kind: CertificateType, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(people, kind)
    long_ago = Edition.objects.in_force(dt.date(2000, 1, 1))
    monkeypatch.setattr(Edition.objects, "in_force", lambda on: long_ago)
    assert drafted(people, kind).version == 2


@pytest.mark.parametrize("unit", ["南宁市人民政府", "户籍窗口"])
def test_any_department_writes_where_none_on_record_asks(
    people: dict[str, User], open_round: Round, unit: str
) -> None:
    kind = asked_by(people, open_round, unit)
    officer = officer_in("education")
    assert [debt.departments for debt in guide_duty.debts(timezone.localdate())] == [[]]
    page = signed_in(officer).get(reverse("guides")).content.decode()
    assert reverse("guide_begin", args=[kind.pk]) in page
    guide = guides.begin_guide(actor=officer, certificate_type=kind, division=region())
    assert guide.department == officer.department


def test_of_several_that_ask_each_may_begin(people: dict[str, User], open_round: Round) -> None:
    kind = asked_by(people, open_round, "教育局、南宁市人民政府、民政局")
    [debt] = guide_duty.debts(timezone.localdate())
    assert {one.code for one in debt.departments} == {"education", "civil_affairs"}
    with pytest.raises(NotAllowed, match=r"民政部门、教育部门|教育部门、民政部门"):
        drafted(people, kind)
    guides.begin_guide(actor=officer_in("education"), certificate_type=kind, division=region())


def test_a_dropped_draft_stays_and_frees_its_place(people: dict[str, User], open_round: Round) -> None:
    kind = asked_by(people, open_round, "市场监督管理局、教育局")
    draft, other = drafted(people, kind), officer_in("education")
    with pytest.raises(NotAllowed, match="编写"):
        guides.begin_guide(actor=other, certificate_type=kind, division=region())
    dropped(people, draft, "由教育部门编写")
    draft.refresh_from_db()
    assert draft.status == GuideStatus.DROPPED
    assert draft.history.first().history_change_reason == "放弃起草：由教育部门编写"
    fresh = guides.begin_guide(actor=other, certificate_type=kind, division=region())
    assert (fresh.version, fresh.department) == (1, other.department)
    assert fresh != draft
    assert [str(one) for one in Verification(ServiceGuide).problems()] == []


def test_what_is_published_holds_on_when_the_next_version_is_dropped(
    people: dict[str, User], kind: CertificateType
) -> None:
    first = published(people, kind)
    dropped(people, drafted(people, kind))
    today = timezone.localdate()
    assert guides.guide_for(kind.pk, region(), today) == first
    second = checked(people, submitted(people, kind), today)
    assert (second.version, guides.guide_for(kind.pk, region(), today)) == (2, second)


def test_it_refuses_to_drop_without_a_reason_or_anothers_draft(
    people: dict[str, User], kind: CertificateType
) -> None:
    draft = drafted(people, kind)
    with pytest.raises(BadInput, match="原因"):
        dropped(people, draft, " ")
    for stranger in (officer_in("education"), officer_in("market_regulation", "4501"), people["reviewer"]):
        with pytest.raises(NotAllowed):
            dropped({"department_officer": stranger}, draft)
    draft.refresh_from_db()
    assert draft.status == GuideStatus.DRAFT


def test_a_draft_handed_over_is_the_other_departments(people: dict[str, User], kind: CertificateType) -> None:
    new, elsewhere = officer_in("education"), officer_in("education", "4501")
    draft = written(people, drafted(people, kind))
    guide = handed_over(people, draft, "education", "教育部门牵头")
    assert guide.history.first().history_change_reason == "由市场监管移交教育：教育部门牵头"
    told = Notice.objects.filter(text__contains="教育部门牵头")
    assert dict(told.values_list("recipient__username", "url")) == {
        new.username: reverse("guide", args=[guide.pk]),
        people["department_officer"].username: reverse("guides"),
    }
    assert elsewhere.username not in told.values_list("recipient__username", flat=True)
    with pytest.raises(NotAllowed, match="教育部门编写"):
        written(people, guide)
    mine = {"department_officer": new, "reviewer": people["reviewer"]}
    assert drafted(mine, kind) == guide
    done = checked(people, written(mine, guide, submits=True), timezone.localdate())
    assert drafted(mine, kind).version == done.version + 1
    assert [str(one) for one in Verification(ServiceGuide).problems()] == []


def test_it_refuses_to_hand_over_without_right_reason_or_change(
    people: dict[str, User], kind: CertificateType
) -> None:
    draft = drafted(people, kind)
    with pytest.raises(BadInput, match="原因"):
        handed_over(people, draft, "education", " ")
    with pytest.raises(BadInput, match="另一部门"):
        handed_over(people, draft, "market_regulation")
    with pytest.raises(NotAllowed):
        handed_over({"reviewer": people["department_officer"]}, draft, "education")
    people["reviewer"].division_id = "4502"
    with pytest.raises(NotAllowed, match="管辖范围"):
        handed_over(people, draft, "education")


def test_dropping_and_handing_over_through_the_pages(people: dict[str, User], kind: CertificateType) -> None:
    draft = drafted(people, kind)
    officer, reviewer = signed_in(people["department_officer"]), signed_in(people["reviewer"])
    page, drop = reverse("guide", args=[draft.pk]), reverse("guide_drop", args=[draft.pk])
    hand_over = reverse("guide_hand_over", args=[draft.pk])
    assert drop in officer.get(page).content.decode()
    assert hand_over not in officer.get(page).content.decode()
    assert drop not in reviewer.get(page).content.decode()
    assert hand_over in reviewer.get(page).content.decode()
    for wrong in ("", "x", "0"):
        response = reviewer.post(hand_over, {"revision": 0, "department": wrong, "reason": "牵头单位调整"})
        assert response.status_code == 409
        assert "请选择接手编写的部门" in response.content.decode()
        assert "牵头单位调整</textarea>" in response.content.decode()
    here, there = people["department_officer"].department, Department.objects.get(code="education")
    assert here is not None
    for revision, department in ((0, there), (1, here)):
        sent = {"revision": revision, "department": department.pk, "reason": "牵头单位调整"}
        assert reviewer.post(hand_over, sent).status_code == 302
        draft.refresh_from_db()
        assert draft.department == department
    refused = officer.post(drop, {"revision": 2})
    assert (refused.status_code, "请写明放弃起草的原因" in refused.content.decode()) == (409, True)
    assert officer.post(drop, {"revision": 2, "reason": "暂不需要"})["Location"] == reverse("guides")
    assert list(officer.get(reverse("guides")).context["open"]) == []
    gone = officer.get(page).content.decode()
    assert "已放弃" in gone
    assert "放弃起草：暂不需要" in gone
    assert drop not in gone


def test_a_city_is_shown_what_its_own_list_asks(people: dict[str, User], kind: CertificateType) -> None:
    today = timezone.localdate()
    assert [debt.certificate_type for debt in guide_duty.debts(today, "4502")] == []
    assert kind in [debt.certificate_type for debt in guide_duty.debts(today, "4501")]
    assert guide_duty.debts(today, "45") == guide_duty.debts(today)


def test_the_next_version_is_offered_to_whom_it_is_not_refused(
    people: dict[str, User], kind: CertificateType
) -> None:
    begin, today = reverse("guide_begin", args=[kind.pk]), timezone.localdate()
    new = officer_in("education")
    before, after = signed_in(people["department_officer"]), signed_in(new)
    first = published(people, kind)

    def offered(officer: Client, guide: ServiceGuide) -> tuple[bool, bool]:
        page = officer.get(reverse("guide", args=[guide.pk]))
        assert ("起草新一版" in page.content.decode()) is page.context["may_renew"]
        assert (begin in page.content.decode()) is (
            page.context["may_renew"] or bool(page.context["may_vary"])
        )
        return page.context["may_renew"], bool(page.context["may_vary"])

    assert offered(before, first) == (True, True)
    second = handed_over(people, drafted(people, kind), "education")
    assert offered(before, first) == (False, True), (
        "a city still varies what holds, which is this department's"
    )
    mine = {"department_officer": new, "reviewer": people["reviewer"]}
    second = checked(people, written(mine, second, submits=True), today)
    assert offered(before, first) == (False, False)
    assert offered(after, second) == (True, True)
    dropped(mine, drafted(mine, kind))
    assert offered(after, second) == (True, True)


def test_who_took_a_draft_over_is_not_asked_again_and_who_gave_it_is_still_told(
    people: dict[str, User], kind: CertificateType
) -> None:
    new = officer_in("education")
    unread = Notice.objects.filter(read_at=None)
    handed_over(people, written(people, drafted(people, kind)), "education")
    assert unread.filter(recipient=new).count() == 1
    mine = {"department_officer": new, "reviewer": people["reviewer"]}
    dropped(mine, ServiceGuide.objects.get())
    assert unread.filter(recipient=new).count() == 0
    assert "移交教育" in unread.get(recipient=people["department_officer"]).text
