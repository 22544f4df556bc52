"""Time limits that come and pass (二(三) 限时办结): who is told, at the window and above it."""

import datetime as dt
from collections import Counter, defaultdict
from itertools import islice

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from catalogs.models import Notice
from catalogs.notices import Message, tell_all
from requests_app.models import CertificateRequest, RequestStatus
from requests_app.workdays import due_after, past_since

UPWARD_AFTER = 3  # working days after which the county is told
_BATCH = 500  # requests whose villages are told at once


def remind(today: dt.date) -> int:
    """Tell villages what is due by the next working day or late, and counties what stays late.

    Each is said once; returns how many messages were new.
    """
    waiting = CertificateRequest.objects.filter(status=RequestStatus.OPEN, due_on__lte=due_after(today, 1))
    rows = waiting.select_related("edition_item", "certificate_type").order_by("due_on", "pk")
    found = rows.iterator(chunk_size=_BATCH)
    told, late = 0, Counter[str]()
    stays_late = past_since(today, UPWARD_AFTER)
    while some := list(islice(found, _BATCH)):
        staff = _people(Role.VILLAGE_STAFF, {one.village_id for one in some})
        told += tell_all([_to_the_village(one, staff[one.village_id], today) for one in some])
        late.update(one.county_code for one in some if one.due_on and one.due_on <= stays_late)
    officers = _people(Role.COUNTY_OFFICER, set(late))
    url = reverse("late_requests")
    return told + tell_all(
        [
            Message(
                officers[county],
                Notice.Kind.LATE,
                f"本县（市、区）有 {count} 件证明申请逾期{UPWARD_AFTER}个工作日以上未办结",
                url,
                f"late-{county}-{today:%Y%m%d}",
            )
            for county, count in late.items()
        ]
    )


def _to_the_village(one: CertificateRequest, staff: list[User], today: dt.date) -> Message:
    is_late = one.due_on is not None and one.due_on < today
    kind = Notice.Kind.LATE if is_late else Notice.Kind.DUE_SOON
    words = f"{one.subject}{'已逾期' if is_late else '即将到期'}，请办理"
    return Message(staff, kind, words, reverse("request", args=[one.pk]), f"request-{one.pk}-{kind}")


def _people(role: str, places: set[str]) -> defaultdict[str, list[User]]:
    """Those with a role, by place."""
    found: defaultdict[str, list[User]] = defaultdict(list)
    for user in User.objects.filter(role=role, division__in=places, is_active=True):
        found[user.division_id or ""].append(user)
    return found
