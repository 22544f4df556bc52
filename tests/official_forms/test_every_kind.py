"""The same list in every kind of file that clerks and other systems make."""

import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from typing import Any

import pytest
import xlwt

from catalogs.official_forms import UnreadableForm, read_annex3, read_form
from tests.official_forms.books import HARDSHIP, HEADER, IDENTITY, TITLE, fields, form, zipped
from tests.official_forms.damage import damaged
from tests.official_forms.test_word_forms import document

LINES: Sequence[Sequence[Any]] = [
    ("附件3",),
    (TITLE,),
    HEADER,
    (1, *IDENTITY),
    (2, *HARDSHIP),
    ("填报人及联系方式：韦丽萍 0771-5500012",),
    ("填报日期：2020年10月23日",),
]
OPEN_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def xls(lines: Sequence[Sequence[Any]], edit: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("附件3", cell_overwrite_ok=True)
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if isinstance(value, dt.date):
                sheet.write(row, column, value, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
            elif value is not None:
                sheet.write(row, column, value)
    edit(sheet)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def ods(table: str, **more: bytes) -> bytes:
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": OPEN_DOCUMENT.format(table).encode(),
            **more,
        }
    )


def ods_table(lines: Sequence[Sequence[Any]]) -> str:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell><text:p>{escape(str(value))}</text:p></table:table-cell>" for value in line
        )
        + "</table:table-row>"
        for line in lines
    )
    return f'<table:table table:name="附件3">{rows}</table:table>'


def delimited(separator: str, encoding: str) -> bytes:
    return "\r\n".join(
        separator.join(f'"{value}"' if "\n" in str(value) else str(value) for value in line) for line in LINES
    ).encode(encoding)


def html(lines: Sequence[Sequence[Any]], encoding: str = "utf-8", head: str = "") -> bytes:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in line) + "</tr>" for line in lines
    )
    return f"<html><head>{head}</head><body><table border=1>{rows}</table></body></html>".encode(encoding)


def spreadsheet_xml(lines: Sequence[Sequence[Any]]) -> bytes:
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(str(value))}</Data></Cell>' for value in line)
        + "</Row>"
        for line in lines
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="附件3"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


FOOTERS = tuple(line[0] for line in LINES[5:])
KINDS = {
    "xlsx": form(*LINES[3:5]),
    "xls": xls(LINES),
    "ods": ods(ods_table(LINES)),
    "csv": delimited(",", "utf-8"),
    "csv with a mark": delimited(",", "utf-8-sig"),
    "csv in GB18030": delimited(",", "gb18030"),
    "csv in UTF-16": delimited(",", "utf-16"),
    "tabs": delimited("\t", "utf-8"),
    "tabs in GB18030": delimited("\t", "gb18030"),
    "semicolons": delimited(";", "gb18030"),
    "docx": document(TITLE, [HEADER, *LINES[3:5]], *FOOTERS),
    "html": html(LINES),
    "html in GBK": html(LINES, "gbk", '<meta http-equiv="Content-Type" content="text/html; charset=gbk">'),
    "html in GBK that does not say so": html(LINES, "gbk"),
    "xml of Excel 2003": spreadsheet_xml(LINES),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads(kind: str) -> None:
    result = read_annex3(KINDS[kind])
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP]
    assert (result.city, result.reporter, result.contact) == ("南宁市", "韦丽萍", "0771-5500012")
    assert result.reported_on == dt.date(2020, 10, 23)


def test_an_old_workbook_keeps_merged_hidden_and_dates() -> None:
    def edit(sheet: Any) -> None:
        sheet.write_merge(3, 4, 1, 1, "身份证明")
        sheet.row(4).hidden = True

    lines = [*LINES[:5], ("填报日期：", dt.date(2020, 10, 23))]
    result = read_annex3(xls(lines, edit))
    assert [row.name for row in result.rows] == ["身份证明", "身份证明"]
    assert result.reported_on == dt.date(2020, 10, 23)
    assert any("隐藏行" in remark for remark in result.remarks)
    assert [row.row for row in result.rows] == [4, 5]


def test_open_document_repeats_spans_and_hides() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    def row(*cells: str, more: str = "") -> str:
        return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"

    covered = "<table:covered-table-cell/>"
    table = (
        '<table:table table:name="表">'
        + row(cell(TITLE, 'table:number-columns-spanned="6"'), covered * 5)
        + row(*(cell(one.replace("\n", "</text:p><text:p>")) for one in HEADER))
        + row(more='table:number-rows-repeated="2"')
        + row(cell("1"), cell("身份证明", 'table:number-rows-spanned="2"'), *map(cell, IDENTITY[1:]))
        + row(cell("2"), covered, *map(cell, HARDSHIP[1:]), more='table:visibility="collapse"')
        + row(cell("填报日期：2020-10-23"))
        + row(cell(""), more='table:number-rows-repeated="1048560"')
        + "</table:table>"
    )
    result = read_annex3(ods(table))
    assert [(row.name, row.matter, row.row) for row in result.rows] == [
        ("身份证明", IDENTITY[1], 5),
        ("身份证明", HARDSHIP[1], 6),
    ]
    assert result.reported_on == dt.date(2020, 10, 23)


