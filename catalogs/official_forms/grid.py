"""Bytes → Grid, whatever kind of file a clerk sends. One reader per kind, chosen by content."""

from collections.abc import Callable

from catalogs.official_forms.cells import Grid
from catalogs.official_forms.delimited import read_delimited
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.html_table import read_markup, read_web_archive
from catalogs.official_forms.kinds import InArchive, Kind, kind_in_archive, kind_of
from catalogs.official_forms.ods import read_open_spreadsheet
from catalogs.official_forms.refusals import DAMAGED, MACROS
from catalogs.official_forms.relationships import content_types
from catalogs.official_forms.word import read_document
from catalogs.official_forms.xls import read_bare_xls, read_compound
from catalogs.official_forms.xlsx_book import read_workbook
from catalogs.official_forms.zip_package import Package


def read_grid(data: bytes) -> Grid:
    """Return what ``data`` shows as sheets, rows and cells.

    Workbooks (.xlsx, .xls, .ods, XML of Excel 2003), text (.csv) and web pages give their sheets;
    Word documents (.docx) their tables. The kind of file is decided by its content. Raises
    UnreadableForm for anything that is not sound, is locked or carries macros.
    """
    try:
        return _READERS[kind_of(data)](data)
    except (UnreadableForm, MemoryError):
        raise
    except Exception as problem:  # whatever a crafted file breaks, the person gets a sentence
        raise UnreadableForm(DAMAGED) from problem


def _read_archive(data: bytes) -> Grid:
    package = Package(data)
    kind = kind_in_archive(package.names)
    package.refuse_nested()
    if kind is InArchive.OPEN_SPREADSHEET:
        return read_open_spreadsheet(package)
    if any("vbaproject" in one or "macrosheet" in one for one in content_types(package)):
        raise UnreadableForm(MACROS)
    return read_document(package) if kind is InArchive.DOCUMENT else read_workbook(package)


_READERS: dict[Kind, Callable[[bytes], Grid]] = {
    Kind.ARCHIVE: _read_archive,
    Kind.COMPOUND: read_compound,
    Kind.BARE_XLS: read_bare_xls,
    Kind.WEB_ARCHIVE: read_web_archive,
    Kind.MARKUP: read_markup,
    Kind.TEXT: read_delimited,
}
