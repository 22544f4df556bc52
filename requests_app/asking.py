"""A question as it comes in by any way of asking: where, on what day, for what."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from catalogs import lookup
from catalogs.errors import BadInput
from catalogs.matching import Verdict
from catalogs.models import Edition
from divisions.models import Division

MAX_QUESTION = 500  # characters; a pasted sentence from a bank is well below


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked, for which place and day."""

    text: str
    matter: str
    demander: str
    place: Division
    on: dt.date
    own_place: bool

    @property
    def is_past(self) -> bool:
        """Whether the lists of another day are asked."""
        return self.on != timezone.localdate()

    @property
    def is_future(self) -> bool:
        """Whether that day is still to come."""
        return self.on > timezone.localdate()

    @property
    def link(self) -> str:
        """Where, for what and on what day, for an address that asks something else."""
        said = {
            "city": "" if self.own_place else self.place.city_code or "",
            "matter": self.matter,
            "demander": self.demander,
            "on": self.on.isoformat() if self.is_past else "",
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def place_name(self) -> str:
        """The place with its city before it."""
        _, cities = lookup.places()
        city = next((city.name for city in cities if city.code == self.place.city_code), "")
        return self.place.name if city == self.place.name else f"{city}{self.place.name}"

    def verdict(self) -> Verdict:
        return lookup.check(self.text, self.place, self.on, self.matter, self.demander)

    def edition(self) -> Edition | None:
        """The edition that the answer rests on, beside the banned lists."""
        return lookup.lists_for(self.place.city_code, self.on).edition


def asking_of(request: HttpRequest) -> Asking:
    """Read a question from an address: ``q``, ``matter``, ``demander``, ``city``, ``on``.

    An account below the province asks for its own city, whatever the address says. Raises BadInput
    for what is no day or no city.
    """
    data = request.POST if request.method == "POST" else request.GET
    own = getattr(request.user, "division", None)
    own = own if own and own.city_code else None
    return Asking(
        text=data.get("q", "").strip()[:MAX_QUESTION],
        matter=data.get("matter", "").strip()[:MAX_QUESTION],
        demander=data.get("demander", "").strip()[:MAX_QUESTION],
        place=own or _place(data.get("city", "")),
        on=_day(data.get("on", "")),
        own_place=own is not None,
    )


def _place(code: str) -> Division:
    try:
        region, cities = lookup.places()
    except Division.DoesNotExist as problem:
        raise BadInput("行政区划尚未装载。请系统管理员运行 load_reference。") from problem
    if not code:
        return region
    for city in cities:
        if city.code == code:
            return city
    raise BadInput(f"没有代码为“{code[:12]}”的市。请重新选择所在市。")


def _day(text: str) -> dt.date:
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput("日期格式应为 2026-03-05。") from problem
