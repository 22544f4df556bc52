"""Any tables of texts and numbers as a workbook that runs nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from catalogs.official_forms.safe_cell import put_value

_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(vertical="center", wrap_text=True)
_WIDEST = 50  # characters


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, a title above, headings, and rows of texts and numbers."""

    sheet: str
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str | float | None]]


def write_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """Return a workbook (.xlsx) of one sheet, like ``write_tables``."""
    return write_tables([Table("汇总", title, headings, rows)])


def write_tables(tables: Iterable[Table]) -> bytes:
    """Return a workbook (.xlsx) with a sheet for each table; its headings repeat on every page.

    Texts are stored as texts, whatever they begin with; a longer one than a cell holds is cut.
    """
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(table.sheet), table)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Any, table: Table) -> None:
    put_value(sheet.cell(1, 1), table.title)
    sheet.cell(1, 1).font = Font(name="黑体", size=16)
    widths = [len(heading) * 2 + 2 for heading in table.headings]
    for at, line in enumerate([table.headings, *table.rows], start=2):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(at, column)
            put_value(cell, value)
            cell.border, cell.alignment = _BORDER, _WRAP
            cell.font = Font(name="黑体" if at == 2 else "宋体", size=11)
            widths[column - 1] = max(widths[column - 1], min(len(str(value)) * 2 + 2, _WIDEST))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[sheet.cell(2, column).column_letter].width = width
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
