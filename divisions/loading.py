"""Load divisions (行政区划) from a CSV file: idempotent, all or nothing, nothing ever deleted."""

import csv
import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import Any, BinaryIO

from django.db import transaction

from audit.records import create_recorded, update_recorded
from divisions.models import CODE_LENGTH, PARENT_LEVEL, Division, Kind, Level

REQUIRED = ("code", "name", "level", "parent_code", "kind")
FIELDS = ("name", "level", "parent_id", "kind", "closed_on")
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line of the file (1 is the header)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}"


class DivisionFileError(ValueError):
    """The file cannot be loaded; ``errors`` lists everything wrong with it. Nothing was changed."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


@dataclass(slots=True)
class LoadReport:
    """What a load did, or would do."""

    added: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)  # code, old name, new name
    changed: list[str] = field(default_factory=list)  # otherwise than by name
    unchanged: int = 0
    left_as_edited: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class _DryRun(Exception):
    """Rolls the transaction of a dry run back."""


def load_divisions(
    stream: BinaryIO,
    *,
    source_name: str,
    actor: Any,
    dry_run: bool = False,
    keep_edited: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> LoadReport:
    """Bring the tree in line with a CSV file.

    Columns: code, name, level, parent_code, kind, in any order, and ``closed_on`` (ISO date) if
    the file has it; UTF-8 or GB18030. ``keep_edited`` leaves rows alone that a person has edited
    since. ``progress`` is called with (rows written, rows to write). Raises DivisionFileError
    with every error and its line; nothing is written then, nor in a dry run.
    """
    wanted = _read(stream)
    report = LoadReport()
    try:
        with transaction.atomic():
            _write(wanted, report, f"装载行政区划“{source_name}”", actor, keep_edited, progress)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


def _read(stream: BinaryIO) -> dict[str, Division]:
    """All rows of the file by code, checked; raises DivisionFileError."""
    errors: list[LineError] = []
    wanted: dict[str, Division] = {}
    lines: dict[str, int] = {}
    with TextIOWrapper(stream, encoding=_encoding(stream), newline="") as text:
        for line, row in _rows(text):
            division, problem = _division(row)
            if problem:
                errors.append(LineError(line, problem))
            elif division.code in wanted:
                errors.append(LineError(line, f"代码 {division.code} 与第{lines[division.code]}行重复。"))
            else:
                wanted[division.code] = division
                lines[division.code] = line
    if not wanted and not errors:
        errors.append(LineError(1, "文件中没有数据行。"))
    errors += _orphans(wanted, lines)
    if errors:
        raise DivisionFileError(sorted(errors, key=lambda error: error.line))
    return wanted


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 (with or without a mark) or GB18030; raises DivisionFileError for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        stream.seek(0)
        line = 0
        try:
            for line, raw in enumerate(stream, start=1):
                raw.decode(encoding)
        except UnicodeDecodeError:
            bad = line
            continue
        stream.seek(0)
        return encoding
    raise DivisionFileError([LineError(bad, "文字编码无法识别，请另存为 UTF-8 编码的 CSV 文件。")])


def _rows(text: Any) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(text)
    try:
        header = [name.strip() for name in next(reader, [])]
        absent = [name for name in REQUIRED if name not in header]
        if absent:
            raise DivisionFileError([LineError(1, f"缺少列：{'、'.join(absent)}。")])
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    yield reader.line_num, {"": f"应有 {len(header)} 列，实有 {len(cells)} 列。"}
                else:
                    yield reader.line_num, dict(zip(header, map(str.strip, cells), strict=True))
    except csv.Error as error:
        raise DivisionFileError([LineError(reader.line_num, f"不是规范的 CSV：{error}")]) from error


def _division(row: dict[str, str]) -> tuple[Division, str]:
    """The row as a division, and what is wrong with it (empty when nothing is)."""
    if "" in row:
        return Division(), row[""]
    code, name, level, parent, kind = (row[column] for column in REQUIRED)
    division = Division(code=code, name=name, level=level, parent_id=parent or None, kind=kind)
    if not code.isascii() or not code.isdigit():
        return division, f"代码“{code}”应全部为数字。"
    if level not in Level.values:
        return division, f"级别“{level}”应为 {'、'.join(Level.values)} 之一。"
    if len(code) != CODE_LENGTH[Level(level)]:
        return (
            division,
            f"{Level(level).label}的代码应为 {CODE_LENGTH[Level(level)]} 位，“{code}”为 {len(code)} 位。",
        )
    if not name or len(name) > 100 or any(unicodedata.category(char) == "Cc" for char in name):
        return division, "名称不能为空，不超过100字，且不能含有控制字符。"
    if level == Level.VILLAGE and kind not in Kind.values:
        return division, f"村（社区）的类型“{kind}”应为 {'、'.join(Kind.values)} 之一。"
    if level != Level.VILLAGE and kind:
        return division, "村（社区）以外的级别不填类型。"
    above = PARENT_LEVEL.get(Level(level))
    if above is None and parent:
        return division, "省（自治区）一级不填上级代码。"
    if above and parent != code[: CODE_LENGTH[above]]:
        return division, f"上级代码应为“{code[: CODE_LENGTH[above]]}”，填的是“{parent}”。"
    if row.get("closed_on"):
        try:
            division.closed_on = dt.date.fromisoformat(row["closed_on"])
        except ValueError:
            return division, f"撤销日期“{row['closed_on']}”应写作 2026-03-05 的样式。"
    division.states_closing = "closed_on" in row  # type: ignore[attr-defined]
    return division, ""


def _orphans(wanted: dict[str, Division], lines: dict[str, int]) -> list[LineError]:
    """Rows whose parent is neither in the file nor loaded before."""
    unknown = {d.parent_id for d in wanted.values() if d.parent_id and d.parent_id not in wanted}
    known = set(Division.objects.filter(pk__in=unknown).values_list("pk", flat=True))
    return [
        LineError(lines[division.code], f"上级代码“{division.parent_id}”在文件和库中都没有。")
        for division in wanted.values()
        if division.parent_id in unknown - known
    ]


def _write(
    wanted: dict[str, Division],
    report: LoadReport,
    reason: str,
    actor: Any,
    keep_edited: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    tops = {code for code, d in wanted.items() if d.parent_id not in wanted}
    stored: dict[str, Division] = {}
    for top in tops:
        stored.update(Division.objects.within(top).in_bulk())
    edited = _edited_by_people(stored) if keep_edited else set()
    new: list[Division] = []
    differing: list[Division] = []
    for code, division in wanted.items():
        old = stored.get(code)
        if old is None:
            new.append(division)
            report.added.append(code)
            continue
        if not getattr(division, "states_closing", False):
            division.closed_on = old.closed_on
        if all(getattr(old, name) == getattr(division, name) for name in FIELDS):
            report.unchanged += 1
        elif code in edited:
            report.left_as_edited.append(code)
        else:
            if old.name != division.name:
                report.renamed.append((code, old.name, division.name))
            else:
                report.changed.append(code)
            differing.append(division)
    if not keep_edited:
        report.missing = sorted(stored.keys() - wanted.keys())
    # Parents first: a shorter code is a higher level.
    new.sort(key=lambda division: (len(division.code), division.code))
    done, total = 0, len(new) + len(differing)
    for start in range(0, len(new), CHUNK):
        done += len(create_recorded(Division, new[start : start + CHUNK], actor=actor, reason=reason))
        if progress:
            progress(done, total)
    names = [name.removesuffix("_id") for name in FIELDS]
    for start in range(0, len(differing), CHUNK):
        done += update_recorded(Division, differing[start : start + CHUNK], names, actor=actor, reason=reason)
        if progress:
            progress(done, total)


def _edited_by_people(stored: dict[str, Division]) -> set[str]:
    records = Division.history.filter(code__in=stored).exclude(history_user=None)
    return set(records.values_list("code", flat=True))
