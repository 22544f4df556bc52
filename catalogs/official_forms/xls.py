"""The old workbook (.xls, Excel 5.0 to 2003, also WPS .et) → sheets."""

from io import StringIO

import xlrd  # type: ignore[import-untyped]
from xlrd.book import Book  # type: ignore[import-untyped]
from xlrd.sheet import Sheet as XlsSheet  # type: ignore[import-untyped]

from catalogs.official_forms.biff import vetted
from catalogs.official_forms.cells import Cell, Grid, Problem, Sheet
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.kinds import stream_in_compound
from catalogs.official_forms.limits import Budget
from catalogs.official_forms.ole import CompoundFile
from catalogs.official_forms.refusals import DAMAGED, LOCKED
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.xlsx_numbers import BUILT_IN_FORMATS, shown_number

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_compound(data: bytes) -> Grid:
    """Return the sheets of an .xls file.

    Raises UnreadableForm when it is locked, carries macros, is broken or something else.
    """
    try:
        compound = CompoundFile(data)
    except UnreadableForm as broken:
        if _ENCRYPTED in data:  # the more useful thing to say of a locked file that arrived in part
            raise UnreadableForm(LOCKED) from broken
        raise
    return read_bare_xls(compound.stream(stream_in_compound(compound.names)))


def read_bare_xls(stream: bytes) -> Grid:
    """Return the sheets of a workbook stream; raises UnreadableForm as ``read_compound`` does."""
    records, encoding = vetted(stream)
    try:
        book = xlrd.open_workbook(
            file_contents=records,
            logfile=_Silence(),
            encoding_override=encoding,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
        )
        maker = CellMaker(Budget())
        return Grid(tuple(_sheet(book, at, maker) for at in range(book.nsheets)))
    except (UnreadableForm, MemoryError):
        raise
    except Exception as problem:  # xlrd answers broken content with whatever went wrong first
        raise UnreadableForm(DAMAGED) from problem


class _Silence(StringIO):
    def write(self, text: str) -> int:
        return len(text)


def _sheet(book: Book, at: int, maker: CellMaker) -> Sheet:
    source = book.sheet_by_index(at)
    builder = SheetBuilder(maker)
    for row in range(source.nrows):
        info = source.rowinfo_map.get(row)
        builder.row_hidden = bool(info and info.hidden)
        for column, kind in enumerate(source.row_types(row)):
            if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                builder.put(row + 1, column + 1, _cell(book, source, row, column, maker))
    for column, info in source.colinfo_map.items():
        if info.hidden:
            builder.hide_columns(column + 1, column + 1)
    for first_row, end_row, first_column, end_column in source.merged_cells:
        builder.merge(first_row + 1, first_column + 1, end_row, end_column)
    book.unload_sheet(at)
    return builder.sheet(source.name, hidden=source.visibility != 0)


def _cell(book: Book, source: XlsSheet, row: int, column: int, maker: CellMaker) -> Cell:
    kind, value = source.cell_type(row, column), source.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return maker.cell(value)
    if kind == xlrd.XL_CELL_ERROR:
        return maker.cell(xlrd.error_text_from_code.get(value, "#N/A"), Problem.ERROR)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return maker.cell("TRUE" if value else "FALSE")
    style = source.cell_xf_index(row, column)
    return maker.cell(shown_number(repr(value), _format(book, style), book.datemode == 1))


def _format(book: Book, style: int) -> str:
    if not 0 <= style < len(book.xf_list):
        return "General"
    key = book.xf_list[style].format_key
    return BUILT_IN_FORMATS.get(key) or book.format_map[key].format_str
