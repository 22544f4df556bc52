"""What differs between two published lists, row by row and cell by cell. Pure Python."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Protocol, TypeVar

from catalogs.findings import FIELD_LABELS
from catalogs.matching import normalize

R = TypeVar("R")
ALIKE = 0.6  # a share of common characters below which a cell was rewritten, not mended


class Row(Protocol):
    """A row of a published list."""

    position: int
    name: str
    matter: str
    legal_basis: str
    purpose: str
    requesting_unit: str

    @property
    def certificate_type_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that both cells have, or only the old or the new one."""

    text: str
    kind: str  # "same", "gone" or "new"


@dataclass(frozen=True, slots=True)
class CellChange:
    field: str
    label: str
    old: str
    new: str

    @property
    def pieces(self) -> list[Piece]:
        """The two cells laid over each other; one after the other where little is common."""
        matcher = SequenceMatcher(None, self.old, self.new, autojunk=False)
        if matcher.ratio() < ALIKE:
            return [Piece(text, kind) for text, kind in ((self.old, "gone"), (self.new, "new")) if text]
        found: list[Piece] = []
        for what, a, b, c, d in matcher.get_opcodes():
            if what == "equal":
                found.append(Piece(self.old[a:b], "same"))
                continue
            changed = ((self.old[a:b], "gone"), (self.new[c:d], "new"))
            found += [Piece(text, kind) for text, kind in changed if text]
        return found


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of both lists with the cells that differ."""

    old: Row
    new: Row
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one list has that the other has not, and what both have in different words."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[RowChange, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def compare(old: Sequence[Row], new: Sequence[Row]) -> Difference:
    """Compare two lists; the order of their rows does not matter.

    A row is the same when its certificate and its matter are; what is left is paired by the
    certificate alone, in order, so that a reworded matter is a change and not a loss and a gain.
    """
    pairs: list[tuple[Row, Row]] = []
    left_old, left_new = list(old), list(new)
    for key in (_by_matter, _by_certificate):
        found, left_old, left_new = paired(left_old, left_new, key)
        pairs += found
    changes = [
        RowChange(one, other, changed) for one, other in pairs if (changed := tuple(cells(one, other)))
    ]
    return Difference(
        tuple(left_new),
        tuple(left_old),
        tuple(sorted(changes, key=lambda change: change.new.position)),
        len(pairs) - len(changes),
    )


def as_json(difference: Difference) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "added": [_row(row) for row in difference.added],
        "removed": [_row(row) for row in difference.removed],
        "changed": [
            {
                "old_position": change.old.position,
                "new_position": change.new.position,
                "name": change.new.name,
                "cells": {cell.field: {"old": cell.old, "new": cell.new} for cell in change.cells},
            }
            for change in difference.changed
        ],
        "same": difference.same,
    }


def _by_matter(row: Row) -> object:
    return (row.certificate_type_id, normalize(row.matter))


def _by_certificate(row: Row) -> object:
    return row.certificate_type_id


def paired(
    old: list[R], new: list[R], key: Callable[[R], object]
) -> tuple[list[tuple[R, R]], list[R], list[R]]:
    """Pair rows that have the same key, in order; returns (pairs, old rows left, new rows left)."""
    waiting: dict[object, list[R]] = defaultdict(list)
    for row in old:
        waiting[key(row)].append(row)
    pairs, left_new = [], []
    for row in new:
        if partners := waiting[key(row)]:
            pairs.append((partners.pop(0), row))
        else:
            left_new.append(row)
    found = {id(one) for one, _ in pairs}
    return pairs, [row for row in old if id(row) not in found], left_new


def cells(old: object, new: object) -> Iterable[CellChange]:
    """The cells of annex 3 in which two rows differ."""
    for field, label in FIELD_LABELS.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield CellChange(field, label, before, after)


def _row(row: Row) -> dict[str, Any]:
    return {"position": row.position, **{field: getattr(row, field) for field in FIELD_LABELS}}
