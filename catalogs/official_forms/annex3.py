"""Annex 3 (附件3 拟保留清单): from a workbook to rows."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalogs.official_forms.columns import FIELDS, header_columns
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.grid import Line, Sheet, read_workbook

MAX_ROWS = 20_000
_TITLE = re.compile(
    r"(?:关于|报送|附件[:：]?3?|\s)*([\u3400-\u9fff\U00020000-\U0003ffff]{1,20}?市)?[_＿\s]*拟保留的?基层群众性自治组织"
)
_EXAMPLE = re.compile(r"^(示例|例|样例|举例|范例)")
_REPORTER = re.compile(r"填报人(?:及联系方式|和联系方式)?\s*[:：]?\s*(.*)", re.S)
_CONTACT = re.compile(r"(?:联系(?:方式|电话)|电话|手机)?\s*[:：]?\s*(\+?\d[\d\- ]{5,}\d)")
_REPORTED = re.compile(r"填报(?:日期|时间)\s*[:：]?\s*(.*)", re.S)
_DATE = re.compile(r"(\d{4})\s*[年./\-]?\s*(\d{1,2})\s*[月./\-]?\s*(\d{1,2})\s*日?")
_BLANK_LINE = re.compile(r"^[_＿\s年月日:：]*$")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the form, and where it stood in the person's file."""

    name: str
    matter: str
    legal_basis: str
    purpose: str
    requesting_unit: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Annex3Form:
    """What a form says: the city in its title, who filled it in, its rows, and remarks on reading."""

    city: str | None
    reporter: str | None
    contact: str | None
    reported_on: dt.date | None
    rows: tuple[FormRow, ...]
    example_rows: tuple[FormRow, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    city: str | None = None
    reporter: str | None = None
    contact: str | None = None
    reported_on: dt.date | None = None
    rows: list[FormRow] = field(default_factory=list)
    examples: list[FormRow] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_annex3(data: bytes) -> Annex3Form:
    """Read an annex 3 workbook.

    Raises UnreadableForm, with the reason in Chinese, for anything that is no .xlsx workbook or
    has no such table, lacks a required column or has no rows.
    """
    sheets = read_workbook(data)
    reading = _Reading()
    found = False
    for sheet in sheets:
        start, columns = _header(sheet)
        if columns is None:
            continue
        found = True
        _require_columns(sheet, columns)
        _read_title(sheet.lines[:start], reading)
        _read_rows(sheet, start, columns, reading)
    if not found:
        raise UnreadableForm(
            "没有找到附件3的表格：表头应有“证明材料名称、涉及办事事项名称、法律法规依据、证明用途、证明索要单位”。"
            "请下载空白表格填写后上传。"
        )
    if not reading.rows:
        raise UnreadableForm("表格中没有填写任何证明事项（只有表头或示例行）。请填写后重新上传。")
    return Annex3Form(
        city=reading.city,
        reporter=reading.reporter,
        contact=reading.contact,
        reported_on=reading.reported_on,
        rows=tuple(reading.rows),
        example_rows=tuple(reading.examples),
        remarks=tuple(reading.remarks),
    )


def _header(sheet: Sheet) -> tuple[int, dict[str, int] | None]:
    """Index of the first line below the header, and its columns; a header may take two rows."""
    for index, line in enumerate(sheet.lines):
        one = header_columns([line])
        if one is None:
            continue
        below = sheet.lines[index + 1 : index + 2]
        both = header_columns([line, *below])
        second_row = below and header_columns(below) is not None
        if both and (len(both) > len(one) or second_row):
            return index + 2, both
        return index + 1, one
    return 0, None


def _require_columns(sheet: Sheet, columns: dict[str, int]) -> None:
    absent = [label.split("（")[0] for name, label in FIELDS.items() if name not in columns]
    if absent:
        raise UnreadableForm(
            f"工作表“{sheet.title}”缺少“{'、'.join(absent)}”一栏。请按附件3的表头补上后重新上传。"
        )


def _read_title(lines: Sequence[Line], reading: _Reading) -> None:
    for line in lines:
        for text in dict.fromkeys(line.cells):
            if reading.city is None and (match := _TITLE.search(text)):
                reading.city = match[1]


def _read_rows(sheet: Sheet, start: int, columns: dict[str, int], reading: _Reading) -> None:
    for line in sheet.lines[start:]:
        if _is_footer(line, reading):
            continue
        texts = {
            name: line.cells[index] if index < len(line.cells) else "" for name, index in columns.items()
        }
        if not any(texts.values()):
            continue
        if header_columns([line]) is not None:
            reading.remarks.append(f"工作表“{sheet.title}”第{line.number}行是重复的表头，已跳过。")
            continue
        row = FormRow(**texts, sheet=sheet.title, row=line.number)
        if any(_EXAMPLE.match(cell) for cell in line.cells[: min(columns.values()) + 1]):
            reading.examples.append(row)
            continue
        if line.is_hidden:
            reading.remarks.append(f"工作表“{sheet.title}”第{line.number}行是隐藏行，已照常读取。")
        reading.rows.append(row)
        if len(reading.rows) > MAX_ROWS:
            raise UnreadableForm(f"清单超过 {MAX_ROWS} 行，不是正常的填报表。请检查后重新上传。")


def _is_footer(line: Line, reading: _Reading) -> bool:
    """Whether the line holds 填报人及联系方式 or 填报日期; takes what it says."""
    cells = list(dict.fromkeys(cell for cell in line.cells if cell))
    found = False
    for index, cell in enumerate(cells):
        rest = " ".join(cells[index + 1 : index + 2])
        if (match := _REPORTER.match(cell)) and not _REPORTED.match(cell):
            found = True
            said = match[1].split("填报日期")[0].split("填报时间")[0] or rest
            if not _REPORTED.match(said):
                _take_reporter(said, reading)
        if match := _REPORTED.search(cell):
            found = True
            reading.reported_on = reading.reported_on or date_in(match[1] or rest)
    return found


def _take_reporter(said: str, reading: _Reading) -> None:
    text = unicodedata.normalize("NFKC", said).replace("—", "-").replace("－", "-").strip()
    contact = _CONTACT.search(text)
    if contact:
        reading.contact = contact[1].replace(" ", "")
        text = text[: contact.start()] + text[contact.end() :]
    name = text.strip(" ,，、;；:：()/-")
    if name and not _BLANK_LINE.match(name):
        reading.reporter = name


def date_in(text: str) -> dt.date | None:
    """The first date in a text: 2020年10月15日, 2020-10-15, 2020.10.15, 2020/10/15 or 20201015."""
    match = _DATE.search(unicodedata.normalize("NFKC", text))
    if not match:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
