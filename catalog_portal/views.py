"""The first page of each role, and the health check."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import DEPARTMENT_ROLES
from catalog_portal.counted_tasks import counted_tasks
from catalogs import drafts, joint_review, surveying, under_review
from catalogs.models import (
    Decision,
    Notice,
    Opinion,
    Proposal,
    RepealTask,
    Report,
    Round,
    Submission,
    SubmissionStatus,
    SurveyStatus,
)
from divisions.models import Level
from requests_app import handling
from requests_app.lines import name_holders
from requests_app.models import CertificateRequest, RequestStatus

UNREAD_SHOWN = 10
TASKS_SHOWN = 50  # of a busy village; the list has them all


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, first; the public comes to the check."""
    user = request.user
    if not user.is_authenticated:
        return redirect("check")
    tasks: list[dict[str, Any]] = []
    if user.has_perm(drafts.FILE) and user.division and user.division.level == Level.CITY:
        tasks += _city_tasks(user)
    if user.has_perm(surveying.FILE) and user.division:
        tasks += _survey_tasks(user)
    if user.has_perm(under_review.REVIEW):
        tasks += _review_tasks(user)
    if user.has_perm(joint_review.OPINE) and user.department_id:
        tasks += _opinion_tasks(user)
    if user.has_perm(handling.HANDLE) and user.division and user.division.level == Level.VILLAGE:
        tasks += _window_tasks(user)
    tasks += counted_tasks(user)
    tasks.sort(key=lambda task: (not task["waiting"], task["due_on"]))
    unread = Notice.objects.filter(recipient=user, read_at=None)
    context = {"tasks": tasks, "unread": unread[:UNREAD_SHOWN], "unread_count": unread.count()}
    return render(request, "home.html", context)


def _city_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per open round: what the city has to do next in it."""
    words: dict[str | None, str] = {
        None: "尚未开始填报",
        SubmissionStatus.DRAFT: "草稿待核对提交",
        SubmissionStatus.RETURNED: "已被退回，请按意见修改",
        SubmissionStatus.SUBMITTED: "已提交，等待审核",
        SubmissionStatus.REPORTED: "已审定，报政府审批中",
        SubmissionStatus.APPROVED: "已批准，待公布",
        SubmissionStatus.PUBLISHED: "已公布",
    }
    tasks = []
    for round in Round.objects.open():
        submission = drafts.current_submission(user.division, round)
        status = submission.status if submission else None
        back = submission.items.filter(decision=Decision.RETURN).count() if submission else 0
        returned = f"，有 {back} 行退回修改" if back and status == SubmissionStatus.SUBMITTED else ""
        tasks.append(
            {
                "title": f"{round.name}：{words[status]}{returned}",
                "url": reverse("submission", args=[submission.pk])
                if submission
                else reverse("round", args=[round.pk]),
                "due_on": round.due_on,
                "days_left": round.days_left(timezone.localdate()),
                "waiting": bool(returned)
                or status in {None, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED},
            }
        )
    between_rounds: Any = Submission.objects.filter(
        city=user.division, round__kind=Round.Kind.ADJUSTMENT, status=SubmissionStatus.SUBMITTED
    )
    for submission in between_rounds.select_related("city", "round").with_counts():
        if submission.returned_count:
            tasks.append(
                {
                    "title": f"{submission.round.name}：有 {submission.returned_count} 行退回修改",
                    "url": reverse("submission", args=[submission.pk]),
                    "due_on": submission.round.due_on,
                    "waiting": True,
                }
            )
    return tasks


def _survey_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per round that still needs it: whether the place's or department's table was handed up."""
    department = user.department if user.role in DEPARTMENT_ROLES else None
    tasks = []
    for round in surveying.useful_rounds(user.division):
        survey = surveying.current_survey(user.division, department, round)
        status = survey.status if survey else None
        words = "尚未上传" if survey is None else survey.get_status_display()
        tasks.append(
            {
                "title": f"{round.name}：现有证明事项统计表{words}",
                "url": reverse("survey", args=[survey.pk])
                if survey
                else f"{reverse('surveys')}?round={round.pk}",
                "due_on": round.due_on,
                "days_left": round.days_left(timezone.localdate()),
                "waiting": status != SurveyStatus.FILED,
            }
        )
    return tasks


