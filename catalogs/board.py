"""Where every city stands in a round (编制进度): the province's board, and a city's own line."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from catalogs.models import Round, Submission, SubmissionStatus
from divisions.models import Division


class Stage(models.TextChoices):
    """How far a city's list has come; in joint review and decided are stages of 待审核."""

    NOT_BEGUN = "not_begun", "未开始"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    JOINT_REVIEW = "joint_review", "会审中"
    RETURNED = "returned", "已退回"
    DECIDED = "decided", "已审定"
    REPORTED = "reported", "已报批"
    APPROVED = "approved", "已批准"
    PUBLISHED = "published", "已公布"


# The city has work to do in the round.
WITH_THE_CITY = frozenset({Stage.NOT_BEGUN, Stage.DRAFT, Stage.RETURNED})


@dataclass(frozen=True, slots=True)
class CityLine:
    """One city in one round; counts are zero while there is no list."""

    city: Division
    stage: Stage
    submission: Any  # a Submission with counts, or None
    days: int  # left until the due date; negative when late. As of the day it was handed in, then.
    is_running: bool  # whether the days still count

    @property
    def rows(self) -> int:
        return self.submission.row_count if self.submission else 0

    @property
    def findings(self) -> int:
        return self.submission.finding_count if self.submission else 0

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def time(self) -> str:
        """剩 3 天, 逾期 2 天, 按时报送 or 逾期 2 天报送."""
        if self.is_running:
            return f"逾期 {-self.days} 天" if self.is_late else f"剩 {self.days} 天"
        return f"逾期 {-self.days} 天报送" if self.is_late else "按时报送"


def stage_of(submission: Any) -> Stage:
    """The stage of a list ``with_counts``; None has not begun."""
    if submission is None:
        return Stage.NOT_BEGUN
    if submission.status != SubmissionStatus.SUBMITTED:
        return Stage(submission.status)
    if submission.row_count and not submission.undecided_count and not submission.returned_count:
        return Stage.DECIDED
    return Stage.JOINT_REVIEW if submission.waiting_count else Stage.SUBMITTED


def board(round: Round, cities: Iterable[Division], on: dt.date) -> list[CityLine]:
    """One line for each city, in the order given, with its latest version in the round."""
    latest: dict[str, Any] = {}
    for submission in Submission.objects.filter(round=round).with_counts().order_by("version"):
        latest[submission.city_id] = submission
    return [_line(city, latest.get(city.pk), round, on) for city in cities]


def _line(city: Division, submission: Any, round: Round, on: dt.date) -> CityLine:
    stage = stage_of(submission)
    running = stage in WITH_THE_CITY
    day = on if running or submission.submitted_at is None else submission.submitted_on
    return CityLine(city, stage, submission, round.days_left(day), running)


# Where each city lies, west to east and north to south, on a grid of 5 columns and 6 rows.
PLACES: dict[str, tuple[int, int]] = {
    "4503": (4, 0),  # 桂林
    "4512": (1, 1),  # 河池
    "4502": (3, 1),  # 柳州
    "4511": (5, 1),  # 贺州
    "4510": (0, 2),  # 百色
    "4513": (3, 2),  # 来宾
    "4504": (5, 2),  # 梧州
    "4514": (1, 3),  # 崇左
    "4501": (2, 3),  # 南宁
    "4508": (4, 3),  # 贵港
    "4509": (5, 3),  # 玉林
    "4506": (2, 4),  # 防城港
    "4507": (3, 4),  # 钦州
    "4505": (4, 4),  # 北海
}
TILE_WIDTH, TILE_HEIGHT, GAP = 150, 96, 8


@dataclass(frozen=True, slots=True)
class Tile:
    """A city's place on the tile map, in the units of the drawing."""

    line: CityLine
    x: int
    y: int


def tiles(lines: Iterable[CityLine]) -> list[Tile]:
    """The cities laid out like the map of Guangxi; a city without a place is left to the table."""
    return [
        Tile(line, place[0] * (TILE_WIDTH + GAP), place[1] * (TILE_HEIGHT + GAP))
        for line in lines
        if (place := PLACES.get(line.city.code))
    ]
