"""What the portal notices about the rows of a form (自动核查). Plain rules, no database.

Findings inform the clerk and the reviewer; only a row without a name keeps a list from being
submitted. Rules: 附件3 (six columns, article required), 附件2, 附件1 (banned names), 二(一), 二(二).
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from catalogs.basis import remarks_on_basis, short_citation
from catalogs.matching import (
    Asker,
    Banned,
    Hit,
    LawRegister,
    Match,
    NameIndex,
    PublicBodies,
    Unlisted,
    normalize,
)
from catalogs.matching.normalize import stem
from catalogs.official_forms import RowLike
from catalogs.official_forms.form import SURVEY_FIELDS, SurveyRow

FIELD_LABELS: Mapping[str, str] = {
    "name": "证明材料名称",
    "matter": "涉及办事事项名称",
    "legal_basis": "法律法规依据",
    "purpose": "证明用途",
    "requesting_unit": "证明索要单位",
}
_MAX_CITIES = 5
# How surely a name must be a banned one to be pointed out at all.
SURE_NAME = 0.6
# Ways of matching that leave no doubt which certificate is meant.
_SAME_NAME = {Match.EXACT, Match.STEM, Match.SAID, Match.SOUND, Match.SHAPE}
_FILLER = re.compile(r"的|情况|状况|相关|有关")

BannedNames = NameIndex[Banned | Unlisted]


@dataclass(frozen=True, slots=True)
class _Form:
    """How the rules speak of one form: its columns, how much each matters, what is to be done."""

    labels: Mapping[str, str]
    missing: Mapping[str, str]  # field → level
    no_article: str  # level
    if_banned: str
    explained_in: str
    repeated: str


_LIST = _Form(
    FIELD_LABELS,
    {**dict.fromkeys(FIELD_LABELS, "warn"), "name": "block"},
    "warn",
    "请删除本行",
    "涉及办事事项和法律法规依据",
    "证明材料名称和涉及办事事项",
)
# 附件2 says what there is: no basis, and nothing said of the need for it, are honest answers.
_SURVEY = _Form(
    SURVEY_FIELDS,
    {**dict.fromkeys(SURVEY_FIELDS, "warn"), "basis": "hint", "necessity": "hint"},
    "hint",
    "应予取消",
    "用途和出具依据",
    "证明事项名称、用途和使用部门",
)


class Row(RowLike, Protocol):
    """Any object with the five texts of annex 3 and its number in the list."""

    @property
    def position(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A certificate that another city keeps, and on what basis."""

    city: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules look things up in, on the day the form was reported.

    ``types`` and ``elsewhere`` go by ``name_key``: the key of every name of a certificate → the
    key of the one it is listed under → who else keeps it.
    """

    on: dt.date
    banned: BannedNames
    laws: LawRegister
    bodies: PublicBodies
    types: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, Sequence[Elsewhere]] = field(default_factory=dict)

    def certificate(self, name: str) -> str:
        """The key under which a certificate is compared, whichever of its names is used."""
        key = name_key(name)
        return self.types.get(key, key)


@dataclass(frozen=True, slots=True)
class Noticed:
    """One finding on one row. ``code`` and ``level`` are values of ``Finding.Code`` and ``.Level``."""

    position: int
    code: str
    level: str
    field: str
    message: str
    banned_key: int | None = None


def name_key(name: str) -> str:
    """A certificate's name without its ending and the words that say nothing (的、情况 …)."""
    return _FILLER.sub("", stem(name)) or normalize(name)


def notice(rows: Iterable[Row], known: Known) -> list[Noticed]:
    """Return every finding on the rows of an annex 3, in row order."""
    rules, certificates = _Rules(known, _LIST), _Certificates(known)
    found: list[Noticed] = []
    for row in rows:
        at = row.position
        found += rules.on_missing(at, row)
        found += rules.on_basis(at, "legal_basis", row.legal_basis)
        found += rules.on_name(at, row.name, row.matter, row.purpose)
        found += rules.on_unit(at, "requesting_unit", row.requesting_unit)
        found += rules.on_repeat(at, row.name, row.matter)
        found += certificates.on_row(row)
    return found


def notice_survey(rows: Iterable[SurveyRow], known: Known, first: int = 1) -> list[Noticed]:
    """Return every finding on the rows of an annex 2, in row order; the rows count from ``first``."""
    rules = _Rules(known, _SURVEY)
    found: list[Noticed] = []
    for at, row in enumerate(rows, start=first):
        found += rules.on_missing(at, row)
        found += rules.on_basis(at, "basis", row.basis)
        found += rules.on_name(at, row.name, row.purpose, row.department)
        found += rules.on_unit(at, "department", row.department)
        found += rules.on_repeat(at, row.name, row.region, row.purpose, row.department)
    return found


