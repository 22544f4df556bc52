"""A page as an Excel workbook: borders, 仿宋, A4 landscape, the header on every printed page."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from catalogs.official_forms.page import Page, Section
from catalogs.official_forms.safe_cell import put_value

_HEADER_ROW = 3
_BLANK_HEIGHT = 30  # points, to write into by hand
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BODY = Font(name="仿宋_GB2312", size=11)
_HEAD = Font(name="黑体", size=12)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)


def xlsx_page(page: Page) -> bytes:
    """Return the content of an .xlsx file; raises ValueError for a text too long for a cell."""
    for problem in page.too_long(_HEADER_ROW + 1):
        raise ValueError(problem)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = page.number
    last = len(page.headings)
    _put(sheet, 1, 1, page.number, Font(name="黑体", size=14), Alignment(horizontal="left"))
    _put_across(sheet, 2, last, page.title, Font(name="方正小标宋简体", size=20), _CENTER)
    sheet.row_dimensions[2].height = 42
    for column, label in enumerate(page.headings, start=1):
        _put(sheet, _HEADER_ROW, column, label.replace("（", "\n（"), _HEAD, _CENTER, _BORDER)
    sheet.row_dimensions[_HEADER_ROW].height = 36
    at = _HEADER_ROW
    for line in page.lines:
        at += 1
        if isinstance(line, Section):
            _put_across(sheet, at, last, line.text, _HEAD, _LEFT, _BORDER)
            continue
        _put(sheet, at, 1, line.serial, _BODY, _CENTER, _BORDER)
        for column, text in enumerate(line.texts, start=2):
            _put(sheet, at, column, text, _BODY, _LEFT, _BORDER)
        if line.serial is None:
            sheet.row_dimensions[at].height = _BLANK_HEIGHT
    for footer in page.footers:
        at += 1
        _put_across(sheet, at, last, footer, _BODY, _LEFT)
    _lay_out(sheet, page)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _put_across(
    sheet: Any, at: int, last: int, text: str, font: Font, alignment: Alignment, border: Border | None = None
) -> None:
    _put(sheet, at, 1, text, font, alignment, border)
    sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=last)


def _put(
    sheet: Any,
    row: int,
    column: int,
    value: str | int | None,
    font: Font,
    alignment: Alignment,
    border: Border | None = None,
) -> None:
    cell = sheet.cell(row, column)
    cell.font, cell.alignment = font, alignment
    if border:
        cell.border = border
    put_value(cell, value)


def _lay_out(sheet: Any, page: Page) -> None:
    for column, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[sheet.cell(_HEADER_ROW, column).column_letter].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
