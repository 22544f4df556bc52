"""Requests that are open past their time limit, seen from above (二(三) 限时办结)."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalogs.downloads import file_response
from catalogs.official_forms.plain_table import write_table
from divisions.models import Division
from divisions.scope import in_scope
from requests_app import oversight
from requests_app.models import CertificateRequest
from requests_app.paging import page_of
from requests_app.views.figures import VIEW
from requests_app.views.places import place_of

_MOST = 5000  # rows of a table
_HEADINGS = (
    "证明",
    "索要单位",
    "逾期（日）",
    "办结期限",
    "登记时间",
    "县（市、区）",
    "乡镇（街道）",
    "村（社区）",
)


@login_required
@permission_required(VIEW, raise_exception=True)
@require_GET
def late_list(request: HttpRequest) -> HttpResponse:
    """What waits longest comes first; above it how many wait in each place below ``place``."""
    place = place_of(request)
    today = timezone.localdate()
    page = page_of(_rows(place, today), request, order=oversight.LONGEST_FIRST)
    for one in page.rows:
        one.days_left = (one.due_on - today).days
    counts = oversight.late_by_place(place, today)
    below = Division.objects.filter(code__in=counts.keys() - {place.code}).order_by("code")
    context: dict[str, Any] = {
        "place": place,
        "above": place.parent if place.parent and in_scope(request.user, place.parent_id or "") else None,
        "page": page,
        "total": sum(counts.values()),
        "most": _MOST,
        "below": [(one, counts[one.code]) for one in below],
    }
    return render(request, "requests_app/late.html", context)


@login_required
@permission_required(VIEW, raise_exception=True)
@require_GET
def late_download(request: HttpRequest) -> HttpResponse:
    """The list as a table, those that wait longest; nothing of the residents."""
    place, today = place_of(request), timezone.localdate()
    found: list[Any] = list(_rows(place, today).order_by(*oversight.LONGEST_FIRST)[: _MOST + 1])
    name = f"{place.name}截至{today.year}年{today.month}月{today.day}日逾期未办结的申请"
    title = f"{name}（等得最久的前 {_MOST} 件，其余未列）" if len(found) > _MOST else name
    rows = [
        (
            one.subject,
            one.demander,
            (today - one.due_on).days,
            one.due_on.isoformat(),
            timezone.localtime(one.created_at).strftime("%Y-%m-%d %H:%M"),
            one.village.parent.parent.name,
            one.village.parent.name,
            one.village.name,
        )
        for one in found[:_MOST]
    ]
    return file_response(write_table(title, _HEADINGS, rows), f"{name}.xlsx")


def _rows(place: Division, today: dt.date) -> QuerySet[CertificateRequest]:
    related = ("village__parent__parent", "edition_item", "certificate_type")
    return oversight.late_requests(place, today).select_related(*related)
