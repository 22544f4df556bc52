"""Working days, and who is told when a time limit comes or passes."""

import datetime as dt
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.records import SYSTEM
from catalogs import notices
from catalogs.models import Notice, Round
from requests_app import handling
from requests_app.deadlines import follow_the_calendar
from requests_app.models import CertificateRequest, WorkdayChange
from requests_app.reminding import remind
from requests_app.workdays import due_after, past_since, workdays_between
from tests import late, window


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-05", 0, "2026-03-05"),
        ("2026-03-05", 1, "2026-03-06"),
        ("2026-03-06", 1, "2026-03-09"),  # over a weekend
        ("2025-09-28", 3, "2025-10-09"),  # over the National Day holidays of 2025
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-10-10", 1, "2025-10-11"),  # a Saturday that is worked (调休)
        ("2099-01-01", 1, "2099-01-02"),  # no calendar yet: Monday to Friday
        ("2099-01-02", 1, "2099-01-05"),
    ],
)
def test_working_days(start: str, days: int, due: str) -> None:
    begin, end = dt.date.fromisoformat(start), dt.date.fromisoformat(due)
    assert due_after(begin, days) == end
    assert workdays_between(begin, end) == days
    assert workdays_between(end, begin) == -days
    if days:
        assert begin <= past_since(end, days) < begin + dt.timedelta(days=15)
        assert workdays_between(past_since(end, days), end) == days


@pytest.mark.django_db
def test_a_change_as_data_comes_before_the_calendar() -> None:
    WorkdayChange.objects.create(day=dt.date(2026, 3, 6), is_workday=False, note="本地放假")
    WorkdayChange.objects.create(day=dt.date(2026, 3, 7), is_workday=True, note="本地上班")
    assert due_after(dt.date(2026, 3, 5), 1) == dt.date(2026, 3, 7)


def test_the_village_is_told_once_and_the_county_when_it_stays_late(
    people: dict[str, User], open_round: Round
) -> None:
    window.listed(people, open_round)
    request = window.registered(people)
    today = timezone.localdate()
    staff, county = people["village_staff"], people["county_officer"]

    def told(who: User) -> list[str]:
        return list(
            Notice.objects.filter(recipient=who, url__contains="request").values_list("kind", flat=True)
        )

    def due(days: int) -> None:
        CertificateRequest.objects.filter(pk=request.pk).update(due_on=today + dt.timedelta(days=days))

    due(30)
    assert remind(today) == 0
    due(0)
    assert remind(today) == 1
    assert remind(today) == 0
    assert told(staff) == ["due_soon"]
    due(-1)
    assert remind(today) == 1
    assert told(county) == []
    due(-30)
    assert remind(today) == 1
    assert told(county) == ["late"]
    assert told(people["other_village_staff"]) == []


def test_many_are_told_with_as_many_queries_as_few(people: dict[str, User]) -> None:
    staff, county = people["village_staff"], people["county_officer"]
    today = timezone.localdate()
    late.overdue(staff, days=[30])
    with CaptureQueriesContext(connection) as few:
        assert remind(today) == 2
    late.overdue(staff, days=range(1, 31))
    with CaptureQueriesContext(connection) as many:
        assert remind(today) == 30
    assert len(many) < len(few), "the county has been told today"
    assert Notice.objects.filter(recipient=staff, kind="late").count() == 31
    assert "有 1 件" in Notice.objects.get(recipient=county).text, "once a day, as it stood first"


@pytest.mark.django_db
def test_weekends_and_holidays_do_not_make_it_the_countys_matter(people: dict[str, User]) -> None:
    day = dt.date(2025, 9, 30)  # before eight days of holidays
    made = late.overdue(people["village_staff"], days=[1])
    CertificateRequest.objects.filter(pk__in=made).update(due_on=day)
    remind(dt.date(2025, 10, 10))
    county = Notice.objects.filter(recipient=people["county_officer"])
    assert not county.exists(), "two working days after the limit"
    remind(dt.date(2025, 10, 11))  # a Saturday that is worked
    assert "逾期3个工作日以上" in county.get().text


def test_daily_does_it_all(
    people: dict[str, User], open_round: Round, capsys: pytest.CaptureFixture[str]
) -> None:
    window.listed(people, open_round)
    window.registered(people)
    call_command("daily")
    said = capsys.readouterr().out
    assert "提醒办件 1 人" in said
    assert "清除到期个人信息 0 件" in said


def test_one_mail_that_fails_keeps_no_other_back(
    people: dict[str, User], settings: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    receivers = [people["village_staff"], people["county_officer"]]
    for one in receivers:
        one.email = f"{one.username}@example.org"
    sent: list[str] = []

    def send(subject: str, text: str, sender: None, to: list[str]) -> None:
        if to[0].startswith(receivers[0].username):
            raise SMTPRecipientsRefused({})
        sent.extend(to)

    monkeypatch.setattr(notices, "send_mail", send)
    with django_capture_on_commit_callbacks(execute=True):
        assert notices.tell(receivers, Notice.Kind.LATE, "已逾期", "/", "a-key") == 2
    assert sent == [receivers[1].email]


@pytest.mark.django_db(transaction=True)
def test_open_requests_follow_a_calendar_that_changes(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    window.guide(people, needs_investigation=True, working_days=3)
    open_one, closed = window.registered(people), window.registered(people)
    handling.withdraw(actor=people["village_staff"], request_id=closed.pk, note="不办了")
    before = open_one.due_on
    assert before is not None
    admin = Client()
    admin.force_login(people["province_admin"])

    def declare(works: str, change: WorkdayChange | None = None) -> str:
        where = reverse("admin:requests_app_workdaychange_change", args=[change.pk]) if change else ""
        sent = {"day": before, "note": "本地放假通知", "change_reason": "按通知调整"}
        page = admin.post(
            where or reverse("admin:requests_app_workdaychange_add"),
            sent | ({"is_workday": "on"} if works else {}),
            follow=True,
        )
        call_command("run_worker", batch=True, verbosity=0)
        open_one.refresh_from_db()
        return page.content.decode()

    assert "自动重新计算" in declare("")
    assert open_one.due_on == due_after(before, 1)
    last = open_one.history.latest()
    assert "工作日调整" in last.history_change_reason
    assert last.history_user == people["province_admin"]
    closed.refresh_from_db()
    assert closed.due_on == before
    declare("yes", WorkdayChange.objects.get())
    assert open_one.due_on == before
    assert follow_the_calendar(actor=SYSTEM, reason="再算一次") == 0


def test_a_limit_never_moves_to_a_day_that_is_over(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    request = window.registered(people)  # to be dealt with the day it came
    today = timezone.localdate()
    week_ago = timezone.now() - dt.timedelta(days=7)
    rows = CertificateRequest.objects.filter(pk=request.pk)
    rows.update(created_at=week_ago, due_on=today + dt.timedelta(days=2))
    assert follow_the_calendar(actor=SYSTEM, reason="按工作日历重新计算") == 1
    assert rows.get().due_on == today
    rows.update(due_on=today - dt.timedelta(days=2))
    assert follow_the_calendar(actor=SYSTEM, reason="按工作日历重新计算") == 0, "late stays as late as it was"
