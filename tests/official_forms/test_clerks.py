"""What clerks do to the forms: other headings, footers, titles, notes, sections and places."""

import datetime as dt
from typing import Any

import pytest
from openpyxl import Workbook

from catalogs.official_forms import read_annex2, read_annex3
from tests.official_forms.books import FOOTERS, HARDSHIP, HEADER, IDENTITY, fields, form, lay, saved
from tests.official_forms.test_word_forms import document

DAY = dt.date(2020, 10, 23)
HABIT = ("健在证明", "无明确法律法规依据", "人社局", "领取养老金", "不必要，建议取消")
OTHER_HABIT = ("墓地用地证明", "《殡葬管理条例》第八条", "民政局", "公墓审批", "必要，拟保留")
SURVEY_HEADER = ("序号", "证明事项名称", "出具依据", "使用部门", "用途", "必要性")
SURVEY_TITLE = "桂林市现有基层群众性自治组织出具证明事项统计表"


def survey(*lines: Any, header: Any = SURVEY_HEADER, title: str = SURVEY_TITLE) -> bytes:
    book = Workbook()
    lay(book.active, [(title,), header, *lines])
    return saved(book)


@pytest.mark.parametrize(
    "header",
    [
        ("序号", "村（居）委会出具证明名称", "用证事项", "保留依据", "证明目的", "用证部门"),
        (
            "编号",
            "基层群众性自治组织出具证明事项名称",
            "申请办理事项",
            "法律法规条文依据",
            "用途",
            "索要机关",
        ),
        ("序号", "证明名称", "办事项目", "办理依据", "使用用途", "索取单位"),
        ("序號", "證明材料名稱", "涉及辦事事項名稱", "法律法規依據", "證明用途", "證明索要單位"),
        (
            "序号",
            "证明材料名称",
            "所办事项",
            "法律法规依据(需明确到具体条款内容",
            "证明用途",
            "要求提供证明的单位",
        ),
    ],
)
def test_other_headings(header: tuple[str, ...]) -> None:
    assert [fields(row) for row in read_annex3(form([1, *IDENTITY], header=header)).rows] == [IDENTITY]


def test_a_second_header_row_that_is_not_merged() -> None:
    header = ("序号", "证明材料", "涉及事项", "法律法规依据", "证明用途", "证明索要单位")
    below = (None, "名称", "名称", "（需明确到具体条款内容）")
    assert len(read_annex3(form(below, [1, *IDENTITY], header=header)).rows) == 1


@pytest.mark.parametrize(
    "footers",
    [
        [("填报单位（盖章）：南宁市民政局   填报人：韦丽萍   联系电话：0771-5500012   填报日期：20201023",)],
        [("填报人（签字）：韦丽萍", None, "联系电话：0771-5500012", None, "填报日期：2020/10/23")],
        [("填报人、联系电话：", "韦丽萍、0771-5500012"), ("填报日期", "2020年10月23日")],
        [("填报人和联系方式：韦丽萍 0771-5500012",), ("填报日期：2020 年 10 月 23 日",)],
        [("制表人：韦丽萍", None, "联系电话：0771-5500012", None, "制表日期：2020年10月23日")],
        [("填报人：韦丽萍 联系电话：０７７１－５５０００１２ 日期：2020年10月23日",)],
        [("联系人及电话：韦丽萍 0771-5500012",), ("填报时间：2020年10月23日 15:30",)],
        [("填报人姓名：韦丽萍", None, "联系电话：0771-5500012"), ("填报日期：2020年10月23日",)],
        [("填报人及联系方式(手机)：韦丽萍 0771-5500012",), ("填报日期(年月日)：2020年10月23日",)],
        [("填报人及联系方式韦丽萍0771-5500012",), ("填报日期2020年10月23日",)],
        [("经办人：韦丽萍", None, "电话：0771-5500012"), (None, None, None, "2020年10月23日")],
        [
            ("分管领导：李", None, "科室负责人：王", None, "填报人：韦丽萍"),
            ("联系电话：0771-5500012", None, "填报日期：2020年10月23日"),
        ],
        [
            (
                "主要负责人（签字）：",
                None,
                "填报人：韦丽萍",
                "联系电话：0771-5500012",
                None,
                "填报日期：2020.10.23",
            )
        ],
        [("填报人/联系方式：韦丽萍/0771-5500012",), ("填报日期：", dt.datetime(2020, 10, 23))],
    ],
)
def test_footers(footers: list[tuple[Any, ...]]) -> None:
    result = read_annex3(form([1, *IDENTITY], footers=footers))
    assert len(result.rows) == 1
    assert (result.reporter, result.contact, result.reported_on) == ("韦丽萍", "0771-5500012", DAY)


