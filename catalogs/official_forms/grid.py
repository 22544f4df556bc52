"""A workbook as plain text cells, merged ones filled in, with the row numbers people see."""

import datetime as dt
import io
import unicodedata
from dataclasses import dataclass
from typing import Any

import openpyxl

from catalogs.official_forms.container import SAVE_AS, require_workbook
from catalogs.official_forms.errors import UnreadableForm

MAX_COLUMNS = 200
# Invisible characters that come along with copied text.
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: its number as people see it, and the text of its cells."""

    number: int
    cells: tuple[str, ...]
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    lines: tuple[Line, ...]


def read_workbook(data: bytes) -> list[Sheet]:
    """Return the sheets of an .xlsx workbook; raises UnreadableForm with the reason."""
    require_workbook(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        return [_sheet(sheet) for sheet in book.worksheets]
    except Exception as error:  # the parser meets anything that people can upload
        raise UnreadableForm(f"文件已损坏，读不出表格内容。请重新打开原文件，{SAVE_AS}") from error


def _sheet(sheet: Any) -> Sheet:
    filled: dict[tuple[int, int], str] = {}
    for merged in sheet.merged_cells.ranges:
        text = tidy(shown(sheet.cell(merged.min_row, merged.min_col).value))
        if not text:
            continue
        for row in range(merged.min_row, min(merged.max_row, sheet.max_row) + 1):
            for column in range(merged.min_col, min(merged.max_col, MAX_COLUMNS) + 1):
                filled[row, column] = text
    lines = []
    for number, values in enumerate(
        sheet.iter_rows(values_only=True, max_col=min(sheet.max_column, MAX_COLUMNS)), start=1
    ):
        cells = tuple(
            filled.get((number, column)) or tidy(shown(value)) for column, value in enumerate(values, start=1)
        )
        if any(cells):
            lines.append(Line(number, cells, bool(sheet.row_dimensions[number].hidden)))
    return Sheet(sheet.title, tuple(lines))


def shown(value: Any) -> str:
    """A cell's value as a person sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def tidy(text: str) -> str:
    """Text without stray white space around it, invisible and control characters; else untouched."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").translate(_INVISIBLE)
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
