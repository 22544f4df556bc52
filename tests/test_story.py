"""One list travels the whole way, verb by verb: upload, mend, submit, decide, publish, ask."""

import datetime as dt

import pytest

from accounts.models import User
from audit.timeline import timeline
from catalogs import chain, drafts, lookup
from catalogs.history import submission_histories
from catalogs.matching import VerdictKind
from catalogs.models import Round
from tests import lists

TODAY = dt.date(2026, 6, 1)


@pytest.fixture
def edition(people: dict[str, User], open_round: Round) -> object:
    return lists.published(
        people["city_officer"], people["reviewer"], open_round, reject=(lists.SCHOOL.name,)
    )


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("农民身份证明", VerdictKind.MAY_ISSUE),
        ("开一份婚姻状况证明", VerdictKind.MUST_NOT_ISSUE),
        ("死亡证明", VerdictKind.OTHER_BODY),
        ("适龄儿童实际居住情况证明", VerdictKind.NOT_LISTED),
        ("诉讼代理人推荐信", VerdictKind.NOT_LISTED),
        ("收养登记要婚姻状况证明", VerdictKind.EXCEPTION),
        ("证明", VerdictKind.UNCLEAR),
    ],
)
def test_the_village_gets_the_answer_of_its_city(
    edition: object, people: dict[str, User], question: str, verdict: VerdictKind
) -> None:
    village = people["village_staff"].division
    assert village is not None
    assert lookup.check(question, village, TODAY).kind is verdict


def test_another_city_is_not_bound_by_it(edition: object, people: dict[str, User]) -> None:
    place = people["other_city_officer"].division
    assert place is not None
    verdict = lookup.check("农民身份证明", place, TODAY)
    assert (verdict.kind, verdict.entries) == (VerdictKind.UNCLEAR, ())
    assert "尚未公布保留清单" in verdict.question


def test_the_answer_changes_on_the_effective_day(edition: object, people: dict[str, User]) -> None:
    village = people["village_staff"].division
    assert village is not None
    before = lookup.check("农民身份证明", village, dt.date(2025, 12, 31))
    on = lookup.check("农民身份证明", village, dt.date(2026, 1, 1))
    assert (before.kind, on.kind) == (VerdictKind.UNCLEAR, VerdictKind.MAY_ISSUE)


def test_the_time_line_names_everyone_and_every_step(
    edition: object, people: dict[str, User], open_round: Round
) -> None:
    submission = drafts.current_submission(people["city_officer"].division, open_round)  # type: ignore[arg-type]
    assert submission is not None
    entries = timeline(*submission_histories(submission))
    story = {(entry.actor.split("（")[0], entry.reason) for entry in entries}
    assert ("南宁经办人", "上传文件") in story
    assert ("南宁经办人", "从文件“附件3.xlsx”读取") in story
    assert ("南宁经办人", "提交自治区民政厅审核") in story
    assert ("审核员甲", "审核清单行") in story
    assert ("审核员甲", "公布（桂政函〔2026〕1号）") in story
    decided = [
        change for entry in entries for change in entry.changes if change.label == "审核结论" and change.old
    ]
    assert {(change.old, change.new) for change in decided} == {
        ("未审", "予以保留"),
        ("未审", "不予保留"),
    }


def test_the_edition_keeps_its_digest(edition: object) -> None:
    assert chain.links([edition])[0].problems == ()  # type: ignore[list-item]
