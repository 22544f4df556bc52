"""Certificates on paper: the page and the document, their QR code, the register of the seal (用印台账)."""

import datetime as dt
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
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from catalogs.official_forms.plain_table import write_table
from divisions.models import Division
from requests_app.issuing import paper_of
from requests_app.models import IssuedCertificate
from requests_app.verification import code_of

_BLANK = "　" * 6  # room for a signature
BODY_FONT, TITLE_FONT = "仿宋", "黑体"
REGISTER_COLUMNS = ("编号", "日期", "证明事项", "用途", "申请人", "经办人", "负责人", "备注")


def grouped(code: str) -> str:
    """A code in groups of four, as people read it out: ABCD-EFGH-IJKL."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def verification_address(certificate: IssuedCertificate, request: HttpRequest) -> str:
    """Where the QR code leads: the public page that says whether this paper is true."""
    path = reverse("verify_certificate", args=[certificate.serial, code_of(certificate.serial)])
    return f"{settings.PORTAL_URL}{path}" if settings.PORTAL_URL else request.build_absolute_uri(path)


def qr_picture(address: str) -> str:
    """The QR code as an image that stands in the page itself; level M bears a crease or a stamp."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2))


def as_document(certificate: IssuedCertificate, address: str) -> bytes:
    """The certificate as a Word document on A4, in the type of official papers.

    Raises WrongState where its text has been removed.
    """
    text = paper_of(certificate.request)
    document = Document()
    document.core_properties.author = certificate.village.name
    document.core_properties.title = certificate.name
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(28)
    page.top_margin, page.bottom_margin = Mm(37), Mm(30)
    _line(document, certificate.name, size=22, font=TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, certificate.printed_number, size=14, align=WD_ALIGN_PARAGRAPH.CENTER)
    for paragraph in text.splitlines():
        _line(document, paragraph, indent=True)
    _line(document, "")
    _line(document, f"{certificate.village.path_name}（盖章）", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(
        document,
        f"负责人（签字）：{_BLANK}经办人（签字）：{_BLANK}",
        align=WD_ALIGN_PARAGRAPH.RIGHT,
    )
    issued = timezone.localtime(certificate.issued_at).date()
    _line(document, date_format(issued), align=WD_ALIGN_PARAGRAPH.RIGHT)
    who = f"负责人：{certificate.head}　经办人：{certificate.issued_by.full_name}"
    for foot in (*feet_of(certificate), who):
        _line(document, foot, size=10.5)
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    document.add_picture(picture, width=Mm(28))
    _line(
        document,
        f"查验：扫描二维码，或者在查验页输入编号{certificate.serial}和查验码{grouped(code_of(certificate.serial))}",
        size=10.5,
    )
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
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def register_of(village: Division, month: dt.date) -> list[IssuedCertificate]:
    """The papers that a village put its seal to in a month, by number."""
    begin = timezone.make_aware(dt.datetime(month.year, month.month, 1))
    following = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
    end = timezone.make_aware(dt.datetime(following.year, following.month, 1))
    rows = IssuedCertificate.objects.filter(village=village, issued_at__gte=begin, issued_at__lt=end)
    return list(rows.select_related("issued_by").order_by("year", "number"))


def register_rows(certificates: list[IssuedCertificate]) -> list[tuple[str, ...]]:
    """The lines of the register (用印台账); names masked as everywhere."""
    return [
        (
            one.printed_number,
            date_format(timezone.localtime(one.issued_at).date()),
            one.name,
            one.matter,
            one.holder,
            one.issued_by.full_name,
            one.head,
            f"已撤销：{one.revoke_reason}" if one.revoked_at else "",
        )
        for one in certificates
    ]


def register_workbook(village: Division, month: dt.date) -> bytes:
    """The register of a month as a workbook."""
    title = f"{village.path_name}{month.year}年{month.month}月用印台账"
    return write_table(title, REGISTER_COLUMNS, register_rows(register_of(village, month)))
