"""Time limits of open requests follow the calendar, which may change later (二(三) 限时办结)."""

from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.records import update_recorded
from requests_app.handling import days_allowed
from requests_app.models import CertificateRequest, RequestStatus
from requests_app.workdays import due_after

_BATCH = 500  # requests that are locked at once


def follow_the_calendar(*, actor: Any, reason: str) -> int:
    """Set the time limit of every open request anew, by the working days known now.

    Some hundreds at a time, each with their own commit, so that nobody waits for all of them: call it
    outside a transaction. A day declared off moves limits back. A day declared a working day moves
    them forward, but never to a day that is over: nobody is late for what was not known. Returns how
    many were moved.
    """
    today = timezone.localdate()
    due = cache(due_after)
    moved = 0
    open_now = CertificateRequest.objects.filter(status=RequestStatus.OPEN)
    keys = list(open_now.order_by("due_on", "pk").values_list("pk", flat=True))  # by the index of open ones
    for start in range(0, len(keys), _BATCH):
        with transaction.atomic():
            rows = open_now.filter(pk__in=keys[start : start + _BATCH])
            changed = []
            for one in rows.select_related("guide").order_by("pk").select_for_update(of=("self",)):
                now = due(timezone.localdate(one.created_at), days_allowed(one))
                if one.due_on and now < one.due_on:
                    now = max(now, min(one.due_on, today))
                if now != one.due_on:
                    one.due_on = now
                    changed.append(one)
            moved += update_recorded(CertificateRequest, changed, ["due_on"], actor=actor, reason=reason)
    return moved