def test_a_web_table_spans_and_breaks() -> None:
    content = (
        f"<table><tr><td colspan=6>{TITLE}</td></tr>"
        "<tr>" + "".join(f"<th>{one}</th>" for one in HEADER) + "</tr>"
        "<tr><td>1</td><td rowspan=2>身份<br>证明</td>"
        + "".join(f"<td>{one}</td>" for one in IDENTITY[1:])
        + "</tr>"
        "<tr><td>2</td>" + "".join(f"<td>{one}&nbsp;</td>" for one in HARDSHIP[1:]) + "</tr></table>"
    ).encode()
    result = read_annex3(content)
    assert [(row.name, row.purpose) for row in result.rows] == [
        ("身份\n证明", IDENTITY[3]),
        ("身份\n证明", HARDSHIP[3]),
    ]


def test_quoted_breaks_and_guards_in_a_text_file() -> None:
    content = (
        f'{TITLE}\n"序号","证明材料名称","涉及办事事项名称","法律法规依据","证明用途","证明索要单位"\n'
        '1,"甲\n证明",事项,"=""0012""",\'=1+1,民政局\n'
    ).encode()
    row = read_annex3(content).rows[0]
    assert (row.name, row.legal_basis, row.purpose) == ("甲\n证明", "0012", "=1+1")


def test_the_name_of_a_file_plays_no_part() -> None:
    """Every kind above was given as bytes alone; nothing asks what the file was called."""
    assert len({read_form(content).rows[0].name for content in KINDS.values()}) == 1


# --- What is refused ----------------------------------------------------------------------------
ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>'
MACRO_DOCUMENT = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"<w/>",
    "word/vbaProject.bin": b"x",
}
ARCHIVE_INSIDE = {
    "[Content_Types].xml": b"<Types/>",
    "xl/workbook.xml": b"<x/>",
    "xl/embeddings/a.zip": b"PK\x03\x04" + bytes(30),
}
REFUSED = {
    "locked ods": (ods(ods_table(LINES), **{"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "密码"),
    "ods with macros": (ods(ods_table(LINES), **{"Basic/Standard/Module1.xml": b"<x/>"}), "宏"),
    "docx with macros": (zipped(MACRO_DOCUMENT), "宏"),
    "workbook in an archive": (zipped({"附件3.xlsx": form([1, *IDENTITY])}), "压缩包"),
    "archive in a workbook": (zipped(ARCHIVE_INSIDE), "嵌有"),
    "random": (b"\x00\x01\x02" * 500, "识别|文本"),
    "half text": ("序号,证明材料名称".encode() + b"\xff\xfe\xfa" * 5, "识别|文本|损坏|缺少|没有"),
    "entity in a web page": (html(LINES).replace(b"<html>", ENTITY + b"<html>"), "不安全"),
    "entity in an XML workbook": (
        spreadsheet_xml(LINES).replace(b"<Workbook", ENTITY + b"<Workbook", 1),
        "不安全",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses(what: str) -> None:
    content, why = REFUSED[what]
    with pytest.raises(UnreadableForm, match=why):
        read_annex3(content)


@pytest.mark.parametrize(
    "public", [b"<!DOCTYPE html>", b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">']
)
def test_a_plain_document_type_in_a_web_page_is_read(public: bytes) -> None:
    assert len(read_annex3(public + html(LINES)).rows) == 2


def test_entities_in_open_document_and_word_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = OPEN_DOCUMENT.format(ods_table(LINES)).replace(
        "<office:document-content", f"{bomb}<office:document-content", 1
    )
    with pytest.raises(UnreadableForm, match="不安全"):
        read_annex3(zipped({"mimetype": b"x", "content.xml": content.encode()}))
    parts = {}
    with zipfile.ZipFile(BytesIO(KINDS["docx"])) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    text = parts["word/document.xml"].decode()
    at = text.index("<w:document")
    parts["word/document.xml"] = (text[:at] + bomb + text[at:]).encode()
    with pytest.raises(UnreadableForm, match="不安全"):
        read_annex3(zipped(parts))


def test_absurd_repeats_and_spans_cost_nothing() -> None:
    wide = ods_table(LINES).replace(
        "</table:table-row>",
        '<table:table-cell table:number-columns-repeated="2000000000"/></table:table-row>',
        1,
    )
    assert len(read_annex3(ods(wide)).rows) == 2
    broad = html(LINES).replace(b"<td>", b"<td colspan=999999999>", 1)
    assert len(read_annex3(broad).rows) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_damage_gives_a_form_or_a_refusal(kind: str, fuzz_cases: int) -> None:
    """Flipped bits and cut ends; ``FUZZ_CASES`` says how many for each kind."""
    for content in damaged(KINDS[kind], fuzz_cases, kind):
        assert sentence_or_form(content).endswith("。")


def sentence_or_form(content: bytes) -> str:
    """How reading ended: the refusal, or a full stop for a form."""
    try:
        read_form(content)
    except UnreadableForm as refusal:
        return refusal.message
    return "。"
