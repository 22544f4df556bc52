"""Find the names that a text says: exactly, without its ending, or somewhere inside it."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from catalogs.matching.normalize import normalize, stem, without_brackets

K = TypeVar("K", bound=Hashable)

# A shorter stem inside a longer text says too little: 出生 stands in many sentences.
MIN_CONTAINED = 3
MIN_PARTIAL = 2


class Match(Enum):
    """How a name matched, best first."""

    EXACT = "与清单所列名称一致"
    STEM = "与清单所列名称是同一名称的不同写法"
    CONTAINED = "您的表述中包含清单所列名称"
    PARTIAL = "清单所列名称中包含您的表述"

    @property
    def score(self) -> float:
        return _SCORES[self]


_SCORES = {Match.EXACT: 1.0, Match.STEM: 0.95, Match.CONTAINED: 0.8, Match.PARTIAL: 0.5}


@dataclass(frozen=True, slots=True)
class Hit(Generic[K]):
    """One key that matched: by which of its names, how, and how many telling characters."""

    key: K
    name: str
    match: Match
    length: int


class NameIndex(Generic[K]):
    """An immutable index of (key, names) pairs; a name may belong to several keys."""

    def __init__(self, entries: Iterable[tuple[K, Iterable[str]]]) -> None:
        self._exact: dict[str, dict[K, str]] = {}
        self._stems: dict[str, dict[K, str]] = {}
        for key, names in entries:
            for name in names:
                for form in (name, without_brackets(name)):
                    if whole := normalize(form):
                        self._exact.setdefault(whole, {}).setdefault(key, name)
                        self._stems.setdefault(stem(form), {}).setdefault(key, name)
        self._parts = {**self._exact}
        self._parts |= {part: keys for part, keys in self._stems.items() if len(part) >= MIN_CONTAINED}
        self._longest = max(map(len, self._parts), default=0)

    def find(self, text: str) -> list[Hit[K]]:
        """Return the keys named in ``text``, the surest and longest first; one hit a key.

        All hits are of one kind of match: the surest that found anything.
        """
        query = normalize(text)
        if not query:
            return []
        for whole in (query, normalize(without_brackets(text))):
            if found := self._exact.get(whole):
                return _hits(found, Match.EXACT, whole)
        bare = stem(text)
        if found := self._stems.get(bare):
            return _hits(found, Match.STEM, bare)
        return self._contained(query) or self._partial(bare)

    def _contained(self, query: str) -> list[Hit[K]]:
        """The longest names inside the text; one inside another's span does not count."""
        hits: dict[K, Hit[K]] = {}
        taken: list[tuple[int, int]] = []
        for size in range(min(self._longest, len(query)), MIN_CONTAINED - 1, -1):
            for start in range(len(query) - size + 1):
                end = start + size
                found = self._parts.get(query[start:end])
                if found and not any(a <= start and end <= b for a, b in taken):
                    taken.append((start, end))
                    for hit in _hits(found, Match.CONTAINED, query[start:end]):
                        hits.setdefault(hit.key, hit)
        return sorted(hits.values(), key=lambda hit: -hit.length)

    def _partial(self, bare: str) -> list[Hit[K]]:
        """Names that the text is a part of, the closest in length first."""
        if len(bare) < MIN_PARTIAL:
            return []
        hits: dict[K, Hit[K]] = {}
        for part in sorted((p for p in self._stems if bare in p), key=lambda p: (len(p), p)):
            for hit in _hits(self._stems[part], Match.PARTIAL, bare):
                hits.setdefault(hit.key, hit)
        return list(hits.values())


def _hits(found: dict[K, str], match: Match, part: str) -> list[Hit[K]]:
    return [Hit(key, name, match, len(stem(part))) for key, name in found.items()]
