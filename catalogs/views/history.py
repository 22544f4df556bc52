"""The time line of a submission, for the city and the province."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.timeline import Entry, timeline
from catalogs import row_story
from catalogs.downloads import file_response
from catalogs.history import submission_histories
from catalogs.models import Submission, SubmissionItem
from catalogs.official_forms.plain_table import write_table


@login_required
@permission_required("catalogs.view_submission", raise_exception=True)
@require_GET
def submission_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what, when and why, newest first."""
    queryset = Submission.objects.visible_to(request.user).select_related("city", "round")
    submission = get_object_or_404(queryset, pk=pk)
    entries = timeline(*submission_histories(submission))
    return render(request, "catalogs/history.html", {"submission": submission, "entries": entries})


@login_required
@permission_required("catalogs.view_submission", raise_exception=True)
@require_GET
def row_history(request: HttpRequest, pk: int) -> HttpResponse:
    """One row from the uploaded cell to its use; ``as=xlsx`` takes it away as a workbook."""
    queryset = SubmissionItem.objects.visible_to(request.user)
    item = get_object_or_404(
        queryset.select_related("submission__city", "submission__round", "decided_by"), pk=pk
    )
    entries = row_story.story(item)
    if request.GET.get("as") == "xlsx":
        return file_response(_workbook(item, entries), f"{item.submission} 第{item.position}行 来龙去脉.xlsx")
    context = {"item": item, "entries": entries, "uses": row_story.uses(item)}
    return render(request, "catalogs/row_history.html", context)


def _workbook(item: SubmissionItem, entries: list[Entry]) -> bytes:
    return write_table(
        f"{item.submission} {item}",
        ["时间", "人员", "事项", "缘由", "变化"],
        [
            (
                timezone.localtime(entry.when).strftime("%Y-%m-%d %H:%M"),
                entry.actor,
                f"{entry.kind}{entry.model}：{entry.what}",
                entry.reason,
                "\n".join(f"{one.label}：{one.old and one.old + ' → '}{one.new}" for one in entry.changes),
            )
            for entry in entries
        ],
    )
