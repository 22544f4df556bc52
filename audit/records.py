"""Write a change together with its history: who, when, what and why.

Every verb of the portal saves through these functions, so that no change can be made without an
actor and a reason. ``None`` is never an actor: work that no person asked for (loading reference
data, say) names ``SYSTEM``.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history


class _System:
    """The portal itself, as an actor."""

    def __str__(self) -> str:
        return "系统"


SYSTEM: Final = _System()
M = TypeVar("M", bound=models.Model)
Actor = Any  # an authenticated user (the user model lives above this package) or SYSTEM


def _history_user(actor: Actor) -> Any:
    if actor is SYSTEM:
        return None
    if actor is None or not getattr(actor, "is_authenticated", False):
        raise ValueError("a change needs an actor: an authenticated user or SYSTEM")
    return actor


def _require(reason: str) -> str:
    if not reason.strip():
        raise ValueError("a change needs a reason")
    return reason.strip()


def save_recorded(
    obj: models.Model, *, actor: Actor, reason: str, fields: Sequence[str] | None = None
) -> None:
    """Save one object and its history record.

    ``fields`` limits an update to the fields that changed. Raises ValueError without an actor or
    a reason.
    """
    user, why = _history_user(actor), _require(reason)
    obj._history_user = user  # type: ignore[attr-defined]
    obj._change_reason = why  # type: ignore[attr-defined]
    try:
        obj.save(update_fields=fields)
    finally:
        # simple-history leaves both on the instance, where they would sign the next change too.
        del obj._history_user, obj._change_reason  # type: ignore[attr-defined]


def delete_recorded(obj: models.Model, *, actor: Actor, reason: str) -> None:
    """Delete one object; its history stays, with a last record that says who and why."""
    obj._history_user = _history_user(actor)  # type: ignore[attr-defined]
    obj._change_reason = _require(reason)  # type: ignore[attr-defined]
    obj.delete()


def create_recorded(model: type[M], objs: Iterable[M], *, actor: Actor, reason: str) -> list[M]:
    """Insert many objects and one history record for each."""
    batch = list(objs)
    if not batch:
        return []
    created: list[M] = bulk_create_with_history(
        batch,
        model,
        batch_size=1000,
        default_user=_history_user(actor),
        default_change_reason=_require(reason),
    )
    return created


def update_recorded(
    model: type[M], objs: Iterable[M], fields: Sequence[str], *, actor: Actor, reason: str
) -> int:
    """Update ``fields`` of many objects and write one history record for each; returns how many."""
    batch = list(objs)
    if not batch:
        return 0
    updated: int = bulk_update_with_history(
        batch,
        model,
        list(fields),
        batch_size=500,
        default_user=_history_user(actor),
        default_change_reason=_require(reason),
    )
    return updated
