"""From a question to one verdict, with its evidence and what to do next.

The seven verdicts and when each holds: 桂民规〔2020〕3号 二(二) for what is kept, 附件1 for what is
banned and its exceptions, 三(二) for the transition until 2021-12-31 and the rule since 2022.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from catalogs.matching.entries import Banned, Entry, ExceptionCase, Kept, Rejected, Unlisted
from catalogs.matching.forms import Names
from catalogs.matching.index import CLEAR, Hit, Match, NameIndex
from catalogs.matching.normalize import clauses, normalize, says_something, without_ending
from catalogs.matching.related import Related, RelatedRows, pairs, telling_part

# 三(二): "2021年底前 … 据实为居民群众出具相关证明" since the notice was issued on 2020-09-10.
TRANSITION = (dt.date(2020, 9, 10), dt.date(2022, 1, 1))  # half-open
# Scores of hits, by the quality report: surer than SURE is an answer, weaker than DOUBTFUL nothing.
SURE = 0.42
DOUBTFUL = 0.3
# A second certificate as near as this leaves the question open.
MARGIN = 0.05
CANDIDATES = 3
# What whoever asks for a certificate owes.
DEMANDERS_DUTY = (
    "索要证明的单位应当说明法律、法规或者国务院决定的依据。清单之外的证明，行政机关、"
    "公用企事业单位和服务机构不得索要（《优化营商环境条例》第四十四条；桂民规〔2020〕3号 三(二)）。"
)
# What leaves no doubt which certificate is meant: its name, or a wording on record for it.
_BY_NAME = {Match.EXACT, Match.STEM}
# What people say about a matter may be said about another certificate as well.
_BY_SAYING = {Match.SAYING, Match.SIMILAR, Match.PARTIAL}
_GUESSED = {Match.SAID, *_BY_SAYING}
# How much of a row's name has to be said for it to stand against an answer by a saying.
_RIVAL = 0.3
_QUOTED = re.compile(r"\s*[“「『\"].+[”」』\"]\s*")
_NAME = re.compile(r"[^，]{2,26}(?:证明|证明书|证明信|证明材料|证|表|书|信|函|意见|材料)")
_NO_NAME = re.compile(r"[要了去来被给让叫我你他她您没不吗呢吧]|怎么|什么")


class VerdictKind(Enum):
    MAY_ISSUE = "可以出具"
    MUST_NOT_ISSUE = "不应出具"
    OTHER_BODY = "应由相关部门出具"
    EXCEPTION = "例外情形"
    TRANSITIONAL = "过渡期可据实出具"
    NOT_LISTED = "清单之外"
    UNCLEAR = "需确认"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question.

    ``confidence`` is the share of such answers that proved right in the quality report, between 0
    and 1. ``banned`` are the items the verdict rests on, the likeliest first. ``candidates`` are
    always the best few; for UNCLEAR ``question`` separates them and ``options`` are its answers, and
    rows of the city's own list stand before them. ``near`` are such rows beside an answer off the list.
    ``quoted`` is the question in quotation marks where it may be the name of a certificate that no list
    knows: asked so, it is taken for one.
    """

    kind: VerdictKind
    query: str
    on: dt.date
    confidence: float
    evidence: str = ""
    banned: tuple[Banned, ...] = ()
    exceptions: tuple[ExceptionCase, ...] = ()
    entries: tuple[Kept, ...] = ()
    rejected: Rejected | None = None
    unlisted: Unlisted | None = None
    candidates: tuple[Hit[Entry], ...] = ()
    question: str = ""
    options: tuple[str, ...] = ()
    near: tuple[Kept, ...] = ()
    quoted: str = ""
    in_transition: bool = False

    @property
    def duty(self) -> str:
        """What the demanding body owes; empty where the paper may be issued or nothing is known."""
        return "" if self.kind in {VerdictKind.MAY_ISSUE, VerdictKind.UNCLEAR} else DEMANDERS_DUTY


