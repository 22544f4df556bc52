"""Put a value into a cell of a workbook so that no spreadsheet program takes it for a formula."""

from typing import Any

from catalogs.official_forms.page import MAX_CELL
from catalogs.official_forms.text import escape_ooxml, storable

# What a spreadsheet program would take for a formula or a command when the cell is edited.
_RISKY = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def put_value(cell: Any, value: str | float | None) -> None:
    """Write a text as text or a number as number; a text longer than a cell holds is cut."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = escape_ooxml(storable(value))
    if len(text) > MAX_CELL // 2:
        text = text.encode("utf-16-le")[: 2 * MAX_CELL].decode("utf-16-le", "ignore")
    cell.value = text
    cell.data_type = "s"  # never a formula or an error value, whatever it begins with
    cell.quotePrefix = text.startswith(_RISKY) or text.lstrip().startswith(_RISKY)
