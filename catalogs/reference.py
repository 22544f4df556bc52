"""Load and refresh reference data (部门、法律法规、不应出具清单) from the project's fixtures.

Idempotent: what is already so is not written again, and what a person has edited since is never
overwritten. Every write has its history record.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from django.db import models, transaction

from accounts.models import Department, DepartmentAlias
from audit.records import SYSTEM, create_recorded, save_recorded
from catalogs.models import (
    BannedException,
    BannedItem,
    BannedList,
    CertificateAlias,
    CertificateType,
    Law,
    Round,
)
from divisions.loading import load_divisions
from divisions.models import Division

REASON = "装载参考数据"
M = TypeVar("M", bound=models.Model)


@dataclass(slots=True)
class Tally:
    """What one run did, by the Chinese name of the model."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def count(self, kind: dict[str, int], model: type[models.Model], by: int = 1) -> None:
        name = str(model._meta.verbose_name)
        kind[name] = kind.get(name, 0) + by


def load_reference(root: Path) -> Tally:
    """Load all fixtures under ``root`` in one transaction; returns what was done.

    Raises OSError or ValueError when a fixture is missing or broken; nothing is written then.
    """
    tally = Tally()
    with transaction.atomic():
        with (root / "divisions.csv").open("rb") as stream:
            _load_divisions(stream, tally)
        for entry in _read(root / "departments.json"):
            _load_department(entry, tally)
        for entry in _read(root / "laws.json"):
            _load_law(entry, tally)
        for path in sorted(root.glob("banned_list_*.json")):
            _load_banned_list(_read(path), tally)
        _load_vocabulary(_read(root / "vocabulary.json"), tally)
        for entry in _read(root / "rounds.json"):
            _put(
                Round,
                {"name": entry["name"]},
                {"due_on": entry["due_on"], "is_open": entry["is_open"]},
                tally,
            )
    return tally


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _load_divisions(stream: BinaryIO, tally: Tally) -> None:
    report = load_divisions(stream, source_name="内置区划", actor=SYSTEM, keep_edited=True)
    for kind, codes in (
        (tally.added, report.added),
        (tally.changed, [*report.renamed, *report.changed]),
        (tally.left, report.left_as_edited),
    ):
        if codes:
            tally.count(kind, Division, len(codes))


def _load_department(entry: Mapping[str, Any], tally: Tally) -> None:
    department = _put(
        Department,
        {"code": entry["code"]},
        {
            **{key: entry[key] for key in ("name", "short_name", "kind", "joint_review")},
            "field_words": entry.get("field_words", ""),
        },
        tally,
    )
    for alias in entry["aliases"]:
        _put(DepartmentAlias, {"name": alias}, {"department": department}, tally)


def _load_law(entry: Mapping[str, Any], tally: Tally) -> None:
    values = {key: entry[key] for key in ("in_force_from", "repealed_on", "replaced_by")}
    _put(
        Law,
        {"title": entry["title"], "document_no": entry["document_no"]},
        {**values, "short_titles": "；".join(entry["short_titles"])},
        tally,
    )


def _load_banned_list(entry: Mapping[str, Any], tally: Tally) -> None:
    banned_list = _put(
        BannedList,
        {"batch": entry["batch"]},
        {key: entry[key] for key in ("title", "document_no", "in_force_from", "in_force_note")},
        tally,
    )
    for item in entry["items"]:
        kind = _put(CertificateType, {"name": item["name"]}, {}, tally)
        for alias in item["aliases"]:
            _put(CertificateAlias, {"name": alias}, {"certificate_type": kind, "is_official": True}, tally)
        row = _put(
            BannedItem,
            {"banned_list": banned_list, "number": item["number"]},
            {
                "certificate_type": kind,
                "department": Department.objects.filter(code=item["department"]).first(),
                **{
                    key: item[key]
                    for key in (
                        "printed_name",
                        "route",
                        "route_steps",
                        "way_out",
                        "issuing_body",
                        "issuing_condition",
                        "owed",
                        "bring",
                    )
                },
            },
            tally,
        )
        for case in item["exceptions"]:
            _put(
                BannedException,
                {"item": row, "text": case["text"]},
                {"matter_keywords": case["matter_keywords"], "note": case["note"]},
                tally,
            )


def _load_vocabulary(entries: Iterable[Mapping[str, Any]], tally: Tally) -> None:
    """What people call the certificates: thousands of wordings, so only the missing are written."""
    known = set(CertificateAlias.objects.values_list("name", flat=True))
    left = set(
        CertificateAlias.history.exclude(history_user=None)
        .filter(history_type="-")
        .values_list("name", flat=True)
    )
    missing: list[CertificateAlias] = []
    for entry in entries:
        kind = _put(CertificateType, {"name": entry["name"]}, {}, tally)
        if kind is None:
            continue
        for group, what in (
            ("wordings", CertificateAlias.Kind.WORDING),
            ("sayings", CertificateAlias.Kind.SAYING),
        ):
            missing += (
                CertificateAlias(certificate_type=kind, name=name, kind=what)
                for name in entry[group]
                if name not in known and name not in left
            )
    created = create_recorded(CertificateAlias, missing, actor=SYSTEM, reason=REASON)
    if created:
        tally.count(tally.added, CertificateAlias, len(created))


def _deleted_by_a_person(model: type[M], key: Mapping[str, Any]) -> bool:
    records = model.history.filter(**key, history_type="-")  # type: ignore[attr-defined]
    return bool(records.exclude(history_user=None).exists())


def _put(model: type[M], key: Mapping[str, Any], values: Mapping[str, Any], tally: Tally) -> M | None:
    """Create the object, or bring it up to date, unless a person has edited or deleted it."""
    values = {name: _typed(model, name, value) for name, value in values.items()}
    found = model._default_manager.filter(**key).first()
    if found is None:
        if _deleted_by_a_person(model, key):
            tally.count(tally.left, model)
            return None
        found = model(**key, **values)
        save_recorded(found, actor=SYSTEM, reason=REASON)
        tally.count(tally.added, model)
        return found
    changed = [name for name, value in values.items() if getattr(found, name) != value]
    if not changed:
        return found
    if found.history.exclude(history_user=None).exists():  # type: ignore[attr-defined]
        tally.count(tally.left, model)
        return found
    for name in changed:
        setattr(found, name, values[name])
    save_recorded(found, actor=SYSTEM, reason=REASON, fields=changed)
    tally.count(tally.changed, model)
    return found


def _typed(model: type[M], name: str, value: Any) -> Any:
    """A fixture's text as the field holds it, so that an unchanged date is not a change."""
    if value is None or isinstance(value, models.Model):
        return value
    field: Any = model._meta.get_field(name)
    return field.to_python(value)
