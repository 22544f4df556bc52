"""Between rounds: proposals, repealed laws, new bans; and why a row is as it is."""

import datetime as dt
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from catalogs import lookup, proposals, repeals, reporting, review
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.matching import VerdictKind
from catalogs.models import (
    BannedItem,
    BannedList,
    Edition,
    Law,
    Notice,
    Proposal,
    RepealTask,
    Report,
    Round,
    Submission,
    WayOut,
)
from tests import lists
from tests.test_refusals import signed_in

FIRST_DAY = dt.date(2026, 1, 1)


@pytest.fixture
def edition(people: dict[str, User], open_round: Round) -> Edition:
    return lists.published(people["city_officer"], people["reviewer"], open_round)


def _propose(person: User, edition: Edition, action: str, name: str = "", **texts: str) -> Proposal:
    row = edition.items.filter(name=name).first()
    base = row or lists.NO_ARTICLE
    cells = {field: getattr(base, field) for field in vars(lists.FARMER)}
    return proposals.propose(
        actor=person,
        city=edition.city,
        action=action,
        reason="实际工作需要",
        texts={**cells, **texts},
        edition_item=row,
    )


def _finish(lead: User, submission: Submission) -> Edition:
    return lists.publish(lead, submission, timezone.localdate())


def test_a_row_comes_onto_the_list_another_leaves_a_third_is_changed(
    people: dict[str, User], edition: Edition
) -> None:
    city, lead = people["city_officer"], people["reviewer"]
    added = _propose(people["department_officer"], edition, "add", legal_basis="《野生动物保护法》第十九条")
    removed = _propose(city, edition, "remove", lists.SCHOOL.name)
    changed = _propose(city, edition, "change", lists.FARMER.name, purpose="新的用途")
    submission = None
    for one in (added, removed, changed):
        submission = proposals.accept(actor=lead, proposal_id=one.pk)
    assert submission is not None
    assert submission.round.kind == Round.Kind.ADJUSTMENT
    undecided = submission.items.filter(decision="undecided")
    assert {(row.name, row.proposed) for row in undecided} == {
        (lists.NO_ARTICLE.name, "add"),
        (lists.SCHOOL.name, "remove"),
        (lists.FARMER.name, "change"),
    }
    for row in undecided:
        kept = row.proposed != "remove"
        review.decide_row(
            actor=lead,
            item=row,
            revision=row.revision,
            decision="keep" if kept else "reject",
            code="" if kept else "shareable",
            reason="" if kept else "已联网核验",
        )
    new = _finish(lead, submission)
    assert new.number == 2
    rows = {row.name: row.purpose for row in new.items.all()}
    assert set(rows) == {lists.FARMER.name, lists.LAND.name, lists.NO_ARTICLE.name}
    assert rows[lists.FARMER.name] == "新的用途"
    place = edition.city
    today = timezone.localdate()
    assert lookup.check(lists.SCHOOL.name, place, today).kind is VerdictKind.NOT_LISTED
    assert lookup.check(lists.NO_ARTICLE.name, place, today).kind is VerdictKind.MAY_ISSUE
    assert Notice.objects.filter(recipient=people["department_officer"], kind="proposal").exists()


def test_a_change_that_is_refused_leaves_the_row_as_it_was(people: dict[str, User], edition: Edition) -> None:
    lead = people["reviewer"]
    proposal = _propose(people["city_officer"], edition, "change", lists.FARMER.name, purpose="新的用途")
    submission = proposals.accept(actor=lead, proposal_id=proposal.pk)
    row = submission.items.get(proposed="change")
    review.decide_row(
        actor=lead, item=row, revision=row.revision, decision="reject", code="other", reason="不需调整"
    )
    new = _finish(lead, submission)
    frozen = reporting.content_of(Report.objects.first())  # type: ignore[arg-type]
    assert frozen["summary"]["kept"] == 3
    assert frozen["lists"][0]["rows"][0]["purpose"] == lists.FARMER.purpose
    assert new.items.get(name=lists.FARMER.name).purpose == lists.FARMER.purpose
    assert lookup.check(lists.FARMER.name, edition.city, timezone.localdate()).kind is VerdictKind.MAY_ISSUE


