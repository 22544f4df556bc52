"""Bytes of a text file → text. UTF-8 and GB18030 cover what Chinese programs write."""

import codecs

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_TEXT
from catalogs.official_forms.refusals import DAMAGED, TOO_BIG, UNKNOWN

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_CHARACTER = 4  # bytes
_BINARY = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\v\f\r\x1a\x1b")


def decoded(data: bytes) -> str:
    """Return ``data`` as text, without a byte order mark.

    What a file declares about itself is not asked: it is often wrong, and text in one of the two
    encodings is hardly ever sound in the other. Raises UnreadableForm for content that is no
    text, is cut off, or is too much of it.
    """
    if len(data) > MAX_TEXT:
        raise UnreadableForm(TOO_BIG)
    text = _text(data)
    if not _BINARY.isdisjoint(text):
        raise UnreadableForm(UNKNOWN)
    return text


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, DAMAGED)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        is_cut = problem.end == len(data) and problem.start > len(data) - _LONGEST_CHARACTER
        if is_cut and not data[: problem.start].isascii():
            raise UnreadableForm(DAMAGED) from problem
    return _strictly(data, "gb18030", UNKNOWN)


def _strictly(data: bytes, encoding: str, otherwise: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableForm(otherwise) from problem
