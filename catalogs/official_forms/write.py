"""Annex 3 → the official form as an .xlsx file (附件3)."""

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms.form import FIELDS, SERIAL_LABEL, TITLE_ENDING, RowLike
from catalogs.official_forms.text import escape_ooxml, storable

MAX_CELL = 32_767  # characters Excel holds in a cell, in UTF-16 units
BLANK_ROWS = 12
EXAMPLE = SimpleNamespace(
    name="农民身份证明",
    matter="农民专业合作社设立登记、成员变更登记",
    legal_basis="《农民专业合作社登记管理条例》（国务院令第498号）第十五条 "
    "农民专业合作社的成员为农民的，成员身份证明为农业人口户口簿；"
    "无农业人口户口簿的，成员身份证明为居民身份证和土地承包经营权证或者村民委员会（居民委员会）出具的身份证明。",
    purpose="用于证明成员的农民身份",
    requesting_unit="市场监督管理部门",
)
# What a spreadsheet program would take for a formula or a command when the cell is edited.
_RISKY = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
_HEADER_ROW = 3
_WIDTHS = (6, 22, 26, 58, 26, 22)

_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BODY = Font(name="仿宋_GB2312", size=11)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)


def write_annex3(
    *,
    city: str,
    rows: Iterable[RowLike],
    reporter: str = "",
    contact: str = "",
    reported_on: dt.date | None = None,
    example: bool = False,
) -> bytes:
    """Return the official annex 3 of a city as the content of an .xlsx file.

    ``city`` ends in 市, or is blank for ____市; ``example`` puts the notice's 示例 row first.
    Every text is stored as text: what begins like a formula is quoted and never run. Characters
    that a workbook cannot hold are left out, CRLF becomes LF; ``read_annex3`` gives every other
    text back as ``tidy`` leaves it.

    Raises ValueError (Chinese message) for a text that is too long for a cell.
    """
    return _written(city, rows, reporter, contact, reported_on, example, blank_rows=0)


def write_blank_annex3() -> bytes:
    """Return the official blank annex 3 (.xlsx): the 示例 row of the notice and empty rows."""
    return _written("", (), "", "", None, True, blank_rows=BLANK_ROWS)


def _written(
    city: str,
    rows: Iterable[RowLike],
    reporter: str,
    contact: str,
    reported_on: dt.date | None,
    example: bool,
    blank_rows: int,
) -> bytes:
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = "附件3"
    _put(sheet, 1, 1, "附件3", Font(name="黑体", size=14), Alignment(horizontal="left"))
    title = f"{city.strip() or '____市'}{TITLE_ENDING}"
    _put_across(sheet, 2, title, Font(name="方正小标宋简体", size=20), _CENTER)
    sheet.row_dimensions[2].height = 42
    for column, label in enumerate((SERIAL_LABEL, *FIELDS.values()), start=1):
        heading = label.replace("（", "\n（")
        _put(sheet, _HEADER_ROW, column, heading, Font(name="黑体", size=12), _CENTER, _BORDER)
    sheet.row_dimensions[_HEADER_ROW].height = 36
    at = _HEADER_ROW + 1
    if example:
        _put_row(sheet, at, "示例", EXAMPLE)
        at += 1
    for serial, row in enumerate(rows, start=1):
        _put_row(sheet, at, serial, row)
        at += 1
    for _ in range(blank_rows):
        _put_row(sheet, at, None, None)
        sheet.row_dimensions[at].height = 30
        at += 1
    _put_across(sheet, at, f"填报人及联系方式：{f'{reporter} {contact}'.strip()}", _BODY, _LEFT)
    day = f"{reported_on.year}年{reported_on.month}月{reported_on.day}日" if reported_on else ""
    _put_across(sheet, at + 1, f"填报日期：{day}", _BODY, _LEFT)
    _lay_out(sheet)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _put_row(sheet: Worksheet, at: int, serial: int | str | None, row: RowLike | None) -> None:
    _put(sheet, at, 1, serial, _BODY, _CENTER, _BORDER)
    for column, (field, label) in enumerate(FIELDS.items(), start=2):
        text = getattr(row, field) if row is not None else None
        where = f"第{at}行“{label.split('（')[0]}”"
        _put(sheet, at, column, text, _BODY, _LEFT, _BORDER, where)


def _put_across(sheet: Worksheet, at: int, text: str, font: Font, alignment: Alignment) -> None:
    _put(sheet, at, 1, text, font, alignment)
    sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=len(_WIDTHS))


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int | None,
    font: Font,
    alignment: Alignment,
    border: Border | None = None,
    where: str = "表格中的一格",
) -> None:
    cell: Any = sheet.cell(row, column)
    cell.font, cell.alignment = font, alignment
    if border:
        cell.border = border
    if isinstance(value, str):
        text = escape_ooxml(storable(value))
        length = max(len(text), len(text.encode("utf-16-le")) // 2)
        if length > MAX_CELL:
            raise ValueError(f"{where}有 {length} 字，超过 Excel 单元格上限 {MAX_CELL} 字，请精简。")
        cell.value = text
        cell.data_type = "s"  # never a formula or an error value, whatever it begins with
        cell.quotePrefix = text.startswith(_RISKY) or text.lstrip().startswith(_RISKY)
    elif value is not None:
        cell.value = value


def _lay_out(sheet: Worksheet) -> None:
    for column, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