def _review_tasks(user: Any) -> list[dict[str, Any]]:
    """What waits for the province: lists to decide, to publish, reports to answer, proposals."""
    lists: Any = Submission.objects.visible_to(user).filter(
        status__in=[SubmissionStatus.SUBMITTED, SubmissionStatus.APPROVED]
    )
    tasks = [
        {
            "title": f"{submission}：{_review_words(submission)}",
            "url": reverse("admin:catalogs_submission_change", args=[submission.pk]),
            "due_on": submission.round.due_on,
            "waiting": True,
        }
        for submission in lists.select_related("city", "round").with_counts().order_by("submitted_at")
    ]
    reports = Report.objects.visible_to(user).filter(answered_at=None).select_related("round")
    tasks += [
        {
            "title": f"{report}：待登记批复",
            "url": reverse("report", args=[report.pk]),
            "due_on": report.round.due_on,
            "waiting": True,
        }
        for report in reports.defer("content")
    ]
    proposals = Proposal.objects.visible_to(user).filter(status=Proposal.Status.OPEN).count()
    repealed = RepealTask.objects.visible_to(user).filter(closed_at=None).count()
    for count, title, name in (
        (proposals, "条动态调整建议待受理", "proposals"),
        (repealed, "个保留事项的依据已废止", "repeal_tasks"),
    ):
        if count:
            today = timezone.localdate()
            tasks.append(
                {"title": f"{count} {title}", "url": reverse(name), "due_on": today, "waiting": True}
            )
    return tasks


def _review_words(submission: Any) -> str:
    if submission.status == SubmissionStatus.APPROVED:
        return f"已批准，待公布 {submission.kept_count} 行"
    if not submission.undecided_count:
        return f"已审定 {submission.row_count} 行，待汇总报批"
    return f"未审 {submission.undecided_count} 行，共 {submission.row_count} 行"


def _opinion_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per list with rows that the person's department has not spoken on."""
    waiting = (
        Opinion.objects.visible_to(user)
        .filter(department=user.department_id, item__submission__status=SubmissionStatus.SUBMITTED)
        .exclude(state=Opinion.State.GIVEN)
        .values("item__submission")
        .annotate(rows=Count("pk"), due=Min("due_on"))
    )
    lists = Submission.objects.select_related("city", "round").in_bulk(
        [line["item__submission"] for line in waiting]
    )
    return [
        {
            "title": f"{lists[line['item__submission']]}：待反馈会审意见 {line['rows']} 行",
            "url": reverse("opinions", args=[line["item__submission"]]),
            "due_on": line["due"],
            "days_left": (line["due"] - timezone.localdate()).days,
            "waiting": True,
        }
        for line in waiting
    ]


def _window_tasks(user: Any) -> list[dict[str, Any]]:
    """The open requests of a village, the one due first before the others."""
    waiting = CertificateRequest.objects.visible_to(user).filter(
        status=RequestStatus.OPEN, due_on__isnull=False
    )
    related = waiting.select_related("edition_item", "certificate_type")
    shown = list(related.order_by("due_on", "pk")[:TASKS_SHOWN])
    name_holders(shown)
    return [
        {
            "title": f"第 {one.pk} 号 {' · '.join(filter(None, (one.subject, one.holder)))}"
            f"（{timezone.localtime(one.created_at):%m-%d} 登记）",
            "url": reverse("request", args=[one.pk]),
            "due_on": one.due_on,
            "days_left": (one.due_on - timezone.localdate()).days,
            "waiting": True,
        }
        for one in shown
    ]


def admin_login(request: HttpRequest) -> HttpResponse:
    """Where the admin sends those it does not admit: the portal's own login, or a clear refusal."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse('login')}?{request.GET.urlencode()}")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
