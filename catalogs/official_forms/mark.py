"""The clerk's own file, with what is wrong written beside it (下载批注后的表格)."""

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from catalogs.official_forms.cells import Grid, Place, Row, Sheet
from catalogs.official_forms.columns import MARKS_HEADING, Header
from catalogs.official_forms.form import SERIAL_LABEL
from catalogs.official_forms.grid import read_grid
from catalogs.official_forms.limits import MAX_COLUMNS
from catalogs.official_forms.reading import headers_in
from catalogs.official_forms.safe_cell import put_value
from catalogs.official_forms.spec import REGION, SERIAL

HEADING = f"{MARKS_HEADING}（上传时不读取）"
_OWN_LABELS = {SERIAL: SERIAL_LABEL, REGION: "所属地区"}
_WRONG = PatternFill("solid", start_color="FFFDE2E2")
_TOLD = PatternFill("solid", start_color="FFFFF6DB")
_WRAP = Alignment(vertical="center", wrap_text=True)
_THIN = Side(style="thin", color="FF999999")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WIDTH, _OWN_WIDTH = 60, 24  # characters
_SMALL = 8 * 1024 * 1024  # bytes inflated; a larger workbook is not opened whole


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong in a row of the person's file; ``column`` is 1-based, None for the whole row."""

    sheet: str
    row: int
    column: int | None
    text: str


def mark(data: bytes, notes: Iterable[Note]) -> bytes:
    """Return a file as a workbook (.xlsx) with its wrong cells coloured and a last column of notes.

    A small workbook stays as its author formatted it; any other file is laid out anew with every
    row and column where it stood (a document's paragraphs go above and below its table). Formulas
    become the values they showed, links to other files go. Read again, it gives the same rows:
    the column of notes is known by its heading.

    Raises UnreadableForm when the file cannot be read.
    """
    grid = read_grid(data)
    headers = headers_in(grid)
    by_sheet: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        by_sheet[note.sheet].append(note)
    book = _own_book(data, grid) or _new_book(grid, headers)
    for sheet, copy in zip(grid.sheets, book.worksheets, strict=True):
        if sheet.name in headers:
            _write_notes(sheet, copy, headers[sheet.name], by_sheet[sheet.name])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _own_book(data: bytes, grid: Grid) -> Any:
    """The person's workbook itself, its formulas replaced by what they showed; None if it is another
    kind of file, or one that is costly to open whole."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist() or _inflated(archive) > _SMALL:
                return None
        book = load_workbook(BytesIO(data), keep_links=False)
    except Exception:  # our own reader takes workbooks that openpyxl does not
        return None
    if [copy.title for copy in book.worksheets] != [sheet.name for sheet in grid.sheets]:
        return None
    for sheet, copy in zip(grid.sheets, book.worksheets, strict=True):
        shown = {row.number: row for row in sheet.rows}
        for line in copy.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    row = shown.get(cell.row)
                    put_value(cell, row.text(cell.column) if row else "")
    return book


def _inflated(archive: zipfile.ZipFile) -> int:
    return sum(member.file_size for member in archive.infolist())


def _new_book(grid: Grid, headers: Mapping[str, Header]) -> Any:
    book = Workbook()
    book.remove(book.active)
    for number, sheet in enumerate(grid.sheets, start=1):
        name = "".join("_" if sign in "\\/*?:[]" else sign for sign in sheet.name).strip("'")[:31]
        copy: Any = book.create_sheet(name or f"表格{number}")
        copy.sheet_state = "hidden" if sheet.hidden and len(grid.sheets) > 1 else "visible"
        header = headers.get(sheet.name)
        shift = _lines_above(sheet, header)
        for at, text in enumerate(sheet.above, start=1):
            put_value(copy.cell(at, 1), text)
        if header and _goes_on(header):
            for field, column in header.columns.items():
                label = header.spec.fields.get(field, _OWN_LABELS.get(field, ""))
                put_value(copy.cell(shift, column), label)
        for row in sheet.rows:
            _copy_row(row, copy, shift)
        after = shift + (sheet.rows[-1].number if sheet.rows else 0)
        for at, text in enumerate(sheet.below, start=after + 1):
            put_value(copy.cell(at, 1), text)
        _copy_merged(sheet, copy, shift)
        for column in range(1, _last_column(sheet) + 1):
            copy.column_dimensions[get_column_letter(column)].width = _OWN_WIDTH
    return book


def _goes_on(header: Header) -> bool:
    """Whether a document's table only carries on the one before, without a header of its own."""
    return header.last_row == 0


def _lines_above(sheet: Sheet, header: Header | None) -> int:
    """How far down a document's table stands in its workbook: its paragraphs come first."""
    return len(sheet.above) + (1 if header and _goes_on(header) else 0)


def _copy_row(row: Row, copy: Any, shift: int) -> None:
    for column, cell in row.cells.items():
        if cell.merged in (None, (row.number, column)):
            own = copy.cell(row.number + shift, column)
            put_value(own, cell.text)
            own.alignment, own.border = _WRAP, _BORDER
    copy.row_dimensions[row.number + shift].hidden = row.hidden


def _copy_merged(sheet: Sheet, copy: Any, shift: int) -> None:
    corners: dict[Place, Place] = {}
    for row in sheet.rows:
        for column, cell in row.cells.items():
            if cell.merged:
                last = corners.get(cell.merged, cell.merged)
                corners[cell.merged] = (max(last[0], row.number), max(last[1], column))
    for (top, left), (bottom, right) in corners.items():
        copy.merge_cells(start_row=top + shift, start_column=left, end_row=bottom + shift, end_column=right)


def _write_notes(sheet: Sheet, copy: Any, header: Header, notes: Sequence[Note]) -> None:
    shift = _lines_above(sheet, header)
    column = min(_last_column(sheet) + 1, MAX_COLUMNS)
    for other, heading in header.others.items():
        if heading.startswith(MARKS_HEADING):  # marked before: the old notes give way
            column = other
            for row in sheet.rows:
                if row.number > header.last_row:
                    put_value(copy.cell(row.number + shift, column), None)
    top = copy.cell(header.first_row + shift, column)
    put_value(top, HEADING)
    top.font, top.alignment, top.border, top.fill = Font(bold=True), _WRAP, _BORDER, _TOLD
    copy.column_dimensions[get_column_letter(column)].width = _WIDTH
    by_row: dict[int, list[str]] = defaultdict(list)
    for note in notes:
        by_row[note.row].append(note.text)
        if note.column:
            copy.cell(note.row + shift, note.column).fill = _WRONG
    for number, texts in by_row.items():
        cell = copy.cell(number + shift, column)
        put_value(cell, "\n".join(dict.fromkeys(texts)))
        cell.alignment, cell.border, cell.fill = _WRAP, _BORDER, _TOLD


def _last_column(sheet: Sheet) -> int:
    return max((max(row.cells) for row in sheet.rows if row.cells), default=1)
