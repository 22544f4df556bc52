"""A city's lists for a device without a network: names, verdicts and routes, nothing else."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from catalogs import lookup
from catalogs.matching import (
    Banned,
    Catalogue,
    Entry,
    Kept,
    Names,
    Unlisted,
    VerdictKind,
    normalize,
    pairs,
    stem,
)
from divisions.models import Division


def list_for_device(division: Division, on: dt.date) -> dict[str, Any]:
    """What the small matcher on a device needs: each entry's names as it compares them.

    Names that several entries share are left to the server: a device never guesses between lists.
    """
    lists = lookup.lists_for(division.city_code, on)
    known = list(lookup.entries_of(lists.edition, on))
    bans = {
        pair
        for entry, names in known
        if isinstance(entry, Banned)
        for name in (*names.names, *names.wordings, *names.sayings)
        for pair in pairs(name)
    }
    entries: list[dict[str, Any]] = []
    for entry, names in known:
        described = _described(entry)
        if described:
            entries.append(
                {
                    **_NOTHING_MORE,
                    **described,
                    **_words(entry, bans),
                    "names": _keys((*names.names, *names.wordings), stem),
                    "sayings": _keys(names.sayings, stem),
                    "sure": _sure(entry, names, lists.catalogue),
                }
            )
    return {
        "place": next(
            (city.name for city in lookup.places()[1] if city.code == division.city_code), division.name
        ),
        "on": on.isoformat(),
        "version": lookup.version(),
        "missing": lists.catalogue.missing,
        "entries": entries,
    }


_NOTHING_MORE: dict[str, Any] = {
    "steps": [],
    "exceptions": [],
    "words": [],
    "about": [],
    "called": [],
    "own": [],
}


def _keys(names: Iterable[str], form: Callable[[str], str]) -> list[str]:
    return sorted({key for name in names if len(key := form(name)) > 1})


def _words(entry: Entry, bans: set[str]) -> dict[str, Any]:
    """The telling words of a row, those of its name, and those of these that speak for no ban.

    By them a device finds rows that a question has to do with, as the server does.
    """
    if not isinstance(entry, Kept):
        return {}
    name = pairs(entry.name)
    about = name | pairs(entry.matter) | pairs(entry.requesting_unit)
    return {"about": sorted(about), "called": sorted(name), "own": sorted(name - bans)}


def _sure(entry: Entry, names: Names, catalogue: Catalogue) -> list[str]:
    """The names by which a certificate is off the list without a question."""
    if not isinstance(entry, Unlisted):
        return []
    every = (*names.names, *names.wordings)
    off = [name for name in every if catalogue.answer(name).kind is VerdictKind.NOT_LISTED]
    return _keys(off, normalize)


def _described(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Banned):
        kind = VerdictKind.OTHER_BODY if entry.issued_elsewhere else VerdictKind.MUST_NOT_ISSUE
        return {
            "verdict": kind.name,
            "label": kind.value,
            "title": f"{entry.printed_name}（第 {entry.number} 项）",
            "steps": list(entry.steps),
            "exceptions": [case.text for case in entry.exceptions],
            "words": sorted({normalize(word) for case in entry.exceptions for word in case.keywords}),
        }
    if isinstance(entry, Kept):
        kind = VerdictKind.MAY_ISSUE
        return {
            "verdict": kind.name,
            "label": kind.value,
            "title": entry.name,
            "steps": [f"用于：{entry.matter}", f"索要单位：{entry.requesting_unit}"],
        }
    if isinstance(entry, Unlisted):
        kind = VerdictKind.NOT_LISTED
        return {"verdict": kind.name, "label": kind.value, "title": entry.name}
    return {}
