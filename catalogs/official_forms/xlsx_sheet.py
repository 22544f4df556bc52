"""One sheet's XML → its cells, merged ranges, hidden rows and columns."""

import re

from catalogs.official_forms.cells import Cell, Problem
from catalogs.official_forms.sheet_builder import SheetBuilder
from catalogs.official_forms.text import unescape_ooxml
from catalogs.official_forms.xlsx_numbers import shown_iso_date, shown_number
from catalogs.official_forms.xml_part import Attributes, Part

_LAST_ROW = 1_048_576
_TRUE = ("1", "true", "on")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def place_of(reference: str) -> tuple[int, int]:
    """``"B7"`` → (7, 2). Raises ValueError for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    return int(match[2]), column_of(match[1])


def column_of(letters: str) -> int:
    """``"AB"`` → 28."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


_COLUMNS = {letter: column_of(letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class SheetPart(Part):
    """Puts what a sheet shows into ``builder`` while the sheet goes by.

    ``strings`` are the shared strings, ``formats`` the number format of each style.
    """

    def __init__(self, builder: SheetBuilder, strings: list[str], formats: list[str], is_1904: bool) -> None:
        super().__init__()
        self._builder, self._maker = builder, builder.maker
        self._strings, self._formats, self._is_1904 = strings, formats, is_1904
        self._row = self._column = 0
        self._row_written = ""
        self._cell: Attributes = {}
        self._reference: str | None = None  # of the last cell; resolved only when needed
        self._value: list[str] = []
        self._is_listening = self._has_formula = False
        self.skips("rPh")
        self.opens |= {
            "row": self._open_row,
            "c": self._open_cell,
            "v": self._listen,
            "t": self._listen,
            "f": self._formula,
            "col": self._column_range,
            "mergeCell": self._merge,
        }
        self.closes = {"c": self._close_cell, "v": self._stop, "t": self._stop}

    def text(self, data: str) -> None:
        if self._is_listening:
            self._value.append(data)

    def _open_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not 0 < self._row <= _LAST_ROW:
            raise ValueError(self._row)
        self._row_written = str(self._row)
        self._column = 0
        self._reference = None
        self._builder.row_hidden = attributes.get("hidden") in _TRUE

    def _open_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        if "r" in attributes:
            self._reference = attributes["r"]
            return
        before = self._place(self._reference)[1] if self._reference else self._column
        self._column = before + 1
        self._reference = None

    def _listen(self, _: Attributes) -> None:
        self._is_listening = True

    def _stop(self) -> None:
        self._is_listening = False

    def _formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _close_cell(self) -> None:
        if not self._value and not self._has_formula:
            return
        row, column = self._place(self._reference) if self._reference else (self._row, self._column)
        self._builder.put(row, column, self._shown())
        self._value.clear()
        self._has_formula = False

    def _place(self, reference: str) -> tuple[int, int]:
        column = _COLUMNS.get(reference.removesuffix(self._row_written))
        return (self._row, column) if column else place_of(reference)

    def _shown(self) -> Cell:
        raw = "".join(self._value)
        kind = self._cell.get("t", "n")
        if kind == "s" and raw:
            return self._maker.cell(self._strings[int(raw)])
        if kind == "n" and raw.strip():
            return self._maker.cell(shown_number(raw.strip(), self._format(), self._is_1904))
        if kind == "e":
            return self._maker.cell(raw, Problem.ERROR)
        if self._has_formula and not raw and kind != "str":
            return self._maker.cell("", Problem.NO_VALUE)
        if kind in ("str", "inlineStr"):
            return self._maker.cell(unescape_ooxml(raw))
        if kind == "b":
            return self._maker.cell("TRUE" if raw.strip() == "1" else "FALSE")
        return self._maker.cell(shown_iso_date(raw.strip()) if kind == "d" else raw)

    def _format(self) -> str:
        style = int(self._cell.get("s", 0))
        return self._formats[style] if 0 <= style < len(self._formats) else "General"

    def _column_range(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in _TRUE:
            self._builder.hide_columns(int(attributes.get("min", 1)), int(attributes.get("max", 0)))

    def _merge(self, attributes: Attributes) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = place_of(first)
        bottom, right = place_of(last or first)
        self._builder.merge(top, left, bottom, right)
