"""Write annex 3 (附件3) as the official form."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side

from catalogs.official_forms.columns import FIELDS

WIDTHS = (6, 22, 26, 58, 26, 22)  # characters, as in the printed form
MAX_CELL = 32_767  # characters, a limit of the format
# A spreadsheet program may take such text for a formula or a command.
_RISKY = re.compile(r"^[=+\-@\t\r]")
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(wrap_text=True, vertical="center")
_CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
# The row that the notice itself gives as an example.
_EXAMPLE = (
    "农民身份证明",
    "农民专业合作社设立登记、成员变更登记",
    "《农民专业合作社登记管理条例》（国务院令第498号）第十五条 农民专业合作社的成员为农民的，"
    "成员身份证明为农业人口户口簿；无农业人口户口簿的，成员身份证明为居民身份证和土地承包经营权证"
    "或者村民委员会（居民委员会）出具的身份证明。",
    "用于证明成员的农民身份",
    "市场监督管理部门",
)


class RowLike(Protocol):
    """Any object with the five texts of annex 3."""

    @property
    def name(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def requesting_unit(self) -> str: ...


def write_annex3(
    *,
    city: str,
    rows: Iterable[RowLike],
    reporter: str = "",
    contact: str = "",
    reported_on: dt.date | None = None,
) -> bytes:
    """Return the form for ``city`` (with 市) as .xlsx bytes.

    Raises ValueError for a text longer than a cell can hold (32,767 characters).
    """
    texts = [
        (str(number), *(getattr(row, field) for field in FIELDS)) for number, row in enumerate(rows, start=1)
    ]
    date = f"{reported_on.year}年{reported_on.month}月{reported_on.day}日" if reported_on else ""
    return _write(city, texts, " ".join(filter(None, (reporter, contact))), date)


def write_blank_annex3() -> bytes:
    """Return the official blank form with its example row."""
    return _write("____市", [("示例", *_EXAMPLE), *[("",) * 6] * 12], "", "")


def _write(city: str, rows: Sequence[Sequence[str]], reporter: str, date: str) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "附件3"
    _line(sheet, 1, "附件3", Font(name="黑体", size=14))
    _line(
        sheet,
        2,
        f"{city}拟保留的基层群众性自治组织出具证明事项清单",
        Font(name="方正小标宋简体", size=20),
        Alignment(horizontal="center", vertical="center"),
    )
    _cells(sheet, 3, ("序号", *FIELDS.values()), Font(name="黑体", size=12), centred=True)
    for number, row in enumerate(rows, start=4):
        _cells(sheet, number, row, Font(name="仿宋_GB2312", size=11))
    end = 4 + len(rows)
    body = Font(name="仿宋_GB2312", size=11)
    _line(sheet, end, f"填报人及联系方式：{reporter}", body)
    _line(sheet, end + 1, f"填报日期：{date}", body)
    _page(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _page(sheet: Any) -> None:
    """A4 landscape, one page wide, the header repeated on every page."""
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.freeze_panes = "A4"


def _line(sheet: Any, row: int, text: str, font: Font, alignment: Alignment | None = None) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(WIDTHS))
    _put(sheet.cell(row, 1), text, font, alignment or Alignment(vertical="center"))


def _cells(sheet: Any, row: int, texts: Sequence[str], font: Font, centred: bool = False) -> None:
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(row, column)
        _put(cell, text, font, _CENTRED if centred or column == 1 else _WRAPPED)
        cell.border = _BORDER


def _put(cell: Any, text: str, font: Font, alignment: Alignment) -> None:
    """Text and nothing but text: a leading = is stored as a string, never as a formula."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(clean) > MAX_CELL:
        raise ValueError(f"单元格文字超过 {MAX_CELL} 字：{clean[:20]}…")
    cell.value = clean
    if clean:
        cell.data_type = "s"
    cell.font = font
    cell.alignment = alignment
    if _RISKY.match(clean):
        cell.quotePrefix = True
