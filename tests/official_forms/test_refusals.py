"""What is no sound workbook is refused with a sentence, and never with another exception."""

import random
import struct
import zipfile
from io import BytesIO

import pytest
import xlwt

from catalogs.official_forms import UnreadableForm, read_annex3
from catalogs.official_forms.limits import MAX_INFLATED, MAX_MEMBERS
from tests.official_forms.books import (
    IDENTITY,
    form,
    inline,
    members,
    with_part,
    with_sheet_data,
    zipped,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
SHEET = "xl/worksheets/sheet1.xml"
NOT_THERE = "没有找到附件3的表头"


def ole(stream: str) -> bytes:
    """A sound compound file whose only stream bears this name."""
    book = xlwt.Workbook()
    book.add_sheet("表")
    content = BytesIO()
    book.save(content)
    old = "Workbook".encode("utf-16-le")
    at = content.getvalue().index(old)
    entry = bytearray(content.getvalue())
    name = stream.encode("utf-16-le") + b"\x00\x00"
    entry[at : at + 64] = name.ljust(64, b"\x00")
    entry[at + 64 : at + 66] = struct.pack("<H", len(name))
    return bytes(entry)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "文件是空的"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (OLE, "损坏"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (ole("Workbook"), "没有任何内容"),
        (ole("EncryptedPackage"), "密码"),
        (ole("WordDocument"), "旧版 Word"),
        (ole("Contents"), "旧版 Office"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "图片"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 20, "图片"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "图片"),
        (b"Rar!\x1a\x07\x00", "压缩包"),
        ("序号,证明材料名称\n1,农民身份证明\n".encode(), NOT_THERE),
        ("序号,证明材料名称\n1,农民身份证明\n".encode("gb18030"), NOT_THERE),
        ("序号,证明材料名称".encode("utf-16"), NOT_THERE),
        (b"  \n<html><body><table></table></body></html>", "没有"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"{\\rtf1 }", "RTF"),
        (bytes(range(256)) * 4, "无法识别"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "损坏"),
        (zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "演示文稿"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "xlsb"),
        (zipped({"mimetype": b"", "content.xml": b""}), "损坏"),
        (zipped({"OFD.xml": b""}), "OFD"),
        (zipped({"附件3.xlsx": b""}), "压缩包"),
        (zipped({}), "压缩包"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "损坏"),
    ],
)
def test_it_refuses_what_is_no_workbook_and_says_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableForm, match=why) as refusal:
        read_annex3(content)
    assert refusal.value.message == str(refusal.value)
    assert refusal.value.message.endswith("。")


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_it_refuses_macros(part: str) -> None:
    content = with_part(form([1, *IDENTITY]), part, lambda _: b"\x00")
    with pytest.raises(UnreadableForm, match="含有宏"):
        read_annex3(content)


@pytest.mark.parametrize(
    "definition",
    [
        b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b"<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_it_refuses_document_types_and_entities(part: str, definition: bytes) -> None:
    def change(xml: bytes) -> bytes:
        start = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
        return xml[:start] + definition + xml[start:]

    with pytest.raises(UnreadableForm, match="不安全"):
        read_annex3(with_part(form([1, *IDENTITY]), part, change))


def test_it_refuses_a_truncated_file_at_any_length() -> None:
    content = form([1, *IDENTITY])
    for length in range(1, len(content) - 1, 97):
        with pytest.raises(UnreadableForm):
            read_annex3(content[:length])


def test_it_answers_any_damage_with_a_form_or_a_refusal() -> None:
    content = form(["示例", *IDENTITY], [1, *IDENTITY])
    dice = random.Random(2020)
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            read_annex3(bytes(damaged))
        except UnreadableForm:
            continue


def test_it_answers_any_damage_inside_the_sheet_with_a_form_or_a_refusal() -> None:
    parts = members(form([1, *IDENTITY]))
    dice = random.Random(2020)
    for name in (SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        for _ in range(100):
            damaged = bytearray(parts[name])
            damaged[dice.randrange(len(damaged))] = dice.choice(b'<>"=/0x ')
            try:
                read_annex3(zipped({**parts, name: bytes(damaged)}, zipfile.ZIP_STORED))
            except UnreadableForm:
                continue


@pytest.mark.parametrize(
    "row",
    [
        '<row r="x">' + inline("A1", "甲") + "</row>",
        "<row>" + inline("1A", "甲") + "</row>",
        '<row><c t="s"><v>7</v></c></row>',
        "<row><c><v>abc</v></c></row>",
        f'<row r="{"9" * 5000}">' + inline("A1", "甲") + "</row>",
    ],
)
def test_it_refuses_nonsense_in_a_sheet(row: str) -> None:
    with pytest.raises(UnreadableForm):
        read_annex3(with_sheet_data(row))


def test_it_refuses_a_bomb_by_its_ratio() -> None:
    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(with_sheet_data(inline("A1", "0" * 9_000_000)))


def test_it_refuses_a_bomb_of_anything_else() -> None:
    content = with_part(form([1, *IDENTITY]), "xl/media/image1.bmp", lambda _: bytes(9 * 1024 * 1024))
    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(content)


def test_it_refuses_a_bomb_by_its_size() -> None:
    """Members of 1:100 each, harmless alone, too much together."""
    grain = random.Random(2020).randbytes(64 * 1024)
    swollen = b"".join(grain + bytes(64 * 1024 * 99) for _ in range(2))
    parts = members(form([1, *IDENTITY]))
    parts |= {f"xl/media/image{number}.bmp": swollen for number in range(1 + MAX_INFLATED // len(swollen))}
    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(zipped(parts))


def test_it_refuses_too_many_members() -> None:
    parts = members(form([1, *IDENTITY]))
    parts |= {f"xl/x{number}.xml": b"" for number in range(MAX_MEMBERS)}
    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(zipped(parts))


def test_it_does_not_believe_declared_sizes() -> None:
    content = bytearray(with_sheet_data(inline("A1", "0" * 50_000_000)))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    true, small = struct.pack("<L", size), struct.pack("<L", 900)
    assert true in content
    with pytest.raises(UnreadableForm, match="损坏"):
        read_annex3(bytes(content).replace(true, small))


def test_one_part_shown_as_many_sheets_counts_each_time() -> None:
    big = "".join(inline(f"A{row}", random.Random(row).randbytes(400).hex()) for row in range(1, 9000))
    content = with_sheet_data(f'<row r="1">{big}</row>')

    def many(xml: bytes) -> bytes:
        start, end = xml.index(b"<sheets>") + 8, xml.index(b"</sheets>")
        return xml[:start] + xml[start:end] * 20 + xml[end:]

    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(with_part(content, "xl/workbook.xml", many))


def test_elements_are_counted_over_all_sheets() -> None:
    dice = random.Random(2020)
    content = with_sheet_data("".join(f'<c s="{dice.getrandbits(16)}"/>' for _ in range(800_000)))

    def many(xml: bytes) -> bytes:
        start, end = xml.index(b"<sheets>") + 8, xml.index(b"</sheets>")
        return xml[:start] + xml[start:end] * 7 + xml[end:]

    with pytest.raises(UnreadableForm, match="解压后过大"):
        read_annex3(with_part(content, "xl/workbook.xml", many))


def test_it_refuses_deep_nesting() -> None:
    with pytest.raises(UnreadableForm, match="过大"):
        read_annex3(with_sheet_data("<a>" * 5000 + "</a>" * 5000))


def test_it_refuses_a_locked_archive() -> None:
    content = bytearray(form([1, *IDENTITY]))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(UnreadableForm, match="密码"):
        read_annex3(bytes(content))
