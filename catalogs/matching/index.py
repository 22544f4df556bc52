"""Find the names that a text says: exactly, misspelt, in pinyin, inside a sentence, or nearly.

An index is built once from (key, names) pairs and never changes. Every way of matching gives hits
with a score between 0 and 1; ``find`` merges them to one hit a key, best first.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Generic, TypeVar

from catalogs.matching.grams import Grams
from catalogs.matching.normalize import normalize, stem, without_brackets, without_ending
from catalogs.matching.phrases import Phrases, clauses
from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import initials, sound_key
from catalogs.matching.spelling import likeness

K = TypeVar("K", bound=Hashable)

MIN_INITIALS = 3  # "dszm" without 证明 has two letters left, which say too little
_LATIN = re.compile(r"[a-z]+")
_WEAK_WORDS = re.compile(r"的|情况|状况|状态|方面|信息|个人|本人|相关|方面")


class Match(Enum):
    """How a name matched."""

    EXACT = "与清单所列名称一致"
    STEM = "是同一名称的不同写法"
    SOUND = "读音相同，可能有错别字"
    SHAPE = "字形相近，可能有错别字"
    PINYIN = "拼音一致"
    CONTAINED = "您的表述中包含这一名称"
    SAYING = "您的表述中包含这一说法"
    SIMILAR = "与这一名称相近"
    PARTIAL = "名称中包含您的表述"


@dataclass(frozen=True, slots=True)
class Hit(Generic[K]):
    """One key that matched: by which of its names, how, how surely, on how many characters."""

    key: K
    name: str
    match: Match
    score: float
    length: int


@dataclass(frozen=True, slots=True)
class Names:
    """What a certificate is called.

    ``names`` are its own; ``wordings`` name a part or a kind of it (离异证明 for 婚姻状况证明) and are
    answered as it is; ``sayings`` are what people say instead of a name.
    """

    names: Sequence[str]
    wordings: Sequence[str] = ()
    sayings: Sequence[str] = ()


class NameIndex(Generic[K]):
    """An immutable index of (key, names) pairs; a name may belong to several keys."""

    def __init__(self, entries: Iterable[tuple[K, Names | Iterable[str]]]) -> None:
        self._exact: dict[str, dict[K, str]] = {}
        self._stems: dict[str, dict[K, str]] = {}
        self._squeezed: dict[str, dict[K, str]] = {}
        self._sounds: dict[str, dict[K, str]] = {}
        self._shapes: dict[str, dict[K, str]] = {}
        self._initials: dict[str, dict[K, str]] = {}
        phrases: dict[str, dict[K, str]] = {}
        sayings: dict[str, dict[K, str]] = {}
        own: set[str] = set()
        for key, known in entries:
            called = known if isinstance(known, Names) else Names(tuple(known))
            own.update(map(stem, called.names))
            for name in (*called.names, *called.wordings):
                for form in dict.fromkeys((name, without_brackets(name))):
                    self._add_name(key, name, normalize(form), phrases)
            for saying in called.sayings:
                if said := normalize(saying):
                    self._exact.setdefault(said, {}).setdefault(key, saying)
                    self._stems.setdefault(without_ending(said), {}).setdefault(key, saying)
                    sayings.setdefault(said, {}).setdefault(key, saying)
        self._names = Phrases(phrases)
        self._sayings = Phrases(sayings)
        self._grams = Grams(list(phrases))
        self._phrases = phrases
        self._own = frozenset(own)

    def _add_name(self, key: K, name: str, whole: str, phrases: dict[str, dict[K, str]]) -> None:
        if not whole:
            return
        bare = without_ending(whole)
        self._exact.setdefault(whole, {}).setdefault(key, name)
        self._stems.setdefault(bare, {}).setdefault(key, name)
        self._squeezed.setdefault(_squeeze(bare), {}).setdefault(key, name)
        if len(bare) > 1:
            phrases.setdefault(bare, {}).setdefault(key, name)
            self._sounds.setdefault(sound_key(bare), {}).setdefault(key, name)
            self._shapes.setdefault(shape_key(bare), {}).setdefault(key, name)
            letters = initials(bare)
            if len(letters) >= MIN_INITIALS:
                self._initials.setdefault(letters, {}).setdefault(key, name)

    def find(self, text: str) -> list[Hit[K]]:
        """Return the keys that a question may mean, the surest first; one hit a key."""
        if not (bare := stem(text)) or (named := self._named(text, bare)):
            return named if bare else []
        weak = (*self._misspelt(bare), *self._in_letters(bare), *self._said(text), *self._similar(bare))
        return _merged(weak) or self._partial(bare)

    def find_name(self, text: str) -> list[Hit[K]]:
        """Return the keys that a name on a form is, or contains, the surest first; one hit a key.

        Stricter and faster than ``find``: who fills in a form writes a name, not a question.
        """
        if not (bare := stem(text)) or (named := self._named(text, bare)):
            return named if bare else []
        inside = (hit for hit in self._said(text) if hit.match is Match.CONTAINED)
        return _merged((*self._misspelt(bare), *(hit for hit in inside if stem(hit.name) in self._own)))

    def _named(self, text: str, bare: str) -> list[Hit[K]]:
        """The keys that go by this name, whatever its ending and filler."""
        whole = normalize(text)
        for form in dict.fromkeys((whole, normalize(without_brackets(text)))):
            if found := self._exact.get(form):
                return _hits(found, Match.EXACT, 1.0, len(form))
        for table, form, score in (
            (self._stems, bare, 0.97),
            (self._squeezed, _squeeze(bare), 0.95),
        ):
            if form and (found := table.get(form)):
                return _hits(found, Match.STEM, score, len(form))
        return []

    def _misspelt(self, bare: str) -> Iterable[Hit[K]]:
        if len(bare) < 2:
            return
        if found := self._sounds.get(sound_key(bare)):
            match = Match.PINYIN if _LATIN.search(bare) else Match.SOUND
            yield from _hits(found, match, 0.93, len(bare))
        elif found := self._shapes.get(shape_key(bare)):
            yield from _hits(found, Match.SHAPE, 0.9, len(bare))

    def _in_letters(self, bare: str) -> Iterable[Hit[K]]:
        """Pinyin with its ending still on, and initials alone: wfzjlzm."""
        letters = bare.replace(" ", "")
        if not _LATIN.fullmatch(letters):
            return
        key = sound_key(letters)
        ending = sound_key("证明")
        if key.endswith(ending) and (found := self._sounds.get(key.removesuffix(ending))):
            yield from _hits(found, Match.PINYIN, 0.93, len(key) - 2)
        elif found := self._initials.get(letters.removesuffix("zm")):
            yield from _hits(found, Match.PINYIN, 0.7, len(letters))

    def _said(self, text: str) -> Iterable[Hit[K]]:
        """Names and sayings inside the text, weighed by where they stand."""
        said = clauses(text)
        places = [(place, self._names, Match.CONTAINED) for place in self._names.places(said)]
        places += [(place, self._sayings, Match.SAYING) for place in self._sayings.places(said)]
        spans = [(place.start, place.end) for place, _, _ in places]
        for place, phrases, match in places:
            if any(a <= place.start and place.end <= b and b - a > place.end - place.start for a, b in spans):
                continue  # inside a longer one, which knows better
            score = place.weight(said, is_name=match is Match.CONTAINED)
            yield from _hits(phrases.keys(place), match, score, place.end - place.start)

    def _similar(self, bare: str) -> Iterable[Hit[K]]:
        """Names spelt nearly so."""
        if len(bare) < 3:
            return
        for name in self._grams.nearest(bare):
            score = likeness(bare, name)
            if score > 0.5:
                yield from _hits(self._phrases[name], Match.SIMILAR, score * 0.85, len(name))

    def _partial(self, bare: str) -> list[Hit[K]]:
        """Names that the text is a part of, the closest in length first."""
        if len(bare) < 2:
            return []
        hits: dict[K, Hit[K]] = {}
        for name in self._grams.nearest(bare):
            if bare in name:
                for hit in _hits(self._phrases[name], Match.PARTIAL, 0.45 * len(bare) / len(name), len(bare)):
                    hits.setdefault(hit.key, hit)
        return list(hits.values())


def _hits(found: dict[K, str], match: Match, score: float, length: int) -> list[Hit[K]]:
    return [Hit(key, name, match, score, length) for key, name in found.items()]


def _merged(weak: Iterable[Hit[K]]) -> list[Hit[K]]:
    merged: dict[K, list[Hit[K]]] = defaultdict(list)
    for hit in weak:
        merged[hit.key].append(hit)
    return sorted(map(_together, merged.values()), key=lambda hit: (-hit.score, -hit.length))


def _together(hits: list[Hit[K]]) -> Hit[K]:
    """One hit for a key: the best, a little surer for each further, different one."""
    best = max(hits, key=lambda hit: hit.score)
    doubt = 1 - best.score
    for hit in hits:
        if hit is not best and hit.name != best.name:
            doubt *= 1 - 0.3 * hit.score
    return replace(best, score=1 - doubt)


def _squeeze(bare: str) -> str:
    return _WEAK_WORDS.sub("", bare)
