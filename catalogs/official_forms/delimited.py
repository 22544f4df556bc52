"""Text with separators (.csv, .tsv) → one sheet. Its rows are counted as a spreadsheet shows them."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from catalogs.official_forms.cells import Grid
from catalogs.official_forms.decoding import decoded
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import Budget
from catalogs.official_forms.refusals import MEND, NO_TABLE
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder

# In the order of preference where several would do.
_SEPARATORS = ("\t", ",", ";", "|", "，", "；")
_LOOKED_AT = 200  # records
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_END = "\x01"  # no text file that is read holds it
_OPEN_QUOTE = f"文件中有引号没有成对，无法分清各行。请用 Excel 或 WPS 打开核对，{MEND[1:]}"
_DECLARED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_GUARDED = re.compile(r"'[=+\-@]")


def read_delimited(data: bytes) -> Grid:
    """Return the one sheet of a text file; the separator is found out.

    ``="0012"`` is the text 0012, and the apostrophe is taken off that keeps ``'=1+1`` from being
    run. Raises UnreadableForm for content that is no text, has no columns or an open quote.
    """
    text = decoded(data)
    declared = _DECLARED.match(text)
    separator = declared[1] if declared else _separator(text)
    builder = SheetBuilder(CellMaker(Budget()))
    record: list[str] = []
    try:
        for number, record in enumerate(_records(text[declared.end() :] if declared else text, separator), 1):
            for column, written in enumerate(record, start=1):
                if written and written != _END:
                    builder.put(number, column, builder.maker.cell(_shown(written)))
    except csv.Error as problem:  # a cell that never ends
        raise UnreadableForm(_OPEN_QUOTE) from problem
    if record != [_END]:
        raise UnreadableForm(_OPEN_QUOTE)
    return Grid((builder.sheet("CSV"),))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """The records, and a last one of ``_END`` alone unless an open quote swallows it."""
    lines = (line[0] for line in _LINE.finditer(text))
    return csv.reader(chain(lines, ("\n", _END)), delimiter=separator)


def _separator(text: str) -> str:
    """The separator that parts most records into the same number of columns."""
    best, most = "", 0
    for separator in _SEPARATORS:
        if separator not in text:
            continue
        try:
            widths = Counter(len(record) for record in islice(_records(text, separator), _LOOKED_AT))
        except csv.Error:
            continue
        score = max((count * (width - 1) for width, count in widths.items()), default=0)
        if score > most:
            best, most = separator, score
    if not best:
        raise UnreadableForm(NO_TABLE)
    return best


def _shown(written: str) -> str:
    formula = _TEXT_FORMULA.fullmatch(written)
    if formula:
        return formula[1].replace('""', '"')
    return written[1:] if _GUARDED.match(written) else written
