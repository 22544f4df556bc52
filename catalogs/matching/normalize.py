"""Bring a certificate name or a question to one form for comparison."""

import re
import unicodedata

# What people say around a name, without meaning for which certificate it is.
_LEADING = re.compile(
    r"^(?:(?:请|麻烦|帮忙|帮我|帮|给我|我想|我要|我|想要|想|要|需要|来|去|到)*"
    r"(?:村委会|居委会|村里|社区|居委|村委)?(?:帮我|帮|给我)?"
    # A single verb counts only with a measure word: 出生证明 does not begin with a request.
    r"(?:(?:开具|出具|办理)(?:一张|一份|一个|张|份|个)?|[开办打出写](?:一张|一份|一个|张|份|个)))"
)
_COUNT = re.compile(r"^(?:一张|一份|一个)")
_TRAILING = re.compile(r"(?:怎么办|怎么开|能开吗|可以开吗|能不能开|行不行|可以吗|吗|呢|吧|啊)+$")
_BRACKETED = re.compile(r"[（(【\[〔〈<][^（）()【】\[\]〔〕〈〉<>]*[）)】\]〕〉>]")
_NOT_WORD = re.compile(r"[\W_]+", re.UNICODE)
_ENDINGS = ("的情况证明", "情况证明", "的证明书", "证明书", "的证明材料", "证明材料", "的证明", "证明")


def normalize(text: str) -> str:
    """Return ``text`` in NFKC, lower case, without spaces, punctuation and filler words.

    The result may be empty: nothing was said that could name a certificate.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = _NOT_WORD.sub("", folded)
    for pattern in (_TRAILING, _LEADING, _COUNT):
        shorter = pattern.sub("", bare)
        # "办" alone, or a name that begins like a request, is left as it is.
        if len(shorter) >= 2:
            bare = shorter
    return bare


def without_brackets(text: str) -> str:
    """Drop what stands in brackets: 亲属关系证明（仅限公证） → 亲属关系证明."""
    return _BRACKETED.sub("", text)


def stem(text: str) -> str:
    """Return the normalised text without 证明 and the like at its end, if anything remains."""
    bare = normalize(text)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) > len(ending):
            return bare[: -len(ending)]
    return bare
