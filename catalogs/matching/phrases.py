"""Known phrases inside what somebody says, and how much each counts where it stands."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import ahocorasick  # type: ignore[import-not-found]

from catalogs.matching.normalize import simplified

K = TypeVar("K", bound=Hashable)

MARK = "，"
_GAP = re.compile(r"[\W_]+")
# 户 籍 证 明: characters set apart one by one belong together.
_SET_APART = re.compile(r"(?<![^\s])(\S)(?:\s+(?=\S(?:\s|$)))")
# What may stand between a certificate's name and the end of the asking.
_AFTER = re.compile(
    r"(?:的|了|情况|状况|状态|方面|信息|事实|原因|经过|关系|相关|这些|书面|开个|出个|开一张|一张|一份|这种)*"
    r"(?:証明|证明|条子|条|材料|字据|手续|文件|证件)"
)
# What asks for the certificate that follows.
_BEFORE = re.compile(r"(?:证明|开具|出具|开个|开一份|开一张|开|出|要|写|打|办)[^，]{0,5}$")


def clauses(text: str) -> str:
    """Return ``text`` simplified, each run of spaces and punctuation as one ``MARK``."""
    whole = simplified(text).strip()
    if all(len(part) == 1 for part in whole.split()):
        whole = whole.replace(" ", "")
    return _GAP.sub(MARK, whole).strip(MARK)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase stands in a text: ``[start, end)``."""

    start: int
    end: int
    phrase: str

    def weight(self, said: str, is_name: bool) -> float:
        """How surely the phrase is what the text asks for, between 0 and 1."""
        length = self.end - self.start
        sure = min(0.9, (0.74 if is_name else 0.68) + 0.06 * (length - 2))
        if self.is_head(said) or self.is_asked(said):
            return sure
        if self.end == len(said):
            return sure * 0.92
        return sure * (0.75 if MARK not in said and len(said) <= 12 else 0.6)

    def is_head(self, said: str) -> bool:
        """Whether 证明 or the like follows."""
        return bool(_AFTER.match(said, self.end))

    def is_asked(self, said: str) -> bool:
        """Whether the words before it ask for a certificate."""
        return bool(_BEFORE.search(said, 0, self.start))


class Phrases(Generic[K]):
    """An automaton over phrases, each with its keys."""

    def __init__(self, phrases: Mapping[str, dict[K, str]]) -> None:
        self._phrases = phrases
        self._automaton = ahocorasick.Automaton()
        for phrase in phrases:
            self._automaton.add_word(phrase, phrase)
        self._automaton.make_automaton()

    def places(self, said: str) -> Iterator[Place]:
        """Yield every phrase in ``said``, also those inside others."""
        if not self._phrases:
            return
        for last, phrase in self._automaton.iter(said):
            yield Place(last - len(phrase) + 1, last + 1, phrase)

    def keys(self, place: Place) -> dict[K, str]:
        """The keys of a phrase, each with the name it came from."""
        return self._phrases[place.phrase]
