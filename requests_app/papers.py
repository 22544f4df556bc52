"""Certificates on paper: the page and the document, and their QR code."""

import io
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from requests_app.issuing import paper_of
from requests_app.models import IssuedCertificate
from requests_app.verification import code_of

_BLANK = "　" * 6  # room for a signature
BODY_FONT, TITLE_FONT = "仿宋", "黑体"


def grouped(code: str) -> str:
    """A code in groups of four, as people read it out: ABCD-EFGH-IJKL."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def verification_address(certificate: IssuedCertificate, request: HttpRequest) -> str:
    """Where the QR code leads: the public page that says whether this paper is true."""
    path = reverse("verify_certificate", args=[certificate.serial, code_of(certificate.serial)])
    return _full_address(path, request)


def how_to_verify(certificate: IssuedCertificate, request: HttpRequest) -> list[str]:
    """The same without a camera: where to type what, the number and the code on a line each."""
    return [
        f"查验：扫描二维码，或者打开 {_full_address(reverse('verify'), request)} 输入编号和查验码",
        f"编号：{certificate.serial}",
        f"查验码：{grouped(code_of(certificate.serial))}",
    ]


def _full_address(path: str, request: HttpRequest) -> str:
    return f"{settings.PORTAL_URL}{path}" if settings.PORTAL_URL else request.build_absolute_uri(path)


def qr_picture(address: str) -> str:
    """The QR code as an image that stands in the page itself; level M bears a crease or a stamp."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2))


def as_document(certificate: IssuedCertificate, request: HttpRequest) -> bytes:
    """The certificate as a Word document on A4, in the type of official papers.

    Every sheet bears its number and which of how many it is; signatures, basis and QR code stay with
    the end of the text, so that no sheet passes for a paper of its own. Raises WrongState where the
    text has been removed.
    """
    text = paper_of(certificate.request)
    document = Document()
    document.core_properties.author = certificate.village.name
    document.core_properties.title = certificate.name
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(28)
    page.top_margin, page.bottom_margin = Mm(37), Mm(30)
    _number_sheets(page.footer.paragraphs[0], certificate.serial)
    _line(document, certificate.name, size=22, font=TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, certificate.printed_number, size=14, align=WD_ALIGN_PARAGRAPH.CENTER)
    for paragraph in text.splitlines():
        _line(document, paragraph, indent=True)
    text_ends = len(document.paragraphs)
    _line(document, "")
    _line(document, f"{certificate.place_name}（盖章）", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(
        document,
        f"负责人（签字）：{_BLANK}经办人（签字）：{_BLANK}",
        align=WD_ALIGN_PARAGRAPH.RIGHT,
    )
    issued = timezone.localtime(certificate.issued_at).date()
    _line(document, date_format(issued), align=WD_ALIGN_PARAGRAPH.RIGHT)
    who = f"负责人：{certificate.head}　经办人：{certificate.handler_name}"
    for foot in (*feet_of(certificate), who):
        _line(document, foot, size=10.5)
    picture = io.BytesIO()
    qr = segno.make(verification_address(certificate, request), error="m", micro=False)
    qr.save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    document.add_picture(picture, width=Mm(28))
    for line in how_to_verify(certificate, request):
        _line(document, line, size=10.5)
    for kept in document.paragraphs[text_ends - 1 : -1]:
        kept.paragraph_format.keep_with_next = True
    found = io.BytesIO()
    document.save(found)
    return found.getvalue()


def feet_of(certificate: IssuedCertificate) -> list[str]:
    """What the paper rests on: edition, row and clause; and until when it holds (二(三))."""
    feet = [
        f"出具依据：{certificate.edition}第{certificate.edition_item.position}项；{certificate.clause}",
        f"限用于：{certificate.matter}",
    ]
    if certificate.expires_on:
        feet.append(f"有效期至：{date_format(certificate.expires_on)}")
    return feet


def _line(
    document: Any,
    text: str,
    *,
    size: float = 16,
    font: str = BODY_FONT,
    align: Any = None,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)
    _write(paragraph, text, size, font)


def _number_sheets(paragraph: Any, serial: str) -> None:
    """In the footer: the number of the paper, which sheet this is and of how many."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in ((f"{serial}　第", "PAGE"), ("页／共", "NUMPAGES")):
        _write(paragraph, text, 10.5)
        counted = OxmlElement("w:fldSimple")
        counted.set(qn("w:instr"), field)
        counted.append(_write(paragraph, "1", 10.5)._element)  # until Word has counted
        paragraph._p.append(counted)
    _write(paragraph, "页", 10.5)


def _write(paragraph: Any, text: str, size: float, font: str = BODY_FONT) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run