class _Rules:
    """The rules on one row of a form. The same text comes back in many and is looked up once."""

    def __init__(self, known: Known, form: _Form) -> None:
        self._form = form
        self._first: dict[tuple[str, ...], int] = {}
        self._hits = cache(known.banned.find_name)
        self._asker = cache(known.bodies.asker)
        self._normal = cache(normalize)
        self._on_basis = cache(lambda text: remarks_on_basis(text, known.laws, known.on))

    def on_missing(self, at: int, row: object) -> Iterable[Noticed]:
        for name, label in self._form.labels.items():
            if not getattr(row, name).strip():
                level = self._form.missing[name]
                yield Noticed(at, "missing_field", level, name, f"“{label}”未填写，请补填。")

    def on_basis(self, at: int, where: str, text: str) -> Iterable[Noticed]:
        for remark in self._on_basis(text):
            level = self._form.no_article if remark.code == "no_article" else remark.level
            yield Noticed(at, remark.code, level, where, remark.message)

    def on_name(self, at: int, name: str, *said: str) -> Iterable[Noticed]:
        """``said`` is what the row says the certificate is for."""
        for hit in self._hits(name):
            if hit.score >= SURE_NAME and isinstance(hit.key, Banned):
                yield self._banned_name(at, hit, hit.key, name, *said)
            else:
                return  # weaker, or another certificate that only sounds like a banned one

    def on_unit(self, at: int, where: str, text: str) -> Iterable[Noticed]:
        """One public body among several units is enough: a qualifier is easily taken for a unit."""
        said = text.strip()
        if not said:
            return
        shown = said if len(said) <= 30 else f"{said[:30]}…"
        asker = self._asker(said)
        if asker is Asker.ENTERPRISE:
            message = f"“{shown}”不属于国家机关或公共服务机构，请核对其索要这项证明有无法律法规依据。"
        elif asker is Asker.UNKNOWN:
            message = (
                f"“{shown}”未能识别为国家机关或公共服务机构。"
                "请写规范名称，例如“民政部门”；有多个单位的，用顿号隔开。"
            )
        else:
            return
        yield Noticed(at, "unknown_unit", "hint", where, message)

    def on_repeat(self, at: int, name: str, *said: str) -> Iterable[Noticed]:
        key = tuple(map(self._normal, (name, *said)))
        if key[0] and (first := self._first.setdefault(key, at)) != at:
            message = f"与第{first}行的{self._form.repeated}相同，请合并或删除其中一行。"
            yield Noticed(at, "duplicate_row", "warn", "name", message)

    def _banned_name(self, at: int, hit: Hit[Banned | Unlisted], item: Banned, *said: str) -> Noticed:
        form = self._form
        which = f"不应出具清单第{item.number}项“{item.printed_name}”"
        exceptions = item.exceptions_for(*said)
        if exceptions:
            cases = "、".join(case.text for case in exceptions)
            code, level = "banned_exception", "hint"
            message = (
                f"与{which}同名，但所办事项可能属于该项例外（{cases}）。"
                f"如确属例外，请在{form.explained_in}中写明。"
            )
        elif hit.match not in _SAME_NAME:
            code, level = "banned_name", "hint"
            message = (
                f"名称中含有{which}的名称“{hit.name}”。"
                f"如属该项，{form.if_banned}；如不属于，请把名称写得更明确。"
            )
        else:
            code, level = "banned_name", "warn"
            message = f"属于{which}，基层群众性自治组织不应出具，{form.if_banned}。"
        return Noticed(at, code, level, "name", message, item.key)


class _Certificates:
    """The same certificate under another name in the list, and in the lists of other cities."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._key = cache(known.certificate)
        # The row that first used a certificate, at all and for each matter: (position, name).
        self._first: dict[tuple[str, str | None], tuple[int, str]] = {}

    def on_row(self, row: Row) -> Iterable[Noticed]:
        key = self._key(row.name)
        if not key:
            return
        yield from self._in_the_list(row, key)
        yield from self._elsewhere(row.position, key)

    def _in_the_list(self, row: Row, key: str) -> Iterable[Noticed]:
        here = (row.position, row.name)
        for matter in (normalize(row.matter), None):
            at, name = self._first.setdefault((key, matter), here)
            if normalize(name) == normalize(row.name):
                continue
            if matter is not None:
                level, advice = "warn", "办事事项也相同，请合并为一行"
            else:
                level, advice = "hint", "请统一名称"
            message = f"与第{at}行“{name}”是同一证明的不同名称，{advice}。"
            yield Noticed(row.position, "same_certificate", level, "name", message)
            return

    def _elsewhere(self, at: int, key: str) -> Iterable[Noticed]:
        cited: dict[str, str] = {}
        for one in self._known.elsewhere.get(key, ()):
            cited[one.city] = cited.get(one.city) or short_citation(one.legal_basis, self._known.laws)
        if not cited:
            return
        listed = [city + (f"（{basis}）" if basis else "") for city, basis in cited.items()]
        more = "等" if len(listed) > _MAX_CITIES else ""
        message = f"另有{len(cited)}个市保留同一证明：{'、'.join(listed[:_MAX_CITIES])}{more}。"
        yield Noticed(at, "same_certificate", "hint", "name", message)
