"""Title and footers: the city, who filled the form in, how to reach them, and when."""

import datetime as dt

import pytest

from catalogs.official_forms import read_annex3
from catalogs.official_forms.statements import city_in, date_in, read_statement
from tests.official_forms.books import IDENTITY, form

DAY = dt.date(2020, 10, 15)


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("南宁市拟保留的基层群众性自治组织出具证明事项清单", "南宁市"),
        ("南 宁 市\n拟保留的基层群众性自治组织出具证明事项清单", "南宁市"),
        ("《柳州市拟保留的基层群众性自治组织出具证明事项清单》", "柳州市"),
        ("附件3：柳州市拟保留的基层群众性自治组织出具证明事项清单", "柳州市"),
        ("贵港拟保留的基层群众性自治组织出具证明事项清单", "贵港市"),
        ("____市拟保留的基层群众性自治组织出具证明事项清单", None),
        ("＿＿市拟保留的基层群众性自治组织出具证明事项清单", None),
        ("      市拟保留的基层群众性自治组织出具证明事项清单", None),
        ("市拟保留的基层群众性自治组织出具证明事项清单", None),
        ("××市拟保留的基层群众性自治组织出具证明事项清单", None),
        ("__来宾__市拟保留的基层群众性自治组织出具证明事项清单", "来宾市"),
        ("拟保留的基层群众性自治组织出具证明事项清单", None),
    ],
)
def test_it_takes_the_city_from_the_title(title: str, city: str | None) -> None:
    assert city_in(title) == (True, city)


@pytest.mark.parametrize("text", ["", "附件3", "请各市上报拟保留事项", "南宁市现有证明事项统计表"])
def test_it_takes_no_city_from_other_text(text: str) -> None:
    assert city_in(text) == (False, None)


def test_a_city_left_blank_or_a_missing_title_is_remarked() -> None:
    blank = read_annex3(form([1, *IDENTITY], title="____市拟保留的基层群众性自治组织出具证明事项清单"))
    assert blank.city is None
    assert blank.remarks == ("标题中未填写市名。",)
    without = read_annex3(form([1, *IDENTITY], title=None))
    assert without.city is None
    assert without.remarks == ("表头上方没有附件3的标题，无法得知是哪个市。",)


@pytest.mark.parametrize(
    "written",
    [
        "2020年10月15日",
        " 2020 年 10 月 15 日",
        "2020-10-15",
        "20201015",
        "2020.10.15",
        "2020/10/15",
        "２０２０年１０月１５日",
        "二〇二〇年十月十五日",
    ],
)
def test_it_reads_dates(written: str) -> None:
    assert date_in(written) == DAY
    assert read_statement([f"填报日期：{written}"]).reported_on == DAY


@pytest.mark.parametrize("written", ["2020年13月1日", "2020-02-30", "10月15日", "2020年10月", "改天", ""])
def test_it_reads_no_date_where_there_is_none(written: str) -> None:
    assert date_in(written) is None


def test_a_date_that_is_none_is_remarked_and_a_blank_one_is_not() -> None:
    assert read_statement(["填报日期：2020年13月1日"]).remarks
    assert not read_statement(["填报日期：    年   月   日"]).remarks
    assert not read_statement(["填报日期：______"]).remarks


@pytest.mark.parametrize(
    ("written", "contact"),
    [
        ("0771-5500012", "0771-5500012"),
        ("０７７１－５５０００１２", "0771-5500012"),
        ("0771—5500012", "0771-5500012"),
        ("(0771)5500012", "0771-5500012"),
        ("（0771） 5500012", "0771-5500012"),
        ("0771 5500012", "0771-5500012"),
        ("0771-5500012转801", "0771-5500012-801"),
        ("13800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("138-0000-0000", "138-0000-0000"),
        ("+86 13800000000", "13800000000"),
        ("5500012", "5500012"),
        ("0771-5500012 13800000000", "0771-5500012、13800000000"),
        ("0771-5500012、13800000000", "0771-5500012、13800000000"),
    ],
)
def test_it_reads_contacts_in_plain_digits(written: str, contact: str) -> None:
    statement = read_statement([f"填报人及联系方式：韦丽萍 {written}"])
    assert (statement.reporter, statement.contact) == ("韦丽萍", contact)


@pytest.mark.parametrize(
    "lines",
    [
        [["填报人及联系方式：韦丽萍 0771-5500012"], ["填报日期：2020年10月15日"]],
        [["填报人及联系方式:韦丽萍，0771-5500012", None, None, "填报日期:2020-10-15"]],
        [["填报人及联系方式：", "韦丽萍", "0771-5500012"], ["填报日期：", DAY]],
        [["填报人：韦丽萍", None, "联系方式：0771-5500012", None, "填报日期：", 20201015]],
        [["填报人：韦丽萍  联系电话：0771-5500012  填报日期：2020.10.15"]],
        [["填 报 人：韦丽萍（0771-5500012）"], [None, "填报日期：2020/10/15"]],
        [["填报人及联系方式\n韦丽萍 0771-5500012\n填报日期 2020年10月15日"]],
        [["填报人：韦丽萍 0771-5500012 2020年10月15日"]],
        [
            ["填报单位：南宁市民政局", None, "填报人：韦丽萍", "电话：0771-5500012"],
            ["填报日期：2020-10-15"],
        ],
    ],
)
def test_it_reads_footers_in_one_cell_or_several(lines: list[list[object]]) -> None:
    result = read_annex3(form([1, *IDENTITY], footers=lines))
    assert (result.reporter, result.contact, result.reported_on) == ("韦丽萍", "0771-5500012", DAY)
    assert len(result.rows) == 1


def test_footers_left_blank_are_none() -> None:
    result = read_annex3(form([1, *IDENTITY], footers=[["填报人及联系方式:"], ["填报日期:"]]))
    assert (result.reporter, result.contact, result.reported_on) == (None, None, None)
