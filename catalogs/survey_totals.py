"""What the filed tables say together: by certificate, by place, by department (二(一) 汇总).

And for a city, certificate by certificate, what follows from it: what it must cancel, what it
could keep, and what it forgot.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from catalogs.drafts import current_submission
from catalogs.models import (
    UNDER_WAY,
    Edition,
    EditionItem,
    Round,
    Standing,
    SubmissionItem,
    SurveyItem,
)
from catalogs.models.surveys import SurveyItemQuerySet
from catalogs.noticing import known_on
from divisions.models import Division, Level

_BANNED = Q(standing=Standing.BANNED)


def by_certificate(items: SurveyItemQuerySet) -> models.QuerySet[Any]:
    """One line a certificate: its commonest facts, and in how many rows, places and departments."""
    return (
        items.values("key")
        .annotate(
            name=Min("name"),
            rows=Count("id"),
            places=Count("place", distinct=True),
            departments=Count("asking_department", distinct=True),
            banned_rows=Count("id", filter=_BANNED),
            exception_rows=Count("id", filter=Q(standing=Standing.EXCEPTION)),
            doubtful_rows=Count("id", filter=Q(standing=Standing.DOUBTFUL)),
            based_rows=Count("id", filter=Q(has_basis=True)),
            banned_number=Max("banned_item__number"),
        )
        .order_by("-rows", "key")
    )


def by_department(items: SurveyItemQuerySet) -> models.QuerySet[Any]:
    """One line a department that is said to use certificates; those not recognised together."""
    return (
        items.values("asking_department", "asking_department__name")
        .annotate(
            rows=Count("id"),
            certificates=Count("key", distinct=True),
            places=Count("place", distinct=True),
            banned_rows=Count("id", filter=_BANNED),
        )
        .order_by("-rows", "asking_department")
    )


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """What a division and all below it have filed."""

    place: Division
    tables: int
    rows: int
    certificates: int
    banned_rows: int


def by_place(items: SurveyItemQuerySet, within: Division) -> list[PlaceLine]:
    """One line for ``within`` itself and each division directly below it, counted upward."""
    facts: dict[str, dict[str, Any]] = {}
    seen: dict[str, dict[str, set[Any]]] = defaultdict(lambda: {"survey": set(), "key": set()})
    length = {Level.PROVINCE: 4, Level.CITY: 6, Level.COUNTY: 9}.get(Level(within.level), 12)
    counted = items.values("place", "survey", "key").annotate(
        rows=Count("id"), banned_rows=Count("id", filter=_BANNED)
    )
    for line in counted.order_by():
        code = line["place"][:length]
        sums = facts.setdefault(code, {"rows": 0, "banned_rows": 0})
        sums["rows"] += line["rows"]
        sums["banned_rows"] += line["banned_rows"]
        seen[code]["survey"].add(line["survey"])
        seen[code]["key"].add(line["key"])
    places = Division.objects.filter(Q(pk=within.pk) | Q(parent=within, closed_on=None)).order_by("code")
    return [
        PlaceLine(
            place,
            len(seen[place.pk]["survey"]),
            facts.get(place.pk, {}).get("rows", 0),
            len(seen[place.pk]["key"]),
            facts.get(place.pk, {}).get("banned_rows", 0),
        )
        for place in places
    ]


class Advice(models.TextChoices):
    """What the tables mean for the city's own list."""

    CANCEL = "cancel", "应当取消"
    CHECK = "check", "需逐项核对"
    LISTED = "listed", "已列入拟保留清单"
    COULD_KEEP = "could_keep", "可以保留，尚未列入"
    NO_BASIS = "no_basis", "依据不足"
    FORGOTTEN = "forgotten", "其他市保留，本市未列"


ADVICE_HELP: Mapping[str, str] = {
    Advice.CANCEL: "属于不应出具清单，村（社区）不得再出具，请通知使用部门改用清单所列办事途径。",
    Advice.CHECK: "名称与不应出具清单近似，或所办事项可能属于例外情形，请逐项核对。",
    Advice.LISTED: "现在出具，且已列入本市拟保留清单。",
    Advice.COULD_KEEP: "不在不应出具清单，依据写到了具体条款；确需保留的，请列入附件3。",
    Advice.NO_BASIS: "没有依据、依据未写到具体条款或已废止；不能补充依据的，原则上取消。",
    Advice.FORGOTTEN: "其他市已保留或拟保留，本市统计表和拟保留清单均未列出，请核对是否遗漏。",
}


@dataclass(frozen=True, slots=True)
class CityLine:
    """One certificate, as it stands for one city; counts are of the city's own filed rows."""

    advice: Advice
    key: str
    name: str
    rows: int
    places: int
    banned_number: int | None
    other_cities: tuple[str, ...]


def for_city(city: Division, round: Round) -> list[CityLine]:
    """Every certificate that the city certifies, or that another city keeps, with what to do."""
    key_of = known_on(timezone.localdate()).certificate
    listed = set(map(key_of, _own_list(city, round)))
    others = _kept_elsewhere(city, round, key_of)
    found = by_certificate(SurveyItem.objects.within(city.pk).filed().filter(survey__round=round))
    lines = [
        CityLine(
            advice=_advice(line, line["key"] in listed),
            key=line["key"],
            name=line["name"],
            rows=line["rows"],
            places=line["places"],
            banned_number=line["banned_number"],
            other_cities=tuple(sorted(others[line["key"]][1])) if line["key"] in others else (),
        )
        for line in found
    ]
    known = listed | {line.key for line in lines}
    lines += [
        CityLine(Advice.FORGOTTEN, key, name, 0, 0, None, tuple(sorted(cities)))
        for key, (name, cities) in sorted(others.items(), key=lambda one: (-len(one[1][1]), one[0]))
        if key not in known
    ]
    return lines


def _advice(line: Mapping[str, Any], is_listed: bool) -> Advice:
    if line["banned_rows"]:
        return Advice.CANCEL
    if line["exception_rows"] or line["doubtful_rows"]:
        return Advice.CHECK
    if is_listed:
        return Advice.LISTED
    return Advice.COULD_KEEP if line["based_rows"] else Advice.NO_BASIS


def _own_list(city: Division, round: Round) -> Iterable[str]:
    """What the city wants to keep: its list in the round, else what it may issue today."""
    submission = current_submission(city, round)
    if submission:
        names = submission.items.values_list("name", flat=True)
    else:
        in_force = Edition.objects.in_force(timezone.localdate()).filter(city=city)
        names = EditionItem.objects.filter(edition__in=in_force).values_list("name", flat=True)
    return names


def _kept_elsewhere(
    city: Division, round: Round, key_of: Callable[[str], str]
) -> dict[str, tuple[str, set[str]]]:
    """key → (a name of it, the other cities that keep it or have submitted it)."""
    kept = (
        EditionItem.objects.filter(edition__in=Edition.objects.in_force(timezone.localdate()))
        .exclude(edition__city=city)
        .values_list("name", "edition__city__name")
    )
    submitted = (
        SubmissionItem.objects.filter(submission__round=round, submission__status__in=UNDER_WAY)
        .exclude(submission__city=city)
        .exclude(findings__code="banned_name")
        .values_list("name", "submission__city__name")
    )
    found: dict[str, tuple[str, set[str]]] = {}
    for name, other in (*kept, *submitted):
        found.setdefault(key_of(name), (name, set()))[1].add(other)
    found.pop("", None)
    return found
