"""Write a change together with its history: who, when, what and why.

Every verb of the portal saves through these functions, so that no change can be made without an
actor and a reason. ``None`` is never an actor: work that no person asked for (loading reference
data, say) names ``SYSTEM``.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db import connections, models, router, transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history, get_history_manager_for_model


class _System:
    """The portal itself, as an actor."""

    def __str__(self) -> str:
        return "系统"


SYSTEM: Final = _System()
M = TypeVar("M", bound=models.Model)
_AT_ONCE = 1000  # rows in one statement
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


def delete_all_recorded(objs: models.QuerySet[Any], *, actor: Actor, reason: str) -> int:
    """Delete the rows of a queryset, with a last record for each; returns how many.

    What hangs on the rows must be deleted before: nothing but the rows themselves is recorded.
    """
    user, why = _history_user(actor), _require(reason)
    keys = list(objs.values_list("pk", flat=True))
    with transaction.atomic(using=router.db_for_write(objs.model)):
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            _copy_to_history(objs.model, part, user, why, "-")
            rows = objs.model._base_manager.filter(pk__in=part)
            # Not ``delete``: its signals would have each row recorded once more, one by one.
            rows._raw_delete(rows.db)
    return len(keys)


def create_recorded(model: type[M], objs: Iterable[M], *, actor: Actor, reason: str) -> list[M]:
    """Insert many objects and one history record for each."""
    user, why = _history_user(actor), _require(reason)
    batch = list(objs)
    if not batch:
        return []
    with transaction.atomic(using=router.db_for_write(model)):
        created = model._base_manager.bulk_create(batch, batch_size=_AT_ONCE)
        for start in range(0, len(created), _AT_ONCE):
            keys = [obj.pk for obj in created[start : start + _AT_ONCE]]
            _copy_to_history(model, keys, user, why, "+")
    return created


def _copy_to_history(model: type[models.Model], keys: Sequence[Any], user: Any, why: str, kind: str) -> None:
    """Write the history of stored rows from row to row inside the database.

    Sending every value a second time would cost as much as storing the rows did.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    history: Any = get_history_manager_for_model(model)
    copied = ", ".join(quote(field.column) for field in history.model.tracked_fields)
    about: dict[str, Any] = {
        "history_date": connection.ops.adapt_datetimefield_value(timezone.now()),
        "history_user_id": user.pk if user else None,
        "history_change_reason": why,
        "history_type": kind,
    }
    here, there = quote(model._meta.db_table), quote(history.model._meta.db_table)
    key: Any = model._meta.pk
    sql = (  # every name in it is a model's own
        f"INSERT INTO {there} ({copied}, {', '.join(map(quote, about))}) "  # noqa: S608
        f"SELECT {copied}, {', '.join(['%s'] * len(about))} FROM {here} "
        f"WHERE {quote(key.column)} IN ({', '.join(['%s'] * len(keys))})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*about.values(), *keys])


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
