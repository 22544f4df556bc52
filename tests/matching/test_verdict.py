"""One verdict for a question: traps, exceptions, what a city keeps, days of old."""

import datetime as dt

import pytest

from catalogs.matching import Banned, Catalogue, Kept, Names, Rejected, Unlisted, VerdictKind
from catalogs.matching.verdict import DEMANDERS_DUTY
from tests.matching.catalogue import TODAY, ask, shipped

BANS = {VerdictKind.MUST_NOT_ISSUE, VerdictKind.OTHER_BODY, VerdictKind.EXCEPTION}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("开个单身证明", 8),
        ("我妈是我妈的证明", 1),
        ("danshen zhengming", 8),
        ("亲署关系证明", 1),
        ("我要办贷款，银行的人讲要村委出个没结过婚的条子", 8),
        ("老人家仲在生嘅证明", 10),
        ("阿公死咗要开证明", 11),
    ],
)
def test_what_people_say_is_answered(text: str, number: int) -> None:
    verdict = ask(text)
    assert verdict.kind in BANS
    assert verdict.banned[0].number == number
    assert verdict.evidence


@pytest.mark.parametrize(
    "text",
    [
        "健康证明", "身体健康证明", "农民身份证明", "渔民身份证明", "退役军人身份证明", "社区矫正证明",
        "社区矫正期满证明", "物业证明", "物业费证明", "手机丢失证明", "手机卡丢失", "公章丢失证明",
        "低保证明", "居住证明", "租房居住证明", "土地证明", "土地承包证明", "殡葬证明", "推荐信",
        "诉讼代理人推荐信", "牲畜死亡证明", "猪死亡证明",
        "出生人口登记表", "婚姻登记申请书", "死亡赔偿协议证明",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_banned_one_is_not_banned(text: str) -> None:
    assert ask(text).kind not in BANS


@pytest.mark.parametrize("text", ["", "证明", "开个证明", "村里盖个章", "。。。"])
def test_nothing_said_is_a_question(text: str) -> None:
    verdict = ask(text)
    assert verdict.kind is VerdictKind.UNCLEAR
    assert "请写明" in verdict.question


def test_an_exception_comes_with_its_item() -> None:
    verdict = ask("亲属关系证明", matter="办理公证")
    assert verdict.kind is VerdictKind.EXCEPTION
    assert verdict.banned[0].number == 1
    assert "公证" in verdict.exceptions[0].text


def test_who_demands_it_can_show_an_exception() -> None:
    assert ask("亲属关系证明", demander="某公证处").exceptions


def test_the_demander_owes_a_basis_unless_the_paper_may_be_issued() -> None:
    assert "第四十四条" in ask("婚姻状况证明").duty
    assert not ask("开个证明").duty
    assert ask("婚姻状况证明").duty == DEMANDERS_DUTY


def test_candidates_are_always_given_and_never_more_than_three() -> None:
    verdict = ask("困难学生家庭证明")
    assert verdict.kind is VerdictKind.UNCLEAR
    assert 1 <= len(verdict.candidates) <= 3
    assert verdict.question


RELATIVES = Banned(1, 1, "亲属关系证明", type_id=1)
KEPT = Kept(2, "亲属关系证明", matter="办理公证", city="南宁市", type_id=1)
NOTARY = Kept(3, "亲属关系证明", matter="不动产登记", city="南宁市", type_id=1)
NAMES = Names(("亲属关系证明",))


def test_a_kept_certificate_that_is_also_banned_asks_what_it_is_for() -> None:
    catalogue = Catalogue(TODAY, [(RELATIVES, NAMES), (KEPT, NAMES), (NOTARY, NAMES)])
    verdict = catalogue.answer("亲属关系证明")
    assert verdict.kind is VerdictKind.UNCLEAR
    assert verdict.question == "拿去办什么？"
    assert set(verdict.options) == {"办理公证", "不动产登记", "其他"}
    assert catalogue.answer("亲属关系证明", matter="办理公证").kind is VerdictKind.MAY_ISSUE
    assert catalogue.answer("亲属关系证明", matter="其他").kind is VerdictKind.MUST_NOT_ISSUE


def test_kept_rejected_and_unknown_names() -> None:
    catalogue = Catalogue(
        TODAY,
        [
            (Kept(1, "农民身份证明", matter="设立登记"), Names(("农民身份证明",))),
            (Rejected(2, "养蜂证明", "没有依据"), Names(("养蜂证明",))),
            (Unlisted(3, "居住证明"), Names(("居住证明",))),
        ],
    )
    assert catalogue.answer("农民身份证明").kind is VerdictKind.MAY_ISSUE
    rejected = catalogue.answer("养蜂证明")
    assert rejected.kind is VerdictKind.NOT_LISTED
    assert rejected.rejected is not None
    assert catalogue.answer("居住证明").unlisted is not None
    assert catalogue.answer("“天文观测证明”").kind is VerdictKind.NOT_LISTED


def test_until_the_end_of_2021_what_is_off_the_lists_may_be_issued_as_found() -> None:
    on = dt.date(2021, 6, 1)
    verdict = shipped(on).answer("居住证明")
    assert verdict.kind is VerdictKind.TRANSITIONAL
    assert shipped(dt.date(2022, 1, 1)).answer("居住证明").kind is VerdictKind.NOT_LISTED
    assert shipped(on).answer("婚姻状况证明").in_transition


def test_before_the_notice_nothing_is_banned() -> None:
    assert shipped(dt.date(2020, 1, 1)).answer("婚姻状况证明").kind is VerdictKind.NOT_LISTED


def test_a_surer_match_is_answered_more_confidently() -> None:
    exact, weak = ask("婚姻状况证明"), ask("银行说要来居委会开一张亲署关系证明，我该怎么办")
    assert 0.5 < weak.confidence <= exact.confidence <= 1
    assert ask("困难学生家庭证明").confidence < 0.5
