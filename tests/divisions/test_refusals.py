"""A faulty file is refused as a whole, with every error and its line."""

import pytest

from divisions.division_file import DivisionFileError
from divisions.models import Division
from tests.divisions.files import (
    CITY,
    COUNTY,
    HEADER,
    PROVINCE,
    TOWNSHIP,
    TREE,
    VILLAGE,
    load,
    text,
    tree_with,
)

pytestmark = pytest.mark.django_db


def refusal(content: str | bytes) -> list[tuple[int, str]]:
    """The errors of a file that must not load and must not change anything."""
    before = Division.objects.count(), Division.history.count()
    with pytest.raises(DivisionFileError) as caught:
        load(content)
    assert (Division.objects.count(), Division.history.count()) == before
    return [(error.line, error.message) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("row", "faulty", "message"),
    [
        (CITY, ",三亚市,city,46,", "代码为空。"),
        (CITY, "46o2,三亚市,city,46,", "代码“46o2”应全部为数字。"),
        (CITY, "４６０２,三亚市,city,46,", "代码“４６０２”应全部为数字。"),
        (CITY, "46020,三亚市,city,46,", "设区市的代码应为 4 位，“46020”为 5 位。"),
        (
            TOWNSHIP,
            "46020301,月川街道,township,460203,",
            "乡镇（街道）的代码应为 9 位，“46020301”为 8 位。",
        ),
        (
            CITY,
            "4602,三亚市,town,46,",
            "级别“town”应为 province、city、county、township、village 之一。",
        ),
        (CITY, "4602,,city,46,", "名称为空。"),
        (CITY, "4602,\u3000 ,city,46,", "名称为空。"),
        (CITY, f"4602,{'三' * 101},city,46,", "名称不得超过 100 字，实有 101 字。"),
        (CITY, "4602,三\x07亚市,city,46,", "名称含有控制字符、不可见字符或乱码（U+0007）。"),
        (CITY, "4602,三\x00亚市,city,46,", "名称含有控制字符、不可见字符或乱码（U+0000）。"),
        (CITY, '4602,"三\n亚市",city,46,', "名称含有控制字符、不可见字符或乱码（U+000A）。"),
        (CITY, "4602,三\u200b亚市,city,46,", "名称含有控制字符、不可见字符或乱码（U+200B）。"),
        (CITY, "4602,三\ufffd市,city,46,", "名称含有控制字符、不可见字符或乱码（U+FFFD）。"),
        (PROVINCE, "46,海南省,province,4,", "省（自治区）一级不填上级代码。"),
        (CITY, "4602,三亚市,city,,", "上级代码为空。"),
        (CITY, "4602,三亚市,city,45,", "上级代码应为代码的前 2 位“46”，填的是“45”。"),
        (
            VILLAGE,
            "460203001201,那𡌶村委会,village,460203,villagers_committee",
            "上级代码应为代码的前 9 位“460203001”，填的是“460203”。",
        ),
        (
            VILLAGE,
            "460203001201,那𡌶村委会,village,460203001,",
            "村（社区）须填类型，应为 villagers_committee、residents_committee、other 之一，填的是“”。",
        ),
        (
            VILLAGE,
            "460203001201,那𡌶村委会,village,460203001,village",
            "村（社区）须填类型，应为 villagers_committee、residents_committee、other 之一，"
            "填的是“village”。",
        ),
        (CITY, "4602,三亚市,city,46,other", "村（社区）以外的级别不填类型。"),
        (
            CITY,
            "4602,三亚市,city,46,地级",
            "类型“地级”应为 villagers_committee、residents_committee、other 之一。",
        ),
        (CITY, "4602,三亚市,city,46", "应有 5 列，实有 4 列。"),
        (CITY, "4602,三亚市,city,46,,", "应有 5 列，实有 6 列。"),
        (CITY, '4602,"三亚"市,city,46,', "引号未成对或使用不规范。"),
    ],
)
def test_it_refuses_a_faulty_row(row: str, faulty: str, message: str) -> None:
    errors = refusal(tree_with(row, faulty))
    assert (2 + TREE.index(row), message) in errors


