"""What the portal notices about the rows of a list (自动核查). Plain rules, no database.

Findings inform the clerk and the reviewer; only a row without a name keeps a list from being
submitted. Rules: 附件3 (six columns, article required), 附件1 (banned names), 二(二).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogs.matching import Banned, Match, NameIndex, normalize

# 附件3: 法律法规依据（需明确到具体条款内容）.
_ARTICLE = re.compile(r"第\s*[0-9０-９一二三四五六七八九十百千零〇两]+\s*条")

FIELD_LABELS: Mapping[str, str] = {
    "name": "证明材料名称",
    "matter": "涉及办事事项名称",
    "legal_basis": "法律法规依据",
    "purpose": "证明用途",
    "requesting_unit": "证明索要单位",
}
LEGAL_BASIS_HELP = "请写明法规名称和具体条款，例如“《某某条例》第十五条”，并附条款内容"


class Row(Protocol):
    """Any object with the five texts of annex 3 and its number in the list."""

    @property
    def position(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def requesting_unit(self) -> str: ...


BannedNames = NameIndex[Banned]


@dataclass(frozen=True, slots=True)
class Noticed:
    """One finding on one row. ``code`` and ``level`` are values of ``Finding.Code`` and ``.Level``."""

    position: int
    code: str
    level: str
    field: str
    message: str
    banned_key: int | None = None


def notice(rows: Sequence[Row], banned: BannedNames) -> list[Noticed]:
    """Return every finding on ``rows``, in row order.

    ``banned`` indexes the banned items in force by name and alias.
    """
    first_with: dict[tuple[str, str], int] = {}
    found: list[Noticed] = []
    for row in rows:
        found += _missing_fields(row)
        found += _no_article(row)
        found += _banned_name(row, banned)
        found += _duplicate(row, first_with)
    return found


def _missing_fields(row: Row) -> Iterable[Noticed]:
    for field, label in FIELD_LABELS.items():
        if not getattr(row, field).strip():
            level = "block" if field == "name" else "warn"
            yield Noticed(row.position, "missing_field", level, field, f"“{label}”未填写，请补填。")


def _no_article(row: Row) -> Iterable[Noticed]:
    basis = row.legal_basis.strip()
    if basis and not _ARTICLE.search(basis):
        yield Noticed(
            row.position,
            "no_article",
            "warn",
            "legal_basis",
            f"法律法规依据未写到具体条款（附件3要求明确到具体条款内容）。{LEGAL_BASIS_HELP}。",
        )


def _banned_name(row: Row, banned: BannedNames) -> Iterable[Noticed]:
    for hit in banned.find(row.name):
        if hit.match is Match.PARTIAL:  # 身份证明 is part of a banned name; that alone says nothing
            continue
        item = hit.key
        which = f"不应出具清单第{item.number}项“{item.printed_name}”"
        exceptions = item.exceptions_for(row.name, row.matter, row.purpose)
        if exceptions:
            cases = "、".join(case.text for case in exceptions)
            yield Noticed(
                row.position,
                "banned_exception",
                "hint",
                "name",
                f"与{which}同名，但所办事项可能属于该项例外（{cases}）。"
                "如确属例外，请在涉及办事事项和法律法规依据中写明。",
                item.key,
            )
        elif hit.match is Match.CONTAINED:
            yield Noticed(
                row.position,
                "banned_name",
                "hint",
                "name",
                f"名称中含有{which}的名称“{hit.name}”。如属该项，请删除本行；如不属于，请把名称写得更明确。",
                item.key,
            )
        else:
            yield Noticed(
                row.position,
                "banned_name",
                "warn",
                "name",
                f"属于{which}，基层群众性自治组织不应出具，请删除本行。",
                item.key,
            )


def _duplicate(row: Row, first_with: dict[tuple[str, str], int]) -> Iterable[Noticed]:
    key = (normalize(row.name), normalize(row.matter))
    if not key[0]:
        return
    first = first_with.setdefault(key, row.position)
    if first != row.position:
        yield Noticed(
            row.position,
            "duplicate_row",
            "warn",
            "name",
            f"与第{first}行的证明材料名称和涉及办事事项相同，请删除其中一行。",
        )
