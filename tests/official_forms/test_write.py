"""The official form as it is written, and what comes back when it is read."""

import datetime as dt
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import FIELDS, FormRow, UnreadableForm, read_annex3, tidy
from catalogs.official_forms.write import write_annex3, write_blank_annex3
from tests.official_forms.books import HARDSHIP, IDENTITY, fields

RISKY = ["=1+1", "=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "#REF!", "TRUE", "１"]


def row(*texts: str) -> FormRow:
    return FormRow(*texts, sheet="", row=0)


def opened(content: bytes) -> Worksheet:
    return load_workbook(BytesIO(content)).active


def test_it_writes_the_official_form() -> None:
    content = write_annex3(
        city="南宁市",
        rows=[row(*IDENTITY), row(*HARDSHIP)],
        reporter="韦丽萍",
        contact="0771-5500012",
        reported_on=dt.date(2020, 10, 15),
    )
    sheet = opened(content)
    assert sheet["A1"].value == "附件3"
    assert sheet["A2"].value == "南宁市拟保留的基层群众性自治组织出具证明事项清单"
    headings = [cell.value.replace("\n", "") for cell in sheet[3]]
    assert headings == ["序号", *FIELDS.values()]
    assert [cell.value for cell in sheet[4]] == [1, *IDENTITY]
    assert sheet["A6"].value == "填报人及联系方式：韦丽萍 0771-5500012"
    assert sheet["A7"].value == "填报日期：2020年10月15日"
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A2:F2", "A6:F6", "A7:F7"}
    assert sheet["B3"].font.name == "黑体"
    assert sheet["B4"].font.name == "仿宋_GB2312"
    assert sheet["B4"].alignment.wrap_text
    assert sheet["F5"].border.right.style == "thin"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_it_writes_the_blank_form_which_is_not_accepted_back() -> None:
    content = write_blank_annex3()
    sheet = opened(content)
    assert sheet["A2"].value == "____市拟保留的基层群众性自治组织出具证明事项清单"
    assert sheet["A4"].value == "示例"
    assert sheet["F16"].border.bottom.style == "thin"
    assert sheet["A17"].value == "填报人及联系方式："
    with pytest.raises(UnreadableForm, match="只有示例行"):
        read_annex3(content)


def test_the_blank_form_filled_in_is_read() -> None:
    book = load_workbook(BytesIO(write_blank_annex3()))
    for column, text in enumerate(IDENTITY, start=2):
        book.active.cell(6, column, text)
    filled = BytesIO()
    book.save(filled)
    result = read_annex3(filled.getvalue())
    assert [(fields(one), one.row) for one in result.rows] == [(IDENTITY, 6)]
    assert len(result.example_rows) == 1


@pytest.mark.parametrize("text", RISKY)
def test_no_text_becomes_a_formula(text: str) -> None:
    content = write_annex3(city="南宁市", rows=[row(*[text] * 5)])
    cell = opened(content)["B4"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\r", "\n")
    if text.lstrip()[0] in "=+-@":
        assert cell.quotePrefix
    assert fields(read_annex3(content).rows[0]) == (tidy(text),) * 5


@pytest.mark.parametrize("text", ["_x0041_", "_x005F_x0041_", "_x0041_x0042_", "a_xD83D_b", "a_x000D_b"])
def test_text_that_looks_like_an_escape_comes_back(text: str) -> None:
    content = write_annex3(city="南宁市", rows=[row(*[text] * 5)])
    assert fields(read_annex3(content).rows[0]) == (text,) * 5


def test_it_leaves_out_what_a_workbook_cannot_hold() -> None:
    content = write_annex3(city="南宁市", rows=[row("甲\x00\x0b\x1f\ud800\uffff乙", "", "", "", "")])
    assert read_annex3(content).rows[0].name == "甲乙"


@pytest.mark.parametrize("text", ["字" * 32_767, "𠮷" * 16_383])
def test_it_writes_the_longest_text_a_cell_holds(text: str) -> None:
    content = write_annex3(city="南宁市", rows=[row(text, "", "", "", "")])
    assert read_annex3(content).rows[0].name == text


@pytest.mark.parametrize("text", ["字" * 32_768, "𠮷" * 16_384])
def test_it_refuses_a_longer_text_and_says_where(text: str) -> None:
    with pytest.raises(ValueError, match="第5行“法律法规依据”有 32768 字"):
        write_annex3(city="南宁市", rows=[row(*IDENTITY), row("甲", "", text, "", "")])


anything = st.text(st.characters(), max_size=60)
awkward = st.one_of(
    anything,
    st.sampled_from([*RISKY, "𠮷野家👨‍👩‍👧", "示例", "填报人：甲", "证明材料名称", "_x0041_", "合计"]),
    st.text("=+-@\t\r\n 甲𠮷\u200b\u200d😀_x041", max_size=20),
    st.builds(lambda sign: sign * 20_000, st.sampled_from("字=𠮷"[:2])),
)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(st.tuples(*[awkward] * 5), min_size=1, max_size=5), example=st.booleans())
def test_any_rows_come_back_tidied(lines: list[tuple[str, ...]], example: bool) -> None:
    """What is written is read back as ``tidy`` leaves it; rows then without text are skipped."""
    content = write_annex3(city="南宁市", rows=[row(*line) for line in lines], example=example)
    expected = [
        (tidied, at)
        for at, line in enumerate(lines, start=5 if example else 4)
        if any(tidied := tuple(tidy(text) for text in line))
    ]
    if not expected:
        with pytest.raises(UnreadableForm):
            read_annex3(content)
        return
    result = read_annex3(content)
    assert [(fields(one), one.row) for one in result.rows] == expected
    assert len(result.example_rows) == int(example)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    city=st.sampled_from(["", "南宁市", "防城港市", "崇左市"]),
    reporter=st.sampled_from(["", "韦丽萍", "覃 某", "欧阳𠮷", "Wei Li"]),
    contact=st.one_of(
        st.just(""), st.from_regex(r"0[2-9][0-9]{2}-[2-9][0-9]{6}|1[3-9][0-9]{9}", fullmatch=True)
    ),
    day=st.one_of(st.none(), st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))),
)
def test_title_and_footers_come_back(city: str, reporter: str, contact: str, day: dt.date | None) -> None:
    content = write_annex3(
        city=city, rows=[row(*IDENTITY)], reporter=reporter, contact=contact, reported_on=day
    )
    result = read_annex3(content)
    assert result.city == (city or None)
    assert (result.reporter or "", result.contact or "") == (reporter, contact)
    assert result.reported_on == day


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
