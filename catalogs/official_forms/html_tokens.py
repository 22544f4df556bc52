"""HTML as tags and text, in one pass over the text whatever is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# Possessive, so that a tag which never ends costs one look and not one for each of its letters.
_TAG = re.compile(r"""<(/?)([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""")
_ATTRIBUTE = re.compile(r"""([^\s=/"']+)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s"']+))?""")
_RAW = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "xml", "noscript", "title")
}


@dataclass(frozen=True, slots=True)
class Token:
    """A tag by its lower-case ``name``, opening or ``closing``; or, without name, ``text``.

    ``text`` of a tag is what is written in it after its name.
    """

    name: str
    text: str
    closing: bool = False

    def attributes(self) -> dict[str, str]:
        """The attributes of a tag, by lower-case name."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.text):
            found.setdefault(name.lower(), unescape(value.strip("\"'")))
        return found


def tokens(html: str) -> Iterator[Token]:
    """Yield the tags and texts of ``html``; comments, scripts and style sheets are left out."""
    at = 0
    while True:
        start = html.find("<", at)
        if start != at:
            text = html[at : start if start >= 0 else len(html)]
            yield Token("", unescape(text) if "&" in text else text)
        if start < 0:
            return
        if html.startswith(("<!", "<?"), start):
            end = "-->" if html.startswith("<!--", start) else ">"
            at = _after(html, end, start)
            continue
        tag = _TAG.match(html, start)
        if tag is None:  # a lone < in a text
            yield Token("", "<")
            at = start + 1
            continue
        name, at = tag[2].lower(), tag.end()
        yield Token(name, tag[3], bool(tag[1]))
        if name in _RAW and not tag[1] and not tag[3].endswith("/"):
            end_tag = _RAW[name].search(html, at)
            at = end_tag.start() if end_tag else len(html)


def _after(html: str, mark: str, start: int) -> int:
    end = html.find(mark, start)
    return end + len(mark) if end >= 0 else len(html)
