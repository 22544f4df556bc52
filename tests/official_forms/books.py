"""Workbooks as people make them: laid out by the tests, cell by cell."""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TITLE = "南宁市拟保留的基层群众性自治组织出具证明事项清单"
HEADER = (
    "序号",
    "证明材料名称",
    "涉及办事事项名称",
    "法律法规依据\n（需明确到具体条款内容）",
    "证明用途",
    "证明索要单位",
)
IDENTITY = ("农民身份证明", "合作社登记", "《条例》第十五条", "证明成员身份", "市场监督管理部门")
HARDSHIP = ("经济困难证明", "申请法律援助", "《法律援助条例》第十七条", "证明困难", "司法行政部门")
FOOTERS = (("填报人及联系方式：韦丽萍 0771-5500012",), ("填报日期：2020年10月23日",))


def form(
    *lines: Sequence[Any],
    header: Sequence[Any] = HEADER,
    title: str | None = TITLE,
    footers: Iterable[Sequence[Any]] = FOOTERS,
    edit: Callable[[Worksheet], None] = lambda sheet: None,
) -> bytes:
    """A workbook with one sheet: 附件3, title, header (row 3), lines from row 4, footers."""
    book = Workbook()
    sheet = book.active
    sheet.title = "附件3"
    lay(sheet, [("附件3",), (title,), header, *lines, *footers])
    edit(sheet)
    return saved(book)


def lay(sheet: Worksheet, lines: Iterable[Sequence[Any]], first_row: int = 1) -> None:
    """Write lines of values from column A down; None leaves a cell blank."""
    for at, line in enumerate(lines, start=first_row):
        for column, value in enumerate(line, start=1):
            if value is not None:
                sheet.cell(at, column, value)


def saved(book: Workbook) -> bytes:
    """The content of a workbook's file."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    """The members of a zip archive."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of ``parts``."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its XML parts changed (or added, from nothing)."""
    parts = members(content)
    parts[name] = change(parts.get(name, b""))
    return zipped(parts)


def with_sheet_data(rows_xml: str, after: str = "") -> bytes:
    """A workbook whose only sheet has these ``<row>`` elements, and ``after`` behind them."""

    def change(part: bytes) -> bytes:
        text = re.sub(r"<sheetData ?/>", "<sheetData></sheetData>", part.decode())
        start, end = text.index("<sheetData>"), text.index("</sheetData>")
        return (text[:start] + f"<sheetData>{rows_xml}</sheetData>{after}" + text[end + 12 :]).encode()

    return with_part(saved(Workbook()), "xl/worksheets/sheet1.xml", change)


def inline(reference: str, text: str) -> str:
    """A cell with its text written in the sheet."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def fields(row: Any) -> tuple[str, ...]:
    """The five texts of a row."""
    return (row.name, row.matter, row.legal_basis, row.purpose, row.requesting_unit)