class Catalogue:
    """The lists of one place on one day, indexed. Immutable; the order of the entries does not matter.

    ``missing`` says why there is no list of what the place keeps, if there is none: then nothing is off
    the list, and this is the question to whatever is not banned.
    """

    def __init__(
        self, on: dt.date, entries: Iterable[tuple[Entry, Names | Sequence[str]]], missing: str = ""
    ) -> None:
        self.on = on
        self.missing = missing
        known = sorted(entries, key=lambda one: _order(one[0]))
        self._index: NameIndex[Entry] = NameIndex(known)
        self._rows = RelatedRows(entry for entry, _ in known if isinstance(entry, Kept))
        # What else a certificate is called leads to rows that are called otherwise.
        self._of_types: dict[Entry, frozenset[str]] = {
            one: _words([names.names, names.wordings])
            for one, names in known
            if isinstance(one, Unlisted) and isinstance(names, Names)
        }
        # The words of each kept row, and of all bans: what they explain speaks for no other row.
        rows = {entry: names for entry, names in known if isinstance(entry, Kept)}
        bans = [(*_every(names), *_cases(one)) for one, names in known if rows and isinstance(one, Banned)]
        self._of_bans = _words(bans)
        self._of_rows: dict[Entry, frozenset[str]] = {
            row: _words([_every(names)]) for row, names in rows.items()
        }

    def answer(self, text: str, matter: str = "", demander: str = "") -> Verdict:
        """Return the verdict on ``text``.

        ``matter`` is what the certificate is for and ``demander`` who asks for it, if known: both
        can show that an exception applies (公证处). A name in quotation marks is taken as it is.
        """
        hits = self._index.find(text)
        if (not hits or hits[0].score < CLEAR) and not says_something(text):
            return self._verdict(VerdictKind.UNCLEAR, text, [], question=_NOTHING_SAID)
        if not hits or hits[0].score < DOUBTFUL:
            return self._off_list(text, hits, self._unknown(text))
        if hits[0].score < SURE or hits[0].match is Match.PARTIAL or _is_split(hits):
            if _is_quoted(text) and not _may_be_banned(hits):
                return self._off_list(text, hits, self._unknown(text))
            quoted = "" if _may_be_banned(hits) else _quoted(text)
            return self._which(text, hits, self._related(text, hits), quoted)
        return self._named(text, matter, hits, matter + demander)

    def _named(self, text: str, matter: str, hits: Sequence[Hit[Entry]], about: str) -> Verdict:
        near = [hit for hit in hits if hit.score >= hits[0].score - MARGIN]
        kept = tuple(hit.key for hit in near if isinstance(hit.key, Kept))
        banned = tuple(hit.key for hit in near if isinstance(hit.key, Banned))
        if banned or kept:
            rivals = self._rivals(text, hits, near)
            if rivals:
                return self._which(text, hits, rivals)
        if banned:
            cases = banned[0].exceptions_for(text, about)
            return self._banned(text, matter, banned, kept, hits, cases)
        evidence = _evidence(text, hits[0])
        if kept:
            return self._verdict(VerdictKind.MAY_ISSUE, text, hits, evidence=evidence, entries=kept)
        for hit in near:
            if isinstance(hit.key, Rejected):
                why = f"“{hit.key.name}”曾列入本市拟保留清单，经审查不予保留。"
                return self._off_list(text, hits, why, hit)
        return self._off_list(text, hits, evidence, hits[0])

    def _rivals(self, text: str, hits: Sequence[Hit[Entry]], near: Sequence[Hit[Entry]]) -> list[Related]:
        """Rows whose names say more of a question than the answer does, where a saying alone gave that."""
        if any(hit.match not in _BY_SAYING for hit in near if isinstance(hit.key, Banned | Kept)):
            return []
        explained = set[str]()
        if any(isinstance(hit.key, Banned) for hit in near):
            explained |= self._of_bans
        for hit in near:
            explained |= self._of_rows.get(hit.key, frozenset())
        answered = {hit.key for hit in near}
        return [
            one
            for one in self._related(text, hits)
            if one.row not in answered and (one.is_named or (one.share >= _RIVAL and one.shared - explained))
        ]

    def _related(self, text: str, hits: Sequence[Hit[Entry]]) -> list[Related]:
        """The rows of the list that have to do with a question, or with what it may mean."""
        subjects = {hit.key.label: hit.score for hit in reversed(hits) if not isinstance(hit.key, Rejected)}
        synonyms = [self._of_types[hit.key] for hit in hits if hit.key in self._of_types]
        return self._rows.find(text, subjects, frozenset().union(*synonyms))

    def _which(
        self,
        text: str,
        hits: Sequence[Hit[Entry]],
        related: Sequence[Related],
        quoted: str = "",
        first: str = "",
    ) -> Verdict:
        """Ask which certificate is meant: rows of the list first, then what the words come nearest to.

        ``first`` is another question that comes before, if a certificate could be meant at all.
        """
        guesses = list(hits[:CANDIDATES])
        if related:
            own = [_as_hit(one) for one in related]
            rows = [hit for hit in hits if isinstance(hit.key, Kept)]
            rows += [hit for hit in own if hit.key not in {row.key for row in rows}]
            others = [hit for hit in hits if not isinstance(hit.key, Kept)]
            guesses = [*_once(rows)[:CANDIDATES], *others[:2]]
        guess = hits[0].key if hits else None
        return self._verdict(
            VerdictKind.UNCLEAR,
            text,
            hits,
            question=(first if guesses or quoted else "") or (_WHICH if guesses else _NOT_FOUND),
            candidates=tuple(guesses),
            unlisted=guess if isinstance(guess, Unlisted) else None,
            quoted="" if first else quoted,
        )

    def _banned(
        self,
        text: str,
        matter: str,
        items: tuple[Banned, ...],
        kept: tuple[Kept, ...],
        hits: Sequence[Hit[Entry]],
        cases: tuple[ExceptionCase, ...],
    ) -> Verdict:
        """附件1: banned, unless the matter falls under an exception; then the city's list decides."""
        item = items[0]
        evidence = _evidence(text, next(hit for hit in hits if hit.key == item))
        entries: tuple[Kept, ...] = ()
        if kept and (cases or _same_matter(matter, kept)):
            kind, entries = VerdictKind.MAY_ISSUE, kept
        elif kept and not matter:
            options = (*(entry.matter for entry in kept if entry.matter), "其他")
            return self._verdict(
                VerdictKind.UNCLEAR,
                text,
                hits,
                evidence=evidence,
                banned=items,
                entries=kept,
                question="拿去办什么？",
                options=tuple(dict.fromkeys(options)),
            )
        elif cases:
            kind = VerdictKind.EXCEPTION
        elif item.issued_elsewhere:
            kind = VerdictKind.OTHER_BODY
        else:
            kind = VerdictKind.MUST_NOT_ISSUE
        return self._verdict(
            kind, text, hits, evidence=evidence, banned=items, exceptions=cases, entries=entries
        )

    def _off_list(
        self, text: str, hits: Sequence[Hit[Entry]], evidence: str, hit: Hit[Entry] | None = None
    ) -> Verdict:
        """Off the list by its own name alone: whatever is only guessed is asked about."""
        related = self._related(text, hits)
        if not _is_quoted(text) and not (hit and _is_meant(text, hit, related)):
            named = [one.row for one in related if one.is_named]
            if hit and hit.match in _GUESSED and len({row.name for row in named}) == 1:
                found = _as_hit(related[0])
                evidence, entries = _evidence(text, found), tuple(named)
                return self._verdict(
                    VerdictKind.MAY_ISSUE, text, [found, *hits], evidence=evidence, entries=entries
                )
            return self._which(text, hits, related, _quoted(text), self._where)
        key = hit.key if hit else None
        unlisted = key if isinstance(key, Unlisted) else None
        if unlisted and hit and hit.match in _BY_NAME:
            evidence = self._known(text, unlisted)
        kind = VerdictKind.NOT_LISTED
        if self.in_transition:
            kind = VerdictKind.TRANSITIONAL
        elif self.missing:
            kind = VerdictKind.UNCLEAR
        return self._verdict(
            kind,
            text,
            hits,
            evidence=evidence,
            rejected=key if isinstance(key, Rejected) else None,
            unlisted=unlisted,
            question=self._where,
            near=_rows(related)[:CANDIDATES],
        )

    @property
    def _where(self) -> str:
        """What has to be known before anything can be off the list; nothing in the transition."""
        return "" if self.in_transition else self.missing

    def _known(self, text: str, unlisted: Unlisted) -> str:
        """That a certificate is on no list, by the name that was asked for and its own."""
        if normalize(text) == normalize(unlisted.label):
            return self._unknown(unlisted.label)
        return f"“{_short(text)}”即“{unlisted.label}”，{self._on_none}。"

    def _unknown(self, text: str) -> str:
        return f"{self._on_none}“{_short(text)}”。"

    @property
    def _on_none(self) -> str:
        return "不应出具清单未列入" if self.missing else "各清单均未列入"

    @property
    def in_transition(self) -> bool:
        return TRANSITION[0] <= self.on < TRANSITION[1]

    def _verdict(self, kind: VerdictKind, text: str, hits: Sequence[Hit[Entry]], **more: object) -> Verdict:
        said: dict[str, Any] = {"candidates": tuple(hits[:CANDIDATES]), **more}
        return Verdict(
            kind=kind,
            query=text,
            on=self.on,
            confidence=confidence(kind, hits),
            in_transition=self.in_transition,
            **said,
        )


