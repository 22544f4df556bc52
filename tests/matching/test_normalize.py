"""One form for what is the same: width, script, filler, endings."""

import pytest

from catalogs.matching import clauses, normalize, stem
from catalogs.matching.normalize import says_something, without_brackets


@pytest.mark.parametrize(
    "text",
    [
        "婚姻状况证明",
        "婚姻狀況證明",
        " 婚姻　状况 证明。",
        "婚\u200b姻状况证明\ufeff",
        "请问村里帮开一张婚姻状况证明",
        "帮我开个婚姻状况证明吗",
        "麻烦居委会开具一份婚姻状况证明，可以吗？",
        "婚 姻 状 况 证 明",
        "我想要开个婚姻状况证明怎么办理",
    ],
)
def test_what_is_said_around_a_name_falls_away(text: str) -> None:
    assert normalize(text) == "婚姻状况证明"


@pytest.mark.parametrize("ending", ["证明", "证明书", "的证明", "情况证明", "的证明材料", "证明信"])
def test_the_ending_falls_away(ending: str) -> None:
    assert stem(f"亲属关系{ending}") == "亲属关系"


def test_a_name_that_begins_like_a_request_stays_whole() -> None:
    assert normalize("出生证明") == "出生证明"
    assert normalize("办学许可情况") == "办学许可情况"


def test_full_width_and_case_are_folded() -> None:
    assert normalize("ＤＡＮＳＨＥＮ 证明") == "danshen证明"


def test_nothing_but_filler_says_nothing() -> None:
    assert not says_something("帮我开个证明")
    assert not says_something("村里盖个章")
    assert not says_something("，。！")
    assert says_something("单身")


def test_words_stay_parted_where_they_were() -> None:
    assert clauses("您好，我要办贷款（房贷）；怎么开") == "您好，我要办贷款，房贷，，怎么开"


def test_brackets_can_be_dropped() -> None:
    assert without_brackets("亲属关系证明（仅限公证）") == "亲属关系证明"
