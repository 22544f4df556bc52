"""Requests that are open past their time limit, seen from above (二(三) 限时办结)."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from divisions.models import Division
from divisions.scope import in_scope
from requests_app import oversight
from requests_app.paging import page_of
from requests_app.views.figures import VIEW
from requests_app.views.places import place_of


@login_required
@permission_required(VIEW, raise_exception=True)
@require_GET
def late_list(request: HttpRequest) -> HttpResponse:
    """What waits longest comes first; above it how many wait in each place below ``place``."""
    place = place_of(request)
    today = timezone.localdate()
    related = ("village__parent__parent", "edition_item", "certificate_type")
    rows = oversight.late_requests(place, today).select_related(*related)
    page = page_of(rows, request, order=oversight.LONGEST_FIRST)
    for one in page.rows:
        one.days_left = (one.due_on - today).days
    counts = oversight.late_by_place(place, today)
    below = Division.objects.filter(code__in=counts.keys() - {place.code}).order_by("code")
    context: dict[str, Any] = {
        "place": place,
        "above": place.parent if place.parent and in_scope(request.user, place.parent_id or "") else None,
        "page": page,
        "total": sum(counts.values()),
        "below": [(one, counts[one.code]) for one in below],
    }
    return render(request, "requests_app/late.html", context)