_NOTHING_SAID = "请写明要开什么证明，例如“婚姻状况证明”。"
_NOT_FOUND = "没有认出是哪种证明。请照索要单位的要求，写出证明的名称。"
_WHICH = "您要开的是下面哪一种？"


def _words(called: Iterable[Iterable[str]]) -> frozenset[str]:
    """The telling words in all that some entries are called."""
    return frozenset().union(*(pairs(name) for names in called for name in names))


def _every(names: Names | Sequence[str]) -> Sequence[str]:
    return (*names.names, *names.wordings, *names.sayings) if isinstance(names, Names) else names


def _cases(item: Banned) -> Sequence[str]:
    return [said for case in item.exceptions for said in (case.text, *case.keywords)]


def _as_hit(one: Related) -> Hit[Entry]:
    if one.is_named:
        part = telling_part(one.row.name)
        return Hit(one.row, part, Match.CONTAINED, SURE, len(part))
    return Hit(one.row, one.row.name, Match.RELATED, DOUBTFUL, 0)


def _once(hits: Iterable[Hit[Entry]]) -> list[Hit[Entry]]:
    """One hit a name: a certificate that is kept for several matters is one to choose."""
    return list({hit.key.label: hit for hit in reversed(list(hits))}.values())[::-1]


def _rows(related: Iterable[Related]) -> tuple[Kept, ...]:
    return tuple(hit.key for hit in _once(map(_as_hit, related)) if isinstance(hit.key, Kept))


