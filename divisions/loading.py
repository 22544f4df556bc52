"""Load divisions (行政区划) from a CSV file: idempotent, all or nothing, nothing ever deleted.

The file is read twice (once to learn its encoding) and row by row; what is kept of a row is a small
tuple. Everything wrong with the file is collected before anything is written.
"""

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from os.path import commonprefix
from typing import BinaryIO, NamedTuple

from django.db import transaction

from audit.records import Actor, create_recorded, update_recorded
from divisions.models import CODE_LENGTH, PARENT_LEVEL, Division, Kind, Level

REQUIRED = ("code", "name", "level", "parent_code", "kind")
CLOSED_ON = "closed_on"
NAME_LENGTH = Division._meta.get_field("name").max_length or 0
# Control and invisible formatting characters, and line and paragraph separators. Private-use
# characters (Co) stay: the official names of some villages are written with them.
UNFIT = {"Cc", "Cf", "Zl", "Zp"}
CHUNK = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line of the file (1 is the first physical line, the header)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}"


class DivisionFileError(ValueError):
    """The file cannot be loaded; ``errors`` lists everything wrong with it. Nothing was changed."""

    def __init__(self, errors: list[LineError]) -> None:
        self.errors = sorted(errors, key=lambda error: error.line)
        super().__init__("\n".join(map(str, self.errors)))


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


class _Row(NamedTuple):
    """A division as the file states it, under the names of the model's columns."""

    name: str
    level: str
    parent_id: str | None
    kind: str
    closed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class _File:
    rows: dict[str, _Row]
    fields: tuple[str, ...]  # what the file states: without its column, closed_on is left alone
    ignored_columns: list[str]


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
    file = _read(stream)
    with transaction.atomic():
        writer = _Writer(file, actor, f"装载行政区划 {source_name}", keep_edited, progress)
        writer.write(report_missing=report_missing)
        if dry_run:
            transaction.set_rollback(True)
    return writer.report


# --- Reading ----------------------------------------------------------------------------------


def _read(stream: BinaryIO) -> _File:
    """The rows of the file, checked; raises DivisionFileError."""
    encoding, undecodable = _encoding(stream)
    errors = [
        LineError(line, "文字无法识别，请将文件另存为 UTF-8 或 GB18030 编码的 CSV。") for line in undecodable
    ]
    stream.seek(0)
    text = TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        return _checked(_records(text), errors, frozenset(undecodable))
    finally:
        text.detach()  # the stream is the caller's to close


def _encoding(stream: BinaryIO) -> tuple[str, list[int]]:
    """The file's encoding, and the lines that are broken in it.

    A damaged UTF-8 file can pass for GB18030 and would be loaded as nonsense, while Chinese in
    GB18030 is next to never valid UTF-8. So the lines vote, and the broken ones are named.
    """
    stream.seek(0)
    utf8_lines = 0
    broken_utf8: list[int] = []
    broken_gb18030: list[int] = []
    for line, raw in enumerate(stream, start=1):
        if raw.isascii():
            continue
        if _decodes(raw, "utf-8"):
            utf8_lines += 1
        else:
            broken_utf8.append(line)
        if not _decodes(raw, "gb18030"):
            broken_gb18030.append(line)
    if utf8_lines >= len(broken_utf8):
        return "utf-8-sig", broken_utf8
    return "gb18030", broken_gb18030


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _records(text: Iterable[str]) -> Iterator[tuple[range, list[str] | None]]:
    """The records that are not blank, each with its lines; None for one with broken quotes."""
    reader = csv.reader(text, strict=True)
    while True:
        first = reader.line_num + 1
        cells: list[str] | None
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is None or any(cells):
            yield range(first, reader.line_num + 1), cells


def _header(records: Iterator[tuple[range, list[str] | None]], errors: list[LineError]) -> list[str]:
    """The names of the columns; raises DivisionFileError when rows could not be read by them."""
    lines, cells = next(records, (range(1, 2), []))
    header = [name.lstrip("\ufeff") for name in cells or []]
    absent = [name for name in REQUIRED if name not in header]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if not header:
        errors.append(LineError(lines[0], "文件是空的。" if cells == [] else "首行的引号使用不规范。"))
    elif absent:
        errors.append(LineError(lines[0], f"缺少列：{'、'.join(absent)}（首行应为列名，以英文逗号分隔）。"))
    if twice:
        errors.append(LineError(lines[0], f"列名重复：{'、'.join(twice)}。"))
    if not header or absent or twice:
        raise DivisionFileError(errors)
    return header


def _checked(
    records: Iterator[tuple[range, list[str] | None]], errors: list[LineError], undecodable: frozenset[int]
) -> _File:
    header = _header(records, errors)
    rows: dict[str, _Row] = {}
    lines: dict[str, int] = {}  # of every code seen, in faulty rows too: their children are no orphans
    for span, values in records:
        line = span[0]
        if values is None:
            errors.append(LineError(line, "引号未成对或使用不规范。"))
            continue
        if len(values) != len(header):
            errors.append(LineError(line, f"应有 {len(header)} 列，实有 {len(values)} 列。"))
            continue
        cells = dict(zip(header, values, strict=True))
        code = cells["code"]
        if code in lines:
            errors.append(LineError(line, f"代码“{code}”与第{lines[code]}行重复。"))
        elif code:
            lines[code] = line
        if undecodable.isdisjoint(span):
            problems = [LineError(line, message) for message in _problems(cells)]
            errors.extend(problems)
            if not problems:
                rows[code] = _row(cells)
    if not rows and not errors:
        errors.append(LineError(1, "文件中没有数据行。"))
    errors.extend(_orphans(rows, lines))
    if errors:
        raise DivisionFileError(errors)
    return _File(
        rows=rows,
        fields=_Row._fields if CLOSED_ON in header else _Row._fields[:-1],
        ignored_columns=[name for name in header if name and name not in {*REQUIRED, CLOSED_ON}],
    )


