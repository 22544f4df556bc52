"""The rules with what the project's own fixtures know: no database, no settings.

``reference`` loads the same files into the database, where people improve on them.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from catalogs.findings import BannedNames, Known, Noticed, name_key, notice, notice_survey
from catalogs.matching import (
    Asker,
    Banned,
    Catalogue,
    ExceptionCase,
    LawEntry,
    LawRegister,
    NameIndex,
    Names,
    PublicBodies,
    Unlisted,
)
from catalogs.official_forms.form import FIELDS, Annex2Form, Annex3Form

ROOT = Path(__file__).resolve().parent.parent / "fixtures"


@dataclass(frozen=True, slots=True)
class _NumberedRow:
    position: int
    name: str
    matter: str
    legal_basis: str
    purpose: str
    requesting_unit: str


def findings_by_row(form: Annex2Form | Annex3Form) -> list[list[str]]:
    """The codes of what is noticed about each row of a form, each once, in the order of its rows."""
    codes: list[dict[str, None]] = [{} for _ in form.rows]
    for one in _notice(form, known_from_fixtures(form.reported_on)):
        codes[one.position - 1][one.code] = None
    return [list(found) for found in codes]


def known_from_fixtures(on: dt.date | None = None) -> Known:
    """What the fixtures know, for a form reported ``on`` a day (today when the form does not say).

    Raises OSError, ValueError or KeyError when a fixture is missing or broken.
    """
    banned, laws, bodies, types = _indexes()
    return Known(on or dt.date.today(), banned, laws, bodies, types)


def _notice(form: Annex2Form | Annex3Form, known: Known) -> Iterable[Noticed]:
    if isinstance(form, Annex2Form):
        return notice_survey(form.rows, known)
    rows = [
        _NumberedRow(position, **{field: getattr(row, field) for field in FIELDS})
        for position, row in enumerate(form.rows, start=1)
    ]
    return notice(rows, known)


def catalogue_from_fixtures(on: dt.date) -> Catalogue:
    """What the fixtures ban on a day, ready to be asked; no city's list."""
    return Catalogue(on, fixture_entries(on))


@cache
def _indexes() -> tuple[BannedNames, LawRegister, PublicBodies, Mapping[str, str]]:
    laws = [_law(key, entry) for key, entry in enumerate(_read("laws.json"), start=1)]
    entries = list(fixture_entries(dt.date.max))
    types = {
        name_key(name): name_key(names.names[0])
        for entry, names in entries
        if isinstance(entry, Banned)
        for name in names.names
    }
    return NameIndex(entries), LawRegister(laws), _bodies(), types


def fixture_entries(on: dt.date) -> Iterable[tuple[Banned | Unlisted, Names]]:
    """The banned items in force on a day, and every other certificate of the vocabulary."""
    words = {one["name"]: (tuple(one["wordings"]), tuple(one["sayings"])) for one in _read("vocabulary.json")}
    for path in sorted(ROOT.glob("banned_list_*.json")):
        if dt.date.fromisoformat(_read(path.name)["in_force_from"]) <= on:
            for banned, names in _banned_list(path):
                yield banned, Names(names, *words.pop(names[0], ((), ())))
    for key, (name, (wordings, sayings)) in enumerate(words.items(), start=1):
        yield Unlisted(key, name), Names((name,), wordings, sayings)


def _read(name: str) -> Any:
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def _banned_list(path: Path) -> Iterable[tuple[Banned, list[str]]]:
    whole = _read(path.name)
    for item in whole["items"]:
        cases = (
            ExceptionCase(case["text"], tuple(case["matter_keywords"]), case["note"])
            for case in item["exceptions"]
        )
        banned = Banned(
            key=item["number"],
            number=item["number"],
            printed_name=item["printed_name"],
            document_no=whole["document_no"],
            list_title=whole["title"],
            route=item["route"],
            steps=tuple(item["route_steps"]),
            way_out=item["way_out"],
            issuing_body=item["issuing_body"],
            issuing_condition=item["issuing_condition"],
            owed=item["owed"],
            bring=tuple(item["bring"]),
            exceptions=tuple(cases),
        )
        yield banned, [item["name"], *item["aliases"]]


def _law(key: int, entry: Mapping[str, Any]) -> LawEntry:
    return LawEntry(
        key,
        entry["title"],
        tuple(entry["short_titles"]),
        entry["document_no"],
        _date(entry["in_force_from"]),
        _date(entry["repealed_on"]),
        entry["replaced_by"],
    )


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _bodies() -> PublicBodies:
    return PublicBodies(
        (
            Asker.ENTERPRISE if entry["kind"] == "enterprise" else Asker.PUBLIC,
            [entry["name"], entry["short_name"], *entry["aliases"]],
        )
        for entry in _read("departments.json")
    )