@pytest.mark.parametrize("day", ["2026-02-29", "2026/03/05", "20260305", "2026-3-5", "去年"])
def test_it_refuses_a_closing_date_that_is_none(day: str) -> None:
    errors = refusal(text(f"{PROVINCE},", f"{CITY},{day}", header=f"{HEADER},closed_on"))
    assert errors == [(3, f"撤销日期“{day}”有误，应为实有的日期，写作 2026-03-05 的样式。")]


def test_it_refuses_a_code_twice_and_names_both_lines() -> None:
    assert refusal(text(*TREE, CITY)) == [(8, "代码“4602”与第3行重复。")]


def test_it_refuses_a_row_whose_parent_is_nowhere() -> None:
    assert refusal(text(PROVINCE, COUNTY)) == [(3, "上级代码“4602”在文件和库中都没有。")]


def test_it_refuses_a_parent_that_is_stored_at_another_level() -> None:
    Division.objects.create(code="4602", name="三亚市", level="province")
    assert refusal(text(COUNTY)) == [(2, "库中的上级“4602”不是设区市一级。")]


def test_a_faulty_parent_is_one_error_and_its_children_are_none() -> None:
    assert refusal(tree_with(CITY, "4602,,city,46,")) == [(3, "名称为空。")]


def test_it_names_every_error_at_once_in_the_order_of_the_lines() -> None:
    rows = ["4x,,province,99,", "", "4602,三亚市,city,46,", "460203,吉阳区,county"]
    assert refusal(text(*rows)) == [
        (2, "代码“4x”应全部为数字。"),
        (2, "省（自治区）一级不填上级代码。"),
        (2, "名称为空。"),
        (4, "上级代码“46”在文件和库中都没有。"),
        (5, "应有 5 列，实有 3 列。"),
    ]


def test_lines_are_counted_as_in_the_file() -> None:
    """Blank rows and names broken over two lines do not shift the numbers."""
    rows = ["", ",,,,", PROVINCE, '4602,"三\n亚市",city,46,', "460203,,county,4602,"]
    assert [line for line, _ in refusal(text(*rows))] == [5, 7]


def test_lines_are_counted_with_windows_line_ends() -> None:
    assert [line for line, _ in refusal(tree_with(COUNTY, "460203,,county,4602,").replace("\n", "\r\n"))] == [
        4
    ]


def test_an_open_quote_is_reported_where_it_opens() -> None:
    errors = refusal(tree_with(CITY, '4602,"三亚市,city,46,'))
    assert errors == [(3, "引号未成对或使用不规范。")]


@pytest.mark.parametrize("column", HEADER.split(","))
def test_it_names_a_missing_column(column: str) -> None:
    header = ",".join(name for name in HEADER.split(",") if name != column)
    assert refusal(text(*TREE, header=header)) == [(1, f"缺少列：{column}（首行应为列名，以英文逗号分隔）。")]


def test_it_names_all_columns_of_a_file_without_a_header() -> None:
    [(line, message)] = refusal("\n".join(TREE))
    assert (line, message.split("（")[0]) == (1, "缺少列：code、name、level、parent_code、kind")


def test_it_refuses_a_column_given_twice() -> None:
    assert refusal(text(header=f"{HEADER},name")) == [(1, "列名重复：name。")]


def test_it_refuses_a_broken_header() -> None:
    assert refusal('"code"x,name\n') == [(1, "首行的引号使用不规范。")]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", " \n,,\n"])
def test_it_refuses_an_empty_file(content: str) -> None:
    [(line, message)] = refusal(content)
    assert line == 1
    assert message.startswith(("文件是空的", "缺少列"))


def test_it_refuses_a_file_of_a_header_alone() -> None:
    assert refusal(text()) == [(1, "文件中没有数据行。")]
