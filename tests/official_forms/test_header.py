"""Finding the table: its header, however it is written and wherever it stands."""

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import UnreadableForm, read_annex3
from catalogs.official_forms.columns import field_of
from tests.official_forms.books import (
    FOOTERS,
    HARDSHIP,
    HEADER,
    IDENTITY,
    TITLE,
    fields,
    form,
    lay,
    saved,
)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("证明材料名称", "name"),
        (" 证 明\n名 称 ", "name"),
        ("证明事项名称", "name"),
        ("材料名称：", "name"),
        ("*证明材料名称（必填）", "name"),
        ("涉及事项", "matter"),
        ("办事事项", "matter"),
        ("法律法规依据\n(需明确到具体条款内容)", "legal_basis"),
        ("法律法规依据 需明确到具体条款内容", "legal_basis"),
        ("【法律依据】", "legal_basis"),
        ("政策依据", "legal_basis"),
        ("设定依据", "legal_basis"),
        ("依据", "legal_basis"),
        ("用途", "purpose"),
        ("索要单位", "requesting_unit"),
        ("要求单位", "requesting_unit"),
        ("索要部门", "requesting_unit"),
        ("序 号", "serial"),
        ("备注", None),
        ("用于证明成员的农民身份", None),
        ("", None),
    ],
)
def test_it_recognises_headings(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_it_takes_columns_in_any_order_and_remarks_on_others() -> None:
    content = form(
        ["甲", "司法局", "《法》第一条", "困难证明", "证明困难", "法律援助"],
        header=["备注", "索要部门", "法律依据", "证明名称", "用途", "涉及事项"],
    )
    result = read_annex3(content)
    assert fields(result.rows[0]) == ("困难证明", "法律援助", "《法》第一条", "证明困难", "司法局")
    assert any("第A列“备注”不是附件3的栏目" in remark for remark in result.remarks)


def test_it_prefers_the_official_heading_to_a_synonym() -> None:
    content = form([1, "甲", *IDENTITY], header=["序号", "材料名称", *HEADER[1:]])
    result = read_annex3(content)
    assert fields(result.rows[0]) == IDENTITY
    assert any("第B列“材料名称”" in remark for remark in result.remarks)


def test_it_needs_no_serial_column() -> None:
    result = read_annex3(form(IDENTITY, HARDSHIP, header=HEADER[1:]))
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP]
    assert result.reporter == "韦丽萍"


def test_it_reads_a_header_of_two_merged_rows() -> None:
    def edit(sheet: Worksheet) -> None:
        for column in "ABCDEF":
            sheet.merge_cells(f"{column}3:{column}4")

    result = read_annex3(form([None], [1, *IDENTITY], edit=edit))
    assert [(fields(row), row.row) for row in result.rows] == [(IDENTITY, 5)]


def test_it_reads_a_header_with_a_note_on_its_second_row() -> None:
    header = [*HEADER[:3], "法律法规依据", *HEADER[4:]]
    content = form([None, None, None, "（需明确到具体条款内容）"], [1, *IDENTITY], header=header)
    assert [fields(row) for row in read_annex3(content).rows] == [IDENTITY]


def test_it_reads_a_header_under_group_headings() -> None:
    def edit(sheet: Worksheet) -> None:
        for column in "ABF":
            sheet.merge_cells(f"{column}3:{column}4")
        sheet.merge_cells("C3:E3")

    content = form(
        [None, None, "涉及办事事项名称", "依据", "用途"],
        [1, *IDENTITY],
        header=["序号", "证明材料名称", "办理情况", None, None, "索要单位"],
        edit=edit,
    )
    result = read_annex3(content)
    assert [(fields(row), row.row) for row in result.rows] == [(IDENTITY, 5)]


def test_it_finds_the_table_on_a_later_sheet() -> None:
    book = Workbook()
    book.active.title = "空表"
    book.create_sheet("说明")["B2"] = "请各市认真填报。"
    sheet = book.create_sheet("清单")
    lay(sheet, [(TITLE,), (), HEADER, (1, *IDENTITY), *FOOTERS], first_row=7)
    result = read_annex3(saved(book))
    assert [(row.sheet, row.row) for row in result.rows] == [("清单", 10)]
    assert result.city == "南宁市"
    assert result.remarks == ("工作表“说明”中没有附件3的表格，未读取。",)


def test_it_reads_all_visible_sheets_with_the_table_and_not_the_hidden() -> None:
    book = Workbook()
    lay(book.active, [(TITLE,), HEADER, (1, *IDENTITY)])
    lay(book.create_sheet("续表"), [HEADER, (2, *HARDSHIP)])
    old = book.create_sheet("旧表")
    lay(old, [HEADER, (1, *HARDSHIP)])
    old.sheet_state = "hidden"
    result = read_annex3(saved(book))
    assert [(row.sheet, row.row) for row in result.rows] == [("Sheet", 3), ("续表", 2)]
    assert "工作表“旧表”已隐藏，其中的内容未读取。" in result.remarks


def test_it_reads_the_only_table_although_hidden_and_says_so() -> None:
    book = Workbook()
    sheet = book.create_sheet("清单")
    lay(sheet, [(TITLE,), HEADER, (1, *IDENTITY)])
    sheet.sheet_state = "hidden"
    result = read_annex3(saved(book))
    assert len(result.rows) == 1
    assert any("隐藏的工作表“清单”" in remark for remark in result.remarks)


@pytest.mark.parametrize("left_out", range(1, 6))
def test_it_refuses_a_header_without_a_column(left_out: int) -> None:
    header = [one for at, one in enumerate(HEADER) if at != left_out]
    label = HEADER[left_out].split("\n")[0]
    with pytest.raises(UnreadableForm, match=f"第3行的表头缺少“{label}”，"):
        read_annex3(form([1, *IDENTITY[:4]], header=header))


def test_it_names_all_missing_columns_at_once() -> None:
    with pytest.raises(UnreadableForm, match="缺少“涉及办事事项名称”、“证明用途”"):
        read_annex3(form([1, "甲"], header=["序号", "证明名称", "依据", "索要单位"]))


def test_it_refuses_a_workbook_without_the_table() -> None:
    with pytest.raises(UnreadableForm, match="没有找到附件3的表头"):
        read_annex3(form(["甲", "乙"], header=["姓名", "电话"]))


def test_it_refuses_a_workbook_without_any_content() -> None:
    with pytest.raises(UnreadableForm, match="没有任何内容"):
        read_annex3(saved(Workbook()))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "空白表"),
        ([[1], [2], [3]], "空白表"),
        ([["示例", *IDENTITY], [1], [None]], "只有示例行"),
    ],
)
def test_it_refuses_a_table_without_data(lines: list[list[object]], why: str) -> None:
    with pytest.raises(UnreadableForm, match=why):
        read_annex3(form(*lines))
