"""Which law a citation means, and whether it was in force."""

import datetime as dt

import pytest

from catalogs.matching import Citation, LawEntry, LawRegister

OLD = LawEntry(
    1, "收养登记办法", (), "民政部令第1号", dt.date(1992, 4, 1), dt.date(1999, 5, 25), "收养登记办法"
)
NEW = LawEntry(2, "收养登记办法", (), "民政部令第14号", dt.date(1999, 5, 25))
FOREST = LawEntry(3, "中华人民共和国森林法", ("林法",), "", dt.date(1985, 1, 1))
CIVIL = LawEntry(4, "最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释", (), "法释〔2015〕5号")
FIRST = LawEntry(5, "婚姻法解释（一）")
SECOND = LawEntry(6, "婚姻法解释（二）")
NOTICE = LawEntry(7, "国务院关于建立制度的通知", (), "国发〔2014〕47号")
LOCAL = LawEntry(8, "广西壮族自治区物业管理条例")
REGISTER = LawRegister([OLD, NEW, FOREST, CIVIL, FIRST, SECOND, NOTICE, LOCAL])
TODAY = dt.date(2026, 1, 1)


def found(title: str, document_no: str = "", on: dt.date = TODAY) -> LawEntry | None:
    return REGISTER.find(Citation(title, document_no, (), 0, 0), on)


@pytest.mark.parametrize(
    ("title", "law"),
    [
        ("森林法", FOREST),
        ("中华人民共和国 森林法", FOREST),
        ("林法", FOREST),
        ("中华人民共和国森林法（2019年修订）", FOREST),
        ("森林法（试行）", FOREST),
        ("最高人民法院关于适用《民事诉讼法》的解释", CIVIL),
        ("婚姻法解释（二）", SECOND),
        ("婚姻法解释（一）（2018修正）", FIRST),
        ("关于建立制度的通知", NOTICE),
        ("广西物业管理条例", LOCAL),
        ("自治区物业管理条例", LOCAL),
        ("物业管理条例", None),
        ("草原法", None),
        ("", None),
    ],
)
def test_a_law_by_the_ways_people_write_its_title(title: str, law: LawEntry | None) -> None:
    assert found(title) == law


def test_of_two_versions_the_number_then_the_day_decides() -> None:
    assert found("收养登记办法", "民政部令第1号") == OLD
    assert found("收养登记办法", "民政部令第14号", dt.date(1995, 1, 1)) == NEW
    assert found("收养登记办法", on=dt.date(1995, 1, 1)) == OLD
    assert found("收养登记办法", on=TODAY) == NEW
    assert found("收养登记办法", "民政部令第99号") == NEW  # a number the register lacks


def test_a_document_by_its_number_alone() -> None:
    assert found("", "国发〔2014〕47号") == NOTICE
    assert found("通知的另一种叫法", "国发〔2014〕47号") == NOTICE
    assert found("", "国发〔2014〕48号") is None


def test_a_law_is_repealed_from_its_day_on() -> None:
    assert not OLD.was_repealed(dt.date(1999, 5, 24))
    assert OLD.was_repealed(dt.date(1999, 5, 25))
    assert not NEW.was_repealed(TODAY)
    assert not NEW.was_in_force(dt.date(1999, 5, 24))
    assert FIRST.was_in_force(dt.date(1900, 1, 1))  # nothing is known against it


def test_known_titles_are_cited_without_book_marks() -> None:
    (citation,) = REGISTER.citations("按照森林法第五条办理")
    assert REGISTER.find(citation, TODAY) == FOREST
