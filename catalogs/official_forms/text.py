"""Characters: what is taken out of a cell, what is folded to compare, what a file may hold."""

import re
import unicodedata

# Never seen and never meant: C0/C1 controls, zero-width space and joiners, direction marks,
# byte order mark, and what XML forbids (lone surrogates, U+FFFE, U+FFFF).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NEWLINE = re.compile("\r\n?")
# U+200D holds an emoji together (family, professions); anywhere else it is a stray.
_EMOJI = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_STRAY_JOINER = re.compile(f"(?<!{_EMOJI})\u200d|\u200d(?!{_EMOJI})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = re.compile(r"\s+")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def tidy(text: str) -> str:
    """Return ``text`` as it is kept: CRLF and CR become LF, unseen characters go, ends stripped.

    Everything else, inner line breaks and full-width punctuation included, stays as written.
    ``tidy(tidy(x)) == tidy(x)``.
    """
    text = _UNSEEN.sub("", _NEWLINE.sub("\n", text))
    if "\u200d" in text:
        text = _STRAY_JOINER.sub("", text)
    return text.strip()


def storable(text: str) -> str:
    """Return ``text`` without what XML 1.0 cannot hold; CRLF and CR become LF."""
    return _ILLEGAL.sub("", _NEWLINE.sub("\n", text))


def escape_ooxml(text: str) -> str:
    """Protect text that looks like an OOXML escape, so that ``_x0041_`` is not shown as A."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)


def unescape_ooxml(text: str) -> str:
    """Undo OOXML's ``_xHHHH_`` escapes; halves of a pair are joined, a lone one dropped."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def half_width(text: str) -> str:
    """Fold full-width ASCII and the ideographic space; Chinese characters are not touched."""
    return text.translate(_HALF_WIDTH)


def squeezed(text: str) -> str:
    """Fold by NFKC and drop all white space: the form in which labels are compared."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))
