"""The time line of a submission, for the city and the province."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from audit.timeline import timeline
from catalogs.history import submission_histories
from catalogs.models import Submission


@login_required
@permission_required("catalogs.view_submission", raise_exception=True)
@require_GET
def submission_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what, when and why, newest first."""
    queryset = Submission.objects.visible_to(request.user).select_related("city", "round")
    submission = get_object_or_404(queryset, pk=pk)
    entries = timeline(*submission_histories(submission))
    return render(request, "catalogs/history.html", {"submission": submission, "entries": entries})
