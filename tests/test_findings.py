"""What is noticed about rows: each rule, where it speaks and where it must be silent."""

import datetime as dt
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from catalogs import mending
from catalogs.findings import Elsewhere, Known, Noticed, notice, notice_survey
from catalogs.models import Finding, Law, Round
from catalogs.noticing import known_on
from catalogs.official_forms.form import SurveyRow
from catalogs.reference_files import known_from_fixtures
from tests import lists

KNOWN = known_from_fixtures(dt.date(2026, 1, 1))


@dataclass(frozen=True)
class Row(lists.Line):
    position: int = 1


GOOD = Row(
    "农民身份证明",
    "农民专业合作社设立登记",
    "《农民专业合作社法》第二十条",
    "用于证明成员的农民身份",
    "市场监督管理部门",
)


def listed(*rows: Row) -> list[Row]:
    return [replace(row, position=at) for at, row in enumerate(rows, start=1)]


def noticed(*rows: Row, known: Known = KNOWN) -> list[tuple[int, str, str]]:
    return [(one.position, one.code, one.level) for one in notice(listed(*rows), known)]


def said(row: Row, code: str, known: Known = KNOWN) -> str:
    (one,) = [one for one in notice([row], known) if one.code == code]
    return one.message


def test_nothing_is_said_of_a_good_row() -> None:
    assert noticed(GOOD) == []


# --- What is filled in --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "level"),
    [
        ("name", "block"),
        ("matter", "warn"),
        ("legal_basis", "warn"),
        ("purpose", "warn"),
        ("requesting_unit", "warn"),
    ],
)
def test_missing_field(field: str, level: str) -> None:
    (one,) = notice([replace(GOOD, **{field: " "})], KNOWN)
    assert (one.code, one.level, one.field) == ("missing_field", level, field)


# --- Banned names -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["健在证明", "收入证明", "婚姻关系证明", "健在情况证明", "户籍证明", "死亡 证明"]
)
def test_a_banned_name_by_any_alias_or_close_variant(name: str) -> None:
    (one,) = [one for one in notice([replace(GOOD, name=name)], KNOWN) if one.code == "banned_name"]
    assert (one.level, one.field) == ("warn", "name")
    assert one.banned_key is not None
    assert "请删除本行" in one.message


def test_a_banned_name_inside_another_is_only_a_hint() -> None:
    assert noticed(replace(GOOD, name="民宿经营场所证明")) == [(1, "banned_name", "hint")]


def test_the_exception_is_named() -> None:
    row = replace(GOOD, name="亲属关系证明", matter="办理继承公证")
    assert noticed(row) == [(1, "banned_exception", "hint")]
    assert "公证办理情况" in said(row, "banned_exception")


@pytest.mark.parametrize("name", ["农民身份证明", "居住地住址证明", "适龄儿童实际居住情况证明"])
def test_a_name_like_a_banned_one_is_not_banned(name: str) -> None:
    assert noticed(replace(GOOD, name=name)) == []


# --- Legal basis --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "basis",
    [
        "《森林法》",
        "《民法典》规定，申请人应当提交材料",
        "森林法",
        "民发〔2020〕20号",
        "按规定办理",
        "《公证法》、《民法典》第五条",
    ],
)
def test_a_basis_without_an_article(basis: str) -> None:
    assert noticed(replace(GOOD, legal_basis=basis)) == [(1, "no_article", "warn")]


def test_the_law_without_an_article_is_named() -> None:
    message = said(replace(GOOD, legal_basis="《公证法》、《民法典》第五条"), "no_article")
    assert "《公证法》" in message
    assert "民法典" not in message


@pytest.mark.parametrize("basis", ["无", "无明确法律法规依据", "没有法律依据。", "未列", "暂无", "/", "——"])
def test_a_basis_that_says_there_is_none(basis: str) -> None:
    row = replace(GOOD, legal_basis=basis)
    assert noticed(row) == [(1, "no_article", "warn")]
    assert "没有写出法律法规依据" in said(row, "no_article")


