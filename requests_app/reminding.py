"""Time limits that come and pass (二(三) 限时办结): who is told, at the window and above it."""

import datetime as dt
from collections import Counter

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from catalogs.models import Notice
from catalogs.notices import tell
from requests_app.models import CertificateRequest, RequestStatus
from requests_app.workdays import due_after

UPWARD_AFTER = 3  # days after which the county is told


def remind(today: dt.date) -> int:
    """Tell villages what is due by the next working day or late, and counties what stays late.

    Each is said once; returns how many messages were new.
    """
    waiting = CertificateRequest.objects.filter(status=RequestStatus.OPEN, due_on__lte=due_after(today, 1))
    told, late = 0, Counter[str]()
    for one in waiting.select_related("edition_item", "certificate_type").order_by("due_on", "pk"):
        staff = User.objects.filter(role=Role.VILLAGE_STAFF, division=one.village_id, is_active=True)
        is_late = one.due_on is not None and one.due_on < today
        words = f"{one.subject}{'已逾期' if is_late else '即将到期'}，请办理"
        kind = Notice.Kind.LATE if is_late else Notice.Kind.DUE_SOON
        told += tell(staff, kind, words, reverse("request", args=[one.pk]), f"request-{one.pk}-{kind}")
        if one.due_on is not None and (today - one.due_on).days >= UPWARD_AFTER:
            late[one.county_code] += 1
    for county, count in late.items():
        officers = User.objects.filter(role=Role.COUNTY_OFFICER, division=county, is_active=True)
        words = f"本县（市、区）有 {count} 件证明申请逾期{UPWARD_AFTER}天以上未办结"
        url = reverse("late_requests")
        told += tell(officers, Notice.Kind.LATE, words, url, f"late-{county}-{today:%Y%m%d}")
    return told
