"""Known phrases inside what somebody says, and how much each counts where it stands."""

import re
from collections.abc import Hashable, Mapping
from typing import Generic, NamedTuple, TypeVar

import ahocorasick  # type: ignore[import-not-found]

from catalogs.matching.normalize import MARK

K = TypeVar("K", bound=Hashable)

# What may stand between a certificate's name and the end of the asking.
_AFTER = re.compile(
    r"(?:的|了|情况|状况|状态|方面|信息|事实|原因|经过|关系|相关|这些|书面|申请|开个|出个|开一张|一张|一份|这种)*"
    r"(?:証明|证明|说明|条子|条(?!件)|材料|字据|手续|文件|证件)"
)
# What asks for the certificate that follows.
# Whom or what a name may be about, or the asking itself: what stands before it says nothing of its kind.
_ABOUT = re.compile(
    r"(?:[的我你他她您们个份张下开出具办写要有无没未非叫说给帮让来去到年月日天]|明|某|本人|个人|自己|居民|村民|公民|群众|人员|老人|"
    r"[父母爸妈爷奶公婆哥姐弟妹姨姑叔伯舅孙儿女子妻夫]|孩|老婆|老公|娃|家|社区|小区|街道|[村屯]|户主|先生|女士|同志|员工|学生|情况|状况|以及|和|及|与|或|等)$"
)
_NAMED = re.compile(r"(?:证明|表|书|协议|合同)$")
_SENTENCE = re.compile(r"[要的了去来是在给让叫我你他她有没不过后]")
# Somebody wants the committee to certify or write what follows.
_ASKING = re.compile(
    r"(?:要|叫|让|喊|请|找|得|需|求|说|去|到|回|来)[^，]{0,6}?(?:村|居委|社区|大队)"
    r"(?:委会|委|会|里|上|帮|给|再|先|来|去|也|都|我们|我|他)*(?:证明|出具|开具|写清楚|写明|写|出|开|补)|要(?:求)?(?:证明|开|出)"
)
_SAYS_NOTHING = re.compile(r"证明|材料|条子|说明|手续|情况|一张|一份|一个|[的个张份下，]")
CONTEXT = 0.55  # how much the name of a matter counts beside what is asked for
WIDEST_GAP = 8  # characters between two parts of a phrase
_FAR_BEFORE = 8  # characters: 开一张 and five more
_BEFORE = re.compile(r"(?:证明|开具|出具|开个|开一份|开一张|开|出|要|写|打|办)[^，]{0,5}$")


def asked_from(said: str) -> int:
    """Where a text begins to say what is asked for: 办过户，要村里证明｜我们是父子; 0 when it does not say.

    What stands before it is the matter.
    """
    start = 0
    for found in _ASKING.finditer(said):
        if len(_SAYS_NOTHING.sub("", said[found.end() :])) > 1:
            start = found.end()
    return start


class Place(NamedTuple, Generic[K]):
    """Where a phrase stands in a text, ``[start, end)``, and the keys of it, each with its name.

    ``size`` is the number of its own characters, fewer than it spans when it has a gap.
    """

    start: int
    end: int
    keys: dict[K, str]
    size: int

    def is_within(self, other: "Place[K]") -> bool:
        """Whether ``other`` covers this place, and more."""
        return other.start <= self.start and self.end <= other.end and self[:2] != other[:2]

    def weight(self, said: str, is_name: bool) -> float:
        """How surely the phrase is what the text asks for, between 0 and 1."""
        length = self.size
        base = 0.74 if is_name else 0.68 if self.end - self.start == length else 0.72
        sure = min(0.9, base + 0.06 * (length - 2))
        if is_name and length <= 2 and self.is_tail(said):
            return sure * 0.45  # 渔民身份证明: a short name after a word of its own ends another one
        if self.is_head(said) or self.is_asked(said):
            return sure
        if self.end == len(said):
            return sure * 0.92
        if self.goes_on(said, is_name):
            return sure * 0.45  # 死亡赔偿证明, 失业登记表: another name begins like this one
        return sure * (0.75 if MARK not in said and len(said) <= 12 else 0.6)

    def goes_on(self, said: str, is_name: bool) -> bool:
        """Whether the text is one name that is longer than the phrase; a saying may open a sentence."""
        if MARK in said or not (end := _NAMED.search(said, self.end)):
            return False
        return is_name or (self.start == 0 and not _SENTENCE.search(said, self.end, end.start()))

    def is_tail(self, said: str) -> bool:
        """Whether the word before it belongs to it, and is nobody it could be about."""
        before = said[max(0, self.start - 4) : self.start].rpartition(MARK)[2]
        return len(before) > 1 and not _ABOUT.search(before)

    def is_head(self, said: str) -> bool:
        """Whether 证明 or the like follows."""
        return bool(_AFTER.match(said, self.end))

    def is_asked(self, said: str) -> bool:
        """Whether the words before it ask for a certificate."""
        return bool(_BEFORE.search(said, max(0, self.start - _FAR_BEFORE), self.start))


class Phrases(Generic[K]):
    """An automaton over phrases, each with its keys."""

    def __init__(self, phrases: Mapping[str, dict[K, str]]) -> None:
        self._is_empty = not phrases
        self._automaton = ahocorasick.Automaton()
        for phrase, keys in phrases.items():
            self._automaton.add_word(phrase, (len(phrase), keys))
        self._automaton.make_automaton()

    def places(self, said: str) -> list[Place[K]]:
        """Return every phrase in ``said``, also those inside others."""
        if self._is_empty:
            return []
        return [
            Place(last + 1 - length, last + 1, keys, length)
            for last, (length, keys) in self._automaton.iter(said)
        ]


class Gapped(Generic[K]):
    """Phrases with a gap, each part to be found after the one before: 改…姓 in 想给孩子改个姓."""

    def __init__(self, phrases: Mapping[tuple[str, ...], dict[K, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], dict[K, str]]]] = {}
        self._automaton = ahocorasick.Automaton()
        for parts, keys in phrases.items():
            self._by_first.setdefault(parts[0], []).append((parts, keys))
            for part in parts:
                self._automaton.add_word(part, part)
        self._automaton.make_automaton()

    def places(self, said: str) -> list[Place[K]]:
        """Return each phrase in ``said`` once, where it first stands."""
        if not self._by_first:
            return []
        starts: dict[str, list[int]] = {}
        for last, part in self._automaton.iter(said):
            starts.setdefault(part, []).append(last + 1 - len(part))
        found = []
        for first in starts.keys() & self._by_first.keys():
            for parts, keys in self._by_first[first]:
                if span := _span(parts, starts):
                    found.append(Place(*span, keys, sum(map(len, parts))))
        return sorted(found, key=lambda place: (place.start, place.end))


def _span(parts: tuple[str, ...], starts: Mapping[str, list[int]]) -> tuple[int, int] | None:
    """Where the parts stand one after the other with no gap over ``WIDEST_GAP``."""
    for start in starts[parts[0]]:
        end = start + len(parts[0])
        for part in parts[1:]:
            at = next((at for at in starts.get(part, ()) if end <= at <= end + WIDEST_GAP), None)
            if at is None:
                break
            end = at + len(part)
        else:
            return start, end
    return None
