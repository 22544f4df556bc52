"""Pinyin, homophones and look-alikes."""

import pytest

from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import initials, may_sound, pinyin_keys, sound_alike, sound_key
from catalogs.matching.spelling import likeness, slips


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("亲属关系", "亲署关系"),
        ("单身", "丹申"),
        ("证明", "zhengming"),
        ("证明", "zengmin"),  # what a Southern ear and keyboard make of it
        ("女儿", "lver"),
    ],
)
def test_what_sounds_alike_has_one_key(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


def test_hanzi_and_pinyin_may_be_mixed() -> None:
    assert sound_key("hunyin状况") == sound_key("婚姻状况")


def test_other_sounds_have_other_keys() -> None:
    assert sound_key("健康") != sound_key("健在")


def test_pinyin_without_gaps_is_split_every_way() -> None:
    assert sound_key("牧区桉树") in pinyin_keys("muquanshu")
    assert pinyin_keys("mu qu an shu")[0] == sound_key("牧区桉树")
    assert pinyin_keys("mu'qu'an'shu")[0] == sound_key("牧区桉树")


def test_what_is_no_pinyin_has_no_key() -> None:
    assert pinyin_keys("xyzzy") == []
    assert pinyin_keys("123") == []


def test_a_character_may_take_any_of_its_readings() -> None:
    assert may_sound("退还", sound_key("tuihuan"))
    assert may_sound("退还", sound_key("tuihai"))
    assert not may_sound("退还", sound_key("tuiche"))


def test_initials() -> None:
    assert initials("单身证明") == "dszm"


def test_sounds_are_compared_without_tones() -> None:
    assert sound_alike("事", "实")
    assert not sound_alike("事", "生")


def test_look_alikes_have_one_shape() -> None:
    assert shape_key("未婚") == shape_key("末婚")
    assert shape_key("贷款") == shape_key("货款")


@pytest.mark.parametrize("typed", ["亲署关系", "亲属关糸", "亲属属关系", "亲关属系", "轻属关系"])
def test_one_slip_keeps_a_name_above_what_an_answer_needs(typed: str) -> None:
    from catalogs.matching.verdict import SURE

    assert likeness(typed, "亲属关系") > SURE


@pytest.mark.parametrize("typed", ["农民身份", "社区矫正", "健康情况", "手机遗失"])
@pytest.mark.parametrize("name", ["居民身份", "社区戒毒", "健在情况", "证件遗失"])
def test_another_word_stays_below_it(typed: str, name: str) -> None:
    from catalogs.matching.verdict import SURE

    assert likeness(typed, name) < SURE


def test_equal_names_cost_nothing_and_strange_ones_are_given_up_early() -> None:
    assert slips("婚姻状况", "婚姻状况") == 0
    assert likeness("婚姻状况", "无犯罪记录") == 0
    assert likeness("", "") == 0.9
