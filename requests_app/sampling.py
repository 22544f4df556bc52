"""Promises drawn by chance, for checking afterwards (二(五) 事后核查)."""

import random
from typing import Any

from django.db import transaction

from audit.records import update_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, WrongState
from divisions.models import Division
from requests_app.models import Commitment, PromiseStatus
from requests_app.promising import CHECK

MOST = 5000  # promises drawn at once, however many wait: what somebody waits for at the screen
_AT_ONCE = 500  # rows locked and written by one statement: a database takes only so many values


def draw_sample(*, actor: Any, scope: Division, share: float) -> list[Commitment]:
    """Draw unchecked promises of a place at random for checking: a share of them, at least one.

    Chance of the machine decides, and what is drawn stays drawn: it stands in the history of each,
    and drawing again only adds others, so that nobody can choose who is checked. At most ``MOST``
    are drawn at once. Raises BadInput for a share that is none, WrongState where nothing is left to
    draw.
    """
    if not 0 < share <= 1:
        raise BadInput("抽查比例应大于0，不超过100%。")
    with transaction.atomic():
        require(actor, CHECK, scope)
        waiting = Commitment.objects.within(scope.code).filter(status=PromiseStatus.IN_FORCE, check_kind="")
        total = waiting.order_by().count()
        chosen = _chosen(waiting, total, min(MOST, max(1, round(total * share)))) if total else []
        if not chosen:
            raise WrongState("没有可以抽取的承诺书：没有未核查的，或者都已抽中，请先核查抽中的。")
        reason = f"随机抽中（{total}份中抽{len(chosen)}份）"
        drawn: list[Commitment] = []
        for start in range(0, len(chosen), _AT_ONCE):
            # Locked in the order of keys everywhere; what another draw took meanwhile falls out.
            locked = waiting.select_for_update(of=("self",)).filter(pk__in=chosen[start : start + _AT_ONCE])
            part = list(locked.order_by("pk"))
            for one in part:
                one.check_kind = Commitment.CheckKind.SAMPLE
            update_recorded(Commitment, part, ["check_kind"], actor=actor, reason=reason)
            drawn += part
        return drawn


def _chosen(waiting: Any, total: int, size: int) -> list[int]:
    """The keys at so many random places among all; only those chosen are held in memory."""
    places = set(random.SystemRandom().sample(range(total), size))
    keys = waiting.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)
    return [key for place, key in enumerate(keys) if place in places]
