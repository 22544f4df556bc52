"""The Word document (.docx): each of its tables as a sheet, the paragraphs around it above and below."""

from dataclasses import dataclass, field, replace

from catalogs.official_forms.cells import Grid, Sheet
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_COLUMNS, refuse_too_many_sheets
from catalogs.official_forms.refusals import NO_TABLE
from catalogs.official_forms.relationships import main_part
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.text import tidy
from catalogs.official_forms.xml_part import Attributes, Part
from catalogs.official_forms.zip_package import Package

_OFF = ("0", "false", "off")


def read_document(package: Package) -> Grid:
    """Return the tables of a .docx file.

    Tracked changes read as if accepted; hidden text, text boxes, headers and footers of the page
    are left out. Raises UnreadableForm when the document is not sound or has no table.
    """
    part = _DocumentPart(CellMaker(package.budget))
    part.read(package, main_part(package, "word/document.xml"))
    if not part.tables:
        raise UnreadableForm(NO_TABLE)
    around = part.paragraphs
    return Grid(
        tuple(
            replace(table, above=tuple(around[at]), below=tuple(around[at + 1]))
            for at, table in enumerate(part.tables)
        )
    )


@dataclass(slots=True)
class _Cell:
    """A table cell while it is read. ``merge``: whether it begins or goes on with a merge down."""

    column: int
    span: int = 1
    merge: str = ""
    paragraphs: list[list[str]] = field(default_factory=list)


