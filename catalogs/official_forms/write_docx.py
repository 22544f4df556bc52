"""A page as a Word document: borders, 仿宋, A4 landscape, the header on every page."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from catalogs.official_forms.page import Page, Section
from catalogs.official_forms.text import storable

_WIDTH, _HEIGHT, _MARGIN = Mm(297), Mm(210), Mm(18)
_BODY, _HEAD, _TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"


def docx_page(page: Page) -> bytes:
    """Return the content of a .docx file. A document holds cells of any length."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _WIDTH, _HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    _font(document.styles["Normal"], _BODY, 11)
    _paragraph(document.add_paragraph(), page.number, _HEAD, 14)
    _paragraph(document.add_paragraph(), page.title, _TITLE, 20, WD_ALIGN_PARAGRAPH.CENTER)
    _table(document, page)
    for footer in page.footers:
        _paragraph(document.add_paragraph(), footer, _BODY, 11)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _table(document: Any, page: Page) -> None:
    columns = len(page.headings)
    table = document.add_table(rows=0, cols=columns, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    share = (_WIDTH - 2 * _MARGIN) / sum(page.widths)
    widths = [int(width * share) for width in page.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    heading = _row(table, [(label, _HEAD, True) for label in page.headings], widths)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    heading.get_or_add_trPr().append(repeated)
    for line in page.lines:
        if isinstance(line, Section):
            row = _row(table, [(line.text, _HEAD, False)], [sum(widths)])
            row.tc_lst[0].grid_span = columns
        else:
            serial = "" if line.serial is None else str(line.serial)
            cells = [(serial, _BODY, True), *((text, _BODY, False) for text in line.texts)]
            _row(table, cells, widths)


def _row(table: Any, cells: list[tuple[str, str, bool]], widths: list[int]) -> Any:
    """Append a row of (text, font, centred) cells.

    Written element by element: python-docx walks the whole table for every cell it is asked for.
    """
    row = table._tbl.add_tr()
    for (text, font, centred), width in zip(cells, widths, strict=True):
        cell = row.add_tc()
        cell.width = width
        paragraph = cell.p_lst[0] if cell.p_lst else cell.add_p()
        if centred:
            paragraph.get_or_add_pPr().jc_val = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_r()
        run.text = storable(text)
        _run_font(run.get_or_add_rPr(), font)
    return row


def _paragraph(paragraph: Any, text: str, font: str, size: int, alignment: Any = None) -> None:
    run = paragraph.add_run(storable(text))
    _font(run, font, size)
    paragraph.alignment = alignment


def _font(target: Any, name: str, size: int) -> None:
    target.font.name, target.font.size = name, Pt(size)
    target.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _run_font(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(script), name)
