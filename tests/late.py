"""Requests that are open past their time limit."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from requests_app.models import CertificateRequest


def overdue(staff: Any, days: Iterable[int]) -> list[int]:
    """One open request of a village for each number of days it is late; their keys."""
    today = timezone.localdate()
    made = []
    for late in days:
        row = CertificateRequest(
            village=staff.division,
            asked="农民身份证明",
            verdict="MAY_ISSUE",
            created_by=staff,
            created_at=timezone.now() - dt.timedelta(days=late + 3),
            due_on=today - dt.timedelta(days=late),
        )
        row.take_codes()
        row.save()
        made.append(row.pk)
    return made
