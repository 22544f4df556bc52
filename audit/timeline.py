"""Turn history records into a time line that an official can read: Chinese labels, old → new."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

KINDS = {"+": "新增", "~": "修改", "-": "删除"}
EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one change; ``old`` is empty text in a first record."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line."""

    when: dt.datetime
    actor: str
    kind: str
    model: str
    what: str
    reason: str
    changes: tuple[Change, ...]


def timeline(*histories: Iterable[Any]) -> list[Entry]:
    """Merge history querysets of any models to one list, newest first.

    Each queryset must hold *all* records of the objects it speaks of: a change is shown against
    the record before it in the same queryset. A model may name fields that say nothing to a
    reader (counters, hashes) in ``history_quiet``, and say in ``history_words`` how the values of a
    field read (name → function) where they are codes.
    """
    entries: list[tuple[tuple[dt.datetime, int], Entry]] = []
    for history in histories:
        records = history
        if isinstance(history, models.QuerySet):
            records = history.select_related("history_user").order_by("history_date", "history_id")
        before: dict[Any, Any] = {}
        names = _Names()
        for record in records:
            earlier = before.get(record.id if hasattr(record, "id") else record.pk)
            entries.append(((record.history_date, record.history_id), _entry(record, earlier, names)))
            before[record.id if hasattr(record, "id") else record.pk] = record
    entries.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _, entry in entries]


def _entry(record: Any, earlier: Any, names: "_Names") -> Entry:
    model = record.instance_type
    changes: tuple[Change, ...] = ()
    if record.history_type != "-":
        changes = tuple(_changes(record, earlier, model, names))
    user = record.history_user
    return Entry(
        when=record.history_date,
        actor=str(user) if user else "系统",
        kind=KINDS[record.history_type],
        model=str(model._meta.verbose_name),
        what=_describe(record),
        reason=record.history_change_reason or "",
        changes=changes,
    )


def _describe(record: Any) -> str:
    describe = getattr(record.instance_type, "describe_record", None)
    return describe(record) if describe else str(record.instance)


def _changes(record: Any, earlier: Any, model: Any, names: "_Names") -> Iterable[Change]:
    quiet: frozenset[str] = getattr(model, "history_quiet", frozenset())
    words: dict[str, Callable[[Any], Any]] = getattr(model, "history_words", {})
    for field in record.tracked_fields:
        if field.primary_key or field.name in quiet:
            continue
        read = words.get(field.name, _as_stored)
        new = names.display(field, read(getattr(record, field.attname)))
        old = names.display(field, read(getattr(earlier, field.attname))) if earlier else ""
        if (earlier and new != old) or (not earlier and new != EMPTY):
            yield Change(str(field.verbose_name), old, new)


def _as_stored(value: Any) -> Any:
    return value


def _part(part: Any) -> str:
    """One item of a list or a table; of one with fields of its own the values, texts before yes and no.

    Its keys are English, and PostgreSQL returns them in an order of its own.
    """
    if isinstance(part, bool):
        return "是" if part else "否"
    if isinstance(part, list):
        return "、".join(map(_part, part))
    if not isinstance(part, dict):
        return str(part)
    texts = [str(value) for value in part.values() if not isinstance(value, bool)]
    answers = ["是" if value else "否" for value in part.values() if isinstance(value, bool)]
    return "｜".join(texts + answers)


class _Names:
    """Shows field values for people; remembers the names of related objects it has looked up."""

    def __init__(self) -> None:
        self._related: dict[tuple[type[models.Model], Any], str] = {}

    def display(self, field: Any, value: Any) -> str:
        if value is None or value == "":
            return EMPTY
        if field.remote_field:
            return self._name_of(field.remote_field.model, value)
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dt.datetime):
            return date_format(timezone.localtime(value), "DATETIME_FORMAT")
        if isinstance(value, dt.date):
            return date_format(value, "DATE_FORMAT")
        if isinstance(value, dict):
            return "；".join(f"{key}：{_part(text)}" for key, text in value.items()) or EMPTY
        if isinstance(value, list):
            return "、".join(_part(part) for part in value) or EMPTY
        return str(value)

    def _name_of(self, model: type[models.Model], key: Any) -> str:
        if (model, key) not in self._related:
            found = model._base_manager.filter(pk=key).first()
            self._related[model, key] = str(found) if found else f"已删除（编号 {key}）"
        return self._related[model, key]