def _is_meant(text: str, hit: Hit[Entry], related: Sequence[Related]) -> bool:
    """Whether somebody who writes this means that certificate, and no row of the list.

    Its own name does, unless a row is called nearly the same; a wording for it does, unless the name of
    a row shares much of it.
    """
    whole = normalize(text)
    if hit.match not in _BY_NAME or (hit.match is Match.STEM and without_ending(whole) == whole):
        return False
    part = telling_part(text)
    if isinstance(hit.key, Rejected) or part == telling_part(hit.key.label):
        return not any(part == telling_part(one.row.name) for one in related)
    said = pairs(text)
    return not any(2 * len(one.shared) >= len(said) for one in related if one.shared)


def _is_quoted(text: str) -> bool:
    """Whether somebody vouches for a name: it stands in quotation marks, and could be one."""
    return bool(_QUOTED.fullmatch(text)) and bool(_quoted(text))


def _quoted(text: str) -> str:
    """A text in quotation marks if it could be the name of a certificate; else nothing."""
    said = unquoted(text)
    written = clauses(said)
    return f"“{said}”" if _NAME.fullmatch(written) and not _NO_NAME.search(written) else ""


def _order(entry: Entry) -> tuple[int, int, str, int]:
    """Banned items first, by list and number; what is left by name."""
    if isinstance(entry, Banned):
        return (0, entry.number, entry.document_no, entry.key)
    return (1 + (Kept, Rejected, Unlisted).index(type(entry)), 0, entry.name, entry.key)


def confidence(kind: VerdictKind, hits: Sequence[Hit[Entry]]) -> float:
    """Return how often an answer of this kind on such hits proved right.

    The steps are those of the reliability table in the quality report.
    """
    best = hits[0].score if hits else 0.0
    if kind is VerdictKind.UNCLEAR:
        return round(best / 2, 2)
    if kind in {VerdictKind.NOT_LISTED, VerdictKind.TRANSITIONAL} and best < SURE:
        return 0.9 if best < DOUBTFUL else 0.6
    for step, right in ((0.9, 0.99), (0.7, 0.97), (0.55, 0.94)):
        if best >= step:
            return right
    return 0.85


def _is_split(hits: Sequence[Hit[Entry]]) -> bool:
    """Whether a banned certificate and one that is on no banned list are equally near."""
    near = [hit.key for hit in hits if hit.score >= hits[0].score - MARGIN]
    banned = any(isinstance(key, Banned) for key in near)
    return banned and any(isinstance(key, Unlisted) for key in near) and hits[0].score < 1


def _may_be_banned(hits: Sequence[Hit[Entry]]) -> bool:
    return any(isinstance(hit.key, Banned) for hit in hits)


def _same_matter(matter: str, kept: tuple[Kept, ...]) -> bool:
    said = normalize(matter)
    return bool(said) and any(
        said in normalize(entry.matter) or normalize(entry.matter) in said for entry in kept if entry.matter
    )


def _evidence(text: str, hit: Hit[Entry]) -> str:
    if hit.match is Match.EXACT and hit.name == hit.key.label:
        return f"“{hit.name}”{Match.EXACT.value}。"
    if hit.match in {Match.EXACT, Match.SAID}:
        return f"“{_short(text)}”就是“{hit.key.label}”。"
    return f"您说的“{_short(text)}”按“{hit.key.label}”处理（{hit.match.value}：{hit.name}）。"


def unquoted(text: str) -> str:
    """A text without the quotation marks around it."""
    return text.strip().strip('“”「」『』"').strip()


def _short(text: str) -> str:
    said = unquoted(text)
    return said if len(said) <= 40 else f"{said[:40]}…"
