"""The first page: what waits for each role, by the number."""

import datetime as dt

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.models import GuideStatus, Round, ServiceGuide
from requests_app.models import Commitment
from tests import late, lists, promises, window
from tests.test_guide_duty import officer_in


def tasks(user: User) -> dict[str, str]:
    """What stands under 待办事项, with where it leads."""
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return {task["title"]: task["url"] for task in client.get(reverse("home")).context["tasks"]}


def test_guides_wait_for_their_writers_and_checkers(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    guide = window.guide(people)
    url = reverse("guides")
    ServiceGuide.objects.filter(pk=guide.pk).update(status=GuideStatus.SUBMITTED)
    assert tasks(people["reviewer"])["1 份办事指南待核对"] == url
    ServiceGuide.objects.filter(pk=guide.pk).update(status=GuideStatus.DRAFT, return_reason="写清条款")
    writer = tasks(people["department_officer"])
    assert writer["1 份办事指南退回修改"] == url
    assert "1 份办事指南待核对" not in tasks(people["reviewer"])


def test_a_department_is_told_what_it_owes(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    assert any("应编未编" in title for title in tasks(people["department_officer"]))


def test_promises_objections_and_late_requests_wait_for_county_and_city(
    people: dict[str, User], open_round: Round
) -> None:
    window.listed(people, open_round)
    window.reported(people)
    drawn = promises.promised(people, person=window.Person("某乙", "450102190001010019"))
    Commitment.objects.filter(pk=drawn.pk).update(check_kind=Commitment.CheckKind.SAMPLE)
    late.overdue(people["village_staff"], days=[1, 2])
    for name in ("county_officer", "city_officer"):
        found = tasks(people[name])
        assert "1 份抽中的告知承诺书待核查" in found
        # Whoever found it false does not answer the objection.
        assert ("1 份承诺书的异议、修复申请待答复" in found) == (name == "city_officer")
        assert "1 个失信报送批次待登记回执" in found
        assert "2 件证明申请逾期未办结，请督促" in found
    assert not any("承诺" in title or "逾期" in title for title in tasks(people["other_city_officer"]))


def test_a_survey_is_asked_for_while_it_is_of_use_and_in_the_right_round(
    people: dict[str, User], open_round: Round
) -> None:
    today = timezone.localdate()
    over = Round.objects.create(name="上一批次", due_on=today - dt.timedelta(days=60))
    lists.published(people["city_officer"], people["reviewer"], over)
    asking = {"county_officer", "city_officer", "department_officer"}
    for name in asking:
        found = tasks(people[name])
        assert f"{over.name}：现有证明事项统计表尚未上传" not in found
        url = found[f"{open_round.name}：现有证明事项统计表尚未上传"]
        client = promises.signed_in(people[name])
        page = client.get(url).content.decode()
        assert f'<option value="{open_round.pk}" selected>' in page
        assert over.name not in page
    # The list of another city is not settled.
    assert f"{over.name}：现有证明事项统计表尚未上传" in tasks(people["other_city_officer"])


def test_what_was_handed_over_waits_for_the_other_department(
    people: dict[str, User], open_round: Round
) -> None:
    window.listed(people, open_round)
    draft = window.guide(people, status="draft", effective_from=None, checked_by=None, checked_at=None)
    taken = "1 份移交来的办事指南待编写"
    old, new = people["department_officer"], officer_in("education")
    assert taken not in tasks(old)
    for given_back in ("", "写清条款"):
        ServiceGuide.objects.filter(pk=draft.pk).update(return_reason=given_back, department=new.department)
        assert tasks(new)[taken] == reverse("guides")
        assert not any("退回修改" in title for title in tasks(new))
        assert not any("份" in title for title in tasks(old))
    ServiceGuide.objects.filter(pk=draft.pk).update(written_by=new, return_reason="")
    assert taken not in tasks(new)
