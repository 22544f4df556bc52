"""The pages of guides and routes: whose they are, what they show, what they refuse."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs import certificate_forms, guide_duty, guides
from catalogs.errors import NotAllowed
from catalogs.models import (
    BannedItem,
    CertificateType,
    Edition,
    EditionItem,
    GuideStatus,
    Round,
    ServiceGuide,
)
from divisions.models import Division
from tests import cast, lists, window
from tests.test_guides import CONTENT, checked, drafted, published, region, returned, submitted, written
from tests.test_guides import kind as kind

FORM: dict[str, Any] = {
    "revision": 0,
    **{name: value for name, value in CONTENT.items() if value and not isinstance(value, list)},
    "steps": "申请\n出具",
    "fields_": "从业情况|必填|从事种植",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def officer_of(people: dict[str, User], code: str) -> User:
    """An officer of the same department, in a city."""
    return User.objects.create_user(
        f"market_{code}",
        cast.PASSWORD,
        full_name="市级部门经办人",
        role="department_officer",
        division_id=code,
        department=people["department_officer"].department,
        must_change_password=False,
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"working_days": "40000"}, "不能大于 365。"),
        ({"valid_days": "9999999999"}, "不能大于 3650。"),
        ({"valid_days": "0"}, "不能小于 1。"),
        ({"keep_years": "40000"}, "不能大于 100。"),
        ({"keep_years": "0"}, "不能小于 1。"),
    ],
)
def test_it_refuses_numbers_out_of_range(
    people: dict[str, User], kind: CertificateType, wrong: dict[str, str], says: str
) -> None:
    guide = drafted(people, kind)
    url = reverse("guide", args=[guide.pk])
    response = signed_in(people["department_officer"]).post(url, {**FORM, **wrong})
    assert response.status_code == 200
    page = response.content.decode()
    assert says in page
    assert f'<li><a href="#id_{next(iter(wrong))}">' in page
    guide.refresh_from_db()
    assert (guide.working_days, guide.valid_days, guide.keep_years) == (0, None, 3)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("materials", "居民户口簿\n\n" + "料" * 3000, "第 3 行有 3000 字，每行不超过 200 字：料料"),
        ("steps", "申请\n" * 31, "写了 31 行，不超过 30 行"),
        ("fields_", "情" * 31 + "|必填|x", "的名称有 31 字，不超过 30 字"),
        ("fields_", "情况|必填|" + "x" * 200, "第 1 行有 206 字"),
        ("applicants", "村" * 501, "不超过 500 字，现有 501 字"),
        ("template", "{姓名}" + "文" * 2000, "不超过 2000 字，现有 2004 字"),
    ],
)
def test_it_refuses_what_is_too_long_and_says_where(
    people: dict[str, User], kind: CertificateType, field: str, text: str, says: str
) -> None:
    guide = drafted(people, kind)
    url, officer = reverse("guide", args=[guide.pk]), signed_in(people["department_officer"])
    for button in ({}, {"submit": "1"}):
        page = officer.post(url, {**FORM, field: text, **button}).content.decode()
        assert says in page
        assert f'<li><a href="#id_{field}">' in page
    guide.refresh_from_db()
    assert (guide.revision, guide.status) == (0, GuideStatus.DRAFT)
    assert "maxlength" not in officer.get(url).content.decode(), "a browser would cut what is pasted"


def test_what_keeps_it_from_being_submitted_stands_at_its_field(
    people: dict[str, User], kind: CertificateType
) -> None:
    guide = drafted(people, kind)
    url, officer = reverse("guide", args=[guide.pk]), signed_in(people["department_officer"])
    wrong = {"allows_promise": "on", "needs_investigation": "on", "applicants": "", "needs_id_number": ""}
    page = officer.post(url, {**FORM, **wrong, "submit": "1"}).content.decode()
    for field in ("promise_conditions", "working_days", "applicants", "needs_id_number"):
        assert f'<li><a href="#id_{field}">' in page
        assert f'id="id_{field}_error"' in page
    assert "桂民规〔2020〕3号 二(三)" in page
    guide.refresh_from_db()
    assert guide.status == GuideStatus.DRAFT
    assert officer.post(url, {**FORM, **wrong}).status_code == 302, "an unfinished draft may be saved"


def test_a_city_sees_the_regions_guides_and_its_own(people: dict[str, User], kind: CertificateType) -> None:
    nanning, liuzhou = officer_of(people, "4501"), officer_of(people, "4502")
    whole = published(people, kind)
    own = guides.begin_guide(actor=nanning, certificate_type=kind, division=Division.objects.get(code="4501"))
    assert own.template == whole.template
    for officer, expected in ((nanning, {whole, own}), (liuzhou, {whole})):
        client = signed_in(officer)
        page = client.get(reverse("guides"))
        assert {*page.context["open"], *page.context["published"]} == expected
        for guide in (whole, own):
            status = client.get(reverse("guide", args=[guide.pk])).status_code
            assert status == (200 if guide in expected else 404)
    assert signed_in(liuzhou).post(reverse("guide", args=[own.pk]), FORM).status_code == 404


def test_a_city_may_read_the_regions_draft_and_not_write_it(
    people: dict[str, User], kind: CertificateType
) -> None:
    client = signed_in(officer_of(people, "4501"))
    url = reverse("guide", args=[drafted(people, kind).pk])
    assert "提交自治区核对" not in client.get(url).content.decode()
    assert client.post(url, FORM).status_code == 403


def test_debts_are_those_of_ones_own_place(people: dict[str, User], kind: CertificateType) -> None:
    for code, expected in (("4501", 1), ("4502", 0)):
        page = signed_in(officer_of(people, code)).get(reverse("guides"))
        assert len(page.context["debts"]) == expected, code
    assert len(signed_in(people["department_officer"]).get(reverse("guides")).context["debts"]) == 1


def test_the_regions_department_varies_its_guide_for_a_city(
    people: dict[str, User], kind: CertificateType
) -> None:
    whole = published(people, kind)
    client = signed_in(people["department_officer"])
    assert "按市变通" in client.get(reverse("guide", args=[whole.pk])).content.decode()
    client.post(reverse("guide_begin", args=[kind.pk]), {"city": "4502"})
    varied = ServiceGuide.objects.get(division="4502")
    assert (varied.version, varied.template, varied.status) == (1, whole.template, GuideStatus.DRAFT)
    assert client.post(reverse("guide_begin", args=[kind.pk]), {"city": "4599"}).status_code == 404
    nanning = signed_in(officer_of(people, "4501"))
    assert nanning.post(reverse("guide_begin", args=[kind.pk]), {"city": "4502"}).status_code == 404


def test_another_department_varies_no_guide_of_this_one(
    people: dict[str, User], kind: CertificateType
) -> None:
    published(people, kind)
    other = people["department_officer"]
    other.department = people["joint_reviewer"].department
    other.save()
    with pytest.raises(NotAllowed, match="编写"):
        guides.begin_guide(actor=other, certificate_type=kind, division=Division.objects.get(code="4501"))


def test_who_has_no_department_writes_no_guide(people: dict[str, User], kind: CertificateType) -> None:
    with pytest.raises(NotAllowed, match="部门"):
        guides.begin_guide(actor=people["superuser"], certificate_type=kind, division=region())
    assert not ServiceGuide.objects.exists()


def test_what_waits_comes_first_and_what_was_replaced_not_at_all(
    people: dict[str, User], kind: CertificateType
) -> None:
    published(people, kind)
    second = published(people, kind)
    other = CertificateType.objects.exclude(pk=kind.pk).earliest("pk")
    unchecked = {"effective_from": None, "checked_by": None, "checked_at": None}
    draft = window.guide(people, certificate_type=other, status="draft", **unchecked)
    latest = CertificateType.objects.latest("pk")
    waiting = window.guide(people, certificate_type=latest, status="submitted", **unchecked)
    reviewer = signed_in(people["reviewer"])
    page = reviewer.get(reverse("guides"))
    assert list(page.context["open"]) == [waiting, draft]
    assert list(page.context["published"]) == [second]
    assert list(reviewer.get(reverse("guides"), {"q": "农民"}).context["published"]) == [second]
    assert list(reviewer.get(reverse("guides"), {"q": "没有这项"}).context["published"]) == []
    officer = signed_in(people["department_officer"]).get(reverse("guides"))
    assert list(officer.context["open"]) == [draft, waiting]


def test_a_guide_shows_who_did_what_and_which_version_holds(
    people: dict[str, User], kind: CertificateType
) -> None:
    first = submitted(people, kind)
    returned(people, first, "请写明时限")
    published(people, kind)
    second = published(people, kind)
    page = signed_in(people["department_officer"]).get(reverse("guide", args=[first.pk])).content.decode()
    assert "退回：请写明时限" in page
    assert "从业情况｜从事种植｜是" in page
    assert "required" not in page
    today = f"{timezone.localdate():%Y年%-m月%-d日}"
    assert f'<a href="{reverse("guide", args=[second.pk])}">第 2 版</a>：{today}起施行，现行' in page
    assert f"第 1 版（本版）：{today}起施行，已被替代" in page


def test_who_checks_a_new_version_sees_what_it_changes(
    people: dict[str, User], kind: CertificateType
) -> None:
    reviewer = signed_in(people["reviewer"])
    first = submitted(people, kind)
    assert "与现行指南的不同" not in reviewer.get(reverse("guide", args=[first.pk])).content.decode()
    holds = checked(people, first, timezone.localdate())
    fields = [*CONTENT["fields"], {"name": "年限", "required": False, "sample": "三年"}]
    more = {"materials": ["居民户口簿", "居民身份证"], "working_days": 5, "needs_investigation": True}
    second = submitted(people, kind, **more, fields=fields)
    page = reviewer.get(reverse("guide", args=[second.pk]))
    assert {cell.label: (cell.old, cell.new) for cell in page.context["changes"]} == {
        "需带材料": ("居民户口簿", "居民户口簿\n居民身份证"),
        "办结时限（工作日）": ("0", "5"),
        "须调查核实": ("否", "是"),
        "证明填写项": ("从业情况｜必填｜从事种植", "从业情况｜必填｜从事种植\n年限｜选填｜三年"),
    }
    said = page.content.decode()
    assert f'<a href="{reverse("guide", args=[holds.pk])}">第 1 版</a>' in said
    assert "<del>否</del><ins>是</ins>" in said
    returned(people, second, "请写明")
    third = submitted(people, kind)
    assert "内容与现行指南相同" in reviewer.get(reverse("guide", args=[third.pk])).content.decode()


def test_a_citys_variation_is_held_against_the_regions_guide(
    people: dict[str, User], kind: CertificateType
) -> None:
    whole = published(people, kind)
    varied = written(
        people, drafted(people, kind, Division.objects.get(code="4502")), submits=True, used_for="另一用途"
    )
    page = signed_in(people["reviewer"]).get(reverse("guide", args=[varied.pk]))
    assert page.context["holds"] == whole
    assert [cell.label for cell in page.context["changes"]] == ["证明用于何处"]


def test_the_answer_says_what_to_bring_and_how_long(people: dict[str, User], kind: CertificateType) -> None:
    asked = {"q": "农民身份证明", "city": "4501"}
    before = Client().get(reverse("check"), asked).content.decode()
    assert "居民户口簿" not in before
    published(people, kind)
    answer = Client().get(reverse("check"), asked).content.decode()
    for said in ("本村村民", "居民户口簿", "当场办结", "<li>核对</li>"):
        assert said in answer
    assert "居民户口簿" not in Client().get(reverse("check"), {**asked, "city": "4502"}).content.decode()


def test_what_is_owed_is_shown_wherever_the_route_is(people: dict[str, User]) -> None:
    item = BannedItem.objects.get(number=8)
    asked = {"q": "单身证明", "city": "4501"}
    for page in (
        Client().get(reverse("check"), asked),
        Client().get(reverse("check_slip"), asked),
        Client().get(reverse("banned")),
    ):
        text = page.content.decode()
        assert f"有关部门的义务：</strong>{item.owed}" in text
        assert "、".join(item.bring) in text


def test_the_admin_takes_steps_and_papers_one_a_line(people: dict[str, User]) -> None:
    client, item = signed_in(people["province_admin"]), BannedItem.objects.get(number=10)
    url = reverse("admin:catalogs_banneditem_change", args=[item.pk])
    page = client.get(url).content.decode()
    assert "\n".join(item.route_steps) in page
    form = {
        "route_steps": "由办事部门核对\r\n\r\n  核对不了的，由居民出示证件 ",
        "bring": "居民身份证",
        "owed": "办事部门应当自行核对。",
        "way_out": "数据核验",
        "change_reason": "按实际办理情况完善",
        "exceptions-TOTAL_FORMS": "0",
        "exceptions-INITIAL_FORMS": "0",
    }
    assert client.post(url, form).status_code == 302
    item.refresh_from_db()
    assert item.route_steps == ["由办事部门核对", "核对不了的，由居民出示证件"]
    assert item.bring == ["居民身份证"]
    assert client.post(url, {**form, "bring": ""}).status_code == 302
    item.refresh_from_db()
    assert (item.bring, item.owed) == ([], form["owed"])
    assert Client().get(reverse("check"), {"q": "健在证明", "city": "4501"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_get_one_draft(people: dict[str, User], kind: CertificateType) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection")
    officer, found, failed = people["department_officer"], [], []
    start = threading.Barrier(8)

    def begin() -> None:
        try:
            start.wait()
            guide = guides.begin_guide(actor=officer, certificate_type=kind, division=region())
            found.append(guide.pk)
        except Exception as problem:
            failed.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(found)) == 1


def test_the_demo_publishes_its_guides(reference: None, settings: Any) -> None:
    settings.DEMO = True
    call_command("load_demo")
    rows = json.loads((settings.FIXTURE_ROOT / "demo_window.json").read_text(encoding="utf-8"))
    with_guide = [row for row in rows if "guide" in row]
    found = list(ServiceGuide.objects.in_force(timezone.localdate()))
    assert len(found) == len(with_guide) >= 12
    for guide in found:
        assert guide.version == 1
        assert guide.division_id == "45"
        content = {name: getattr(guide, name) for name in guides.CONTENT}
        assert certificate_forms.problems(content) == []
        assert certificate_forms.BLANK not in certificate_forms.sample(guide), guide
        assert EditionItem.objects.filter(certificate_type=guide.certificate_type).exists()
    assert {guide.is_on_the_spot for guide in found} == {True, False}
    assert any(guide.needs_deliberation for guide in found)
    assert any(guide.needs_investigation and not guide.needs_deliberation for guide in found)
    assert any(guide.allows_promise for guide in found)
    owed = {debt.certificate_type.name for debt in guide_duty.debts(timezone.localdate())}
    assert owed == {row["name"] for row in rows if "guide" not in row}
    assert all(debt.departments for debt in guide_duty.debts(timezone.localdate()))
    count = ServiceGuide.objects.count()
    call_command("load_demo")
    assert ServiceGuide.objects.count() == count


def test_the_public_guide_is_that_of_a_city_that_keeps_the_certificate(
    people: dict[str, User], kind: CertificateType
) -> None:
    published(people, kind)
    banned = BannedItem.objects.get(number=8).certificate_type
    window.guide(people, certificate_type=banned)
    today = timezone.localdate()
    for city, certificate, on, status in (
        ("4501", kind, today, 200),
        ("4501", kind, today - dt.timedelta(days=1), 404),
        ("4502", kind, today, 404),
        ("4501", banned, today, 404),
    ):
        url = reverse("public_guide", args=[city, certificate.pk])
        assert Client().get(url, {"on": on.isoformat()}).status_code == status, (city, certificate, on)
        if on == today:
            assert Client().get(url).status_code == status
    assert Client().get(reverse("public_guide", args=["4501", kind.pk]), {"on": "x"}).status_code == 404


def test_a_list_links_only_guides_to_what_is_kept_on_its_day(
    people: dict[str, User], kind: CertificateType
) -> None:
    today = timezone.localdate()
    before = {"on": (today - dt.timedelta(days=1)).isoformat()}
    window.guide(people, effective_from=today - dt.timedelta(days=1))
    url, old = reverse("public_guide", args=["4501", kind.pk]), Edition.objects.get()
    assert url in Client().get(reverse("edition", args=["4501", old.number])).content.decode()
    next_round = Round.objects.create(name="下一批次", due_on="2027-01-01")
    officer, reviewer = people["city_officer"], people["reviewer"]
    lists.published(officer, reviewer, next_round, lists.SCHOOL, effective_from=today)
    assert url not in Client().get(reverse("edition", args=["4501", old.number])).content.decode()
    assert Client().get(url).status_code == 404
    page = Client().get(reverse("city_list", args=["4501"]), before).content.decode()
    assert f"{url}?on={before['on']}" in page
    assert "查询日期" in Client().get(url, before).content.decode()
    asked = {"q": "农民身份证明", "city": "4501", **before}
    assert f"{url}?on={before['on']}" in Client().get(reverse("check"), asked).content.decode()
