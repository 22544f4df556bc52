"""Annex 2: sections as places, its own headings, and telling it from annex 3."""

from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import Annex2Form, Annex3Form, UnreadableForm, read_annex2, read_form
from catalogs.official_forms.columns import field_of
from catalogs.official_forms.spec import ANNEX2
from tests.official_forms.books import IDENTITY, form, lay, saved

TITLE = "桂林市现有基层群众性自治组织出具证明事项统计表"
HEADER = ("序号", "证明事项名称", "出具依据", "使用部门", "用途", "必要性")
KINSHIP = ("亲属关系证明", "《公证法》第二十七条", "公证处", "办理公证", "必要")
INCOME = ("收入证明", "无", "农村信用社", "贷款", "不必要")


def survey(
    *lines: Sequence[Any],
    header: Sequence[Any] = HEADER,
    title: str | None = TITLE,
    edit: Any = lambda sheet: None,
) -> bytes:
    book = Workbook()
    sheet: Worksheet = book.active
    lay(sheet, [("附件2",), (title,), header, *lines, ("填报人及联系方式：秦晓明 0773-2800055",)])
    edit(sheet)
    return saved(book)


def regions(content: bytes) -> list[tuple[str, str]]:
    return [(row.region, row.name) for row in read_annex2(content).rows]


def test_rows_belong_to_the_section_above_them() -> None:
    content = survey(["一、市本级"], [1, *KINSHIP], [2, *INCOME], ["二、荔浦市"], [1, *INCOME])
    assert regions(content) == [
        ("市本级", "亲属关系证明"),
        ("市本级", "收入证明"),
        ("荔浦市", "收入证明"),
    ]
    result = read_annex2(content)
    assert (result.city, result.reporter, result.contact) == ("桂林市", "秦晓明", "0773-2800055")
    assert [row.row for row in result.rows] == [5, 6, 8]
    assert result.rows[0].columns == (2, 3, 4, 5, 6)
    assert result.remarks == ()


@pytest.mark.parametrize(
    ("section", "name"),
    [
        (["（一）阳朔县"], "阳朔县"),
        (["三．龙胜各族自治县"], "龙胜各族自治县"),
        (["十二、 恭城瑶族自治县："], "恭城瑶族自治县"),
        (["一、市本级（共12项）"], "市本级"),
        (["一", "市本级"], "市本级"),
    ],
)
def test_sections_are_written_in_many_ways(section: list[str], name: str) -> None:
    assert regions(survey(section, [1, *KINSHIP])) == [(name, "亲属关系证明")]


def test_a_section_merged_across_needs_no_number() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("A4:F4")

    assert regions(survey(["荔浦市"], [1, *KINSHIP], edit=edit)) == [("荔浦市", "亲属关系证明")]


def test_a_column_may_name_the_place() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("B4:B5")

    header = ("序号", "县（市、区）", *HEADER[1:])
    content = survey([1, "荔浦市", *KINSHIP], [2, None, *INCOME], header=header, edit=edit)
    assert regions(content) == [("荔浦市", "亲属关系证明"), ("荔浦市", "收入证明")]


def test_a_table_without_sections_has_no_regions() -> None:
    assert regions(survey([1, *KINSHIP])) == [("", "亲属关系证明")]


def test_a_county_files_its_own() -> None:
    content = survey([1, *KINSHIP], title="荔浦市现有基层群众性自治组织出具证明事项统计表")
    assert read_annex2(content).city == "荔浦市"
    content = survey([1, *KINSHIP], title="阳朔县现有基层群众性自治组织出具证明事项统计表")
    assert read_annex2(content).city == "阳朔县"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("证明事项", "name"),
        ("出具证明的依据", "basis"),
        ("法律法规及政策依据", "basis"),
        ("用证单位", "department"),
        ("使用证明的部门（单位）", "department"),
        ("证明用途", "purpose"),
        ("是否必要", "necessity"),
        ("县（市、区）", "region"),
        ("所属地区", "region"),
        ("备注", None),
    ],
)
def test_it_recognises_headings(heading: str, field: str | None) -> None:
    assert field_of(heading, ANNEX2) == field


def test_it_says_which_column_is_missing() -> None:
    with pytest.raises(UnreadableForm, match="第3行的表头缺少“必要性”"):
        read_annex2(survey([1, *KINSHIP[:4]], header=HEADER[:5]))


def test_it_recognises_the_form_by_its_columns() -> None:
    assert isinstance(read_form(survey([1, *KINSHIP])), Annex2Form)
    assert isinstance(read_form(form([1, *IDENTITY])), Annex3Form)


def test_a_table_with_the_columns_of_both_goes_by_its_title() -> None:
    header = ("序号", "证明材料名称", "涉及事项", "依据", "用途", "索要单位", "必要性")
    line = [1, "居住证明", "入学", "《法》第一条", "证明居住", "教育局", "必要"]
    assert isinstance(read_form(survey(line, header=header)), Annex2Form)
    assert isinstance(read_form(form(line, header=header)), Annex3Form)


def test_the_other_form_is_refused_by_name() -> None:
    with pytest.raises(UnreadableForm, match="这份表格是附件3（拟保留清单），不是附件2"):
        read_form(form([1, *IDENTITY]), "annex2")
    with pytest.raises(UnreadableForm, match="这份表格是附件2（现有证明事项统计表），不是附件3"):
        read_form(survey([1, *KINSHIP]), "annex3")