@pytest.mark.parametrize(
    "basis",
    [
        "《森林法》第58条",
        "森林法第五十八条",
        "《森林法》第五十八条、《土地管理法》第六十二条第一款",
        "《民法典》第一千一百二十三条 依照《某某办法》办理，提交《出生医学证明》",
        "民发〔2020〕20号附件第1项",
    ],
)
def test_a_basis_to_the_article(basis: str) -> None:
    assert noticed(replace(GOOD, legal_basis=basis)) == []


def test_an_unknown_law_is_only_unverified() -> None:
    row = replace(GOOD, legal_basis="《某某市养犬管理条例》第九条；《森林法》第一条")
    assert noticed(row) == [(1, "law_unknown", "hint")]
    message = said(row, "law_unknown")
    assert "《某某市养犬管理条例》" in message
    assert "未能核实" in message
    assert "森林法" not in message


def test_an_article_of_no_law_is_unverified() -> None:
    assert noticed(replace(GOOD, legal_basis="第十五条")) == [(1, "law_unknown", "hint")]


REPEALED = replace(GOOD, legal_basis="《农民专业合作社登记管理条例》（国务院令第498号）第十五条")


def test_a_repealed_law_with_what_replaced_it() -> None:
    assert noticed(REPEALED) == [(1, "law_repealed", "warn")]
    message = said(REPEALED, "law_repealed")
    assert "2022年3月1日废止" in message
    assert "《中华人民共和国市场主体登记管理条例》（国务院令第746号）" in message


@pytest.mark.parametrize(
    ("on", "codes"), [(dt.date(2022, 2, 28), []), (dt.date(2022, 3, 1), [(1, "law_repealed", "warn")])]
)
def test_it_is_repealed_on_the_reporting_date_or_it_is_not(on: dt.date, codes: list[Any]) -> None:
    assert noticed(REPEALED, known=replace(KNOWN, on=on)) == codes


# --- Who asks -----------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["银行", "某某物业公司", "用人单位", "张某"])
def test_a_unit_that_is_no_public_body(unit: str) -> None:
    row = replace(GOOD, requesting_unit=unit)
    assert noticed(row) == [(1, "unknown_unit", "hint")]
    assert f"“{unit}”" in said(row, "unknown_unit")


@pytest.mark.parametrize("unit", ["南宁市民政局", "各县（区）自然资源局", "三塘镇人民政府、银行", "教育部门"])
def test_a_known_public_body(unit: str) -> None:
    assert noticed(replace(GOOD, requesting_unit=unit)) == []


# --- The same again -----------------------------------------------------------------------------
def test_the_same_row_twice() -> None:
    other = replace(GOOD, matter="成员变更登记")
    assert noticed(GOOD, other, GOOD) == [(3, "duplicate_row", "warn")]


def test_the_same_certificate_under_another_name() -> None:
    variant = replace(GOOD, name="农民的身份情况证明")
    assert noticed(GOOD, variant) == [(2, "same_certificate", "warn")]
    (one,) = notice(listed(GOOD, variant), KNOWN)
    assert "第1行“农民身份证明”" in one.message


def test_under_another_name_for_another_matter_is_a_hint() -> None:
    variant = replace(GOOD, name="农民身份情况证明", matter="成员变更登记")
    assert noticed(GOOD, variant) == [(2, "same_certificate", "hint")]


def test_names_of_one_certificate_in_the_vocabulary() -> None:
    first, second = replace(GOOD, name="户籍证明"), replace(GOOD, name="居民身份信息证明")
    assert (2, "same_certificate", "warn") in noticed(first, second)


def test_brackets_may_tell_two_certificates_apart() -> None:
    first, second = replace(GOOD, name="收养证明（收养人）"), replace(GOOD, name="收养证明（送养人）")
    assert noticed(first, second) == []


