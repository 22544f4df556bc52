"""Collecting remarks on a sheet, so that one remark names all its rows."""

_SHOWN = 12  # stretches of rows written out in one remark


def row_numbers(rows: list[int]) -> str:
    """``[3, 5, 6, 7]`` → ``第3、5至7行``; a long list is cut short with its total."""
    stretches: list[list[int]] = []
    for row in sorted(set(rows)):
        if stretches and row == stretches[-1][1] + 1:
            stretches[-1][1] = row
        else:
            stretches.append([row, row])
    shown = "、".join(
        f"{first}" if first == last else f"{first}至{last}" for first, last in stretches[:_SHOWN]
    )
    return f"第{shown}行" + (f"等共{len(set(rows))}行" if len(stretches) > _SHOWN else "")


class Remarks:
    """Remarks on one sheet, in the order in which they first came up."""

    def __init__(self, sheet: str, what: str = "工作表") -> None:
        """``what`` is what a person calls the sheet: a document has 表格."""
        self._sheet = f"{what}“{sheet}”"
        self._rows: dict[str, list[int]] = {}

    def on_row(self, row: int, what: str) -> None:
        """Remark ``what`` (Chinese, without its full stop) on a row."""
        self._rows.setdefault(what, []).append(row)

    def on_sheet(self, what: str) -> None:
        """Remark ``what`` on the sheet as a whole."""
        self._rows.setdefault(what, [])

    def all(self) -> tuple[str, ...]:
        """The remarks as sentences with sheet and rows."""
        return tuple(
            f"{self._sheet}{row_numbers(rows) if rows else ''}：{what}。" for what, rows in self._rows.items()
        )
