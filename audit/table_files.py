"""Tables of reference data in files: .xlsx and .csv. What cannot be read is said in one sentence."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from itertools import islice
from typing import Any

from openpyxl import load_workbook

# Text that a spreadsheet program would take for a formula or a command.
RISKY_START = ("=", "+", "-", "@", "\t", "\r")
MAX_ROWS = 20_000

_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 Excel 工作簿（*.xlsx）后重新上传。"
_OLD = f"这是旧版 Excel（*.xls）或者设有打开密码的文件，不能读取。请取消密码，{_SAVE_AS[1:]}"
_DAMAGED = f"文件不是完好的 Excel 工作簿，不能读取。{_SAVE_AS}"
_NO_TABLE = f"文件既不是 Excel 工作簿，也不是 CSV 文本，不能读取。{_SAVE_AS}"
_EMPTY = "文件中没有内容。请下载空白表，填写后上传。"
_TOO_LONG = f"表格超过 {MAX_ROWS} 行，不能读取。请删除下方的空白行，或者分成几个文件上传。"


class UnreadableTable(Exception):
    """The file cannot be read as a table; the message says why and how to mend it."""


def inert(value: Any) -> Any:
    """Return ``value`` so that opening an export never runs it: risky text gets a leading quote."""
    if isinstance(value, str) and value.startswith(RISKY_START):
        return f"'{value}"
    return value


def read_table(data: bytes) -> list[list[str]]:
    """Return the rows of a workbook's first sheet in view or of a CSV, cut after the last filled cell.

    A row is found at the place it has in the file. The kind of file is judged by content. Raises
    UnreadableTable.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable(_OLD)
    rows = _cut(_workbook(data) if data.startswith(b"PK") else _delimited(_decoded(data)))
    if not rows or not rows[0]:
        raise UnreadableTable("第 1 行应为表头，现在是空白。请下载空白表对照。" if rows else _EMPTY)
    width = len(rows[0])
    for line, row in enumerate(rows, 1):
        if len(row) > width:
            raise UnreadableTable(
                f"第 {line} 行比表头多出“{row[width]}”（第 {width + 1} 列）。请核对这一行，文字中有逗号的，"
                "另存为 Excel 工作簿（*.xlsx）后上传。"
            )
        row += [""] * (width - len(row))
    return rows


def _cut(rows: Iterable[Iterable[Any]]) -> list[list[str]]:
    """The cells as text, without the empty ones at the ends of rows and of the table."""
    cut: list[list[str]] = []
    filled = 0
    for row in islice(rows, MAX_ROWS + 1):
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        cut.append(cells)
        filled = len(cut) if cells else filled
    if filled > MAX_ROWS:
        raise UnreadableTable(_TOO_LONG)
    return cut[:filled]


def _text(value: Any) -> str:
    """A cell as a person reads it; the quote is taken off that ``inert`` put before it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[1:] if text.startswith(tuple(f"'{start}" for start in RISKY_START)) else text


def _workbook(data: bytes) -> list[tuple[Any, ...]]:
    try:
        sheet: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
        return list(sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 1))
    except Exception as problem:  # whatever a damaged workbook does to its reader
        raise UnreadableTable(_DAMAGED) from problem


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB18030, which is what Chinese Excel writes."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as problem:
            if b"\0" in data:
                raise UnreadableTable(_NO_TABLE) from problem
            line = data.count(b"\n", 0, problem.start) + 1
            raise UnreadableTable(f"第 {line} 行有无法辨认的文字。{_SAVE_AS}") from problem
    if "\0" in text:
        raise UnreadableTable(_NO_TABLE)
    return text


def _delimited(text: str) -> list[list[str]]:
    """Records with the separator that the first line has most of."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count), strict=True)
    try:
        return list(reader)
    except csv.Error as problem:
        raise UnreadableTable(f"第 {reader.line_num} 行的引号没有成对，分不清各列。{_SAVE_AS}") from problem
