"""From a question to one verdict, with its evidence and what to do next.

The seven verdicts and when each holds: 桂民规〔2020〕3号 二(二) for what is kept, 附件1 for what is
banned and its exceptions, 三(二) for the transition until 2021-12-31 and the rule since 2022.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from catalogs.matching.entries import Banned, Entry, ExceptionCase, Kept, Rejected
from catalogs.matching.index import Hit, Match, NameIndex
from catalogs.matching.normalize import normalize, stem

# 三(二): "2021年底前 … 据实为居民群众出具相关证明" since the notice was issued on 2020-09-10.
TRANSITION = (dt.date(2020, 9, 10), dt.date(2022, 1, 1))  # half-open
# A shorter name inside a longer text may belong to another certificate: 死亡证明 in 牲畜死亡证明.
SURE_CONTAINED = 4
CANDIDATES = 3


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

    ``confidence`` is between 0 and 1. ``candidates`` is filled for UNCLEAR, ``question`` with it
    when one question separates them and ``options`` are its answers.
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
    candidates: tuple[Hit[Entry], ...] = ()
    question: str = ""
    options: tuple[str, ...] = ()
    in_transition: bool = False


class Catalogue:
    """The lists of one place on one day, indexed. Immutable."""

    def __init__(self, on: dt.date, entries: Iterable[tuple[Entry, Sequence[str]]]) -> None:
        self.on = on
        self._index: NameIndex[Entry] = NameIndex(entries)

    def answer(self, text: str, matter: str = "") -> Verdict:
        """Return the verdict on ``text``; ``matter`` is what the certificate is for, if known."""
        if not normalize(stem(text)) or stem(text) == "证明":
            return self._verdict(
                VerdictKind.UNCLEAR, text, 0.0, question="请写明要开什么证明，例如“婚姻状况证明”。"
            )
        hits = self._index.find(text)
        if not hits:
            return self._off_list(text, f"“{text.strip()}”：各清单中均未找到这一名称或相近名称。")
        if hits[0].match is Match.PARTIAL or (hits[0].match is Match.CONTAINED and not _sure(hits)):
            return self._verdict(
                VerdictKind.UNCLEAR,
                text,
                hits[0].match.score / 2,
                candidates=tuple(hits[:CANDIDATES]),
                question="您要开的是下面哪一种？",
            )
        return self._named(text, matter, hits)

    def _named(self, text: str, matter: str, hits: list[Hit[Entry]]) -> Verdict:
        kept = tuple(hit.key for hit in hits if isinstance(hit.key, Kept))
        banned = tuple(hit.key for hit in hits if isinstance(hit.key, Banned))
        evidence = _evidence(text, hits[0])
        score = hits[0].match.score
        if banned:
            return self._banned(text, matter, banned[0], kept, evidence, score)
        if kept:
            return self._verdict(VerdictKind.MAY_ISSUE, text, score, evidence=evidence, entries=kept)
        rejected = next(hit.key for hit in hits if isinstance(hit.key, Rejected))
        return self._off_list(
            text, f"“{rejected.name}”曾列入本市拟保留清单，经审查不予保留。", rejected=rejected
        )

    def _banned(
        self,
        text: str,
        matter: str,
        item: Banned,
        kept: tuple[Kept, ...],
        evidence: str,
        score: float,
    ) -> Verdict:
        """附件1: banned, unless the matter falls under an exception; then the city's list decides."""
        cases = item.exceptions_for(text, matter)
        if kept and (cases or _same_matter(matter, kept)):
            kind, entries = VerdictKind.MAY_ISSUE, kept
        elif kept and not matter:
            return self._verdict(
                VerdictKind.UNCLEAR,
                text,
                score / 2,
                evidence=evidence,
                banned=(item,),
                entries=kept,
                question="拿去办什么？",
                options=(*(entry.matter for entry in kept if entry.matter), "其他"),
            )
        elif cases:
            kind, entries = VerdictKind.EXCEPTION, ()
        elif item.issued_elsewhere:
            kind, entries = VerdictKind.OTHER_BODY, ()
        else:
            kind, entries = VerdictKind.MUST_NOT_ISSUE, ()
        return self._verdict(
            kind,
            text,
            score,
            evidence=evidence,
            banned=(item,),
            exceptions=cases,
            entries=entries,
        )

    def _off_list(self, text: str, evidence: str, rejected: Rejected | None = None) -> Verdict:
        kind = VerdictKind.TRANSITIONAL if self.in_transition else VerdictKind.NOT_LISTED
        return self._verdict(kind, text, 0.9 if rejected else 0.6, evidence=evidence, rejected=rejected)

    @property
    def in_transition(self) -> bool:
        return TRANSITION[0] <= self.on < TRANSITION[1]

    def _verdict(self, kind: VerdictKind, text: str, confidence: float, **more: object) -> Verdict:
        return Verdict(
            kind=kind,
            query=text,
            on=self.on,
            confidence=confidence,
            in_transition=self.in_transition,
            **more,  # type: ignore[arg-type]
        )


def _sure(hits: list[Hit[Entry]]) -> bool:
    """One certificate, named by enough characters; the same name on two lists is still one."""
    best = hits[0]
    return best.length >= SURE_CONTAINED and all(hit.name == best.name for hit in hits)


def _same_matter(matter: str, kept: tuple[Kept, ...]) -> bool:
    said = normalize(matter)
    return bool(said) and any(
        said in normalize(entry.matter) or normalize(entry.matter) in said for entry in kept if entry.matter
    )


def _evidence(text: str, hit: Hit[Entry]) -> str:
    if hit.match is Match.EXACT:
        return f"“{hit.name}”{Match.EXACT.value}。"
    return f"您说的“{text.strip()}”属于“{hit.name}”（{hit.match.value}）。"