def test_how_other_cities_cite_it() -> None:
    elsewhere = {
        "农民身份": [
            Elsewhere("柳州市", "《森林法》第五条第一款 居民"),
            Elsewhere("柳州市", "第七条"),
            Elsewhere("桂林市", "无"),
        ]
    }
    known = replace(KNOWN, elsewhere=elsewhere)
    assert noticed(GOOD, known=known) == [(1, "same_certificate", "hint")]
    assert said(GOOD, "same_certificate", known) == (
        "另有2个市保留同一证明：柳州市（《森林法》第5条第1款）、桂林市。"
    )


# --- Annex 2 ------------------------------------------------------------------------------------
HABIT = SurveyRow("市本级", "居住情况证明", "《居住证暂行条例》第九条", "公安局", "申领居住证", "必要", "", 0)


def surveyed(*rows: SurveyRow, first: int = 1) -> list[tuple[int, str, str]]:
    return [(one.position, one.code, one.level) for one in notice_survey(rows, KNOWN, first)]


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({}, []),
        ({"name": ""}, [("missing_field", "warn")]),
        ({"department": ""}, [("missing_field", "warn")]),
        ({"basis": ""}, [("missing_field", "hint")]),
        ({"necessity": ""}, [("missing_field", "hint")]),
        ({"basis": "无明确法律法规依据"}, [("no_article", "hint")]),
        ({"basis": "《居住证暂行条例》"}, [("no_article", "hint")]),
        ({"basis": "《某某条例》第一条"}, [("law_unknown", "hint")]),
        ({"basis": "《物权法》第七十七条"}, [("law_repealed", "warn")]),
        ({"department": "农村信用社"}, [("unknown_unit", "hint")]),
        ({"name": "健在证明"}, [("banned_name", "warn")]),
        ({"name": "亲属关系证明", "purpose": "办理公证"}, [("banned_exception", "hint")]),
    ],
)
def test_annex_2(changes: dict[str, str], findings: list[tuple[str, str]]) -> None:
    assert surveyed(replace(HABIT, **changes)) == [(1, code, level) for code, level in findings]


def test_annex_2_says_what_there_is_and_nothing_is_deleted_from_it() -> None:
    (one,) = notice_survey([replace(HABIT, name="健在证明")], KNOWN)
    assert "应予取消" in one.message
    assert "删除" not in one.message


def test_annex_2_the_same_in_another_place_or_for_another_use_is_not_the_same() -> None:
    elsewhere, other_use = replace(HABIT, region="兴宁区"), replace(HABIT, purpose="入学")
    assert surveyed(HABIT, elsewhere, other_use, HABIT, first=11) == [(14, "duplicate_row", "warn")]


# --- Whole lists --------------------------------------------------------------------------------
def sample(shared: Path, name: str) -> dict[str, Any]:
    expected = json.loads((shared / "data" / "samples" / "expected.json").read_text(encoding="utf-8"))
    form: dict[str, Any] = expected["files"][name]
    return form