def test_what_was_turned_down_in_the_round_is_still_explained_after_an_adjustment(
    people: dict[str, User], open_round: Round
) -> None:
    lead, city = people["reviewer"], people["city_officer"]
    first = lists.published(city, lead, open_round, reject=(lists.SCHOOL.name,))
    proposal = _propose(city, first, "remove", lists.LAND.name)
    submission = proposals.accept(actor=lead, proposal_id=proposal.pk)
    row = submission.items.get(proposed="remove")
    review.decide_row(actor=lead, item=row, revision=row.revision, decision="keep")
    _finish(lead, submission)
    verdict = lookup.check(lists.SCHOOL.name, first.city, timezone.localdate())
    assert verdict.kind is VerdictKind.NOT_LISTED
    assert verdict.rejected is not None
    assert verdict.rejected.reason == "没有法律法规依据"


def test_who_proposed_does_not_take_it_up_and_others_do_not_see_it(
    people: dict[str, User], edition: Edition
) -> None:
    boss = people["superuser"]
    own = _propose(boss, edition, "remove", lists.LAND.name)
    with pytest.raises(FourEyes):
        proposals.accept(actor=boss, proposal_id=own.pk)
    with pytest.raises(NotAllowed):
        proposals.accept(actor=people["city_officer"], proposal_id=own.pk)
    with pytest.raises(NotAllowed):
        _propose(people["other_city_officer"], edition, "remove", lists.LAND.name)
    page = signed_in(people["other_city_officer"]).get(reverse("proposals")).content.decode()
    assert lists.LAND.name not in page


def test_a_proposal_is_declined_with_reasons(people: dict[str, User], edition: Edition) -> None:
    proposal = _propose(people["city_officer"], edition, "remove", lists.LAND.name)
    with pytest.raises(BadInput):
        proposals.decline(actor=people["reviewer"], proposal_id=proposal.pk, answer=" ")
    client = signed_in(people["reviewer"])
    answer = {"action": "decline", "answer": "仍有法律依据"}
    client.post(reverse("proposal_answer", args=[proposal.pk]), answer)
    with pytest.raises(WrongState):
        proposals.accept(actor=people["reviewer"], proposal_id=proposal.pk)
    page = signed_in(people["city_officer"]).get(reverse("proposals")).content.decode()
    assert "仍有法律依据" in page


def test_the_form_says_what_is_missing(people: dict[str, User], edition: Edition) -> None:
    client = signed_in(people["city_officer"])
    post = {"city": "4501", "action": "add", "name": "新证明", "reason": "需要"}
    response = client.post(reverse("propose"), post)
    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"matter", "legal_basis", "purpose", "requesting_unit"}
    empty = client.post(reverse("propose"), {"city": "4501", "action": "add"}).content.decode()
    for name in ("name", "matter", "legal_basis", "purpose", "requesting_unit", "reason"):
        assert f'id="id_{name}_error"' in empty
    row = edition.items.get(name=lists.LAND.name)
    page = client.get(reverse("propose"), {"row": row.pk, "action": "remove"}).content.decode()
    assert lists.LAND.matter in page
    listed = client.get(reverse("city_list", args=["4501"])).content.decode()
    assert f"{reverse('propose')}?row={row.pk}&amp;action=remove" in listed
    assert "action=remove" not in Client().get(reverse("city_list", args=["4501"])).content.decode()


