"""Annex 2 and annex 3 → the official forms as files (附件2、附件3)."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Literal, Protocol

from catalogs.official_forms.form import (
    EXAMPLE,
    FIELDS,
    SURVEY_FIELDS,
    SURVEY_TITLE_ENDING,
    TITLE_ENDING,
    RowLike,
)
from catalogs.official_forms.page import Line, Page, Section
from catalogs.official_forms.write_docx import docx_page
from catalogs.official_forms.write_xlsx import xlsx_page

FileKind = Literal["xlsx", "docx"]
BLANK_ROWS = 12
_ANNEX3_WIDTHS = (6, 22, 26, 58, 26, 22)
_ANNEX2_WIDTHS = (6, 26, 50, 22, 28, 28)


class SurveyRowLike(Protocol):
    """Anything with the texts of a row of annex 2 and the section it stands in."""

    @property
    def region(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def necessity(self) -> str: ...


def write_annex3(
    *,
    city: str,
    rows: Iterable[RowLike],
    reporter: str = "",
    contact: str = "",
    reported_on: dt.date | None = None,
    example: bool = False,
    kind: FileKind = "xlsx",
) -> bytes:
    """Return the official annex 3 of a city as the content of a workbook or a Word document.

    ``city`` ends in 市, or is blank for ____市; ``example`` puts the notice's 示例 row first.
    Every text is stored as text: what begins like a formula is quoted and never run. Characters
    that a file cannot hold are left out, CRLF becomes LF; ``read_annex3`` gives every other
    text back as ``tidy`` leaves it.

    Raises ValueError (Chinese message) for a text that is too long for a cell of a workbook.
    """
    lines = [Line("示例", _texts(EXAMPLE))] if example else []
    lines += [Line(serial, _texts(row)) for serial, row in enumerate(rows, start=1)]
    return _written(_annex3(city, lines, reporter, contact, reported_on), kind)


def write_blank_annex3(kind: FileKind = "xlsx") -> bytes:
    """Return the official blank annex 3: the 示例 row of the notice and empty rows."""
    lines = [Line("示例", _texts(EXAMPLE)), *_blank(len(FIELDS))]
    return _written(_annex3("", lines, "", "", None), kind)


def write_annex2(
    *,
    city: str,
    rows: Iterable[SurveyRowLike],
    reporter: str = "",
    contact: str = "",
    reported_on: dt.date | None = None,
    kind: FileKind = "xlsx",
) -> bytes:
    """Return the official annex 2 of a place; rows of the same region in turn share a section row.

    Texts and errors as for ``write_annex3``.
    """
    lines: list[Line | Section] = []
    number = 0
    for region, members in groupby(rows, key=lambda row: row.region):
        if region or lines:
            number += 1
            lines.append(Section(f"{_hanzi(number)}、{region}"))
        lines += [
            Line(serial, tuple(getattr(row, field) for field in SURVEY_FIELDS))
            for serial, row in enumerate(members, start=1)
        ]
    return _written(_annex2(city, lines, reporter, contact, reported_on), kind)


def write_blank_annex2(kind: FileKind = "xlsx") -> bytes:
    """Return the official blank annex 2: a section row and empty rows."""
    return _written(_annex2("", [Section("一、市本级"), *_blank(len(SURVEY_FIELDS))], "", "", None), kind)


def _written(page: Page, kind: FileKind) -> bytes:
    return docx_page(page) if kind == "docx" else xlsx_page(page)


def _annex3(city: str, lines: list[Line], reporter: str, contact: str, reported_on: dt.date | None) -> Page:
    title = f"{city.strip() or '____市'}{TITLE_ENDING}"
    return Page("附件3", title, FIELDS, _ANNEX3_WIDTHS, lines, reporter, contact, reported_on)


def _annex2(
    city: str, lines: list[Line | Section], reporter: str, contact: str, reported_on: dt.date | None
) -> Page:
    title = f"{city.strip() or '____市'}{SURVEY_TITLE_ENDING}"
    return Page("附件2", title, SURVEY_FIELDS, _ANNEX2_WIDTHS, lines, reporter, contact, reported_on)


def _texts(row: RowLike) -> tuple[str, ...]:
    return tuple(getattr(row, field) for field in FIELDS)


def _blank(columns: int) -> list[Line]:
    return [Line(None, ("",) * columns)] * BLANK_ROWS


def _hanzi(number: int) -> str:
    """1 → 一, 12 → 十二, 120 → 一百二十."""
    signs = "〇一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    if hundreds > 9:
        return str(number)
    text = f"{signs[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else signs[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (signs[ones] if ones else "")
