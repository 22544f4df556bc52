"""What is certified today (附件2): received, read, looked at, filed, added up."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs import survey_totals, surveying, tasks
from catalogs.errors import NotAllowed, Stale, WrongState
from catalogs.models import Round, Survey, SurveyItem, SurveyStatus, UploadedForm
from catalogs.noticing import known_on
from catalogs.survey_totals import Advice
from divisions.models import Division
from tests import lists

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def filed(officer: User, round: Round, *habits: lists.Habit) -> Survey:
    survey = lists.surveyed(officer, round, *habits)
    return surveying.file_survey(actor=officer, survey_id=survey.pk, digest=survey.digest)


def many(count: int) -> list[lists.Habit]:
    return [
        lists.Habit("兴宁区", f"第{n}种证明", "《公证法》第二条", "公安局", "用途", "必要")
        for n in range(count)
    ]


# --- Reading ------------------------------------------------------------------------------------
def test_a_table_is_read_with_findings_and_history(people: dict[str, User], open_round: Round) -> None:
    survey = lists.surveyed(people["city_officer"], open_round)
    assert survey.status == SurveyStatus.DRAFT
    assert (survey.total, survey.done) == (3, 3)
    kinship, income, hardship = survey.items.order_by("position")
    assert kinship.place_id == "4501"  # 市本级 is the city itself
    assert income.place_id == "450102"
    assert kinship.standing == "exception"  # 公证 is an exception of the banned item
    assert income.standing == "banned"
    assert income.banned_item is not None
    assert hardship.standing == "free"
    assert hardship.asking_department is not None
    assert "司法" in hardship.asking_department.name
    assert income.history.count() == 1
    assert income.history.get().history_user == people["city_officer"]
    assert survey.upload.outcome == UploadedForm.Outcome.READ
    assert (income.source_sheet, income.source_row) != ("", 0)


def test_a_file_that_cannot_be_read_is_kept_and_explained(people: dict[str, User], open_round: Round) -> None:
    survey = lists.surveyed(people["city_officer"], open_round, content=b"%PDF-1.7 nothing")
    assert survey.status == SurveyStatus.REFUSED
    assert "PDF" in survey.upload.message
    with survey.upload.file.open("rb") as kept:
        assert kept.read() == b"%PDF-1.7 nothing"
    assert not survey.items.exists()


def test_annex_3_is_not_taken_for_annex_2(people: dict[str, User], open_round: Round) -> None:
    survey = lists.surveyed(people["city_officer"], open_round, content=lists.workbook(lists.FARMER))
    assert survey.status == SurveyStatus.REFUSED
    assert "附件3" in survey.upload.message


def test_a_section_that_is_no_division_is_remarked(people: dict[str, User], open_round: Round) -> None:
    survey = lists.surveyed(people["city_officer"], open_round, lists.Habit("蓬莱县", "居住证明"))
    assert survey.items.get().place_id == "4501"
    assert any("蓬莱县" in remark for remark in survey.remarks)


def test_a_second_upload_takes_the_place_of_what_was_not_filed(
    people: dict[str, User], open_round: Round
) -> None:
    first = lists.surveyed(people["city_officer"], open_round)
    second = lists.surveyed(people["city_officer"], open_round, lists.INCOME)
    first.refresh_from_db()
    assert first.status == SurveyStatus.CANCELLED
    assert not first.items.exists()
    assert SurveyItem.history.filter(survey_id=first.pk, history_type="-").count() == 3
    assert second.items.count() == 1


# --- Cut off, resumed, cancelled --------------------------------------------------------------
def test_reading_goes_on_where_it_was_cut_off(
    people: dict[str, User], open_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveying, "CHUNK", 2)
    store, calls = surveying._store, []

    def store_once(*args: Any) -> bool:
        if calls:
            raise KeyboardInterrupt  # as when the worker is killed
        calls.append(1)
        return store(*args)

    monkeypatch.setattr(surveying, "_store", store_once)
    with pytest.raises(KeyboardInterrupt):
        lists.surveyed(people["city_officer"], open_round, *many(5))
    survey = Survey.objects.get()
    assert (survey.status, survey.done, survey.total) == (SurveyStatus.READING, 2, 5)
    monkeypatch.setattr(surveying, "_store", store)

    assert surveying.read_survey(survey.pk) == survey.leased_until  # still claimed: look again later
    Survey.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    surveying.read_survey(survey.pk)
    survey.refresh_from_db()
    assert survey.status == SurveyStatus.DRAFT
    assert list(survey.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert SurveyItem.history.count() == 5
    assert surveying.read_survey(survey.pk) is None  # once more changes nothing
    assert survey.items.count() == 5


def test_a_cancelled_table_is_read_no_further(
    people: dict[str, User], open_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = people["city_officer"]
    monkeypatch.setattr(surveying, "CHUNK", 2)
    store = surveying._store

    def store_then_cancel(survey: Survey, *args: Any) -> bool:
        done = store(survey, *args)
        if survey.done == 2:
            surveying.cancel_survey(actor=officer, survey_id=survey.pk)
        return done

    monkeypatch.setattr(surveying, "_store", store_then_cancel)
    survey = lists.surveyed(officer, open_round, *many(5))
    assert survey.status == SurveyStatus.CANCELLED
    assert not survey.items.exists()
    assert SurveyItem.history.filter(history_type="-").count() == 2


@pytest.mark.django_db(transaction=True)  # the worker closes connections that hold a transaction open
def test_the_worker_reads_what_waits_and_what_was_left(
    people: dict[str, User], open_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveying, "WAIT_FOR_BYTES", 0)
    officer = people["city_officer"]
    client = signed_in(officer)
    content = lists.survey_workbook()
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = client.post(
        reverse("survey_upload"),
        {"round": open_round.pk, "file": SimpleUploadedFile("附件2.xlsx", content)},
    )
    survey = Survey.objects.get()
    assert response["Location"] == reverse("survey", args=[survey.pk])
    page = client.get(response["Location"]).content.decode()
    assert "排队等待读取" in page
    call_command("run_worker", batch=True, verbosity=0)
    survey.refresh_from_db()
    assert survey.status == SurveyStatus.DRAFT
    assert client.get(reverse("survey_progress", args=[survey.pk]))["HX-Refresh"] == "true"
    assert tasks.resume() == 0


# --- Filing -------------------------------------------------------------------------------------
def test_filing_is_bound_to_what_was_looked_at(people: dict[str, User], open_round: Round) -> None:
    officer = people["city_officer"]
    survey = lists.surveyed(officer, open_round)
    SurveyItem.objects.filter(survey=survey, position=1).update(purpose="别的用途")
    with pytest.raises(Stale):
        surveying.file_survey(actor=officer, survey_id=survey.pk, digest=survey.digest)
    with pytest.raises(Stale):
        surveying.file_survey(actor=officer, survey_id=survey.pk, digest="0" * 64)


def test_a_new_table_replaces_the_one_filed_before(people: dict[str, User], open_round: Round) -> None:
    officer = people["city_officer"]
    first = filed(officer, open_round)
    second = filed(officer, open_round, lists.INCOME)
    first.refresh_from_db()
    assert (first.status, second.status) == (SurveyStatus.REPLACED, SurveyStatus.FILED)
    assert SurveyItem.objects.filed().count() == 1
    with pytest.raises(WrongState):
        surveying.cancel_survey(actor=officer, survey_id=second.pk)


def test_a_department_has_a_table_of_its_own(people: dict[str, User], open_round: Round) -> None:
    place = filed(people["city_officer"], open_round)
    department = filed(people["department_officer"], open_round, lists.HARDSHIP)
    assert department.department == people["department_officer"].department
    assert set(Survey.objects.visible_to(people["department_officer"])) == {department}
    assert place in Survey.objects.visible_to(people["reviewer"])
    assert not Survey.objects.visible_to(people["other_city_officer"]).exists()


def test_filing_needs_the_right_and_the_scope(people: dict[str, User], open_round: Round) -> None:
    survey = lists.surveyed(people["city_officer"], open_round)
    for name in ("other_city_officer", "county_officer", "reviewer", "village_staff"):
        with pytest.raises(NotAllowed):
            surveying.file_survey(actor=people[name], survey_id=survey.pk, digest=survey.digest)


def test_a_closed_round_takes_nothing(people: dict[str, User], open_round: Round) -> None:
    open_round.is_open = False
    open_round.save()
    with pytest.raises(WrongState):
        lists.surveyed(people["city_officer"], open_round)


# --- Adding up ----------------------------------------------------------------------------------
def test_tables_add_up_by_certificate_place_and_department(
    people: dict[str, User], open_round: Round
) -> None:
    filed(people["city_officer"], open_round)
    filed(
        people["other_city_officer"],
        open_round,
        lists.Habit("市本级", "收入证明", "无", "农村信用社", "贷款", "无"),
    )
    lists.surveyed(people["county_officer"], open_round, lists.INCOME)  # not filed: does not count
    items = SurveyItem.objects.filed()
    income = survey_totals.by_certificate(items).get(key=key_of("收入证明"))
    assert (income["rows"], income["places"], income["banned_rows"]) == (2, 2, 2)
    places = {line.place.pk: line for line in survey_totals.by_place(items, Division.objects.get(pk="45"))}
    assert (places["4501"].tables, places["4501"].rows, places["4501"].banned_rows) == (1, 3, 1)
    assert places["4502"].rows == 1
    assert places["4503"].rows == 0
    inside = {
        line.place.pk: line
        for line in survey_totals.by_place(items.within("4501"), Division.objects.get(pk="4501"))
    }
    assert inside["4501"].rows == 1  # the row of 市本级
    assert inside["450102"].rows == 2
    bodies = {line["asking_department__name"]: line["rows"] for line in survey_totals.by_department(items)}
    assert sum(bodies.values()) == 4


def key_of(name: str) -> str:
    return known_on(timezone.localdate()).certificate(name)


def test_a_city_sees_what_to_cancel_keep_and_add(people: dict[str, User], open_round: Round) -> None:
    officer = people["city_officer"]
    filed(
        officer,
        open_round,
        *lists.HABITS,
        lists.Habit("兴宁区", lists.FARMER.name, "《条例》第十五条", "市场监督管理局", "登记", "必要"),
        lists.Habit("兴宁区", "遗失情况说明证明", "无", "银行", "挂失", "不必要"),
    )
    lists.drafted(officer, open_round, lists.FARMER)
    lists.submitted(people["other_city_officer"], open_round, lists.LAND)
    advice = {line.name: line for line in survey_totals.for_city(Division.objects.get(pk="4501"), open_round)}
    assert advice["收入证明"].advice == Advice.CANCEL
    assert advice["收入证明"].banned_number == 17
    assert advice["亲属关系证明"].advice == Advice.CHECK
    assert advice["独居老人生活情况证明"].advice == Advice.COULD_KEEP
    assert advice[lists.FARMER.name].advice == Advice.LISTED
    assert advice["遗失情况说明证明"].advice == Advice.NO_BASIS
    assert advice[lists.LAND.name].advice == Advice.FORGOTTEN
    assert advice[lists.LAND.name].other_cities == ("柳州市",)


@pytest.mark.parametrize("by", ["certificate", "place", "department"])
def test_the_pages_of_the_totals(by: str, people: dict[str, User], open_round: Round) -> None:
    filed(people["city_officer"], open_round)
    client = signed_in(people["reviewer"])
    page = client.get(reverse("survey_totals"), {"by": by, "round": open_round.pk})
    assert page.status_code == 200
    download = client.get(reverse("survey_totals_download"), {"by": by, "round": open_round.pk})
    assert download["Content-Type"].endswith("spreadsheetml.sheet")
    rows = client.get(reverse("survey_rows"), {"round": open_round.pk, "standing": "banned"})
    assert "收入证明" in rows.content.decode()
    advice = client.get(reverse("survey_advice"), {"round": open_round.pk, "place": "4501"})
    assert "收入证明" in advice.content.decode()


def test_totals_stay_in_scope(people: dict[str, User], open_round: Round) -> None:
    filed(people["city_officer"], open_round)
    other = signed_in(people["other_city_officer"])
    assert other.get(reverse("survey_totals"), {"place": "4501"}).status_code == 404
    assert "收入证明" not in other.get(reverse("survey_totals")).content.decode()
