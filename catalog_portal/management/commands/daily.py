"""``manage.py daily``: what a new day brings. Run once every morning; a second run does nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils import timezone

from audit.records import SYSTEM
from catalogs import repeals
from catalogs.board import WITH_THE_CITY, board
from catalogs.models import Notice, Opinion, Round, Submission, SubmissionStatus
from catalogs.notices import remind_of_round, tell_department
from catalogs.opinions import record_silence
from divisions.models import Division
from requests_app.deadlines import follow_the_calendar
from requests_app.figures import fold_figures
from requests_app.reminding import remind
from requests_app.residents import purge
from requests_app.verification import forget_old_tries

DAYS_BEFORE = (3, 1)  # a department is reminded so long before its opinions are due


class Command(BaseCommand):
    help = "每日例行：记录未反馈的会审意见，提醒到期和逾期事项，清除到期个人信息。"

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        silent = record_silence(today)
        opened = repeals.open_tasks(today)
        told = sum(_remind_cities(round) for round in Round.objects.open())
        _remind_departments()
        purged = purge(today)  # what has to go goes, whatever becomes of the messages
        moved = follow_the_calendar(actor=SYSTEM, reason="按最新的工作日历重新计算")
        due = remind(today)
        forget_old_tries()
        fold_figures()
        self.stdout.write(
            f"逾期未反馈 {silent} 条；依据废止 {opened} 项；提醒填报 {told} 人；"
            f"重算办结期限 {moved} 件；提醒办件 {due} 人；清除到期个人信息 {purged} 件。"
        )


def _remind_cities(round: Round) -> int:
    """Cities that have a list to file, on the days the round names and once it is overdue."""
    left = round.days_left(timezone.localdate())
    if left >= 0 and left not in round.reminders:
        return 0
    lines = board(round, Division.objects.cities().order_by("code"), timezone.localdate())
    return remind_of_round(round, [line.city for line in lines if line.stage in WITH_THE_CITY], left)


def _remind_departments() -> None:
    today = timezone.localdate()
    waiting = (
        Opinion.objects.filter(
            state=Opinion.State.WAITING, item__submission__status=SubmissionStatus.SUBMITTED
        )
        .values("item__submission", "department", "due_on")
        .annotate(rows=Count("pk"))
    )
    lists = Submission.objects.select_related("city", "round").in_bulk(
        {line["item__submission"] for line in waiting}
    )
    for line in waiting:
        days = (line["due_on"] - today).days
        if days in DAYS_BEFORE:
            submission = lists[line["item__submission"]]
            text = f"{submission}：还有 {line['rows']} 行会审意见未反馈，还剩 {days} 天"
            key = f"opinion-due-{submission.pk}-{line['due_on']}-{days}"
            tell_department(submission, line["department"], Notice.Kind.DUE_SOON, text, key)
