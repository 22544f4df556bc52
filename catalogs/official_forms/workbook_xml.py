"""The workbook as one XML text (XML Spreadsheet 2003), which systems export under the name of .xls."""

from catalogs.official_forms.cells import Cell, Grid, Problem, Sheet
from catalogs.official_forms.limits import Budget, refuse_too_many_sheets
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.xlsx_numbers import shown_iso_date, shown_number
from catalogs.official_forms.xml_part import Attributes, Part

_CHUNK = 64 * 1024  # characters
_NAMED_FORMATS = {
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Short Date": "yyyy/m/d",
    "Long Date": "yyyy/m/d",
    "Medium Date": "yyyy/m/d",
    "General Date": "yyyy/m/d h:mm",
    "Short Time": "h:mm",
    "Long Time": "h:mm",
    "Medium Time": "h:mm",
}


def read_workbook_xml(text: str) -> Grid:
    """Return the sheets; raises UnreadableForm for unsound or dangerous XML."""
    budget = Budget()
    part = _WorkbookPart(CellMaker(budget))
    chunks = (text[at : at + _CHUNK].encode() for at in range(0, len(text), _CHUNK))
    part.parse(chunks, budget, "utf-8")
    return Grid(tuple(part.sheets))


class _WorkbookPart(Part):
    """The worksheets one after another; places count on from the last one unless they are written."""

    def __init__(self, maker: CellMaker) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self._maker = maker
        self._builder = SheetBuilder(maker)
        self._name, self._is_hidden = "", False
        self._formats: dict[str, str] = {}
        self._style = ""
        self._row = self._next_row = self._column = self._next_column = 1
        self._cell: Attributes = {}
        self._type = ""
        self._value: list[str] = []
        self._is_listening = False
        self.skips("Comment", "PhoneticText")
        self.opens |= {
            "Style": self._open_style,
            "NumberFormat": self._number_format,
            "Worksheet": self._open_sheet,
            "Column": self._open_column,
            "Row": self._open_row,
            "Cell": self._open_cell,
            "Data": self._open_data,
            "Visible": lambda _: self._listen(),
        }
        self.closes = {
            "Worksheet": self._close_sheet,
            "Cell": self._close_cell,
            "Data": self._stop,
            "Visible": self._close_visible,
        }

    def text(self, data: str) -> None:
        if self._is_listening:
            self._value.append(data)

    def _listen(self) -> None:
        self._is_listening = True

    def _stop(self) -> None:
        self._is_listening = False

    def _open_style(self, attributes: Attributes) -> None:
        self._style = attributes.get("ss:ID", "")

    def _number_format(self, attributes: Attributes) -> None:
        code = attributes.get("ss:Format", "General")
        self._formats[self._style] = _NAMED_FORMATS.get(code, code)

    def _open_sheet(self, attributes: Attributes) -> None:
        refuse_too_many_sheets(len(self.sheets) + 1)
        self._name, self._is_hidden = attributes.get("ss:Name", ""), False
        self._builder = SheetBuilder(self._maker)
        self._next_row = self._next_column = 1

    def _close_sheet(self) -> None:
        self.sheets.append(self._builder.sheet(self._name, hidden=self._is_hidden))

    def _close_visible(self) -> None:
        self._stop()
        self._is_hidden = "".join(self._value).strip() in ("SheetHidden", "SheetVeryHidden")
        self._value.clear()

    def _open_column(self, attributes: Attributes) -> None:
        first = _number(attributes, "ss:Index", self._next_column)
        self._next_column = first + _number(attributes, "ss:Span", 0) + 1
        if attributes.get("ss:Hidden") == "1":
            self._builder.hide_columns(first, self._next_column - 1)

    def _open_row(self, attributes: Attributes) -> None:
        self._row = _number(attributes, "ss:Index", self._next_row)
        self._next_row = self._row + _number(attributes, "ss:Span", 0) + 1
        self._column = 0
        self._builder.row_hidden = attributes.get("ss:Hidden") == "1"

    def _open_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._column = _number(attributes, "ss:Index", self._column + 1)
        self._type = ""

    def _open_data(self, attributes: Attributes) -> None:
        self._type = attributes.get("ss:Type", "String")
        self._is_listening = True

    def _close_cell(self) -> None:
        across = _number(self._cell, "ss:MergeAcross", 0)
        down = _number(self._cell, "ss:MergeDown", 0)
        self._builder.merge(self._row, self._column, self._row + down, self._column + across)
        if self._type or "ss:Formula" in self._cell:
            self._builder.put(self._row, self._column, self._shown("".join(self._value)))
            self._value.clear()
        self._column += across

    def _shown(self, raw: str) -> Cell:
        if self._type == "Number" and raw.strip():
            code = self._formats.get(self._cell.get("ss:StyleID", ""), "General")
            return self._maker.cell(shown_number(raw.strip(), code))
        if self._type == "DateTime":
            return self._maker.cell(shown_iso_date(raw.strip()))
        if self._type == "Boolean":
            return self._maker.cell("TRUE" if raw.strip() == "1" else "FALSE")
        if self._type == "Error":
            return self._maker.cell(raw, Problem.ERROR)
        return self._maker.cell(raw, None if self._type else Problem.NO_VALUE)


def _number(attributes: Attributes, name: str, otherwise: int) -> int:
    value = attributes.get(name)
    return max(0, int(value)) if value else otherwise
