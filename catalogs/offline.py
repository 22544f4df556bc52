"""A city's lists for a device without a network: names, verdicts and routes, nothing else."""

import datetime as dt
from typing import Any

from catalogs import lookup
from catalogs.matching import Banned, Kept, Unlisted, VerdictKind, normalize, stem
from divisions.models import Division


def list_for_device(division: Division, on: dt.date) -> dict[str, Any]:
    """What the small matcher on a device needs: each entry's names as it compares them.

    Names that several entries share are left to the server: a device never guesses between lists.
    """
    edition = lookup.lists_for(division.city_code, on).edition
    entries: list[dict[str, Any]] = []
    for entry, names in lookup.entries_of(edition, on):
        said = [*names.names, *names.wordings, *names.sayings]
        described = _described(entry)
        if described:
            entries.append(
                {**described, "names": sorted({key for name in said if len(key := stem(name)) > 1})}
            )
    return {
        "place": next(
            (city.name for city in lookup.places()[1] if city.code == division.city_code), division.name
        ),
        "on": on.isoformat(),
        "version": lookup.version(),
        "entries": entries,
    }


def _described(entry: object) -> dict[str, Any]:
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
            "exceptions": [],
            "words": [],
        }
    if isinstance(entry, Unlisted):
        kind = VerdictKind.NOT_LISTED
        return {
            "verdict": kind.name,
            "label": kind.value,
            "title": entry.name,
            "steps": [],
            "exceptions": [],
            "words": [],
        }
    return {}
