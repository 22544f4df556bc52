"""The rows of a city's list that share telling words with what was said, whatever it is called there."""

import re
from collections.abc import Iterable, Mapping
from math import log
from typing import NamedTuple

from catalogs.matching.entries import Kept
from catalogs.matching.normalize import MARK, clauses, stem

# Words of many certificates, matters and bodies: to share one says nothing.
_COMMON = re.compile(
    "证明|身份证|证件|说明|材料|情况|状况|状态|关系|当事人|申请|登记|办理|核实|审核|评定|确认|认定|鉴定|资格|使用|"
    "用于|记录|人员|对象|个人|本人|家庭|居民|村民|公民|群众|人民|社区|街道|村委会|居委会|委员会|农村|城镇|行政|"
    "主管|管理|部门|机关|机构|单位|政府|相关|有关|信息|事项|首次|阶段|实际|协议|合同|一个|"
    "什么|怎么|我们|他们|没有|可以|需要|信用社|的|了"
)
_ENDS = re.compile(rf"^(?:{_COMMON.pattern}|的)+|(?:{_COMMON.pattern}|的)+$")
# How much a word counts where it stands in the row.
_NAME, _MATTER, _UNIT = 3.0, 2.0, 1.0
# A word of the certificate that was meant, beside one that was said; and one of its other names.
_SUBJECT = 0.6
_SYNONYM = 0.2
_WORTH = 0.35  # of the nearest row's score: what is further off only distracts
WHOLE = 4  # characters of a name's telling part that are the name, wherever they stand


class Related(NamedTuple):
    """A row, how near it is, and what its name shares with the very words that were said.

    ``share``: how much of its name was said, or of its matter, which counts less. ``is_named``: the
    telling part of its name stands in the question.
    """

    row: Kept
    score: float
    shared: frozenset[str]
    share: float
    is_named: bool


class RelatedRows:
    """An immutable index of the rows of a list by the pairs of characters in their telling words."""

    def __init__(self, rows: Iterable[Kept]) -> None:
        self._rows = list(rows)
        self._names = [pairs(row.name) for row in self._rows]
        self._matters = [pairs(row.matter) for row in self._rows]
        self._parts = [telling_part(row.name) for row in self._rows]
        self._postings: dict[str, dict[int, float]] = {}
        for at, row in enumerate(self._rows):
            for text, weight in ((row.name, _NAME), (row.matter, _MATTER), (row.requesting_unit, _UNIT)):
                for pair in pairs(text):
                    self._postings.setdefault(pair, {}).setdefault(at, weight)

    def find(self, said: str, subjects: Mapping[str, float], synonyms: Iterable[str] = ()) -> list[Related]:
        """Return the rows that have to do with ``said``, the nearest first.

        ``subjects`` are the names of the certificates that it may mean, each with how surely;
        ``synonyms`` the telling words of their other names.
        """
        spoken = pairs(said)
        counts = dict.fromkeys(spoken, 1.0)
        for subject, sure in subjects.items():
            for pair in pairs(subject) - spoken:
                counts[pair] = max(counts.get(pair, 0.0), sure * _SUBJECT)
        for pair in synonyms:
            counts.setdefault(pair, _SYNONYM)
        scores: dict[int, float] = {}
        for pair, count in counts.items():
            found = self._postings.get(pair, {})
            for at, weight in found.items():
                scores[at] = scores.get(at, 0.0) + count * weight * log(1 + len(self._rows) / len(found))
        text = clauses(said)
        least = _WORTH * max(scores.values(), default=0.0)
        return sorted(
            (self._related(at, score, spoken, text) for at, score in scores.items() if score >= least),
            key=lambda one: (not one.is_named, -one.score, one.row.name, one.row.key),
        )

    def _related(self, at: int, score: float, spoken: frozenset[str], text: str) -> Related:
        part = self._parts[at]
        is_named = len(part) >= WHOLE and part in text
        shared = self._names[at] & spoken
        of_matter = _share(self._matters[at], spoken) * _MATTER / _NAME
        share = max(_share(self._names[at], spoken), of_matter)
        return Related(self._rows[at], score, shared, share, is_named)


def _share(words: frozenset[str], spoken: frozenset[str]) -> float:
    return len(words & spoken) / len(words) if words else 0.0


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters in what a text says, without the common words."""
    said = _COMMON.sub(MARK, clauses(text))
    found = {said[at : at + 2] for at in range(len(said) - 1)}
    return frozenset(pair for pair in found if MARK not in pair and not pair.isdigit())


def telling_part(name: str) -> str:
    """A name without its ending and the common words around it: 志愿服务记录证明 → 志愿服务."""
    bare = stem(name)
    return _ENDS.sub("", bare) or bare
