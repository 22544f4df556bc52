"""Cells as they are met → a sheet. Blank cells and rows leave nothing behind."""

from dataclasses import dataclass, field

from catalogs.official_forms.cells import Cell, Problem, Range, Row, Sheet, fill_merged
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_COLUMNS, MAX_MERGED, MAX_ROWS, Budget
from catalogs.official_forms.refusals import TOO_FULL, TOO_MANY_ROWS
from catalogs.official_forms.text import tidy

_REMEMBERED = 20_000  # texts; a table names the same departments and purposes again and again


class CellMaker:
    """Makes the cells of one file; equal texts share one cell."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._known: dict[str, Cell] = {}

    def cell(self, written: str, problem: Problem | None = None) -> Cell:
        """Return the cell that shows ``written``, tidied."""
        cell = self._known.get(written)
        if cell is None:
            text = tidy(written)
            cell = Cell(text, text != written and text != written.replace("\r\n", "\n"))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[written] = cell
        return cell if problem is None else Cell(cell.text, cell.tidied, problem)


@dataclass(slots=True)
class SheetBuilder:
    """Collects the cells, merged ranges, hidden rows and columns of one sheet, in any order.

    ``row_hidden`` says whether the row of the cells being put is hidden.
    """

    maker: CellMaker
    row_hidden: bool = False
    merged: list[Range] = field(default_factory=list)
    _rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    _hidden_rows: set[int] = field(default_factory=set)
    _hidden_columns: set[int] = field(default_factory=set)
    _is_cut: bool = False

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Place a cell; one that shows nothing is dropped. Raises UnreadableForm at the caps."""
        if not cell.text and not cell.problem:
            return
        if column > MAX_COLUMNS:
            self._is_cut = True
            return
        budget = self.maker.budget
        budget.cells -= 1
        cells = self._rows.get(row)
        if cells is None:
            if len(self._rows) >= MAX_ROWS:
                raise UnreadableForm(TOO_MANY_ROWS)
            cells = self._rows[row] = {}
        if budget.cells < 0:
            raise UnreadableForm(TOO_FULL)
        cells[column] = cell
        if self.row_hidden:
            self._hidden_rows.add(row)

    def hide_columns(self, first: int, last: int) -> None:
        """Note that columns are hidden."""
        self._hidden_columns.update(range(max(first, 1), min(last, MAX_COLUMNS) + 1))

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Note a merged range; a range of one cell is none. Raises UnreadableForm at the cap."""
        if first_row == last_row and first_column == last_column:
            return
        self.merged.append((first_row, first_column, last_row, last_column))
        if len(self.merged) > MAX_MERGED:
            raise UnreadableForm(TOO_FULL)

    def sheet(self, name: str, *, hidden: bool = False, what: str = "工作表") -> Sheet:
        """Return the sheet, merged ranges filled in; call once, at the end.

        Raises UnreadableForm when the merged ranges add up to more than can be meant.
        """
        fill_merged(self._rows, self.merged)
        rows = tuple(
            Row(number, self._rows[number], number in self._hidden_rows) for number in sorted(self._rows)
        )
        return Sheet(tidy(name), rows, hidden, frozenset(self._hidden_columns), self._is_cut, what=what)