def _row(cells: Mapping[str, str]) -> _Row:
    closed_on = cells.get(CLOSED_ON)
    return _Row(
        name=_tidy(cells["name"]),
        level=cells["level"],
        parent_id=cells["parent_code"] or None,
        kind=cells["kind"],
        closed_on=dt.date.fromisoformat(closed_on) if closed_on else None,
    )


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name)


# --- What can be wrong with a row -------------------------------------------------------------


def _problems(cells: Mapping[str, str]) -> Iterator[str]:
    """Everything wrong with a row by itself."""
    yield from _code_problems(cells["code"], cells["level"], cells["parent_code"])
    yield from _name_problems(_tidy(cells["name"]))
    level, kind = cells["level"], cells["kind"]
    if level == Level.VILLAGE and kind not in Kind.values:
        yield f"村（社区）须填类型，应为 {'、'.join(Kind.values)} 之一，填的是“{kind}”。"
    elif kind and kind not in Kind.values:
        yield f"类型“{kind}”应为 {'、'.join(Kind.values)} 之一。"
    elif kind and level in Level.values and level != Level.VILLAGE:
        yield "村（社区）以外的级别不填类型。"
    if not _is_date(cells.get(CLOSED_ON, "")):
        yield f"撤销日期“{cells[CLOSED_ON]}”有误，应为实有的日期，写作 2026-03-05 的样式。"


def _code_problems(code: str, level: str, parent: str) -> Iterator[str]:
    digits = code.isascii() and code.isdigit()
    if not code:
        yield "代码为空。"
    elif not digits:
        yield f"代码“{code}”应全部为数字。"
    if level not in Level.values:
        yield f"级别“{level}”应为 {'、'.join(Level.values)} 之一。"
        return
    length = CODE_LENGTH[Level(level)]
    if digits and len(code) != length:
        yield f"{Level(level).label}的代码应为 {length} 位，“{code}”为 {len(code)} 位。"
    above = PARENT_LEVEL.get(Level(level))
    if above is None:
        if parent:
            yield f"{Level(level).label}一级不填上级代码。"
    elif not parent:
        yield "上级代码为空。"
    elif digits and len(code) == length and parent != code[: CODE_LENGTH[above]]:
        prefix = code[: CODE_LENGTH[above]]
        yield f"上级代码应为代码的前 {len(prefix)} 位“{prefix}”，填的是“{parent}”。"


def _name_problems(name: str) -> Iterator[str]:
    if not name:
        yield "名称为空。"
    if len(name) > NAME_LENGTH:
        yield f"名称不得超过 {NAME_LENGTH} 字，实有 {len(name)} 字。"
    unfit = [char for char in name if unicodedata.category(char) in UNFIT or char == "\ufffd"]
    if unfit:
        codes = "、".join(f"U+{ord(char):04X}" for char in dict.fromkeys(unfit))
        yield f"名称含有控制字符、不可见字符或乱码（{codes}）。"


def _is_date(text: str) -> bool:
    """Whether the text is empty or a day written as 2026-03-05 (other ISO forms are refused)."""
    if not text:
        return True
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _orphans(rows: Mapping[str, _Row], lines: Mapping[str, int]) -> Iterator[LineError]:
    """Rows whose parent is neither in the file nor, at the right level, in the database."""
    elsewhere = {row.parent_id for row in rows.values() if row.parent_id and row.parent_id not in lines}
    stored = Division.objects.in_bulk(sorted(elsewhere))
    for code, row in rows.items():
        if row.parent_id not in elsewhere:
            continue
        above = PARENT_LEVEL[Level(row.level)]
        if row.parent_id not in stored:
            yield LineError(lines[code], f"上级代码“{row.parent_id}”在文件和库中都没有。")
        elif stored[row.parent_id].level != above:
            yield LineError(lines[code], f"库中的上级“{row.parent_id}”不是{above.label}一级。")


# --- Writing ----------------------------------------------------------------------------------


class _Writer:
    """Writes one file inside the caller's transaction and reports what it did."""

    def __init__(
        self, file: _File, actor: Actor, reason: str, keep_edited: bool, progress: Progress | None
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


def _lies_in(code: str, rows: Mapping[str, _Row]) -> bool:
    """Whether a division of the file is above this one."""
    return any(code[:length] in rows for length in CODE_LENGTH.values() if length < len(code))


def _edited_last_by_people(codes: list[str]) -> set[str]:
    records = Division.history.filter(code__in=codes).order_by("history_date", "history_id")
    last = dict(records.values_list("code", "history_user"))
    return {code for code, user in last.items() if user is not None}
