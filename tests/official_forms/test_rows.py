"""Which rows are data, what their cells say, and what is remarked."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import read_annex3
from tests.official_forms.books import (
    HARDSHIP,
    HEADER,
    IDENTITY,
    TITLE,
    fields,
    form,
    inline,
    with_part,
    with_sheet_data,
)


def test_it_keeps_the_row_numbers_of_the_file_over_blank_rows() -> None:
    result = read_annex3(form([], [1, *IDENTITY], [], [None], [2, *HARDSHIP]))
    assert [(fields(row), row.row) for row in result.rows] == [(IDENTITY, 5), (HARDSHIP, 8)]
    assert result.remarks == ()


@pytest.mark.parametrize("marker", ["示例", "例", "（示例）", " 示 例 ", "示例：", "示例1", "样例"])
def test_it_keeps_an_example_row_apart(marker: str) -> None:
    result = read_annex3(form([marker, *IDENTITY], [1, *HARDSHIP]))
    assert [fields(row) for row in result.rows] == [HARDSHIP]
    assert [(fields(row), row.row, row.is_example) for row in result.example_rows] == [(IDENTITY, 4, True)]
    assert result.remarks == ("工作表“附件3”第4行：为示例行，未计入清单。",)


def test_it_knows_an_example_row_without_a_serial_column() -> None:
    example = ("示例：农民身份证明", *IDENTITY[1:])
    result = read_annex3(form(example, HARDSHIP, header=HEADER[1:]))
    assert [fields(row) for row in result.rows] == [HARDSHIP]
    assert [row.name for row in result.example_rows] == ["示例：农民身份证明"]


@pytest.mark.parametrize("serial", [None, 1, 1.0, "1", "（一）", "①", "1、", "=ROW()-3", "甲", "一"])
def test_it_reads_a_row_whatever_its_serial_number(serial: object) -> None:
    result = read_annex3(form([serial, *IDENTITY]))
    assert [fields(row) for row in result.rows] == [IDENTITY]
    assert result.remarks == ()


def test_a_numbered_row_is_data_whatever_its_texts_say() -> None:
    odd = ("示例", "填报人：甲", "合计", "注：", TITLE)
    result = read_annex3(form([1, *odd], [2, *HEADER[1:]]))
    assert fields(result.rows[0]) == odd
    assert result.rows[1].name == "证明材料名称"


def test_it_fills_in_merged_cells_down_and_across() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("B4:B6")
        sheet.merge_cells("E5:F5")

    result = read_annex3(
        form(
            [1, "亲属关系证明", "公证", "甲", "乙", "公证处"],
            [2, None, "继承", "丙", "同上"],
            [3, None, "入学", "丁", "戊", "学校"],
            edit=edit,
        )
    )
    assert [fields(row) for row in result.rows] == [
        ("亲属关系证明", "公证", "甲", "乙", "公证处"),
        ("亲属关系证明", "继承", "丙", "同上", "同上"),
        ("亲属关系证明", "入学", "丁", "戊", "学校"),
    ]
    assert result.remarks == ("工作表“附件3”第5至6行：合并单元格的内容已填入本行。",)


def test_a_merge_down_to_the_end_of_the_sheet_makes_no_rows() -> None:
    cells = "".join(inline(f"{'ABCDEF'[at]}1", text) for at, text in enumerate(HEADER))
    line = "".join(inline(f"{'BCDEF'[at]}2", text) for at, text in enumerate(IDENTITY))
    content = with_sheet_data(
        f'<row r="1">{cells}</row><row r="2">{line}</row>',
        '<mergeCells count="1"><mergeCell ref="B2:B1048576"/></mergeCells>',
    )
    result = read_annex3(content)
    assert [row.row for row in result.rows] == [2]


def test_it_shows_numbers_and_dates_as_a_person_sees_them() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["C4"].number_format = "yyyy-mm-dd"
        sheet["D4"].number_format = "0.00"
        sheet["E4"].number_format = "0%"
        sheet["F4"].number_format = "000"

    result = read_annex3(form([1, 1.0, dt.date(2020, 10, 15), 3, 0.5, 7], edit=edit))
    assert fields(result.rows[0]) == ("1", "2020年10月15日", "3.00", "50%", "007")


def test_it_reads_the_stored_result_of_a_formula() -> None:
    header = "".join(inline(f"{'ABCDEF'[at]}1", text) for at, text in enumerate(HEADER))
    cells = (
        '<c r="A2"><f>ROW()-1</f><v>1</v></c><c r="B2" t="str"><f>X1</f><v>甲证明</v></c>'
        '<c r="C2"><f>X2</f></c><c r="D2" t="e"><f>X3</f><v>#REF!</v></c>'
    )
    result = read_annex3(with_sheet_data(f'<row r="1">{header}</row><row r="2">{cells}</row>'))
    assert fields(result.rows[0]) == ("甲证明", "", "#REF!", "", "")
    assert "工作表“Sheet”第2行：“涉及办事事项名称”的公式没有保存计算结果，按空白读取。" in result.remarks
    assert "工作表“Sheet”第2行：“法律法规依据”的公式结果是错误值。" in result.remarks


def test_it_reads_cells_and_rows_without_references() -> None:
    def row(texts: tuple[str, ...]) -> str:
        cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
        return f"<row>{cells}</row>"

    result = read_annex3(with_sheet_data(row(HEADER) + row(("1", *IDENTITY))))
    assert [(fields(one), one.row) for one in result.rows] == [(IDENTITY, 2)]


def test_it_joins_rich_text_and_leaves_out_phonetic_guides() -> None:
    header = "".join(inline(f"{'ABCDEF'[at]}1", text) for at, text in enumerate(HEADER))
    rich = (
        '<c r="B2" t="inlineStr"><is><r><t>农民</t></r><r><rPr><b/></rPr><t>身份证明</t></r>'
        '<rPh sb="0" eb="2"><t>nongmin</t></rPh></is></c>'
    )
    result = read_annex3(with_sheet_data(f'<row r="1">{header}</row><row r="2">{rich}</row>'))
    assert result.rows[0].name == "农民身份证明"


def test_it_reads_shared_strings_and_strict_workbooks() -> None:
    strings = "".join(f"<si><t>{text}</t></si>" for text in (*HEADER, *IDENTITY))
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{"ABCDEF"[at + row - 1]}{row}" t="s"><v>{first + at}</v></c>' for at in range(n))
        + "</row>"
        for row, first, n in ((1, 0, 6), (2, 6, 5))
    )
    content = with_part(
        with_sheet_data(rows),
        "xl/sharedStrings.xml",
        lambda _: (
            '<sst xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main">' + strings + "</sst>"
        ).encode(),
    )
    link = (
        '<Relationship Id="rId99" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/'
        'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    content = with_part(
        content,
        "xl/_rels/workbook.xml.rels",
        lambda part: part.replace(b"</Relationships>", link.encode()),
    )
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert "xl/sharedStrings.xml" in archive.namelist()
    assert [fields(row) for row in read_annex3(content).rows] == [IDENTITY]


def test_it_remarks_on_hidden_rows_and_columns_and_reads_them() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["E"].hidden = True

    result = read_annex3(form([1, *IDENTITY], [2, *HARDSHIP], edit=edit))
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP]
    assert "工作表“附件3”第5行：为隐藏行，内容已读取，请核对。" in result.remarks
    assert "工作表“附件3”：第E列是隐藏列，内容已读取，请核对。" in result.remarks


def test_it_tidies_only_what_nobody_sees() -> None:
    name = "\u3000农民\u200b身份\ufeff证明 \n"
    basis = "《条例》（国务院令第498号）\r\n第十五条  成员"
    result = read_annex3(form([1, name, "𠮷野👨‍👩‍👧家", basis, "乙", "丙"]))
    row = result.rows[0]
    assert row.name == "农民身份证明"
    assert row.matter == "𠮷野👨‍👩‍👧家"
    assert row.legal_basis == "《条例》（国务院令第498号）\n第十五条  成员"
    assert result.remarks == ("工作表“附件3”第4行：单元格首尾的空白和看不见的字符已去除。",)


def test_it_skips_sections_totals_notes_and_repeated_headers_with_remarks() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("A4:F4")

    result = read_annex3(
        form(
            ["一、民政部门"],
            [1, *IDENTITY],
            ["二、司法部门"],
            [TITLE],
            HEADER,
            [2, *HARDSHIP],
            ["合计", "2项"],
            [3],
            ["注：以上内容已核对"],
            edit=edit,
        )
    )
    assert [row.row for row in result.rows] == [5, 9]
    assert [remark.split("行：")[1] for remark in result.remarks] == [
        "“一、民政部门”为分节标题或说明，未读取。",
        "“二、司法部门”为分节标题或说明，未读取。",
        "为重复的标题，已跳过。",
        "为重复的表头，已跳过。",
        "为合计行，未读取。",
        "只有序号，按空行跳过。",
        "为说明文字，未读取。",
    ]


def test_it_follows_a_repeated_header_with_columns_in_another_order() -> None:
    result = read_annex3(form([1, *IDENTITY], [HEADER[0], *HEADER[:0:-1]], [2, *HARDSHIP[::-1]]))
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP]


def test_it_reads_an_incomplete_row() -> None:
    result = read_annex3(form([None, "困难证明"], [None, None, "低保"]))
    assert [(row.name, row.matter, row.row) for row in result.rows] == [
        ("困难证明", "", 4),
        ("", "低保", 5),
    ]


def test_it_remarks_on_content_without_a_heading_and_beyond_the_last_column() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.cell(4, 201, "远")

    result = read_annex3(form([1, *IDENTITY, None, "旁注"], edit=edit))
    assert "工作表“附件3”第4行：第H列没有表头，其中的内容未读取。" in result.remarks
    assert "工作表“附件3”：第200列以后的内容未读取。" in result.remarks


def test_it_still_reads_rows_after_the_footers() -> None:
    result = read_annex3(form([1, *IDENTITY], ["填报人：甲"], [None, *HARDSHIP], [None, "以上情况属实"]))
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP]
    assert any("第6行：位于填报人、填报日期一行之后" in remark for remark in result.remarks)
    assert any("第7行：“以上情况属实”" in remark for remark in result.remarks)
