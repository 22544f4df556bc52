"""The OpenDocument spreadsheet (.ods) → sheets."""

import re

from catalogs.official_forms.cells import Cell, Grid, Problem, Sheet
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_COLUMNS, refuse_too_many_sheets
from catalogs.official_forms.refusals import LOCKED, REOPEN, TOO_MANY_ROWS
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.xlsx_numbers import shown_iso_date, shown_number
from catalogs.official_forms.xml_part import Attributes, Part
from catalogs.official_forms.zip_package import Package

_MANIFEST = "meta-inf/manifest.xml"
_HIDDEN = ("collapse", "filter")
_SPACE = re.compile(r"[ \t\r\n]+")
_LONGEST_SPACE = 1_000  # one element may ask for any number of spaces
_MOST_REPEATED = 200_000  # rows with content


def read_open_spreadsheet(package: Package) -> Grid:
    """Return the sheets of an .ods file.

    Raises UnreadableForm when it is locked, no sound one, or another kind of OpenDocument.
    """
    if _MANIFEST in package:
        manifest = _ManifestPart()
        manifest.read(package, _MANIFEST)
        if manifest.is_locked:
            raise UnreadableForm(LOCKED)
    content = _ContentPart(CellMaker(package.budget))
    content.read(package, "content.xml")
    if not content.is_spreadsheet:
        raise UnreadableForm(f"这是 OpenDocument 文档（.odt 等），不是电子表格。{REOPEN}")
    return Grid(tuple(content.sheets))


class _ManifestPart(Part):
    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False
        self.opens["encryption-data"] = self._lock

    def _lock(self, _: Attributes) -> None:
        self.is_locked = True


class _ContentPart(Part):
    """The tables one after another. A cell or row may stand for many: blank ones cost nothing."""

    def __init__(self, maker: CellMaker) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.is_spreadsheet = False
        self._maker = maker
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._name, self._is_hidden = "", False
        self._builder = SheetBuilder(maker)
        self._row = self._column = self._next_column = 0
        self._rows_repeated = 1
        self._cells: list[tuple[int, int, Cell]] = []  # of this row: first column, last, cell
        self._cell: Attributes = {}
        self._is_in_cell = False
        self._paragraphs: list[list[str]] = []
        self.skips("annotation", "frame", "shapes", "tracked-changes", "ruby-text", "covered-content")
        self.opens |= {
            "spreadsheet": self._open_body,
            "style": self._open_style,
            "table-properties": self._table_properties,
            "table": self._open_table,
            "table-column": self._open_column,
            "table-row": self._open_row,
            "table-cell": self._open_cell,
            "covered-table-cell": self._pass_over,
            "p": self._open_paragraph,
            "s": self._spaces,
            "tab": lambda _: self._write("\t"),
            "line-break": lambda _: self._write("\n"),
        }
        self.closes = {
            "table": self._close_table,
            "table-row": self._close_row,
            "table-cell": self._close_cell,
        }

    def text(self, data: str) -> None:
        if self._is_in_cell and self._paragraphs:
            self._paragraphs[-1].append(_SPACE.sub(" ", data))

    def _open_body(self, _: Attributes) -> None:
        self.is_spreadsheet = True

    def _open_style(self, attributes: Attributes) -> None:
        self._style = attributes.get("style:name", "")

    def _table_properties(self, attributes: Attributes) -> None:
        if attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _open_table(self, attributes: Attributes) -> None:
        if self._is_in_cell:
            self.skip()
            return
        refuse_too_many_sheets(len(self.sheets) + 1)
        self._name = attributes.get("table:name", "")
        self._is_hidden = attributes.get("table:style-name") in self._hidden_styles
        self._builder = SheetBuilder(self._maker)
        self._row, self._next_column = 0, 1

    def _close_table(self) -> None:
        self.sheets.append(self._builder.sheet(self._name, hidden=self._is_hidden))

    def _open_column(self, attributes: Attributes) -> None:
        first = self._next_column
        self._next_column += _count(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in _HIDDEN:
            self._builder.hide_columns(first, self._next_column - 1)

    def _open_row(self, attributes: Attributes) -> None:
        self._row += 1
        self._column = 0
        self._rows_repeated = _count(attributes, "table:number-rows-repeated")
        self._builder.row_hidden = attributes.get("table:visibility") in _HIDDEN

    def _close_row(self) -> None:
        if self._cells and self._rows_repeated > _MOST_REPEATED:
            raise UnreadableForm(TOO_MANY_ROWS)
        if self._cells:
            for row in range(self._row, self._row + self._rows_repeated):
                for first, last, cell in self._cells:
                    for column in range(first, last + 1):
                        self._builder.put(row, column, cell)
            self._cells.clear()
        self._row += self._rows_repeated - 1

    def _pass_over(self, attributes: Attributes) -> None:
        """What lies under a merged cell is not seen."""
        self._column += _count(attributes, "table:number-columns-repeated")
        self.skip()

    def _open_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._column += 1
        self._is_in_cell = True

    def _close_cell(self) -> None:
        attributes = self._cell
        self._is_in_cell = False
        first = self._column
        if attributes:
            self._column += _count(attributes, "table:number-columns-repeated") - 1
            down = _count(attributes, "table:number-rows-spanned")
            across = _count(attributes, "table:number-columns-spanned")
            self._builder.merge(self._row, first, self._row + down - 1, first + across - 1)
        if (
            not self._paragraphs
            and "office:value-type" not in attributes
            and "table:formula" not in attributes
        ):
            return
        cell = self._shown(attributes)
        self._paragraphs.clear()
        if cell.text or cell.problem:
            # One column more than is kept, so that the builder knows something was cut.
            self._cells.append((first, min(self._column, max(first, MAX_COLUMNS + 1)), cell))

    def _shown(self, attributes: Attributes) -> Cell:
        written = "\n".join("".join(pieces) for pieces in self._paragraphs)
        kind = attributes.get("office:value-type", "")
        if attributes.get("calcext:value-type") == "error":
            return self._maker.cell(written, Problem.ERROR)
        if kind == "date":
            shown = shown_iso_date(attributes.get("office:date-value", ""))
            return self._maker.cell(shown or written)
        if not written:
            written = _value(kind, attributes)
        problem = Problem.NO_VALUE if not kind and "table:formula" in attributes and not written else None
        return self._maker.cell(written, problem)

    def _open_paragraph(self, _: Attributes) -> None:
        if self._is_in_cell:
            self._paragraphs.append([])

    def _spaces(self, attributes: Attributes) -> None:
        count = min(_count(attributes, "text:c"), _LONGEST_SPACE)
        self._maker.budget.spend_characters(count)
        self._write(" " * count)

    def _write(self, characters: str) -> None:
        if self._is_in_cell and self._paragraphs:
            self._paragraphs[-1].append(characters)


def _value(kind: str, attributes: Attributes) -> str:
    """What a cell holds whose displayed text was not saved."""
    if kind in ("float", "percentage", "currency"):
        return shown_number(attributes.get("office:value", "0"), "0%" if kind == "percentage" else "General")
    if kind == "boolean":
        return attributes.get("office:boolean-value", "").upper()
    return attributes.get("office:string-value", "") or attributes.get("office:time-value", "")


def _count(attributes: Attributes, name: str) -> int:
    value = attributes.get(name)
    return max(1, int(value)) if value else 1
