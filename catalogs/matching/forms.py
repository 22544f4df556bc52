"""The names of an index in every form in which they are looked up."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from catalogs.matching.normalize import (
    GAP,
    clauses,
    normalize,
    says_something,
    without_brackets,
    without_ending,
)
from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import initials, sound_key

K = TypeVar("K", bound=Hashable)

MIN_INITIALS = 3  # "dszm" without 证明 has two letters left, which say too little
MIN_HEARD = 4  # sounds of a name that is listened for inside a sentence
_TWICE = re.compile(r"(.{2,})\1")
_WEAK_WORDS = re.compile(r"的|情况|状况|状态|方面|信息|个人|本人|相关")


@dataclass(frozen=True, slots=True)
class Names:
    """What a certificate is called.

    ``names`` are its own; ``wordings`` name a part or a kind of it (离异证明 for 婚姻状况证明) and are
    answered as it is; ``sayings`` are what people say instead of a name.
    """

    names: Sequence[str]
    wordings: Sequence[str] = ()
    sayings: Sequence[str] = ()


class Forms(Generic[K]):
    """Every name in every form that is looked up, with the keys it stands for."""

    def __init__(self) -> None:
        self.exact: dict[str, dict[K, str]] = {}
        self.exact_sayings: dict[str, dict[K, str]] = {}
        self.stems: dict[str, dict[K, str]] = {}
        self.said_stems: dict[str, dict[K, str]] = {}
        self.squeezed: dict[str, dict[K, str]] = {}
        self.sounds: dict[str, dict[K, str]] = {}
        self.shapes: dict[str, dict[K, str]] = {}
        self.initials: dict[str, dict[K, str]] = {}
        self.phrases: dict[str, dict[K, str]] = {}
        self.sayings: dict[str, dict[K, str]] = {}
        self.gapped: dict[tuple[str, ...], dict[K, str]] = {}
        self.own: set[str] = set()
        self.written: dict[str, str] = {}  # a name as it was given → its normal form

    def add(self, key: K, called: Names) -> None:
        for name in (*called.names, *called.wordings):
            bare = self._add_name(key, name, name)
            if name in called.names:
                self.own.add(bare)
            if (plain := without_brackets(name)) != name:
                self._add_name(key, name, plain)
        for saying in called.sayings:
            if GAP in saying:
                parts = tuple(filter(None, (clauses(part) for part in saying.split(GAP))))
                if parts:
                    self.gapped.setdefault(parts, {}).setdefault(key, saying)
            elif said := normalize(saying):
                self.written[saying] = said
                _put(self.exact_sayings, said, key, saying)
                _put(self.said_stems, without_ending(said), key, saying)
                if says_something(saying):
                    _put(self.sayings, said, key, saying)

    def _add_name(self, key: K, name: str, form: str) -> str:
        whole = normalize(form)
        bare = without_ending(whole)
        if not whole:
            return bare
        self.written[form] = whole
        _put(self.exact, whole, key, name)
        _put(self.stems, bare, key, name)
        _put(self.squeezed, squeeze(bare), key, name)
        if len(bare) > 1 and says_something(form):  # 开个证明 would be found in every question
            _put(self.phrases, bare, key, name)
            _put(self.sounds, sound_key(bare), key, name)
            _put(self.shapes, shape_key(bare), key, name)
            if len(letters := initials(bare)) >= MIN_INITIALS:
                _put(self.initials, letters, key, name)
        return bare

    def long_sounds(self) -> dict[str, dict[K, str]]:
        """Names of some length by their sound; shorter ones are heard in any sentence."""
        return {sounds: keys for sounds, keys in self.sounds.items() if len(sounds) >= MIN_HEARD}


def squeeze(bare: str) -> str:
    """Without words that say little, and without a word typed twice."""
    return _TWICE.sub(r"\1", _WEAK_WORDS.sub("", bare))


def _put(table: dict[str, dict[K, str]], form: str, key: K, name: str) -> None:
    table.setdefault(form, {}).setdefault(key, name)
