"""What holds for any lists and any question."""

import datetime as dt
import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs.matching import Banned, Catalogue, Names, Unlisted, normalize
from catalogs.reference_files import fixture_entries
from tests.matching.catalogue import TODAY, shipped

WORDS = [
    *("婚姻", "亲属", "关系", "死亡", "健在", "身份", "居民", "农民", "户口", "丢失", "证件", "手机"),
    *("居住", "收入", "困难", "房屋", "犯罪", "记录", "社区", "矫正", "戒毒", "状况", "情况", "登记"),
]
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda parts: "".join(parts) + "证明")
questions = st.one_of(
    st.text(st.characters(), max_size=60),
    st.lists(
        st.one_of(
            st.sampled_from([*WORDS, "证明", "开个", "银行要", "，", "我", "danshen", "zm"]),
            st.text(max_size=3),
        ),
        max_size=12,
    ).map("".join),
)


@given(questions, st.text(max_size=10), st.dates(dt.date(2019, 1, 1), dt.date(2030, 1, 1)))
@settings(max_examples=300, deadline=None)
def test_it_never_raises(text: str, matter: str, on: dt.date) -> None:
    catalogue = shipped(TODAY if on > TODAY else dt.date(on.year, 1, 1))
    verdict = catalogue.answer(text, matter)
    assert 0 <= verdict.confidence <= 1
    assert verdict.kind


@cache
def _shuffled(seed: int) -> Catalogue:
    entries = list(fixture_entries(TODAY))
    random.Random(seed).shuffle(entries)
    return Catalogue(TODAY, entries)


@given(questions, st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_lists_does_not_matter(text: str, seed: int) -> None:
    assert _shuffled(seed).answer(text) == shipped().answer(text)


@given(st.lists(names, min_size=2, max_size=8, unique_by=normalize), names, st.data())
@settings(max_examples=200, deadline=None)
def test_an_alias_never_changes_what_an_exact_name_of_another_means(
    known: list[str], alias: str, data: st.DataObject
) -> None:
    if normalize(alias) in map(normalize, known):
        return  # refused where it is typed: a name stands for one certificate
    chosen = data.draw(st.integers(0, len(known) - 1))
    kind = data.draw(st.sampled_from(["names", "wordings", "sayings"]))

    def catalogue(*more: str) -> Catalogue:
        return Catalogue(
            TODAY,
            [
                (
                    Banned(at, at, name, type_id=at) if at % 2 else Unlisted(at, name),
                    Names(
                        (name, *(more if at == chosen and kind == "names" else ())),
                        more if at == chosen and kind == "wordings" else (),
                        more if at == chosen and kind == "sayings" else (),
                    ),
                )
                for at, name in enumerate(known)
            ],
        )

    before, after = catalogue(), catalogue(alias)
    for at, name in enumerate(known):
        if at != chosen:
            assert after.answer(name) == before.answer(name)