def by_code(found: Iterable[Noticed]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for one in found:
        rows.setdefault(f"{one.code} {one.level}", []).append(one.position)
    return rows


@pytest.mark.parametrize("name", ["annex3_南宁市.xlsx", "annex3_柳州市.docx"])
def test_clean_lists_are_clean(shared: Path, name: str) -> None:
    form = sample(shared, name)
    known = replace(KNOWN, on=dt.date.fromisoformat(form["date"]))
    assert notice(listed(*(Row(**row) for row in form["rows"])), known) == []


def test_a_list_of_2020_looked_at_as_of_2026(shared: Path) -> None:
    rows = [Row(**row) for row in sample(shared, "annex3_南宁市.xlsx")["rows"]]
    assert by_code(notice(listed(*rows), KNOWN)) == {"law_repealed warn": [1, 14]}


def test_the_sample_survey(shared: Path) -> None:
    form = sample(shared, "annex2_桂林市.xlsx")
    rows = [SurveyRow(**row, sheet="", row=0) for row in form["rows"]]
    found = by_code(notice_survey(rows, replace(KNOWN, on=dt.date.fromisoformat(form["date"]))))
    assert found == {
        "banned_exception hint": [1, 4],
        "banned_name warn": [2, 6, 8, 9, 10, 12, 15, 20, 21, 26, 27, 32, 39],
        "banned_name hint": [24, 34],
        "no_article hint": [2, 6, 8, 10, 15, 20, 21, 24, 26, 27, 32, 34, 39],
        "unknown_unit hint": [15, 21, 26, 30],
    }


def test_ten_thousand_rows_in_a_few_seconds() -> None:
    rows = [
        replace(
            GOOD,
            name=f"第{n}种证明",
            legal_basis=f"《森林法》第{n}条",
            requesting_unit=f"第{n}民政所",
            position=n,
        )
        for n in range(1, 10_001)
    ]
    began = time.process_time()
    assert notice(rows, KNOWN) == []
    assert time.process_time() - began < 5


# --- From the database --------------------------------------------------------------------------
def test_the_database_knows_what_the_fixtures_know(reference: None) -> None:
    rows = listed(
        REPEALED, replace(GOOD, name="收入证明", requesting_unit="银行", legal_basis="《某法》第一条")
    )
    known = known_on(dt.date(2026, 1, 1))
    assert [one.message for one in notice(rows, known)] == [one.message for one in notice(rows, KNOWN)]


def test_findings_are_kept_with_the_cell_they_are_about(people: dict[str, User], open_round: Round) -> None:
    line = lists.Line(GOOD.name, GOOD.matter, REPEALED.legal_basis, GOOD.purpose, "银行")
    draft = lists.drafted(people["city_officer"], open_round, line)
    kept = set(draft.findings.values_list("code", "field"))
    assert kept == {("law_repealed", "legal_basis"), ("unknown_unit", "requesting_unit")}


def test_the_day_the_form_was_reported_on_decides(people: dict[str, User], open_round: Round) -> None:
    line = lists.Line(GOOD.name, GOOD.matter, REPEALED.legal_basis, GOOD.purpose, GOOD.requesting_unit)
    content = lists.workbook(line, reported_on=dt.date(2020, 10, 15))
    draft = lists.upload(people["city_officer"], open_round, content)
    assert not draft.findings.exists()


def test_a_law_entered_in_the_register_is_not_unverified_any_more(
    people: dict[str, User], open_round: Round
) -> None:
    line = lists.Line(GOOD.name, GOOD.matter, "《某某市条例》第一条", GOOD.purpose, GOOD.requesting_unit)
    draft = lists.drafted(people["city_officer"], open_round, line)
    assert draft.findings.get().code == Finding.Code.LAW_UNKNOWN
    Law.objects.create(title="某某市条例")
    row = draft.items.get()
    mending.edit_row(
        actor=people["city_officer"], item_id=row.pk, values={"purpose": "另写"}, revision=row.revision
    )
    assert not draft.findings.exists()


def test_what_other_cities_keep_or_have_handed_in(people: dict[str, User], open_round: Round) -> None:
    lists.submitted(people["other_city_officer"], open_round, lists.FARMER, lists.BANNED)
    draft = lists.drafted(people["city_officer"], open_round, lists.FARMER, lists.BANNED, lists.LAND)
    found = draft.findings.filter(code=Finding.Code.SAME_CERTIFICATE)
    assert [(one.item.position, one.level) for one in found] == [(1, "hint")]  # a banned row is no example
    assert "另有1个市保留同一证明：柳州市（《中华人民共和国市场主体登记管理条例》第8条）" in found[0].message


def test_an_own_list_is_not_another_citys(people: dict[str, User], open_round: Round) -> None:
    lists.published(people["city_officer"], people["reviewer"], open_round)
    later = Round.objects.create(name="下一批次", due_on=dt.date(2027, 1, 1))
    draft = lists.drafted(people["city_officer"], later)
    assert not draft.findings.filter(code=Finding.Code.SAME_CERTIFICATE).exists()
    theirs = lists.drafted(people["other_city_officer"], later)
    assert theirs.findings.filter(code=Finding.Code.SAME_CERTIFICATE).count() == len(lists.ORDINARY)
