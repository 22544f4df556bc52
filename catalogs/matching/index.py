"""Find the names that a text says: exactly, misspelt, in pinyin, inside a sentence, or nearly.

An index is built once from (key, names) pairs and never changes. Every way of matching gives hits
with a score between 0 and 1; ``find`` merges them to one hit a key, best first.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from catalogs.matching.forms import Forms, Names, squeeze
from catalogs.matching.grams import Grams, Neighbours
from catalogs.matching.normalize import (
    MARK,
    clauses,
    normalize,
    stem,
    without_brackets,
    without_ending,
    without_filler,
)
from catalogs.matching.phrases import CONTEXT, Gapped, Phrases, asked_from
from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import LONGEST_SYLLABLE, may_sound, pinyin_keys, sound_key
from catalogs.matching.spelling import likeness

K = TypeVar("K", bound=Hashable)

CLEAR = 0.7  # a hit as sure as this ends the search
MAYBE = 0.35  # worth a question, not an answer
NOTHING = 0.1  # below this two names have nothing to do with each other
_LATIN = re.compile(r"[a-z]+")


class Match(Enum):
    """How a name matched."""

    EXACT = "与清单所列名称一致"
    STEM = "是同一名称的不同写法"
    SAID = "就是这一说法"
    SOUND = "读音相同，可能有错别字"
    SHAPE = "字形相近，可能有错别字"
    PINYIN = "拼音一致"
    CONTAINED = "您的表述中包含这一名称"
    SAYING = "您的表述中包含这一说法"
    SIMILAR = "与这一名称相近"
    PARTIAL = "名称中包含您的表述"
    RELATED = "本市清单上的相近事项"


class Hit(NamedTuple, Generic[K]):
    """One key that matched: by which of its names, how, how surely, on how many characters."""

    key: K
    name: str
    match: Match
    score: float
    length: int


class _Said:
    """A question in the forms that the ways of matching need, each made once."""

    __slots__ = ("bare", "clauses", "whole")

    def __init__(self, text: str) -> None:
        self.clauses = clauses(text)
        self.whole = without_filler(self.clauses.replace(MARK, ""))
        self.bare = without_ending(self.whole)


class NameIndex(Generic[K]):
    """An immutable index of (key, names) pairs; a name may belong to several keys.

    Keys that match equally well stand in the order in which they were given.
    """

    def __init__(self, entries: Iterable[tuple[K, Names | Iterable[str]]]) -> None:
        forms = Forms[K]()
        for key, known in entries:
            forms.add(key, known if isinstance(known, Names) else Names(tuple(known)))
        self._forms = forms
        self._exact = _exact_hits(forms)
        self._names = Phrases(forms.phrases)
        self._sayings = Phrases(forms.sayings)
        self._gapped = Gapped(forms.gapped)
        self._heard = Phrases(forms.long_sounds())
        self._bare_names = list(forms.phrases)
        self._grams = Grams(self._bare_names)
        self._neighbours = Neighbours([sound_key(bare) for bare in self._bare_names])
        self._longest = max(map(len, self._bare_names), default=0)
        self._longest_typed = 2 * self._longest + LONGEST_SYLLABLE  # some of it in pinyin
        self._longest_form = max(map(len, self._exact), default=0)

    def find(self, text: str) -> Sequence[Hit[K]]:
        """Return the keys that a question may mean, the surest first; one hit a key."""
        if found := self._exact.get(text):
            return found
        said = _Said(text)
        if not said.bare or (named := self._named(text, said)):
            return named if said.bare else ()
        weak = self._inside(said)
        if len(said.bare) <= self._longest_typed or said.bare.isascii():
            weak += [*self._misspelt(said.bare), *self._in_letters(said)]
        if _surest(weak) < CLEAR:
            weak += self._nearly(said.bare)
        return _merged(weak) or self._partial(said.bare)

    def find_name(self, text: str) -> Sequence[Hit[K]]:
        """Return the keys that a name on a form is, or contains, the surest first; one hit a key.

        Stricter and faster than ``find``: who fills in a form writes a name, not a question.
        """
        if found := self._exact.get(text):
            return found
        said = _Said(text)
        if not said.bare or (named := self._named(text, said)):
            return named if said.bare else ()
        own = self._forms.own
        inside = (hit for hit in self._places(said, self._names) if stem(hit.name) in own)
        return _merged([*self._misspelt(said.bare), *inside])

    def _named(self, text: str, said: _Said) -> Sequence[Hit[K]]:
        """The keys that go by this name, whatever its ending and filler."""
        if len(said.bare) > 2 * self._longest_form:  # a remark in brackets may be as long as a name
            return ()
        unbracketed = without_brackets(text)
        if unbracketed != text and (found := self._exact.get(normalize(unbracketed))):
            return found
        if len(said.bare) > self._longest_form:
            return ()
        if found := self._exact.get(said.whole):
            return found
        bare = said.bare
        for table, form, match, score in (
            (self._forms.stems, bare, Match.STEM, 0.97),
            (self._forms.said_stems, bare, Match.SAID, 0.97),
            (self._forms.squeezed, squeeze(bare), Match.STEM, 0.95),
        ):
            if form and (keys := table.get(form)):
                return _hits(keys, match, score, len(form))
        return ()

    def _misspelt(self, bare: str) -> Iterator[Hit[K]]:
        if len(bare) < 2:
            return
        if found := self._forms.sounds.get(sound_key(bare)):
            if _LATIN.search(bare):
                yield from _hits(found, Match.PINYIN, 0.93, len(bare))
            else:
                for hit in _hits(found, Match.SOUND, 0.93, len(bare)):
                    yield hit if _shares_character(bare, stem(hit.name)) else hit._replace(score=MAYBE)
        elif found := self._forms.shapes.get(shape_key(bare)):
            yield from _hits(found, Match.SHAPE, 0.9, len(bare))

    def _in_letters(self, said: _Said) -> Iterator[Hit[K]]:
        """Pinyin, with or without its ending, and initials alone: wfzjlzm."""
        letters = said.bare
        if not letters.isascii() or not _LATIN.fullmatch(letters):
            return
        keys = [key.removesuffix(sound_key("证明")) for key in pinyin_keys(said.clauses)]
        keys += pinyin_keys(said.clauses.removesuffix("zm"))  # jianzai zm
        for key in keys:
            if found := self._forms.sounds.get(key):
                yield from _hits(found, Match.PINYIN, 0.93, len(key))
                return
        if found := self._forms.initials.get(letters.removesuffix("zm")):
            yield from _hits(found, Match.PINYIN, 0.7, len(letters))
            return
        for key in keys:
            for at in self._neighbours.of(key):
                name = self._bare_names[at]
                if may_sound(name, key):
                    yield from _hits(self._forms.phrases[name], Match.PINYIN, 0.9, len(name))

    def _inside(self, said: _Said) -> list[Hit[K]]:
        """Names and sayings inside the text; by their sound only where none is written out."""
        found = self._places(said, self._names, self._sayings, self._gapped)
        if _surest(found) < CLEAR and not _LATIN.search(said.bare):
            found += self._overheard(said)
        return found

    def _places(self, said: _Said, *known: Phrases[K] | Gapped[K]) -> list[Hit[K]]:
        """Names and sayings written out in the text, weighed by where they stand."""
        text = said.clauses
        places = [
            (place, phrases)
            for phrases in known
            for place in phrases.places(text)
            if not text.startswith("证明", place.end - 1)  # 居住证 in 居住证明
        ]
        asked = 0
        if len(places) > 1:
            asked = asked_from(text)
            if all(place.end <= asked for place, _ in places):
                asked = 0  # nothing known is asked for: the matter has to tell
            # A longer one knows better; what has a gap only spans the others.
            spans = [place for place, phrases in places if phrases is not self._gapped]
            places = [
                (place, phrases)
                for place, phrases in places
                if phrases is self._gapped or not any(place.is_within(other) for other in spans)
            ]
        hits: list[Hit[K]] = []
        for place, phrases in places:
            match = Match.CONTAINED if phrases is self._names else Match.SAYING
            score = place.weight(text, is_name=match is Match.CONTAINED)
            if place.end <= asked:
                score *= CONTEXT
            hits += _hits(place.keys, match, score, place.size)
        return hits

    def _overheard(self, said: _Said) -> Iterator[Hit[K]]:
        """Names of some length inside the text, written as they sound: 开一张亲署关系证明给银行."""
        text = said.clauses
        for place in self._heard.places(sound_key(text)):
            written = text[place.start : place.end]
            for key, name in place.keys.items():
                sure = likeness(written, stem(name))
                score = place.weight(text, is_name=True) * sure
                yield Hit(key, name, Match.SOUND, score, place.end - place.start)

    def _nearly(self, bare: str) -> Iterator[Hit[K]]:
        """Names that the whole text may be a misspelling of."""
        if not 3 <= len(bare) <= self._longest + 2:
            return
        near = self._neighbours.of(sound_key(bare)) or self._grams.nearest(bare)
        for at in near:
            name = self._bare_names[at]
            if (score := likeness(bare, name)) > NOTHING:
                yield from _hits(self._forms.phrases[name], Match.SIMILAR, score, len(name))

    def _partial(self, bare: str) -> list[Hit[K]]:
        """Names that the text is a part of, the closest in length first."""
        if len(bare) < 2:
            return []
        hits: dict[K, Hit[K]] = {}
        for at in self._grams.nearest(bare):
            name = self._bare_names[at]
            if bare in name:
                score = 0.45 * len(bare) / len(name)
                for hit in _hits(self._forms.phrases[name], Match.PARTIAL, score, len(bare)):
                    hits.setdefault(hit.key, hit)
        return list(hits.values())


def _hits(found: dict[K, str], match: Match, score: float, length: int) -> list[Hit[K]]:
    return [Hit(key, name, match, score, length) for key, name in found.items()]


def _exact_hits(forms: Forms[K]) -> dict[str, tuple[Hit[K], ...]]:
    """Hits by every name as given and in its normal form; a name of one is no saying of another."""
    said, named = (
        {form: tuple(_hits(keys, match, 1.0, len(form))) for form, keys in known.items()}
        for match, known in ((Match.SAID, forms.exact_sayings), (Match.EXACT, forms.exact))
    )
    hits = {**said, **named}
    hits.update({written: hits[form] for written, form in forms.written.items() if written not in hits})
    return hits


def _surest(hits: Sequence[Hit[K]]) -> float:
    return max([hit.score for hit in hits]) if hits else 0.0


def _merged(weak: Sequence[Hit[K]]) -> Sequence[Hit[K]]:
    if len(weak) < 2:
        return weak
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
    return best._replace(score=1 - doubt)


def _shares_character(one: str, other: str) -> bool:
    """Whether some character is the same: 上海 sounds like 三孩 in the South and is another word."""
    return any(left == right for left, right in zip(one, other, strict=False))