@pytest.mark.parametrize(
    ("place", "city"),
    [
        ("南宁市关于", "南宁市"),
        ("2020年南宁市", "南宁市"),
        ("南宁市人民政府", "南宁市"),
        ("关于报送南宁市", "南宁市"),
        ("南宁市民政局", "南宁市"),
        ("南宁市（汇总）", "南宁市"),
        ("南宁", "南宁市"),
        ("梧州市", "梧州市"),
        ("百色市田东县", "百色市田东县"),
        ("恭城瑶族自治县", "恭城瑶族自治县"),
        ("田东县平马镇", "田东县"),
        ("我市", None),
        ("全市", None),
        ("市（县）", None),
        ("自治区民政厅", None),
    ],
)
def test_the_city_in_the_title(place: str, city: str | None) -> None:
    title = f"{place}拟保留的基层群众性自治组织出具证明事项清单"
    assert read_annex3(form([1, *IDENTITY], title=title)).city == city


@pytest.mark.parametrize(
    "line",
    [
        ("合  计：", None, None, None, None, 2),
        ("总数", 2),
        ("合计（项）", 2),
        ("注：", "1.本表由各市填报。"),
        ("说明", "以上证明已经市政府同意"),
        (None, None, None, "（以下无正文）"),
        ("/", "/", "/", "/", "/", "/"),
        ("二", "自然资源部门（1项）"),
    ],
)
def test_what_is_no_row(line: tuple[Any, ...]) -> None:
    result = read_annex3(form([1, *IDENTITY], line, footers=FOOTERS))
    assert [fields(row) for row in result.rows] == [IDENTITY]
    assert any("第5行" in remark for remark in result.remarks)


@pytest.mark.parametrize("line", [("1", "2", "3", "4", "5", "6"), ("甲", "乙", "丙", "丁", "戊", "己")])
def test_numbers_of_the_columns(line: tuple[str, ...]) -> None:
    assert [fields(row) for row in read_annex3(form(line, [1, *IDENTITY])).rows] == [IDENTITY]


@pytest.mark.parametrize("word", ["填写示例", "填表示例", "示例行", "如", "例如", "样例"])
def test_words_for_an_example(word: str) -> None:
    assert [fields(row) for row in read_annex3(form([word, *HARDSHIP], [1, *IDENTITY])).rows] == [IDENTITY]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("一", "市本级", None, None, None, "1项"), ("二", "荔浦市", None, None, None, "1项")),
        (("市本级", "（1项）"), ("荔浦市", "（1项）")),
        ((None, "市本级"), (None, "荔浦市")),
    ],
)
def test_sections_of_a_survey(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    rows = read_annex2(survey(first, (1, *HABIT), second, (1, *OTHER_HABIT))).rows
    assert [(row.region, row.name) for row in rows] == [("市本级", "健在证明"), ("荔浦市", "墓地用地证明")]


@pytest.mark.parametrize(
    "heading", ["所属县（市、区）", "单位名称", "县（区）名称", "辖区", "行政区域", "地区"]
)
def test_a_column_of_places(heading: str) -> None:
    content = survey((1, "荔浦市", *HABIT), header=("序号", heading, *SURVEY_HEADER[1:]))
    assert [row.region for row in read_annex2(content).rows] == ["荔浦市"]


@pytest.mark.parametrize("need", ["是否有必要保留", "必要性分析及建议", "有无必要", "必要性"])
def test_headings_of_a_survey(need: str) -> None:
    header = (*SURVEY_HEADER[:4], "办理何种事项", need)
    assert len(read_annex2(survey((1, *HABIT), header=header)).rows) == 1


def test_a_document_with_its_footers_and_title_apart() -> None:
    footers = [["填报人及联系方式：", "韦丽萍 0771-5500012", "填报日期：", "2020年10月23日"]]
    title = "南宁市拟保留的基层群众性自治组织出具证明事项清单"
    result = read_annex3(document(title, footers, [HEADER, (1, *IDENTITY)]))
    assert (result.city, result.reporter, result.reported_on) == ("南宁市", "韦丽萍", DAY)


def test_the_places_of_a_document_stand_between_its_tables() -> None:
    content = document(
        SURVEY_TITLE,
        "一、市本级",
        [SURVEY_HEADER, (1, *HABIT)],
        "二、荔浦市",
        [SURVEY_HEADER, (1, *OTHER_HABIT)],
    )
    assert [row.region for row in read_annex2(content).rows] == ["市本级", "荔浦市"]


def test_the_footers_of_the_other_form_are_not_ours() -> None:
    content = document(
        SURVEY_TITLE,
        [SURVEY_HEADER, (1, *HABIT)],
        "填报人及联系方式：李 0771-1111111",
        "附件3",
        "南宁市拟保留的基层群众性自治组织出具证明事项清单",
        [HEADER, (1, *IDENTITY)],
        "填报人及联系方式：韦丽萍 0771-5500012",
    )
    assert read_annex3(content).reporter == "韦丽萍"
