"""A city's own list is looked through before anything is off it; what is only guessed is asked about."""

import pytest

from bench.quality import small_list, with_rows
from catalogs.matching import Banned, Catalogue, Kept, Names, Unlisted, Verdict, VerdictKind, pairs
from catalogs.matching.related import telling_part
from catalogs.reference_files import fixture_entries
from tests.matching.catalogue import TODAY

ENTRIES = list(fixture_entries(TODAY))
CITY = Catalogue(TODAY, with_rows(ENTRIES, small_list()))
OWN = [entry for entry, _ in with_rows(ENTRIES, small_list()) if isinstance(entry, Kept)]
SCHOOL = "适龄儿童实际居住证明"
OUTSIDE = {VerdictKind.NOT_LISTED, VerdictKind.TRANSITIONAL}


def first(verdict: Verdict) -> str:
    return verdict.candidates[0].key.label


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("小孩读书要住哪里的证明", SCHOOL),
        ("孩子上小学要居住证明", SCHOOL),
        ("开个证明给孩子上学", SCHOOL),
        ("志愿者证明", "志愿服务记录证明"),
        ("志愿服务证明", "志愿服务记录证明"),
        ("赡养老人公证", "赡养协议当事人关系证明"),
        ("水管爆了动用维修基金", "住宅专项维修资金应急使用情况证明"),
        ("野猪拱了玉米要证明", "野生动物致害损失情况证明"),
        ("家里坡道改造残疾证明", "残疾人家庭无障碍改造申请核实证明"),
        ("土地承包证明", "土地承包关系证明"),
    ],
)
def test_rows_of_the_list_come_first(text: str, row: str) -> None:
    verdict = CITY.answer(text)
    assert verdict.kind is VerdictKind.UNCLEAR
    assert first(verdict) == row
    assert not isinstance(verdict.candidates[-1].key, Kept), "what it was taken for is a choice, too"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("房子被大水冲了要个证明", "受灾证明"),
        ("水泡了房子", "受灾证明"),
        ("卖柚子要开证明", "农产品自产自销证明"),
    ],
)
def test_common_sayings_are_known(text: str, row: str) -> None:
    verdict = CITY.answer(text)
    assert (verdict.kind, verdict.entries[0].name) == (VerdictKind.MAY_ISSUE, row)


def test_no_saying_ends_off_the_list() -> None:
    for entry, names in ENTRIES:
        if isinstance(entry, Unlisted):
            for saying in names.sayings:
                for text in (saying, f"村里帮开个{saying}的证明", f"单位说要{saying}"):
                    verdict = CITY.answer(text)
                    written = verdict.kind in OUTSIDE and verdict.candidates[0].match.name
                    assert not written or written in {"EXACT", "STEM"}, text


@pytest.mark.parametrize("text", ["居住证明", "入学证明", "学生社会实践证明", "养蜂证明", "开一份居住证明"])
def test_its_own_name_or_wording_off_the_list_stays_off(text: str) -> None:
    assert CITY.answer(text).kind is VerdictKind.NOT_LISTED


def test_off_the_list_names_the_rows_that_are_near() -> None:
    assert [row.name for row in CITY.answer("居住证明").near] == [SCHOOL]


def test_each_choice_leads_to_what_it_says() -> None:
    for entry, _ in ENTRIES:
        verdict = CITY.answer(entry.label)
        found = {one.key for one in verdict.banned} if isinstance(entry, Banned) else {verdict.unlisted}
        listed = {one.name for one in verdict.entries} | {hit.key.label for hit in verdict.candidates}
        assert (entry.key if isinstance(entry, Banned) else entry) in found or entry.label in listed
        assert verdict.kind is not VerdictKind.UNCLEAR or first(verdict) != entry.label
    for row in OWN:
        assert row in CITY.answer(row.name).entries


def test_bans_stay_beside_a_list() -> None:
    alone = Catalogue(TODAY, ENTRIES)
    for entry, names in ENTRIES:
        if isinstance(entry, Banned):
            for name in (*names.names, *names.wordings, *names.sayings):
                if alone.answer(name).banned:
                    assert CITY.answer(name).kind is alone.answer(name).kind, name


def test_a_row_whose_name_is_said_beats_a_saying_of_another_certificate() -> None:
    row = Kept(1, "林下养殖场建设核实证明", matter="林地备案", type_id=1)
    other = Unlisted(2, "建房申请意见")
    catalogue = Catalogue(
        TODAY, [(row, Names((row.name,))), (other, Names((other.name,), (), ("盖棚子", "建设")))]
    )
    verdict = catalogue.answer("盖棚子，林下养殖场建设要村里出个证明")
    assert (verdict.kind, verdict.entries) == (VerdictKind.MAY_ISSUE, (row,))


@pytest.mark.parametrize("text", ["asdfgh", "zhengming", "天上飞的东西要不要"])
def test_nonsense_is_asked_for_a_name(text: str) -> None:
    verdict = CITY.answer(text)
    assert (verdict.kind, verdict.candidates, verdict.quoted) == (VerdictKind.UNCLEAR, (), "")
    assert "写出证明的名称" in verdict.question
    assert CITY.answer(f"“{text}”").kind is VerdictKind.UNCLEAR


def test_a_name_in_quotation_marks_is_taken_as_it_is() -> None:
    asked = CITY.answer("天文观测证明")
    assert (asked.kind, asked.quoted) == (VerdictKind.UNCLEAR, "“天文观测证明”")
    said = CITY.answer(asked.quoted)
    assert said.kind is VerdictKind.NOT_LISTED
    assert "““" not in said.evidence


@pytest.mark.parametrize("text", ["单身证明", "没结过婚证明", "残疾状况证明", "没有犯罪记录的证明"])
def test_quotation_marks_lift_no_ban(text: str) -> None:
    assert CITY.answer(f"“{text}”").banned == CITY.answer(text).banned
    assert CITY.answer(f"“{text}”").kind not in OUTSIDE


def test_every_offer_to_take_a_name_as_it_is_is_kept() -> None:
    for text in ("物业维修基金证明", "困难学生家庭证明", "志愿者证明", "公益岗位证明", "居住登证明"):
        if quoted := CITY.answer(text).quoted:
            assert CITY.answer(quoted).kind is VerdictKind.NOT_LISTED


def test_where_no_list_decides_that_is_the_question() -> None:
    catalogue = Catalogue(TODAY, ENTRIES, missing="请先选择所在市。")
    for text in ("居住证明", "受灾证明", "孩子上学要居住证明", "天文观测证明", "“天文观测证明”"):
        verdict = catalogue.answer(text)
        assert (verdict.kind, verdict.question) == (VerdictKind.UNCLEAR, "请先选择所在市。")
        assert not verdict.quoted
        assert "各清单" not in verdict.evidence
    assert catalogue.answer("asdfgh").question != "请先选择所在市。"
    assert catalogue.answer("单身证明").kind is VerdictKind.MUST_NOT_ISSUE


def test_telling_words() -> None:
    assert telling_part("志愿服务记录证明") == "志愿服务"
    assert telling_part("居住情况证明") == "居住"
    assert telling_part("证明") == "证明"
    assert pairs("申请核实身份证情况证明") == frozenset()
    assert "改造" in pairs("无障碍改造")
