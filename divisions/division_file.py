"""A CSV file of divisions (行政区划) as checked rows, or everything that is wrong with it.

The file is read twice (once to learn its encoding) and row by row; what is kept of a row is a small
tuple. Everything wrong with it is collected before any of it is used.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, NamedTuple

from divisions.models import PARENT_LEVEL, Division, Level
from divisions.row_rules import CLOSED_ON, REQUIRED, row_problems, tidy_name


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


class DivisionRow(NamedTuple):
    """A division as the file states it, under the names of the model's columns."""

    name: str
    level: str
    parent_id: str | None
    kind: str
    closed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class DivisionFile:
    """The rows of a file by their codes, and what the file states of them."""

    rows: dict[str, DivisionRow]
    fields: tuple[str, ...]  # what the file states: without its column, closed_on is left alone
    ignored_columns: list[str]


def read_divisions(stream: BinaryIO) -> DivisionFile:
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
) -> DivisionFile:
    header = _header(records, errors)
    rows: dict[str, DivisionRow] = {}
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
            problems = [LineError(line, message) for message in row_problems(cells)]
            errors.extend(problems)
            if not problems:
                rows[code] = _row(cells)
    if not rows and not errors:
        errors.append(LineError(1, "文件中没有数据行。"))
    errors.extend(_orphans(rows, lines))
    if errors:
        raise DivisionFileError(errors)
    return DivisionFile(
        rows=rows,
        fields=DivisionRow._fields if CLOSED_ON in header else DivisionRow._fields[:-1],
        ignored_columns=[name for name in header if name and name not in {*REQUIRED, CLOSED_ON}],
    )


def _row(cells: Mapping[str, str]) -> DivisionRow:
    closed_on = cells.get(CLOSED_ON)
    return DivisionRow(
        name=tidy_name(cells["name"]),
        level=cells["level"],
        parent_id=cells["parent_code"] or None,
        kind=cells["kind"],
        closed_on=dt.date.fromisoformat(closed_on) if closed_on else None,
    )


def _orphans(rows: Mapping[str, DivisionRow], lines: Mapping[str, int]) -> Iterator[LineError]:
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
