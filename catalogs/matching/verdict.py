"""From a question to one verdict, with its evidence and what to do next.

The seven verdicts and when each holds: 桂民规〔2020〕3号 二(二) for what is kept, 附件1 for what is
banned and its exceptions, 三(二) for the transition until 2021-12-31 and the rule since 2022.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from catalogs.matching.entries import Banned, Entry, ExceptionCase, Kept, Rejected, Unlisted
from catalogs.matching.forms import Names
from catalogs.matching.index import CLEAR, Hit, Match, NameIndex
from catalogs.matching.normalize import normalize, says_something

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
    always the best few; for UNCLEAR ``question`` separates them and ``options`` are its answers.
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
    in_transition: bool = False

    @property
    def duty(self) -> str:
        """What the demanding body owes; empty where the paper may be issued or nothing is known."""
        return "" if self.kind in {VerdictKind.MAY_ISSUE, VerdictKind.UNCLEAR} else DEMANDERS_DUTY


class Catalogue:
    """The lists of one place on one day, indexed. Immutable; the order of the entries does not matter."""

    def __init__(self, on: dt.date, entries: Iterable[tuple[Entry, Names | Sequence[str]]]) -> None:
        self.on = on
        self._index: NameIndex[Entry] = NameIndex(sorted(entries, key=lambda one: _order(one[0])))

    def answer(self, text: str, matter: str = "", demander: str = "") -> Verdict:
        """Return the verdict on ``text``.

        ``matter`` is what the certificate is for and ``demander`` who asks for it, if known: both
        can show that an exception applies (公证处).
        """
        hits = self._index.find(text)
        if (not hits or hits[0].score < CLEAR) and not says_something(text):
            return self._verdict(VerdictKind.UNCLEAR, text, [], question=_NOTHING_SAID)
        if not hits or hits[0].score < DOUBTFUL:
            missing = f"“{_short(text)}”：各清单中均未找到这一名称或相近名称。"
            return self._off_list(text, hits, missing)
        if hits[0].score < SURE or hits[0].match is Match.PARTIAL or _is_split(hits):
            return self._verdict(VerdictKind.UNCLEAR, text, hits, question=_WHICH)
        return self._named(text, matter, hits, matter + demander)

    def _named(self, text: str, matter: str, hits: Sequence[Hit[Entry]], about: str) -> Verdict:
        near = [hit for hit in hits if hit.score >= hits[0].score - MARGIN]
        kept = tuple(hit.key for hit in near if isinstance(hit.key, Kept))
        banned = tuple(hit.key for hit in near if isinstance(hit.key, Banned))
        if banned:
            cases = banned[0].exceptions_for(text, about)
            return self._banned(text, matter, banned, kept, hits, cases)
        evidence = _evidence(text, hits[0])
        if kept:
            return self._verdict(VerdictKind.MAY_ISSUE, text, hits, evidence=evidence, entries=kept)
        for hit in near:
            if isinstance(hit.key, Rejected):
                why = f"“{hit.key.name}”曾列入本市拟保留清单，经审查不予保留。"
                return self._off_list(text, hits, why, rejected=hit.key)
        unlisted = hits[0].key if isinstance(hits[0].key, Unlisted) else None
        if unlisted and hits[0].match is Match.EXACT:  # known by that name, but to no list
            evidence = f"“{_short(text)}”即“{unlisted.label}”，各清单均未列入。"
        return self._off_list(text, hits, evidence, unlisted=unlisted)

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
        self,
        text: str,
        hits: Sequence[Hit[Entry]],
        evidence: str,
        rejected: Rejected | None = None,
        unlisted: Unlisted | None = None,
    ) -> Verdict:
        kind = VerdictKind.TRANSITIONAL if self.in_transition else VerdictKind.NOT_LISTED
        return self._verdict(kind, text, hits, evidence=evidence, rejected=rejected, unlisted=unlisted)

    @property
    def in_transition(self) -> bool:
        return TRANSITION[0] <= self.on < TRANSITION[1]

    def _verdict(self, kind: VerdictKind, text: str, hits: Sequence[Hit[Entry]], **more: object) -> Verdict:
        return Verdict(
            kind=kind,
            query=text,
            on=self.on,
            confidence=confidence(kind, hits),
            candidates=tuple(hits[:CANDIDATES]),
            in_transition=self.in_transition,
            **more,  # type: ignore[arg-type]
        )


_NOTHING_SAID = "请写明要开什么证明，例如“婚姻状况证明”。"
_WHICH = "您要开的是下面哪一种？"


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


def _same_matter(matter: str, kept: tuple[Kept, ...]) -> bool:
    said = normalize(matter)
    return bool(said) and any(
        said in normalize(entry.matter) or normalize(entry.matter) in said for entry in kept if entry.matter
    )


def _evidence(text: str, hit: Hit[Entry]) -> str:
    if hit.match is Match.EXACT and hit.name == hit.key.label:
        return f"“{hit.name}”{Match.EXACT.value}。"
    if hit.match is Match.EXACT:
        return f"“{_short(text)}”就是“{hit.key.label}”。"
    return f"您说的“{_short(text)}”按“{hit.key.label}”处理（{hit.match.value}：{hit.name}）。"


def _short(text: str) -> str:
    said = text.strip()
    return said if len(said) <= 40 else f"{said[:40]}…"