class _DocumentPart(Part):
    """The body from its beginning to its end. A table within a cell is text of that cell."""

    def __init__(self, maker: CellMaker) -> None:
        super().__init__()
        self.tables: list[Sheet] = []
        self.paragraphs: list[list[str]] = [[]]  # before the first table, between, after the last
        self._maker = maker
        self._builder = SheetBuilder(maker)
        self._paragraph: list[str] = []
        self._table_depth = 0
        self._row = self._next_column = 0
        self._is_row_deleted = self._in_row_properties = False
        self._in_run_properties = self._is_run_hidden = self._is_listening = False
        self._cell = _Cell(1)
        self._row_cells: list[_Cell] = []
        self._going_down: dict[int, tuple[int, int, int]] = {}  # column → first row, last column, last row
        self.skips("moveFrom", "drawing", "pict", "object", "Fallback", "rt", "sectPr", "tblPr", "pPr")
        self.opens |= {
            "tbl": self._open_table,
            "tr": self._open_row,
            "trPr": self._open_row_properties,
            "gridBefore": self._columns_before,
            "hidden": self._hide_row,
            "del": self._delete,
            "tc": self._open_cell,
            "gridSpan": self._span,
            "vMerge": self._merge_down,
            "hMerge": self._merge_across,
            "p": self._open_paragraph,
            "r": self._open_run,
            "rPr": self._open_run_properties,
            "vanish": self._hide_run,
            "t": self._open_text,
            "tab": lambda _: self._write("\t"),
            "br": lambda _: self._write("\n"),
            "cr": lambda _: self._write("\n"),
            "noBreakHyphen": lambda _: self._write("-"),
        }
        self.closes = {
            "tbl": self._close_table,
            "tr": self._close_row,
            "trPr": self._close_row_properties,
            "tc": self._close_cell,
            "p": self._close_paragraph,
            "rPr": self._close_run_properties,
            "t": self._close_text,
        }

    def text(self, data: str) -> None:
        if self._is_listening:
            self._write(data)

    def _write(self, characters: str) -> None:
        if not self._is_run_hidden:
            self._paragraph.append(characters)

    def _open_table(self, _: Attributes) -> None:
        self._table_depth += 1
        if self._table_depth > 1:
            return
        refuse_too_many_sheets(len(self.tables) + 1)
        self._builder = SheetBuilder(self._maker)
        self._row = 0
        self._going_down.clear()

    def _close_table(self) -> None:
        self._table_depth -= 1
        if self._table_depth:
            return
        for column, (first_row, last_column, last_row) in self._going_down.items():
            self._builder.merge(first_row, column, last_row, last_column)
        self.tables.append(self._builder.sheet(f"表格{len(self.tables) + 1}", what="表格"))
        self.paragraphs.append([])

    def _open_row(self, _: Attributes) -> None:
        if self._table_depth == 1:
            self._next_column = 1
            self._is_row_deleted = False
            self._builder.row_hidden = False
            self._row_cells = []

    def _open_row_properties(self, _: Attributes) -> None:
        self._in_row_properties = self._table_depth == 1

    def _close_row_properties(self) -> None:
        self._in_row_properties = False

    def _columns_before(self, attributes: Attributes) -> None:
        if self._in_row_properties:
            self._next_column += _number(attributes)

    def _hide_row(self, attributes: Attributes) -> None:
        if self._in_row_properties and _is_on(attributes):
            self._builder.row_hidden = True

    def _delete(self, _: Attributes) -> None:
        """A deletion nobody has accepted yet: of a row, or of what is within."""
        if self._in_row_properties:
            self._is_row_deleted = True
        self.skip()

    def _close_row(self) -> None:
        if self._table_depth != 1 or self._is_row_deleted:
            return
        self._row += 1
        for cell in self._row_cells:
            self._place(cell)

    def _place(self, cell: _Cell) -> None:
        last = cell.column + cell.span - 1
        above = self._going_down.pop(cell.column, None)
        if above and cell.merge == "continue":
            self._going_down[cell.column] = (above[0], max(above[1], last), self._row)
            return
        if above:
            self._builder.merge(above[0], cell.column, above[2], above[1])
        if cell.merge == "restart":
            self._going_down[cell.column] = (self._row, last, self._row)
        else:
            self._builder.merge(self._row, cell.column, self._row, last)
        text = "\n".join("".join(pieces) for pieces in cell.paragraphs)
        self._builder.put(self._row, cell.column, self._maker.cell(text))

    def _open_cell(self, _: Attributes) -> None:
        if self._table_depth == 1:
            self._cell = _Cell(self._next_column)

    def _close_cell(self) -> None:
        if self._table_depth == 1:
            self._next_column += self._cell.span
            self._row_cells.append(self._cell)

    def _span(self, attributes: Attributes) -> None:
        if self._table_depth == 1:
            self._cell.span = max(1, _number(attributes))

    def _merge_down(self, attributes: Attributes) -> None:
        if self._table_depth == 1:
            self._cell.merge = _value(attributes, "continue")

    def _merge_across(self, attributes: Attributes) -> None:
        """The old way of merging: a cell that belongs to the one on its left."""
        if self._table_depth == 1 and _value(attributes, "continue") == "continue" and self._row_cells:
            before = self._row_cells.pop()
            before.span += 1
            self._cell = before
            self._next_column -= before.span - 1

    def _open_paragraph(self, _: Attributes) -> None:
        self._paragraph = []

    def _close_paragraph(self) -> None:
        if self._table_depth:
            self._cell.paragraphs.append(self._paragraph)
            return
        text = tidy("".join(self._paragraph))
        if text:
            self.paragraphs[-1].append(text)

    def _open_run(self, _: Attributes) -> None:
        self._is_run_hidden = False

    def _open_run_properties(self, _: Attributes) -> None:
        self._in_run_properties = True

    def _close_run_properties(self) -> None:
        self._in_run_properties = False

    def _hide_run(self, attributes: Attributes) -> None:
        if self._in_run_properties and _is_on(attributes):
            self._is_run_hidden = True

    def _open_text(self, _: Attributes) -> None:
        self._is_listening = True

    def _close_text(self) -> None:
        self._is_listening = False


def _is_on(attributes: Attributes) -> bool:
    return _value(attributes, "true") not in _OFF


def _number(attributes: Attributes) -> int:
    return min(int(_value(attributes, "0")), MAX_COLUMNS + 1)


def _value(attributes: Attributes, default: str) -> str:
    """The attribute ``val``, whatever prefix the file gives Word's names."""
    return next((value for name, value in attributes.items() if name.rpartition(":")[2] == "val"), default)
