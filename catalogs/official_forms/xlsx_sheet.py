"""One sheet's XML → rows with content. Blank cells and rows leave nothing behind."""

import re

from catalogs.official_forms.cells import MAX_COLUMNS, Cell, Problem, Range, Row, fill_merged
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.text import tidy, unescape_ooxml
from catalogs.official_forms.xlsx_numbers import shown_iso_date, shown_number
from catalogs.official_forms.xlsx_xml import Attributes, Part

MAX_ROWS = 20_200  # rows with content: the cap on data rows, and room for title and footers
MAX_CELLS = 400_000  # cells with content
MAX_MERGED = 50_000  # merged ranges
TOO_FULL = "工作表内容过多，不像一份清单，无法读取。请只保留附件3的内容后重新上传。"
_TRUE = ("1", "true", "on")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def place_of(reference: str) -> tuple[int, int]:
    """``"B7"`` → (7, 2). Raises ValueError for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


class SheetPart(Part):
    """Collects rows, hidden rows and columns, and merged ranges while the sheet goes by."""

    def __init__(self, strings: list[str], formats: list[str], is_1904: bool) -> None:
        super().__init__()
        self.hidden_columns: set[int] = set()
        self.is_cut = False
        self._strings, self._formats, self._is_1904 = strings, formats, is_1904
        self._rows: dict[int, dict[int, Cell]] = {}
        self._hidden_rows: set[int] = set()
        self._merged: list[Range] = []
        self._cells = 0
        self._row = self._column = 0
        self._row_hidden = False
        self._cell: Attributes = {}
        self._reference: str | None = None  # of the last cell; resolved only when needed
        self._value: list[str] = []
        self._listening = self._in_guide = self._has_formula = False
        self.opens = {
            "row": self._open_row,
            "c": self._open_cell,
            "v": self._listen,
            "t": self._listen,
            "f": self._formula,
            "rPh": lambda _: self._guide(True),
            "col": self._column_range,
            "mergeCell": self._merge,
        }
        self.closes = {
            "c": self._close_cell,
            "v": self._stop,
            "t": self._stop,
            "rPh": lambda: self._guide(False),
        }

    def finish(self, name: str) -> tuple[Row, ...]:
        """Return the rows in order, merged ranges filled in; call once, after ``read``.

        Raises UnreadableForm when the sheet called ``name`` holds more than can be a list.
        """
        if len(self._rows) > MAX_ROWS:
            raise UnreadableForm(
                f"工作表“{name}”的内容超过 20000 行，不像一份清单。请只保留附件3的内容后重新上传。"
            )
        fill_merged(self._rows, self._merged)
        return tuple(
            Row(number, self._rows[number], number in self._hidden_rows) for number in sorted(self._rows)
        )

    def text(self, data: str) -> None:
        if self._listening:
            self._value.append(data)

    def _open_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._column = 0
        self._reference = None
        self._row_hidden = attributes.get("hidden") in _TRUE

    def _open_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        if "r" in attributes:
            self._reference = attributes["r"]
            return
        before = place_of(self._reference)[1] if self._reference else self._column
        self._column = before + 1
        self._reference = None

    def _listen(self, _: Attributes) -> None:
        self._listening = not self._in_guide

    def _stop(self) -> None:
        self._listening = False

    def _guide(self, inside: bool) -> None:
        self._in_guide = inside

    def _formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _close_cell(self) -> None:
        if not self._value and not self._has_formula:
            return
        written = self._reference
        self._keep(place_of(written) if written else (self._row, self._column), self._shown())
        self._value.clear()
        self._has_formula = False

    def _shown(self) -> Cell:
        raw = "".join(self._value)
        kind = self._cell.get("t", "n")
        if kind == "s" and raw:
            written = self._strings[int(raw)]
        elif kind in ("str", "inlineStr"):
            written = unescape_ooxml(raw)
        elif kind == "b":
            written = "TRUE" if raw.strip() == "1" else "FALSE"
        elif kind == "d":
            written = shown_iso_date(raw.strip())
        elif kind == "n" and raw.strip():
            written = shown_number(raw.strip(), self._format(), self._is_1904)
        else:
            written = raw
        text = tidy(written)
        problem = None
        if kind == "e":
            problem = Problem.ERROR
        elif self._has_formula and not raw and kind != "str":
            problem = Problem.NO_VALUE
        return Cell(text, text != written.replace("\r\n", "\n"), problem)

    def _format(self) -> str:
        style = int(self._cell.get("s", 0))
        return self._formats[style] if 0 <= style < len(self._formats) else "General"

    def _keep(self, place: tuple[int, int], cell: Cell) -> None:
        row, column = place
        if not cell.text and not cell.problem:
            return
        if column > MAX_COLUMNS:
            self.is_cut = True
            return
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise UnreadableForm(TOO_FULL)
        self._rows.setdefault(row, {})[column] = cell
        if self._row_hidden:
            self._hidden_rows.add(row)

    def _column_range(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 0))
            self.hidden_columns.update(range(max(first, 1), min(last, MAX_COLUMNS) + 1))

    def _merge(self, attributes: Attributes) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = place_of(first)
        bottom, right = place_of(last or first)
        self._merged.append((top, left, bottom, right))
        if len(self._merged) > MAX_MERGED:
            raise UnreadableForm(TOO_FULL)
