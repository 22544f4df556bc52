"""What a village works by may change under its hands: the city's list, the committee, the calendar."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs import lookup, review
from catalogs.errors import WrongState
from catalogs.models import BannedException, EditionItem, Round
from catalogs.row_choices import RowChoice
from divisions.models import Division
from requests_app import handling, issuing, oversight, promising, refusing
from requests_app.models import CertificateRequest, Outcome, RefusalReason, RequestStatus, WorkdayChange
from requests_app.recounting import differences
from supervision.handling import draft_complaint
from tests import lists, promises, window

pytestmark = pytest.mark.django_db
KIN = lists.Line(
    "亲属关系证明", "不动产登记", "《不动产登记暂行条例》第十六条 提交材料。", "用于登记", "不动产登记机构"
)
NOTARY = {"text": "亲属关系证明", "matter": "办理公证", "demander": "某公证处"}


def new_edition(people: dict[str, User], *lines: lists.Line) -> Any:
    """Nanning's next list, in force today."""
    later = Round.objects.create(name="第二批", due_on=dt.date(2099, 12, 31))
    today = timezone.localdate()
    made = lists.published(people["city_officer"], people["reviewer"], later, *lines, effective_from=today)
    lookup.forget()
    return made


def test_an_open_request_follows_a_list_that_keeps_it(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    request = window.checked(people)
    edition = new_edition(people, *lists.ORDINARY)
    assert issuing.missing_before_issuing(request) == []
    certificate = window.issue(actor=people["village_staff"], request_id=request.pk)
    assert certificate.edition == edition
    assert certificate.edition_item.edition == edition
    request.refresh_from_db()
    reasons = request.history.values_list("history_change_reason", flat=True)
    assert any(str(one).startswith("清单更新，改依") for one in reasons)


def test_what_is_not_kept_any_more_is_refused_as_such(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    window.guide(people, allows_promise=True, promise_conditions=["系本村村民"])
    request = window.checked(people)
    new_edition(people, lists.LAND, lists.SCHOOL)
    request = CertificateRequest.objects.get(pk=request.pk)
    assert "不再保留" in issuing.missing_before_issuing(request)[0]
    assert "不再保留" in promising.why_not(request)
    staff = people["village_staff"]
    with pytest.raises(WrongState, match="不再保留"):
        window.issue(actor=staff, request_id=request.pk)
    page = promises.signed_in(staff).get(reverse("request", args=[request.pk])).content.decode()
    assert "去出具告知单" in page
    slip = refusing.refuse(actor=staff, request_id=request.pk)
    assert slip.reason == RefusalReason.NOT_LISTED
    assert "已不在本市现行的保留清单上" in slip.text


def kept_for_one_matter(people: dict[str, User], open_round: Round) -> EditionItem:
    """The kinship certificate, banned, kept for one of its exceptions."""
    submission = lists.submitted(people["city_officer"], open_round, lists.FARMER, KIN)
    case = BannedException.objects.get(item__number=1, text__contains="不动产")
    review.decide_rows(
        actor=people["reviewer"],
        submission_id=submission.pk,
        choices=[
            RowChoice(
                row.pk,
                row.revision,
                "keep",
                "例外情形",
                "",
                **({"exception_id": case.pk} if row.name == KIN.name else {}),
            )
            for row in submission.items.all()
        ],
    )
    submission.refresh_from_db()
    lists.publish(people["reviewer"], submission, dt.date(2026, 1, 1))
    lookup.forget()
    return EditionItem.objects.get(name=KIN.name)


def test_an_exception_that_no_list_settles_is_asked_about_and_blames_nobody(
    people: dict[str, User], open_round: Round
) -> None:
    """附件1 第1项: 公证 is an exception, whatever else the city keeps the certificate for."""
    kept_for_one_matter(people, open_round)
    staff = people["village_staff"]
    village: Any = staff.division
    request = refusing.turn_away(actor=staff, village=village, item_id=0, **NOTARY)
    assert (request.status, request.verdict) == (RequestStatus.OPEN, "EXCEPTION")
    assert request.banned_item is not None
    slip = refusing.refuse(actor=staff, request_id=request.pk)
    assert slip.reason == RefusalReason.EXCEPTION
    assert "例外情形" in slip.clause
    assert "不得" not in slip.duty
    month = timezone.localdate().replace(day=1)
    line = oversight.by_demander(village, month, month)
    assert [(one.label, one.not_due) for one in line] in ([], [("公证机构", 0)], [("某公证处", 0)])
    with pytest.raises(WrongState, match="例外情形"):
        draft_complaint(actor=staff, request_id=request.pk)


def test_a_matter_that_is_no_exception_stays_banned(people: dict[str, User], open_round: Round) -> None:
    kept_for_one_matter(people, open_round)
    staff = people["village_staff"]
    village: Any = staff.division
    verdict = lookup.check("亲属关系证明", village, timezone.localdate(), "不动产登记", "")
    off = handling.for_another_matter(verdict)
    assert off.kind.name == "EXCEPTION" if off.exceptions else "MUST_NOT_ISSUE"
    request = refusing.turn_away(
        actor=staff, village=village, text="亲属关系证明", matter="办理贷款", demander="某银行"
    )
    assert request.refusal.reason == RefusalReason.MUST_NOT
    assert request.refusal.steps


def test_a_dissolved_committee_issues_nothing(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    request = window.checked(people)
    staff = people["village_staff"]
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Division.objects.filter(pk=staff.division_id).update(closed_on=yesterday)
    staff.refresh_from_db()
    with pytest.raises(WrongState, match="已经撤销"):
        window.issue(actor=staff, request_id=request.pk)
    assert "已经撤销" in promising.why_not(CertificateRequest.objects.get(pk=request.pk))
    handling.withdraw(actor=staff, request_id=request.pk, note="改到承接的社区办理")


def test_figures_do_not_move_with_the_calendar(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    request = window.registered(people)
    rows = CertificateRequest.objects.filter(pk=request.pk)
    rows.update(created_at=timezone.now() - dt.timedelta(days=20))
    handling.withdraw(actor=people["village_staff"], request_id=request.pk, note="不办了")
    took = rows.get().took
    assert took is not None
    assert took > 5
    mine = {key: value for key, value in differences().items() if key[2] == Outcome.WITHDRAWN}
    assert mine == {}
    for back in range(3, 12):
        day = timezone.localdate() - dt.timedelta(days=back)
        WorkdayChange.objects.create(day=day, is_workday=False, note="补登的放假")
    assert {key: one for key, one in differences().items() if key[2] == Outcome.WITHDRAWN} == {}
