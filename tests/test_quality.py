"""How right the answers are on labelled questions; the full report is ``make quality``."""

import pytest

from bench.quality import (
    SETS,
    Question,
    ask,
    ask_for_rows,
    cross_validated,
    large_list,
    read_questions,
    small_list,
    with_rows,
)
from catalogs.reference_files import fixture_entries
from tests.matching.catalogue import TODAY


def _share(truths: list[bool]) -> float:
    return sum(truths) / len(truths)


@pytest.fixture(params=SETS)
def questions(request: pytest.FixtureRequest) -> list[Question]:
    path = SETS[request.param]
    if not path.exists():
        pytest.skip("the shared samples are not beside this checkout")
    return read_questions(path)


def test_labelled_questions_are_answered_right(questions: list[Question]) -> None:
    outcomes = ask(list(fixture_entries(TODAY)), questions, TODAY)
    positive = [one for one in outcomes if one.question.right]
    assert _share([one.top for one in positive]) >= 0.97
    assert _share([one.among_three for one in positive]) >= 0.995
    assert _share([one.wrongly_banned for one in outcomes if not one.question.right]) <= 0.015
    assert _share([one.exception_seen for one in outcomes if one.question.kind == "exception"]) >= 0.9


def test_learning_the_wordings_of_some_does_not_spoil_the_others(questions: list[Question]) -> None:
    outcomes = cross_validated(list(fixture_entries(TODAY)), questions, TODAY)
    assert _share([one.top for one in outcomes if one.question.right]) >= 0.95
    assert _share([one.wrongly_banned for one in outcomes if not one.question.right]) <= 0.02


@pytest.mark.parametrize("rows", [small_list(), large_list()], ids=["small", "large"])
def test_what_is_banned_stays_so_beside_a_citys_list(
    questions: list[Question], rows: list[dict[str, str]]
) -> None:
    outcomes = ask(with_rows(list(fixture_entries(TODAY)), rows), questions, TODAY)
    assert _share([one.top for one in outcomes if one.question.right]) >= 0.97
    assert _share([one.wrongly_banned for one in outcomes if not one.question.right]) <= 0.015


def test_what_a_city_keeps_is_found_in_other_words() -> None:
    found = ask_for_rows(list(fixture_entries(TODAY)), TODAY)
    assert _share([one.answered or one.offered for one in found]) >= 0.95
    assert _share([one.turned_away for one in found]) <= 0.025
