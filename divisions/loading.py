"""Load divisions (行政区划) from a CSV file: idempotent, all or nothing, nothing ever deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os.path import commonprefix
from typing import BinaryIO

from django.db import transaction

from audit.records import Actor, create_recorded, update_recorded
from divisions.division_file import DivisionFile, DivisionRow, read_divisions
from divisions.models import CODE_LENGTH, Division

CHUNK = 1000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class LoadReport:
    """What a load did, or would do. A code is in one of the lists only."""

    added: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)  # code, old name, new name
    changed: list[str] = field(default_factory=list)  # otherwise than by name
    unchanged: int = 0
    left_as_edited: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # stored below a row of the file, not in it
    ignored_columns: list[str] = field(default_factory=list)


def load_divisions(
    stream: BinaryIO,
    *,
    source_name: str,
    actor: Actor,
    dry_run: bool = False,
    progress: Progress | None = None,
    keep_edited: bool = False,
    report_missing: bool = True,
) -> LoadReport:
    """Bring the tree in line with a CSV file.

    ``stream`` is a seekable stream of bytes, UTF-8 or GB18030, with the columns code, name, level,
    parent_code and kind in any order. A column ``closed_on`` (ISO date) closes a division from that
    day, and an empty cell in it opens the division again. ``source_name`` goes into the reason of
    every history record, ``actor`` signs it. ``dry_run`` does everything and rolls it back.
    ``progress`` is called with (rows written, rows to write). ``keep_edited`` leaves a row alone
    that a person changed last. ``report_missing`` lists what is stored below a division of the file
    and is not in it.

    Returns what was done. Raises DivisionFileError with everything wrong with the file, and
    ValueError without an actor; nothing is written then.
    """
    file = read_divisions(stream)
    with transaction.atomic():
        writer = _Writer(file, actor, f"装载行政区划 {source_name}", keep_edited, progress)
        writer.write(report_missing=report_missing)
        if dry_run:
            transaction.set_rollback(True)
    return writer.report


class _Writer:
    """Writes one file inside the caller's transaction and reports what it did."""

    def __init__(
        self, file: DivisionFile, actor: Actor, reason: str, keep_edited: bool, progress: Progress | None
    ) -> None:
        self.report = LoadReport(ignored_columns=file.ignored_columns)
        self._file = file
        self._actor = actor
        self._reason = reason
        self._keep_edited = keep_edited
        self._progress = progress
        self._done = self._total = 0

    def write(self, *, report_missing: bool) -> None:
        rows, fields = self._file.rows, self._file.fields
        # One query whatever the file covers: all that begins as all of its codes begin.
        around = Division.objects.within(commonprefix(list(rows)))  # noqa: RUF071 codes, not paths
        stored = {code: values for code, *values in around.values_list("code", *fields)}
        # Parents first: a shorter code is a higher level.
        new = sorted(rows.keys() - stored.keys(), key=lambda code: (len(code), code))
        differing = [
            code for code in stored if code in rows and stored[code] != list(rows[code][: len(fields)])
        ]
        self.report.unchanged = len(rows) - len(new) - len(differing)
        if report_missing:
            self.report.missing = [code for code in stored if code not in rows and _lies_in(code, rows)]
        self._total = len(new) + len(differing)
        for start in range(0, len(new), CHUNK):
            self._create(new[start : start + CHUNK])
        for start in range(0, len(differing), CHUNK):
            self._update(differing[start : start + CHUNK])

    def _create(self, codes: list[str]) -> None:
        divisions = [Division(code=code, **self._file.rows[code]._asdict()) for code in codes]
        create_recorded(Division, divisions, actor=self._actor, reason=self._reason)
        self.report.added += codes
        self._advance(len(codes))

    def _update(self, codes: list[str]) -> None:
        """Update the rows as they are once locked; someone may have saved one in the meantime.

        The lock spares the key, so that new rows elsewhere can go on pointing at a division.
        """
        locked = Division.objects.select_for_update(no_key=True).in_bulk(codes)
        edited = _edited_last_by_people(codes) if self._keep_edited else set()
        batch: list[Division] = []
        touched: set[str] = set()
        for code, division in locked.items():
            wanted = self._file.rows[code]
            names = [name for name in self._file.fields if getattr(division, name) != getattr(wanted, name)]
            if not names:
                self.report.unchanged += 1
                continue
            if code in edited:
                self.report.left_as_edited.append(code)
                continue
            if "name" in names:
                self.report.renamed.append((code, division.name, wanted.name))
            else:
                self.report.changed.append(code)
            for name in names:
                setattr(division, name, getattr(wanted, name))
            touched.update(names)
            batch.append(division)
        columns = [name.removesuffix("_id") for name in self._file.fields if name in touched]
        update_recorded(Division, batch, columns, actor=self._actor, reason=self._reason)
        self._advance(len(codes))

    def _advance(self, by: int) -> None:
        self._done += by
        if self._progress:
            self._progress(self._done, self._total)


def _lies_in(code: str, rows: Mapping[str, DivisionRow]) -> bool:
    """Whether a division of the file is above this one."""
    return any(code[:length] in rows for length in CODE_LENGTH.values() if length < len(code))


def _edited_last_by_people(codes: list[str]) -> set[str]:
    records = Division.history.filter(code__in=codes).order_by("history_date", "history_id")
    last = dict(records.values_list("code", "history_user"))
    return {code for code, user in last.items() if user is not None}
