"""Seals: each history record carries a digest of itself and of the record before it.

The chain is one per object, not one per table. Whoever writes the history of an object has just
inserted, updated or locked its row, and holds that row's lock until the transaction ends: the
writers of one chain come one after another by themselves. No lock is needed that is not taken
anyway, and clerks of different cities never wait for each other. What a chain by object cannot
show, an object removed with its whole history, the anchors do (``audit.verification``).
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

ABOUT = ("history_type", "history_date", "history_user_id", "history_change_reason")


def digest(label: str, previous: str, about: Iterable[Any], values: Iterable[Any]) -> str:
    """The seal of one record, in hex: SHA-256, or HMAC-SHA256 where ``HISTORY_KEY`` is set.

    ``label`` names the model, ``previous`` is the seal of the object's record before ("" for the
    first), ``about`` holds the values of ``ABOUT``, ``values`` those of ``field_names``, as the
    database gives them back. Raises TypeError for a value of a kind that no field here has.
    """
    content = _CANONICAL.encode([label, previous, *about, *values]).encode()
    if settings.HISTORY_KEY:
        return hmac.digest(settings.HISTORY_KEY.encode(), content, "sha256").hex()
    return hashlib.sha256(content).hexdigest()


def field_names(history: Any) -> list[str]:
    """The attributes that a record of the history model keeps, in the order they are sealed in."""
    return [field.attname for field in history.tracked_fields]


def begins_anew(model: type[models.Model], kind: str) -> bool:
    """Can no record be there before this one? A key that the database gave is never given twice."""
    return kind == "+" and isinstance(model._meta.pk, models.AutoField)


def previous_seals(model: type[models.Model], keys: Sequence[Any]) -> dict[Any, str]:
    """The seal of the last record of each object that has one, by the object's key."""
    key: Any = model._meta.pk
    history: Any = get_history_manager_for_model(model)
    # Where it is about to be written: a replica may not have the last record yet.
    records = history.using(router.db_for_write(model)).order_by()
    last = records.filter(**{f"{key.attname}__in": keys}).values(key.attname)
    newest = last.annotate(last=models.Max("history_id")).values("last")
    return dict(records.filter(history_id__in=newest).values_list(key.attname, "history_hash"))


def seal_record(sender: Any, instance: Any, history_instance: Any, using: str | None, **_: Any) -> None:
    """Seal a record that is about to be saved by itself (a handler of simple-history's signal).

    The record is made to hold what the database holds: an object saved in part may be stale in
    the rest, and a date given as text comes back as a date.
    """
    if not hasattr(history_instance, "history_hash"):
        return
    model: Any = history_instance.instance_type
    names = field_names(history_instance)
    kind = history_instance.history_type
    if kind == "-":
        fields = [type(history_instance)._meta.get_field(one.name) for one in history_instance.tracked_fields]
        row = tuple(
            _as_stored(field, getattr(history_instance, name))
            for field, name in zip(fields, names, strict=True)
        )
    else:
        row = model._base_manager.using(using).filter(pk=instance.pk).values_list(*names).get()
    for name, value in zip(names, row, strict=True):
        setattr(history_instance, name, value)
    key = row[names.index(model._meta.pk.attname)]
    previous = "" if begins_anew(model, kind) else previous_seals(model, [key]).get(key, "")
    about = [getattr(history_instance, name) for name in ABOUT]
    history_instance.history_hash = digest(model._meta.label, previous, about, row)


def _as_stored(field: Any, value: Any) -> Any:
    """A value of a row that is gone, as the database would have given it back."""
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value, cls=field.encoder))
    value = field.to_python(value)
    if isinstance(value, dt.datetime) and timezone.is_naive(value):
        return timezone.make_aware(value)
    return value


def _plain(value: Any) -> Any:
    """What JSON has no word for, always in the same words."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be sealed")


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
