"""Finding names: how each way of matching answers, and what is never matched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import name_lists
from catalogs.matching import Match, NameIndex, Names
from catalogs.matching.verdict import SURE

INDEX = NameIndex(
    [
        ("亲属", Names(("亲属关系证明",), ("父子关系证明",), ("我妈是我妈",))),
        ("婚姻", Names(("婚姻状况证明",), ("离异证明",), ("没结过婚",))),
        ("死亡", Names(("死亡证明",))),
        ("犯罪", Names(("无犯罪记录证明",))),
        ("居住", Names(("居住证明",))),
    ]
)


@pytest.mark.parametrize(
    ("text", "key", "match"),
    [
        ("亲属关系证明", "亲属", Match.EXACT),
        ("村里开一份亲属关系证明", "亲属", Match.EXACT),
        ("亲属关系证明（公证用）", "亲属", Match.EXACT),
        ("亲属关系的证明书", "亲属", Match.STEM),
        ("婚姻的状况", "婚姻", Match.STEM),
        ("离异证明", "婚姻", Match.EXACT),
        ("没结过婚", "婚姻", Match.SAID),
        ("亲署关系证明", "亲属", Match.SOUND),
        ("婚姻状况正名", "婚姻", Match.CONTAINED),
        ("qinshu guanxi zhengming", "亲属", Match.PINYIN),
        ("qinshuguanxi", "亲属", Match.PINYIN),
        ("wfzjlzm", "犯罪", Match.PINYIN),
        ("hunyin状况证明", "婚姻", Match.PINYIN),
        ("昏姻状况证明", "婚姻", Match.SOUND),
        ("无犯罪记录记录证明", "犯罪", Match.STEM),
        ("无犯罪录记证明", "犯罪", Match.SIMILAR),
        ("银行叫我来开无犯罪记录证明办贷款", "犯罪", Match.CONTAINED),
        ("他们说要证明我妈是我妈", "亲属", Match.SAYING),
        ("银行说要来居委会开一张亲署关系证明，我该怎么办", "亲属", Match.SOUND),
        ("姻状", "婚姻", Match.PARTIAL),
    ],
)
def test_each_way_of_matching(text: str, key: str, match: Match) -> None:
    best = INDEX.find(text)[0]
    assert (best.key, best.match) == (key, match)


@pytest.mark.parametrize(
    "text", ["", "，。", "证明", "天气预报", "x" * 300, "🙂" * 20, "\x00\ud800", "1234567890"]
)
def test_what_says_nothing_finds_nothing_sure(text: str) -> None:
    assert all(hit.score < SURE for hit in INDEX.find(text))


def test_a_saying_may_have_a_gap() -> None:
    index = NameIndex([("改", Names(("户口变更证明",), (), ("改…姓",))), ("身", Names(("姓名证明",)))])
    assert index.find("想给孩子改个姓")[0].key == "改"
    assert not [hit for hit in index.find("姓改") if hit.key == "改"]
    assert not index.find("改一改这个村子里的好多好多大路小路和姓")


def test_a_name_that_says_nothing_is_found_in_no_question() -> None:
    index = NameIndex([("空", Names(("开个证明",), (), ("写个条子",))), ("狗", Names((), (), ("养狗",)))])
    assert index.find("屋里养狗，要开个证明，写个条子")[0].key == "狗"
    assert index.find("开个证明")[0].key == "空"


def test_dialect_is_read_as_mandarin() -> None:
    index = NameIndex(
        [("犯", Names(("无犯罪证明",), (), ("没有…坐过牢",))), ("亲", Names((), (), ("是我爸",)))]
    )
    assert index.find("冇坐过牢嘅")[0].key == "犯"
    assert index.find("证明佢系我爸")[0].key == "亲"


def test_the_longest_name_counts() -> None:
    index = NameIndex([("短", Names(("死亡证明",))), ("长", Names(("牲畜死亡证明",)))])
    assert [hit.key for hit in index.find("请开牲畜死亡证明给保险公司")] == ["长"]


def test_a_name_that_goes_on_is_another_name() -> None:
    assert INDEX.find("死亡赔偿协议证明")[0].score < SURE


def test_a_name_of_one_is_no_saying_of_another() -> None:
    index = NameIndex([("a", Names(("甲证明",), (), ("乙证明",))), ("b", Names(("乙证明",)))])
    assert [hit.key for hit in index.find("乙证明")] == ["b"]


def test_names_on_a_form_are_read_more_strictly_than_questions() -> None:
    assert INDEX.find_name("婚姻状况证明（贷款用）")[0].key == "婚姻"
    assert INDEX.find_name("没结过婚")[0].match is Match.SAID
    assert not INDEX.find_name("他们说没结过婚")


@given(st.text(st.characters(), max_size=80))
def test_it_never_raises(text: str) -> None:
    for hits in (INDEX.find(text), INDEX.find_name(text)):
        assert all(0 <= hit.score <= 1 for hit in hits)
        assert len({hit.key for hit in hits}) == len(hits)


def test_made_up_names_are_found_and_missing_ones_are_not() -> None:
    listed, missing = name_lists.names(2000)
    index = NameIndex((name, Names((name,))) for name in listed)

    def right(questions: object) -> float:
        asked = list(questions)  # type: ignore[call-overload]
        found = [(index.find(question), meant) for question, meant in asked]
        return sum(
            bool(hits) and hits[0].key == meant and hits[0].score >= SURE for hits, meant in found
        ) / len(asked)

    assert right(name_lists.exact(listed, 200)) == 1
    assert right(name_lists.sentences(listed, 200)) >= 0.99
    assert right(name_lists.typos(listed, 200)) >= 0.95
    assert right(name_lists.pinyin(listed, 200)) >= 0.95
    matched = [name for name in missing if (hits := index.find(name)) and hits[0].score >= SURE]
    assert len(matched) <= len(missing) / 100


def test_what_is_asked_for_counts_more_than_the_matter() -> None:
    index = NameIndex(
        [
            ("房", Names(("房产证明",))),
            ("亲", Names(("亲属关系证明",), (), ("是父子",))),
            ("死", Names(("死亡证明",))),
        ]
    )
    assert index.find("办房产过户，要村里证明我们是父子")[0].key == "亲"
    assert index.find("取款，银行要村委会的死亡证明")[0].key == "死"
    assert index.find("办房产过户，要村里写个条子说明一下")[0].key == "房"  # nothing else is known
