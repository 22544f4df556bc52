"""How characters sound (拼音), folded as Southern speakers and hurried typists confuse them.

Readings come from pypinyin; a few characters are read otherwise in Guangxi.
"""

import re
from functools import cache, lru_cache
from itertools import chain, islice, product

from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT

# Read otherwise in Guangxi than a dictionary puts first.
_LOCAL = {"覃": ("qin",), "番": ("fan", "pan"), "那": ("na",), "藉": ("ji", "jie")}
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")
_LETTERS = re.compile(r"[a-z]+")
MAX_SPLITS = 8
LONGEST_SYLLABLE = 6  # zhuang
_FIRST_SOUND = 0xE000  # sounds are written as one character each, in the private use area


class _Sounds(dict[int, str]):
    """Character → sign of its usual sound, each looked up once."""

    def __missing__(self, code: int) -> str:
        sign = self[code] = _sign(readings(chr(code))[0])
        return sign


_SOUNDS = _Sounds()


def sound_key(text: str) -> str:
    """Return ``text`` as one character a sound, so that homophones become equal.

    Hanzi and pinyin letters may be mixed; letters that are no pinyin stay as they are.
    """
    if not _LETTERS.search(text):
        return text.translate(_SOUNDS)
    parts: list[str] = []
    at = 0
    for letters in _LETTERS.finditer(text):
        parts.append(text[at : letters.start()].translate(_SOUNDS))
        parts += (_sign(one) for one in syllables(letters.group()) or letters.group())
        at = letters.end()
    parts.append(text[at:].translate(_SOUNDS))
    return "".join(parts)


def may_sound(text: str, key: str) -> bool:
    """Whether ``text`` may be read as a key says, whichever reading each character takes (退还 tui huan)."""
    return len(text) == len(key) and all(
        sign in map(_sign, readings(char)) for char, sign in zip(text, key, strict=True)
    )


def initials(text: str) -> str:
    """Return the first letter of each character's sound: 单身证明 → dszm."""
    return "".join(_plain_readings(char)[0][:1] for char in text)


@cache
def readings(char: str) -> tuple[str, ...]:
    """Return the folded readings of a character, the usual one first; itself when it has none."""
    return tuple(dict.fromkeys(map(_folded, _plain_readings(char))))


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters share a reading, tones and Southern confusions aside."""
    return not set(readings(one)).isdisjoint(readings(other))


def syllables(letters: str) -> tuple[str, ...]:
    """Split pinyin written without gaps into folded syllables, the fewest; empty when it is none."""
    return next(iter(_splits(letters)), ())


def pinyin_keys(text: str) -> list[str]:
    """Return the sound keys that pinyin may stand for, the likeliest first; empty when it is none.

    Gaps and apostrophes part syllables; without them muquanshu may be mu-quan-shu or mu-qu-an-shu.
    """
    every = [_splits(letters) for letters in _LETTERS.findall(text)]
    if not every or not all(every):
        return []
    return [
        "".join(_sign(one) for split in splits for one in split)
        for splits in islice(product(*every), MAX_SPLITS)
    ]


@lru_cache(maxsize=4096)
def _splits(letters: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a run of letters as folded syllables, those with the fewest first."""
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if letters[start:end] in _all_syllables():
                ways[end] += [(*before, letters[start:end]) for before in ways[start]]
        ways[end] = sorted(ways[end], key=len)[:MAX_SPLITS]
    return tuple(tuple(map(_folded, way)) for way in ways[-1])


@cache
def _plain_readings(char: str) -> tuple[str, ...]:
    if char in _LOCAL:
        return _LOCAL[char]
    found = pinyin(char, style=Style.NORMAL, heteronym=True)
    return tuple(one.replace("ü", "v") for one in found[0]) if found else (char,)


def _folded(syllable: str) -> str:
    """zh/ch/sh → z/c/s, n- → l-, -ng → -n: what ears and keyboards of the South do not tell apart."""
    short = re.sub(r"^([zcs])h", r"\1", syllable)
    short = re.sub(r"^n(?=[aeiouv])", "l", short)
    return re.sub(r"(?<=[aeiou])ng$", "n", short)


@cache
def _all_syllables() -> frozenset[str]:
    common = (PINYIN_DICT[code] for code in range(0x4E00, 0x9FA6) if code in PINYIN_DICT)
    plain = set(chain.from_iterable(one.translate(_TONES).split(",") for one in common))
    return frozenset(one for one in plain if one[0] not in "mnh" or len(one) > 1)


_signs: dict[str, str] = {}


def _sign(sound: str) -> str:
    """One private character for each sound, the same for the life of the process."""
    if len(sound) == 1 and not sound.isalpha():
        return sound
    return _signs.setdefault(sound, chr(_FIRST_SOUND + len(_signs)))
