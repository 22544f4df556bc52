"""The first page of each role, and the health check."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import DEPARTMENT_ROLES
from catalogs import intake, review, surveying
from catalogs.models import Round, Submission, SubmissionStatus, SurveyStatus
from divisions.models import Level


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, first; the public comes to the check."""
    user = request.user
    if not user.is_authenticated:
        return redirect("check")
    tasks: list[dict[str, Any]] = []
    if user.has_perm(intake.FILE) and user.division and user.division.level == Level.CITY:
        tasks += _city_tasks(user)
    if user.has_perm(surveying.FILE) and user.division:
        tasks += _survey_tasks(user)
    if user.has_perm(review.REVIEW):
        tasks += _review_tasks(user)
    return render(request, "home.html", {"tasks": tasks})


def _city_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per open round: what the city has to do next in it."""
    words: dict[str | None, str] = {
        None: "尚未开始填报",
        SubmissionStatus.DRAFT: "草稿待核对提交",
        SubmissionStatus.RETURNED: "已被退回，请按意见修改",
        SubmissionStatus.SUBMITTED: "已提交，等待审核",
        SubmissionStatus.PUBLISHED: "已公布",
    }
    tasks = []
    for round in Round.objects.open():
        submission = intake.current_submission(user.division, round)
        status = submission.status if submission else None
        tasks.append(
            {
                "title": f"{round.name}：{words[status]}",
                "url": reverse("submission", args=[submission.pk])
                if submission
                else reverse("round", args=[round.pk]),
                "due_on": round.due_on,
                "days_left": round.days_left(timezone.localdate()),
                "waiting": status in {None, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED},
            }
        )
    return tasks


def _survey_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per open round: whether this place's, or this department's, table was handed up."""
    department = user.department if user.role in DEPARTMENT_ROLES else None
    tasks = []
    for round in Round.objects.open():
        survey = surveying.current_survey(user.division, department, round)
        status = survey.status if survey else None
        words = "尚未上传" if survey is None else survey.get_status_display()
        tasks.append(
            {
                "title": f"{round.name}：现有证明事项统计表{words}",
                "url": reverse("survey", args=[survey.pk]) if survey else reverse("surveys"),
                "due_on": round.due_on,
                "days_left": round.days_left(timezone.localdate()),
                "waiting": status != SurveyStatus.FILED,
            }
        )
    return tasks


def _review_tasks(user: Any) -> list[dict[str, Any]]:
    """One task per submitted list, the oldest first."""
    submitted: Any = (
        Submission.objects.visible_to(user)
        .filter(status=SubmissionStatus.SUBMITTED)
        .select_related("city", "round")
        .with_counts()
        .order_by("submitted_at")
    )
    return [
        {
            "title": f"{submission}：未审 {submission.undecided_count} 行，共 {submission.row_count} 行",
            "url": reverse("admin:catalogs_submission_change", args=[submission.pk]),
            "due_on": submission.round.due_on,
            "waiting": True,
        }
        for submission in submitted
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
