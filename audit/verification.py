"""Find history records that were edited, inserted or deleted behind the portal's back."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from audit.models import Anchor
from audit.sealing import ABOUT, digest, field_names

_CHUNK = 2000
_STILL_OPEN = dt.timedelta(minutes=10)  # a transaction may commit a lower number this much later


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as the portal wrote it; ``record`` is 0 where it is no single record."""

    table: str
    key: Any
    record: int
    message: str

    def __str__(self) -> str:
        at = f"第 {self.record} 条记录" if self.record else ""
        return f"{self.table} {self.key} {at}：{self.message}"


def recorded_models() -> list[type[models.Model]]:
    """Every model whose changes are recorded and sealed."""
    found = [model for model in apps.get_models() if hasattr(model, "history")]
    return [model for model in found if hasattr(get_history_manager_for_model(model).model, "history_hash")]


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as of one moment, where the database can do so without stopping writers."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class Verification:
    """One check of one model: ``problems`` yields what is wrong, ``checked`` counts the records."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model: Any = model
        self._history: Any = get_history_manager_for_model(model)
        self._names = field_names(self._history.model)
        self._at = self._names.index(model._meta.pk.attname)
        self._table = str(model._meta.verbose_name)
        self.checked = 0

    def problems(self) -> Iterator[Problem]:
        """Check every record against the one before it, and the last against the row itself."""
        live = self._live()
        row = next(live, None)
        for key, records in self._objects():
            while row is not None and row[self._at] < key:
                yield Problem(self._table, row[self._at], 0, "有这一行，却没有任何变更记录")
                row = next(live, None)
            last: tuple[Any, ...] = ()
            previous = ""
            for record in records:
                self.checked += 1
                number, seal, about, values = record[0], record[1], record[2:6], record[6:]
                if not seal:
                    yield Problem(self._table, key, number, "没有封印")
                elif not self._fits(seal, previous, about, values):
                    yield Problem(
                        self._table, key, number, "与封印不符：内容被改动，或者之前的记录被删除、插入"
                    )
                previous, last = seal, record
            is_gone = last[2] == "-"
            if row is not None and row[self._at] == key:
                if is_gone:
                    yield Problem(self._table, key, last[0], "记录为已删除，但这一行还在")
                elif list(row) != list(last[6:]):
                    yield Problem(
                        self._table, key, last[0], "与现有内容不一致：内容被直接改动，或者最后的记录被删除"
                    )
                row = next(live, None)
            elif not is_gone:
                yield Problem(self._table, key, last[0], "这一行已不在，却没有删除记录")
        while row is not None:
            yield Problem(self._table, row[self._at], 0, "有这一行，却没有任何变更记录")
            row = next(live, None)
        yield from self._anchors()

    def _fits(self, seal: str, previous: str, about: Sequence[Any], values: Sequence[Any]) -> bool:
        """Is this the seal of a record, as the model is now or was before fields were added to it?

        A field that came later (``SEALED_LATER``) is in no seal before it, and there holds its default.
        """
        if seal == digest(self._model._meta.label, previous, about, values):
            return True
        later = getattr(self._model, "SEALED_LATER", ())
        for at in range(len(later) - 1, -1, -1):
            added = {name for group in later[at:] for name in group}
            said = dict(zip(self._names, values, strict=True))
            if any(said[name] != self._model._meta.get_field(name).get_default() for name in added):
                return False
            before = [value for name, value in said.items() if name not in added]
            if seal == digest(self._model._meta.label, previous, about, before):
                return True
        return False

    def _live(self) -> Iterator[tuple[Any, ...]]:
        rows = self._model._base_manager.order_by("pk").values_list(*self._names)
        return iter(rows.iterator(chunk_size=_CHUNK))

    def _objects(self) -> Iterator[tuple[Any, list[tuple[Any, ...]]]]:
        """Each object's key with its records, oldest first; never more than one object in memory."""
        key = self._names[self._at]
        records = self._history.order_by(key, "history_id").values_list(
            "history_id", "history_hash", *ABOUT, *self._names
        )
        current: Any = None
        gathered: list[tuple[Any, ...]] = []
        for record in records.iterator(chunk_size=_CHUNK):
            if gathered and record[6 + self._at] != current:
                yield current, gathered
                gathered = []
            current = record[6 + self._at]
            gathered.append(record)
        if gathered:
            yield current, gathered

    def _anchors(self) -> Iterator[Problem]:
        anchors = list(Anchor.objects.filter(model=self._model._meta.label).order_by("up_to"))
        if not anchors:
            return
        previous = ""
        for anchor, (records, found) in zip(
            anchors, digests(self._history, [one.up_to for one in anchors]), strict=True
        ):
            if (records, found) != (anchor.records, anchor.digest) or anchor.previous != previous:
                when = timezone.localtime(anchor.made_at).strftime("%Y-%m-%d %H:%M")
                message = f"与 {when} 的锚点不符：当时 {anchor.records} 条，现有 {records} 条"
                yield Problem(self._table, "", anchor.up_to, message)
            previous = anchor.digest


def digests(history: Any, numbers: Iterable[int]) -> list[tuple[int, str]]:
    """(how many records, digest over their seals) up to each of ``numbers``, which ascend."""
    wanted = list(numbers)
    running, count, found = hashlib.sha256(), 0, []
    records = history.filter(history_id__lte=wanted[-1] if wanted else 0).order_by("history_id")
    for number, seal in records.values_list("history_id", "history_hash").iterator(chunk_size=_CHUNK):
        while wanted and number > wanted[0]:
            found.append((count, running.hexdigest()))
            wanted.pop(0)
        running.update(f"{number}:{seal}\n".encode())
        count += 1
    return found + [(count, running.hexdigest())] * len(wanted)


def drop_anchor(model: type[models.Model], everything: bool = False) -> Anchor | None:
    """Anchor a model's history as it stands; None when nothing was added since the last anchor.

    The newest records are left to the next anchor unless ``everything``: a transaction that is
    still open may commit a lower number yet.
    """
    history: Any = get_history_manager_for_model(model)
    records = history.all()
    if not everything:
        records = records.filter(history_date__lt=timezone.now() - _STILL_OPEN)
    up_to = records.order_by("-history_id").values_list("history_id", flat=True).first()
    before = Anchor.objects.filter(model=model._meta.label).order_by("up_to").last()
    if up_to is None or (before is not None and up_to <= before.up_to):
        return None
    count, found = digests(history, [up_to])[0]
    return Anchor.objects.create(
        model=model._meta.label,
        up_to=up_to,
        records=count,
        digest=found,
        previous=before.digest if before else "",
    )


def seal_unsealed(model: type[models.Model]) -> int:
    """Seal the records of objects that were never sealed (written before there were seals)."""
    history: Any = get_history_manager_for_model(model)
    key, names = model._meta.pk.attname, field_names(history.model)
    sealed = history.exclude(history_hash="").values(key)
    records = history.exclude(**{f"{key}__in": sealed}).order_by(key, "history_id")
    before: tuple[Any, str] = (None, "")
    fresh, count = [], 0
    for record in records.iterator(chunk_size=_CHUNK):
        own = getattr(record, key)
        previous = before[1] if before[0] == own else ""
        about = [getattr(record, name) for name in ABOUT]
        values = [getattr(record, name) for name in names]
        record.history_hash = digest(model._meta.label, previous, about, values)
        before = (own, record.history_hash)
        fresh.append(record)
        count += 1
        if len(fresh) == _CHUNK:
            history.bulk_update(fresh, ["history_hash"], batch_size=500)
            fresh = []
    history.bulk_update(fresh, ["history_hash"], batch_size=500)
    return count
