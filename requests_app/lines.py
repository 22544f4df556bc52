"""What a list shows of requests besides their own rows: whose they are, and whether their papers hold.

Both are read for the rows of one page, by their keys: a list of millions is not joined with more.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from requests_app.encryption import masked_name
from requests_app.models import Commitment, IssuedCertificate, PromiseStatus, RequestStatus, Resident


def name_holders(rows: Sequence[Any]) -> None:
    """Set ``holder`` of each row to who asked, masked; "" where nobody was named or the data is gone.

    For those who handle the requests: their village's own staff.
    """
    residents = Resident.objects.filter(pk__in=[one.pk for one in rows]).only("name")
    names = {one.pk: masked_name(one.name) for one in residents}
    for one in rows:
        one.holder = names.get(one.pk, "")


def tell_states(rows: Sequence[Any]) -> None:
    """Set ``state`` and ``badge`` of each row: what was revoked or taken back is not shown as good."""
    revoked = IssuedCertificate.objects.filter(
        request__in=_keys(rows, RequestStatus.ISSUED), revoked_at__isnull=False
    )
    ended = dict.fromkeys(revoked.values_list("request", flat=True), ("已撤销", "late"))
    promises = Commitment.objects.filter(request__in=_keys(rows, RequestStatus.PROMISED))
    for key, status in promises.values_list("request", "status"):
        if status == PromiseStatus.WITHDRAWN:
            ended[key] = ("已撤回", "withdrawn")
        elif status == PromiseStatus.FALSE:
            ended[key] = ("核查不实", "late")
    for one in rows:
        end, one.badge = ended.get(one.pk, ("", one.status))
        one.state = "，".join(filter(None, (one.get_status_display(), end)))


def _keys(rows: Iterable[Any], status: str) -> list[int]:
    return [one.pk for one in rows if one.status == status]
