"""Layouts as clerks make them, good and bad: each clause of what must be read, in one file each."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import Annex3Form, UnreadableForm, read_annex3
from catalogs.official_forms.form import EXAMPLE
from tests.official_forms.books import FOOTERS, HARDSHIP, HEADER, IDENTITY, TITLE, fields, form, lay, saved

ANOTHER = ("居住证明", "子女入学", "《义务教育法》第十二条", "证明实际居住", "教育部门")


def merged(*ranges: str) -> Callable[[Worksheet], None]:
    def edit(sheet: Worksheet) -> None:
        for one in ranges:
            sheet.merge_cells(one)

    return edit


def placed(lines: dict[int, Any], edit: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    """A sheet with each line in the row of its number."""
    book = Workbook()
    sheet: Worksheet = book.active
    for row, line in lines.items():
        lay(sheet, [line], first_row=row)
    edit(sheet)
    return saved(book)


def on_later_sheet() -> bytes:
    book = Workbook()
    book.active.title = "说明"
    book.active["A1"] = "填表说明：请逐行填写"
    book.create_sheet("空表")
    lay(book.create_sheet("清单"), [(TITLE,), HEADER, (1, *IDENTITY), (2, *HARDSHIP)])
    return saved(book)


def with_formulas() -> bytes:
    """Serial numbers as formulas whose values the program has kept, as spreadsheet programs do."""
    import re
    import zipfile

    content = form([1, *IDENTITY], [2, *HARDSHIP])
    parts = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r'(<c r="A5"[^>]*>)<v>2</v>', r"\1<f>A4+1</f><v>2</v>", sheet)
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


BOTH = [IDENTITY, HARDSHIP]
GOOD: dict[str, tuple[bytes, list[tuple[str, ...]]]] = {
    "title far above": (placed({3: (TITLE,), 9: HEADER, 10: (1, *IDENTITY), 11: (2, *HARDSHIP)}), BOTH),
    "title in two rows": (
        placed({1: ("南宁市",), 2: (TITLE.removeprefix("南宁市"),), 4: HEADER, 5: (1, *IDENTITY)}),
        [IDENTITY],
    ),
    "title merged across": (form([1, *IDENTITY], edit=merged("A2:F2")), [IDENTITY]),
    "blank rows between": (
        placed({1: (TITLE,), 2: HEADER, 4: (1, *IDENTITY), 9: (2, *HARDSHIP)}),
        BOTH,
    ),
    "a name merged over three matters": (
        form(
            [1, "身份证明", "甲事", "《法》第一条", "用途", "民政局"],
            [2, None, "乙事", "《法》第二条", "用途", "民政局"],
            [3, None, "丙事", "《法》第三条", "用途", "民政局"],
            edit=merged("B4:B6"),
        ),
        [
            ("身份证明", "甲事", "《法》第一条", "用途", "民政局"),
            ("身份证明", "乙事", "《法》第二条", "用途", "民政局"),
            ("身份证明", "丙事", "《法》第三条", "用途", "民政局"),
        ],
    ),
    "serial and name merged over two matters": (
        form(
            [1, "身份证明", "甲事", "《法》第一条", "用途", "民政局"],
            [None, None, "乙事", "《法》第二条", "用途", "民政局"],
            edit=merged("A4:A5", "B4:B5"),
        ),
        [
            ("身份证明", "甲事", "《法》第一条", "用途", "民政局"),
            ("身份证明", "乙事", "《法》第二条", "用途", "民政局"),
        ],
    ),
    "header with breaks and blanks": (
        form(
            [1, *IDENTITY],
            header=[
                "序 号",
                "证明材料\n名 称",
                " 涉及办事\n事项名称 ",
                "法律法规依据",
                "证明\n用途",
                "证明 索要 单位",
            ],
        ),
        [IDENTITY],
    ),
    "header with full-width brackets": (
        form(
            [1, *IDENTITY],
            header=[
                "序号",
                "证明材料名称（全称）",
                "涉及办事事项名称【必填】",
                "法律法规依据（条款）",
                "证明用途",
                "证明索要单位（盖章）",
            ],
        ),
        [IDENTITY],
    ),
    "other wording": (
        form([1, *IDENTITY], header=["编号", "证明名称", "办理事项", "依据", "用途", "索要单位"]),
        [IDENTITY],
    ),
    "yet other wording": (
        form(
            [1, *IDENTITY],
            header=["序号", "证明事项", "涉及的办事事项", "设定依据及条款", "具体用途", "需求单位"],
        ),
        [IDENTITY],
    ),
    "columns in another order": (
        form(
            ["民政局", "用途", "《法》第一条", "甲证明", "甲事"],
            header=["索要部门", "证明用途", "法律依据", "证明名称", "涉及事项"],
        ),
        [("甲证明", "甲事", "《法》第一条", "用途", "民政局")],
    ),
    "extra columns": (
        form([1, "城区", *IDENTITY, "无"], header=["序号", "填报单位", *HEADER[1:], "备注"]),
        [IDENTITY],
    ),
    "header in two rows": (
        form(
            [None, None, None, "法规名称", None, None],
            [1, *IDENTITY],
            edit=merged("A3:A4", "B3:B4", "C3:C4", "E3:E4", "F3:F4"),
        ),
        [IDENTITY],
    ),
    "serials missing": (form([None, *IDENTITY], [None, *HARDSHIP]), BOTH),
    "serials as text": (form(["1", *IDENTITY], ["２、", *HARDSHIP]), BOTH),
    "serials in brackets": (form(["（1）", *IDENTITY], ["第2项", *HARDSHIP]), BOTH),
    "serials in hanzi": (form(["一", *IDENTITY], ["二、", *HARDSHIP]), BOTH),
    "serials as formulas": (with_formulas(), BOTH),
    "the example left in": (
        form(
            [
                "示例",
                *[
                    getattr(EXAMPLE, name)
                    for name in ("name", "matter", "legal_basis", "purpose", "requesting_unit")
                ],
            ],
            [1, *IDENTITY],
        ),
        [IDENTITY],
    ),
    "an example in brackets": (form(["（例）", *HARDSHIP], [1, *IDENTITY]), [IDENTITY]),
    "an example marked in its name": (
        form([1, "（示例）农民身份证明", *IDENTITY[1:]], [2, *HARDSHIP]),
        [HARDSHIP],
    ),
    "an example marked in the notes": (
        form([1, *IDENTITY, "示例"], [2, *HARDSHIP], header=[*HEADER, "备注"]),
        [HARDSHIP],
    ),
    "data on a later sheet": (on_later_sheet(), BOTH),
    "footers in one cell": (
        form(
            [1, *IDENTITY], footers=[("填报人及联系方式：韦丽萍 0771-5500012    填报日期：2020年10月23日",)]
        ),
        [IDENTITY],
    ),
    "footers in several cells": (
        form(
            [1, *IDENTITY],
            footers=[("填报人及联系方式：", "韦丽萍", "0771-5500012"), ("填报日期：", None, "2020.10.23")],
        ),
        [IDENTITY],
    ),
    "a real date": (
        form(
            [1, *IDENTITY],
            footers=[("填报人及联系方式：韦丽萍 0771-5500012",), ("填报日期：", dt.date(2020, 10, 23))],
        ),
        [IDENTITY],
    ),
    "a total at the end": (form([1, *IDENTITY], ["合计", "1项"]), [IDENTITY]),
    "sections between": (form(["一、公安部门"], [1, *IDENTITY], ["二、民政部门"], [2, *HARDSHIP]), BOTH),
    "a row in the middle far to the right": (
        placed({1: (TITLE,), 2: (None, None, *HEADER), 3: (None, None, 1, *IDENTITY)}),
        [IDENTITY],
    ),
    "notes under the table": (
        form([1, *IDENTITY], footers=[*FOOTERS, ("注：1.本表由各市填写。",), ("2.请于10月31日前报送。",)]),
        [IDENTITY],
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_it_reads(name: str) -> None:
    content, rows = GOOD[name]
    result = read_annex3(content)
    assert [fields(row) for row in result.rows] == rows
    assert result.city == "南宁市"


def stated(name: str) -> Annex3Form:
    return read_annex3(GOOD[name][0])


@pytest.mark.parametrize("name", ["footers in one cell", "footers in several cells", "a real date"])
def test_footers_say_who_and_when(name: str) -> None:
    result = stated(name)
    assert (result.reporter, result.contact) == ("韦丽萍", "0771-5500012")
    assert result.reported_on == dt.date(2020, 10, 23)


@pytest.mark.parametrize(
    "written",
    [
        "2020年10月15日",
        "2020-10-15",
        "20201015",
        "2020.10.15",
        "2020/10/15",
        "２０２０年１０月１５日",
        "2020 年 10 月 15 日",
        "二〇二〇年十月十五日",
    ],
)
def test_dates_in_many_hands(written: str) -> None:
    content = form([1, *IDENTITY], footers=[(f"填报日期：{written}",)])
    assert read_annex3(content).reported_on == dt.date(2020, 10, 15)


def test_hidden_rows_are_read_and_said() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.row_dimensions[5].hidden = True

    result = read_annex3(form([1, *IDENTITY], [2, *HARDSHIP], [3, *ANOTHER], edit=edit))
    assert [fields(row) for row in result.rows] == [IDENTITY, HARDSHIP, ANOTHER]
    assert any("第5行：为隐藏行" in remark for remark in result.remarks)


def test_rows_are_numbered_as_in_the_file_blank_ones_counted() -> None:
    assert [row.row for row in stated("blank rows between").rows] == [4, 9]


def test_rare_characters_survive_and_unseen_ones_go() -> None:
    name = "𠮷𰻝㐂㛃证明"
    result = read_annex3(form([1, f"\u200b {name}\u200e\x85 ", *IDENTITY[1:]]))
    assert result.rows[0].name == name
    assert any("看不见的字符已去除" in remark for remark in result.remarks)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (form([1, *IDENTITY[:4]], header=HEADER[:5]), "缺少“证明索要单位”"),
        (form([1, *IDENTITY[:3]], header=HEADER[:4]), "缺少“证明用途”、“证明索要单位”"),
        (form(), "空白表"),
        (form([1], [2], [3]), "空白表"),
        (form(["示例", *IDENTITY]), "只有示例行"),
        (placed({1: ("通知",), 2: ("请各市按时报送",)}), "没有找到附件3的表头"),
        (saved(Workbook()), "没有任何内容"),
    ],
    ids=["one column", "two columns", "blank", "only serials", "only the example", "a letter", "empty"],
)
def test_it_refuses_and_says_why(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableForm, match=why):
        read_annex3(content)
