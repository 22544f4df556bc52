"""The joint reviewer's desk: rows that were sent to their department, and nothing else."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from catalogs import joint_review
from catalogs.errors import NotAllowed, Refused
from catalogs.models import ASPECT_LABELS, ASPECTS, Opinion, Stance, Submission, SubmissionStatus

opinions_only = permission_required(joint_review.OPINE, raise_exception=True)
SHOW = {"waiting": "待反馈", "all": "全部"}


def _sent_to(user: Any) -> Any:
    """The opinions that a person's department was asked for, in their scope."""
    return Opinion.objects.visible_to(user).filter(department=user.department_id or 0)


@login_required
@opinions_only
@require_GET
def opinion_lists(request: HttpRequest) -> HttpResponse:
    """Every list with rows sent to the department, what is waited for first."""
    waiting = Q(state=Opinion.State.WAITING) | Q(state=Opinion.State.SILENT)
    counts = {
        line["item__submission"]: line
        for line in _sent_to(request.user)
        .values("item__submission")
        .annotate(
            sent=Count("pk"), waiting=Count("pk", filter=waiting), due=Min("due_on"), last=Max("due_on")
        )
    }
    submissions = Submission.objects.filter(pk__in=counts).select_related("city", "round")
    today = timezone.localdate()
    lines = [
        {
            "submission": submission,
            **counts[submission.pk],
            "is_open": submission.status == SubmissionStatus.SUBMITTED,
            "days": (counts[submission.pk]["due"] - today).days,
        }
        for submission in submissions
    ]
    lines.sort(key=lambda line: (not (line["is_open"] and line["waiting"]), line["due"]))
    return render(request, "catalogs/opinion_lists.html", {"lines": lines})


@login_required
@opinions_only
@require_http_methods(["GET", "POST"])
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one list that were sent to the department: say what it thinks of each."""
    sent = _sent_to(request.user).filter(item__submission=pk)
    if not sent.exists():
        raise Http404
    submission = get_object_or_404(Submission.objects.select_related("city", "round"), pk=pk)
    if request.method == "GET":
        return _page(request, submission, sent)
    choices = _choices(request)
    if not choices:
        messages.warning(request, "没有需要保存的意见：请先逐项选择，或勾选后批量同意。")
        return redirect(request.get_full_path())
    try:
        saved, conflicts = joint_review.give_opinions(actor=request.user, submission_id=pk, choices=choices)
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        return _page(request, submission, sent, refusal.message, {c.opinion_id: c for c in choices}, 409)
    if saved:
        messages.success(request, f"已反馈 {len(saved)} 行的会审意见。")
    if conflicts:
        at = "、".join(f"第{opinion.item.position}行" for opinion in conflicts)
        mine = {c.opinion_id: c for c in choices if c.opinion_id in {one.pk for one in conflicts}}
        problem = f"{at}在您查看之后已由同事反馈，您的意见未保存，仍在下面，请核对后再交。"
        return _page(request, submission, sent, problem, mine, 409)
    return redirect(request.get_full_path())


def _page(
    request: HttpRequest,
    submission: Submission,
    sent: Any,
    problem: str = "",
    typed: dict[int, joint_review.OpinionChoice] | None = None,
    status: int = 200,
) -> HttpResponse:
    show = request.GET.get("show", "all")
    shown = sent.select_related("item", "department", "given_by", "item__previous")
    if show == "waiting":
        shown = shown.exclude(state=Opinion.State.GIVEN)
    today = timezone.localdate()
    rows = []
    for opinion in shown.prefetch_related("item__findings").order_by("item__position"):
        said = (typed or {}).get(opinion.pk, opinion)
        rows.append(
            {
                "opinion": opinion,
                "item": opinion.item,
                "aspects": [
                    (aspect, label, getattr(said, aspect)) for aspect, label in ASPECT_LABELS.items()
                ],
                "text": said.text,
                "is_overdue": opinion.state != Opinion.State.GIVEN and opinion.due_on < today,
            }
        )
    context = {
        "submission": submission,
        "rows": rows,
        "show": show,
        "shows": SHOW.items(),
        "stances": Stance.choices,
        "may_opine": submission.status == SubmissionStatus.SUBMITTED,
        "waiting": sent.exclude(state=Opinion.State.GIVEN).count(),
        "total": sent.count(),
        "problem": problem,
    }
    return render(request, "catalogs/opinions.html", context, status=status)


def _choices(request: HttpRequest) -> list[joint_review.OpinionChoice]:
    """What was said on each row, where it differs from what the page showed; or agreement in bulk."""
    post = request.POST
    agreed = set(post.getlist("selected")) if "agree_all" in post else None
    found = []
    for key in post.getlist("opinion"):
        revision = post.get(f"revision-{key}", "")
        if not key.isdigit() or not revision.isdigit():
            continue
        if agreed is not None:
            if key in agreed:
                agree = dict.fromkeys(ASPECTS, Stance.AGREE.value)
                found.append(joint_review.OpinionChoice(int(key), int(revision), **agree))
            continue
        said = {aspect: post.get(f"{aspect}-{key}", "") for aspect in ASPECTS}
        text = post.get(f"text-{key}", "").strip().replace("\r\n", "\n")
        was = [post.get(f"was-{name}-{key}", "") for name in (*ASPECTS, "text")]
        if [*said.values(), text] != [one.replace("\r\n", "\n") for one in was]:
            found.append(joint_review.OpinionChoice(int(key), int(revision), text=text, **said))
    return found