def test_no_whole_lists_between_rounds(people: dict[str, User], edition: Edition) -> None:
    proposal = _propose(people["city_officer"], edition, "remove", lists.LAND.name)
    submission = proposals.accept(actor=people["reviewer"], proposal_id=proposal.pk)
    with pytest.raises(WrongState, match="动态调整"):
        lists.drafted(people["city_officer"], submission.round)
    with pytest.raises(WrongState, match="不退回整份清单"):
        review.return_submission(
            actor=people["reviewer"], submission_id=submission.pk, revision=submission.revision, comment="退"
        )


def test_a_repealed_law_opens_a_task_for_every_row_that_cites_it(
    people: dict[str, User], edition: Edition, open_round: Round
) -> None:
    lists.published(people["other_city_officer"], people["reviewer"], open_round, lists.SCHOOL)
    law = Law.objects.get(title="中华人民共和国义务教育法")
    law.repealed_on = timezone.localdate()
    law.save()
    assert repeals.open_tasks(timezone.localdate()) == 2
    assert repeals.open_tasks(timezone.localdate()) == 0
    client = signed_in(people["city_officer"])
    page = client.get(reverse("repeal_tasks")).content.decode()
    assert "南宁市：适龄儿童实际居住情况证明" in page
    assert "柳州市" not in page
    task = RepealTask.objects.get(edition_item__edition=edition)
    client.post(reverse("repeal_tasks"), {"task": task.pk, "outcome": ""})
    task.refresh_from_db()
    assert task.closed_at is None
    client.post(reverse("repeal_tasks"), {"task": task.pk, "outcome": "已提出退出"})
    task.refresh_from_db()
    assert (task.outcome, task.closed_by) == ("已提出退出", people["city_officer"])


def test_a_new_batch_shows_which_kept_rows_it_hits_before_it_takes_force(
    people: dict[str, User], edition: Edition
) -> None:
    coming = BannedList.objects.create(
        batch=2,
        title="不应出具清单（第二批）",
        document_no="测〔2027〕1号",
        in_force_from=timezone.localdate() + dt.timedelta(days=60),
    )
    kept = edition.items.get(name=lists.FARMER.name)
    BannedItem.objects.create(
        banned_list=coming,
        number=1,
        printed_name=lists.FARMER.name,
        certificate_type=kept.certificate_type,
        route="由登记机关核验",
        way_out=WayOut.values[0],
    )
    hits = repeals.rows_hit(coming, timezone.localdate())
    assert [hit.item for hit in hits] == [kept]
    page = signed_in(people["reviewer"]).get(reverse("banned_hits", args=[coming.pk])).content.decode()
    assert lists.FARMER.name in page
    assert lookup.check(lists.FARMER.name, edition.city, timezone.localdate()).kind is VerdictKind.MAY_ISSUE


def test_a_row_tells_its_whole_story(people: dict[str, User], open_round: Round) -> None:
    city, lead = people["city_officer"], people["reviewer"]
    first = lists.sent_to(lead, lists.submitted(city, open_round), "public_security")
    lists.opined(people["joint_reviewer"], first, "object", "可以联网核验")
    review.return_submission(actor=lead, submission_id=first.pk, revision=first.revision, comment="补充")
    second = lists.submitted(city, open_round)
    row = second.items.get(position=1)
    for one in second.items.all():
        review.decide_row(actor=lead, item=one, revision=one.revision, decision="keep", reason="系统尚未联通")
    lists.publish(lead, second, FIRST_DAY)
    url = reverse("row_history", args=[row.pk])
    page = signed_in(city).get(url).content.decode()
    for said in (
        "上传文件",
        "送会审",
        "可以联网核验",
        "系统尚未联通",
        "汇总报批",
        "登记批复",
        "桂政函〔2026〕1号",
    ):
        assert said in page, said
    book = load_workbook(BytesIO(signed_in(city).get(url, {"as": "xlsx"}).content))
    assert any("可以联网核验" in str(line) for line in book.active.iter_rows(values_only=True))
    assert signed_in(people["other_city_officer"]).get(url).status_code == 404
