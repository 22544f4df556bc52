"""A workbook as a person sees it: sheets, rows and cells with text, merged cells filled in."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_COLUMNS, MAX_FILLED

Place = tuple[int, int]  # row, column; both 1-based
Range = tuple[int, int, int, int]  # first row, first column, last row, last column


class Problem(Enum):
    """Why a cell does not show what its author meant."""

    NO_VALUE = "公式没有保存计算结果，按空白读取"
    ERROR = "公式结果是错误值"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text as displayed.

    ``tidied``: characters nobody sees were taken out. ``merged``: the first cell of the merged
    range it belongs to, whose text it shows.
    """

    text: str
    tidied: bool = False
    problem: Problem | None = None
    merged: Place | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row with content; ``number`` is 1-based as in the file, blank rows counted."""

    number: int
    cells: dict[int, Cell]
    hidden: bool = False

    def text(self, column: int | None) -> str:
        """The text in a column, empty when there is none."""
        cell = self.cells.get(column) if column else None
        return cell.text if cell else ""

    def texts(self) -> list[str]:
        """The texts of the row from left to right, a merged range once."""
        seen: set[Place] = set()
        found = []
        for column in sorted(self.cells):
            cell = self.cells[column]
            if not cell.text or cell.merged in seen:
                continue
            if cell.merged:
                seen.add(cell.merged)
            found.append(cell.text)
        return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows with content, in order; in a document each table is a sheet.

    ``is_cut`` says that content beyond ``MAX_COLUMNS`` was left out. ``above`` and ``below`` are
    the paragraphs of a document around its table. ``what`` is what a person calls it.
    """

    name: str
    rows: tuple[Row, ...]
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    is_cut: bool = False
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    what: str = "工作表"


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheets of a workbook, in the order of their tabs."""

    sheets: tuple[Sheet, ...]


def fill_merged(rows: dict[int, dict[int, Cell]], ranges: Iterable[Range]) -> None:
    """Let every cell of a merged range show the text of its first cell, in rows with content.

    Rows without content of their own are left out: a merge down to the bottom of the sheet
    costs nothing. Raises UnreadableForm when the ranges add up to an absurd number of cells.
    """
    numbers = sorted(rows)
    filled = 0
    for first_row, first_column, last_row, last_column in ranges:
        first = rows.get(first_row, {}).get(first_column)
        if first is None or not first.text:
            continue
        place = (first_row, first_column)
        shown = replace(first, merged=place)
        last_column = min(last_column, MAX_COLUMNS)
        start, stop = bisect_left(numbers, first_row), bisect_right(numbers, last_row)
        filled += (stop - start) * (last_column - first_column + 1)
        if filled > MAX_FILLED:
            raise UnreadableForm("表中合并单元格过多，无法读取。请取消不必要的合并后重新上传。")
        for number in numbers[start:stop]:
            for column in range(first_column, last_column + 1):
                rows[number][column] = shown
