"""Write a change together with its history: who, when, what and why.

Every verb of the portal saves through these functions, so that no change can be made without an
actor and a reason. ``None`` is never an actor: work that no person asked for (loading reference
data, say) names ``SYSTEM``.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db import connections, models, router, transaction
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from audit import sealing


class _System:
    """The portal itself, as an actor."""

    def __str__(self) -> str:
        return "系统"


SYSTEM: Final = _System()
M = TypeVar("M", bound=models.Model)
_AT_ONCE = 1000  # rows in one statement
_FEW = 20  # different sets of values that are worth a statement each
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
            # Locked, so that no change can be chained to the same last record meanwhile.
            rows = objs.model._base_manager.filter(pk__in=part)
            list(rows.order_by("pk").select_for_update().values_list("pk"))
            _copy_to_history(objs.model, part, user, why, "-")
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
    """Write the sealed history of stored rows from row to row inside the database.

    The rows are read for their seals; sending every value a second time would cost as much again.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    history: Any = get_history_manager_for_model(model)
    copied = [quote(field.column) for field in history.model.tracked_fields]
    now = timezone.now()
    about: dict[str, Any] = {
        "history_date": connection.ops.adapt_datetimefield_value(now),
        "history_user_id": user.pk if user else None,
        "history_change_reason": why,
        "history_type": kind,
    }
    seals = _seals(model, keys, (kind, now, about["history_user_id"], why))
    if not seals:
        return
    here, there = quote(model._meta.db_table), quote(history.model._meta.db_table)
    key: Any = model._meta.pk
    values = [*(f"{here}.{column}" for column in copied), *["%s"] * len(about), "seal"]
    sql = (  # every name in it is a model's own
        f"WITH seals (sealed_key, seal) AS (VALUES {', '.join(['(%s, %s)'] * len(seals))}) "  # noqa: S608
        f"INSERT INTO {there} ({', '.join([*copied, *map(quote, about), quote('history_hash')])}) "
        f"SELECT {', '.join(values)} "
        f"FROM {here} JOIN seals ON {here}.{quote(key.column)} = sealed_key ORDER BY sealed_key"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(part for pair in seals.items() for part in pair), *about.values()])


def _seals(model: type[models.Model], keys: Sequence[Any], about: tuple[Any, ...]) -> dict[Any, str]:
    """The seal of one more record for each stored object, by key."""
    names = sealing.field_names(get_history_manager_for_model(model).model)
    at = names.index(model._meta.pk.attname)
    before = {} if sealing.begins_anew(model, about[0]) else sealing.previous_seals(model, keys)
    rows = model._base_manager.filter(pk__in=keys).values_list(*names)
    return {row[at]: sealing.digest(model._meta.label, before.get(row[at], ""), about, row) for row in rows}


def _update(model: type[M], batch: Sequence[M], fields: Sequence[str]) -> None:
    """Store ``fields``: rows that get the same values in one plain statement, which is far faster."""
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    alike: dict[tuple[str, ...], list[M]] = {}
    for obj in batch:
        values = tuple(repr(getattr(obj, column.attname)) for column in columns)
        alike.setdefault(values, []).append(obj)
    if len(alike) > _FEW:
        model._base_manager.bulk_update(batch, list(fields), batch_size=500)
        return
    for objs in alike.values():
        values_of_all = {column.attname: getattr(objs[0], column.attname) for column in columns}
        for start in range(0, len(objs), _AT_ONCE):
            keys = [obj.pk for obj in objs[start : start + _AT_ONCE]]
            model._base_manager.filter(pk__in=keys).update(**values_of_all)


def update_recorded(
    model: type[M], objs: Iterable[M], fields: Sequence[str], *, actor: Actor, reason: str
) -> int:
    """Update ``fields`` of many objects and write one history record for each; returns how many."""
    user, why = _history_user(actor), _require(reason)
    batch = list(objs)
    if not batch:
        return 0
    with transaction.atomic(using=router.db_for_write(model)):
        _update(model, batch, fields)
        for start in range(0, len(batch), _AT_ONCE):
            keys = [obj.pk for obj in batch[start : start + _AT_ONCE]]
            _copy_to_history(model, keys, user, why, "~")
    return len(batch)
