"""The records of an .xls workbook, looked over before a parser gets them."""

import struct

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_CELLS, MAX_MERGED, refuse_too_many_sheets
from catalogs.official_forms.refusals import DAMAGED, LOCKED, MACROS, TOO_FULL

_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _SHEET, _CODEPAGE = 0x002F, 0x0085, 0x0042
_MULTIPLE_NUMBERS, _MERGED = 0x00BD, 0x00E5
_VERSION_8 = 0x0600
_MACRO_SHEETS = (1, 6)  # Excel 4.0 macros, Visual Basic modules
# What says what a cell shows: sheets, strings, formats, cells, hidden rows and columns.
_SINGLE_CELLS = frozenset((0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x0205, 0x0006))
_WANTED = _SINGLE_CELLS | {
    *(_BOF, _EOF, _SHEET, _CODEPAGE, _MULTIPLE_NUMBERS, _MERGED),
    *(0x0022, 0x008C, 0x00FC, 0x00E0, 0x041E),  # date mode, country, strings, styles, formats
    *(0x0207, 0x04BC, 0x0221, 0x0236),  # result of a formula, and what may stand before it
    *(0x0208, 0x007D),  # rows, columns
}
_NOTHING = b"\xfe\xff"  # the number of no record


def vetted(stream: bytes) -> tuple[bytes, str | None]:
    """Return the workbook stream with every record blanked out that says nothing about content.

    Blank formatted cells, drawings, names and formulas of names then cost nothing and can break
    nothing. The second value is the encoding of its texts where the stream does not say it well.
    Raises UnreadableForm for a locked, cut off or overfull workbook and for macros.
    """
    if len(stream) < 8:
        raise UnreadableForm(DAMAGED)
    records = bytearray(stream)
    unpack = struct.Struct("<HH").unpack_from
    at = cells = merged = depth = 0
    in_globals, is_wanted = True, True
    sheets: list[int] = []
    codepage = 0
    while at + 4 <= len(stream):
        number, length = unpack(stream, at)
        if number == 0 and length == 0:  # padding
            at += 4
            continue
        if at + 4 + length > len(stream):
            raise UnreadableForm(DAMAGED)
        if number != _CONTINUE:
            is_wanted = number in _WANTED
        if number in _SINGLE_CELLS:
            cells += 1
        elif number == _MULTIPLE_NUMBERS:
            cells += max(0, length - 6) // 6
        elif number == _MERGED:
            merged += length // 8
        elif number == _BOF:
            depth += 1
        elif number == _EOF:
            depth -= 1
            in_globals = in_globals and depth > 0
        elif number == _FILEPASS:
            raise UnreadableForm(LOCKED)
        elif in_globals and number == _SHEET and length >= 6:
            if stream[at + 9] in _MACRO_SHEETS:
                raise UnreadableForm(MACROS)
            sheets.append(unpack(stream, at + 4)[0] | unpack(stream, at + 4)[1] << 16)
        elif number == _CODEPAGE and length >= 2:
            codepage = unpack(stream, at + 4)[0]
        if not is_wanted:
            records[at : at + 2] = _NOTHING
        at += 4 + length
    if depth > 0 or len(set(sheets)) < len(sheets):
        raise UnreadableForm(DAMAGED)
    if cells > MAX_CELLS or merged > MAX_MERGED:
        raise UnreadableForm(TOO_FULL)
    refuse_too_many_sheets(len(sheets))
    version = unpack(stream, 4)[0]
    is_chinese = version < _VERSION_8 and codepage in (0, 936)
    return bytes(records), "gb18030" if is_chinese else None
