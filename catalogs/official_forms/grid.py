"""Bytes → Grid. One reader per kind of file; today the only kind is .xlsx."""

from catalogs.official_forms.cells import Grid
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.kinds import is_zip, why_not_zip
from catalogs.official_forms.xlsx_book import read_workbook


def read_grid(data: bytes) -> Grid:
    """Return what ``data`` shows as sheets, rows and cells.

    The kind of file is decided by its content. Raises UnreadableForm for anything that is not
    a sound workbook without macros.
    """
    if not is_zip(data):
        raise UnreadableForm(why_not_zip(data))
    return read_workbook(data)
