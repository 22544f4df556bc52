"""The register of laws: which one a citation means, and whether it was still in force."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogs.matching.citations import Citation, citations
from catalogs.matching.document_numbers import document_key, fold

_MARKS_AND_SPACE = re.compile(r"[\s《》〈〉“”\"'·]")
# （试行）, （2018修正）, （国务院令第498号）; not （一）, which tells one interpretation from the next.
_SUFFIX = re.compile(r"\((?:[^()]*(?:修正|修订|试行|暂行|施行|草案|版|令|号)[^()]*|[\d年月日]+)\)$")
_ABOUT = re.compile(r"^[\u3400-\u9fff、]{2,40}?(?=关于)")


@dataclass(frozen=True, slots=True)
class LawEntry:
    """One law, regulation, rule or normative document, in one version.

    A date that is None is not known, or has not come; ``replaced_by`` is the title of what took
    its place.
    """

    key: int
    title: str
    short_titles: tuple[str, ...] = ()
    document_no: str = ""
    in_force_from: dt.date | None = None
    repealed_on: dt.date | None = None
    replaced_by: str = ""

    @property
    def label(self) -> str:
        return f"《{self.title}》" + (f"（{self.document_no}）" if self.document_no else "")

    def was_repealed(self, on: dt.date) -> bool:
        """Whether it was no longer in force on a day."""
        return self.repealed_on is not None and self.repealed_on <= on

    def was_in_force(self, on: dt.date) -> bool:
        """Whether it was in force on a day, as far as is known."""
        return not self.was_repealed(on) and (self.in_force_from is None or self.in_force_from <= on)


class LawRegister:
    """An immutable index of laws by title, short title and document number."""

    def __init__(self, entries: Iterable[LawEntry]) -> None:
        self._by_title: dict[str, list[LawEntry]] = {}
        self._by_number: dict[str, list[LawEntry]] = {}
        shortened: dict[str, list[LawEntry]] = {}
        for entry in entries:
            for key in {title_key(title) for title in (entry.title, *entry.short_titles)}:
                self._by_title.setdefault(key, []).append(entry)
                if (short := _ABOUT.sub("", key)) != key:
                    shortened.setdefault(short, []).append(entry)
            if number := document_key(entry.document_no):
                self._by_number.setdefault(number, []).append(entry)
        # 《关于…的通知》 without its issuer, where only one document goes by that.
        for short, found in shortened.items():
            if len(found) == 1:
                self._by_title.setdefault(short, found)

    def knows(self, title: str) -> bool:
        """Whether a law goes by ``title``, with or without 中华人民共和国 and the like."""
        return title_key(title) in self._by_title

    def citations(self, text: str) -> tuple[Citation, ...]:
        """The laws cited in ``text``; known ones are recognised without book marks."""
        return citations(text, self.knows)

    def find(self, citation: Citation, on: dt.date) -> LawEntry | None:
        """The law that a citation made on a day means, or None when the register lacks it.

        Of several versions under one title, the one with the number cited, else the one in force
        on that day, else the latest.
        """
        key = title_key(citation.title)
        versions = self._by_title.get(key) or self._by_title.get(_ABOUT.sub("", key))
        numbered = self._by_number.get(citation.document_no, ())
        if versions:
            return _best([one for one in versions if one in numbered] or versions, on)
        return _best(numbered, on) if numbered else None

    def named(self, title: str, on: dt.date) -> LawEntry | None:
        """The law of that title, as ``find`` would choose it, or None."""
        return self.find(Citation(title, document_key(title), (), 0, 0), on)


def title_key(title: str) -> str:
    """Return a title as it is compared: without marks, 中华人民共和国 and version suffixes."""
    bare = _MARKS_AND_SPACE.sub("", fold(title))
    while (shorter := _SUFFIX.sub("", bare)) != bare:
        bare = shorter
    bare = bare.replace("中华人民共和国", "") or bare
    return re.sub(r"^(?:广西壮族自治区|广西壮族|广西省|广西区|自治区)", "广西", bare)


def _best(versions: Sequence[LawEntry], on: dt.date) -> LawEntry:
    return max(versions, key=lambda one: (one.was_in_force(on), one.in_force_from or dt.date.min))
