"""Split a legal basis as people write it into the laws it cites and where in them (条、款、项).

Clerks often quote the article after citing it. A law that the quoted words mention is that law's
own affair and no citation.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from catalogs.matching.document_numbers import DOCUMENT_NO, document_key, fold
from catalogs.matching.numerals import NUMERAL, arabic

LONGEST_TITLE = 120
_LONGEST_UNMARKED = 40

# Patterns are over folded text. White space is bounded and runs are possessive: a cell may hold
# 20,000 characters of anything.
_GAP = r"\s{0,4}"
_NUMBERS = rf"\(?{NUMERAL}\)?(?:{_GAP}[、,，和及至到\-—]{_GAP}第?\(?{NUMERAL}\)?)*"
_REFERENCE = re.compile(
    rf"第?{_GAP}(?P<articles>{_NUMBERS}){_GAP}条(?:{_GAP}之{_GAP}(?P<inserted>{NUMERAL}))?"
    rf"(?:{_GAP}第{_GAP}(?P<paragraphs>{_NUMBERS}){_GAP}款)?"
    rf"(?:{_GAP}第?{_GAP}(?P<items>{_NUMBERS}){_GAP}[项目]|\((?P<bare>{NUMERAL})\))?"
)
_ARTICLE = re.compile(rf"第{_GAP}{_NUMBERS}{_GAP}条")
# Notices and opinions have no articles: 第三部分, 第一项, 三（二）, 附件1.
_PLACE = re.compile(
    rf"(?:附件)?第\(?{NUMERAL}\)?{_GAP}(?:部分|[项点款])|附件{_GAP}{NUMERAL}|[一二三四五六七八九十]、?{_GAP}\({NUMERAL}\)"
)
_ENDING = (
    "(?:法典|法|条例|办法|规定|细则|规则|总则|通则|规程|解释|通知|意见|决定|规范|标准|方案|批复|答复|复函"
    "|公告|准则|指引|纲要|章程|制度|决议|公约|协定|通告|规划|要点|计划)"
)
_LEGAL_TITLE = re.compile(rf"{_ENDING}[〈〉《》]*(?:\([^()]*\))*$")
_AFTER_TITLE = re.compile(rf"[”\"]?(?:{_GAP}\([^()]{{0,60}}\))*")
_UNMARKED_END = re.compile(rf"{_ENDING}(?={_AFTER_TITLE.pattern}(?:{_GAP}第|){_GAP}{_NUMBERS}{_GAP}条)")
_EXTENSION = re.compile(r"的?(?:司法)?(?:实施(?:条例|细则|办法|意见)|解释(?:\([一二三四五]\))?)")
_OPENING = re.compile("[《〈]")
_LEFT_OPEN = re.compile(r"[^》()\s，,；;。:：]{2,60}》?")
_HANZI_BEFORE = re.compile(r"[\u3400-\u9fff〈〉]*$")
_WORD = re.compile(r"[^\s、，,；;。:：和及]+")
_LEAD_IN = "(?:根据|依据|依照|按照|参照|遵照|适用|违反|符合|详见|参见|以及|见|依|按|据|和|与|及|或)"
_BACK = "(?:同|该|本|前述|上述)(?:法律|法|条例|办法|规定|细则)"
_NUMBERING = rf"(?:{NUMERAL}[.、．]|\({NUMERAL}\)|[①-⑳])"
_TO_ARTICLE = re.compile(r"(?:[\s:：,，》〉”\"]|的|之|中|规定|[\d\u3400-\u9fff]{1,8}?[编章节])*+")
_TO_NEXT_ARTICLE = re.compile(rf"(?:[\s、，,；;及和与或至到]|以及|的|规定|{_BACK})*+")
_JOINED = re.compile(
    rf"(?:{_NUMBERING}|“[^“”]*”|\([^()]*\)|{_LEAD_IN}|{_BACK}|[\s、，,；;。.:：“”\"()\[\]/&+》]|同时|还有|的|之|等|规定|要求)*+"
)
# The law itself numbers with （一）, and goes on with 依照 within its sentences.
_NEW_SENTENCE = re.compile(rf"[。；;]\s{{0,9}}(?:{NUMERAL}[.、．]|\(\d+\)|[①-⑳])?\s?$")
_NEW_LINE = re.compile(rf"\n\s{{0,9}}{_NUMBERING}?\s?{_LEAD_IN}?$")
_BEGINS = re.compile(rf"[\n。；;]\s{{0,9}}{_NUMBERING}?\s?$")
_QUOTED_LEAD_IN = re.compile(rf"[\s:：]+{_LEAD_IN}")
_NEW_LINE_ARTICLE = re.compile(rf"(?<=\n){_GAP}(?={_ARTICLE.pattern})")


@dataclass(frozen=True, slots=True)
class Article:
    """A place in a law, in Arabic digits: 第十七条之一 is article 17-1. What is not said is empty.

    A notice cited by its own numbering, 三（二）, has a place without any of the three.
    """

    article: str = ""
    paragraph: str = ""
    item: str = ""

    def __str__(self) -> str:
        number, _, inserted = self.article.partition("-")
        return (
            (f"第{number}条" if number else "")
            + (f"之{inserted}" if inserted else "")
            + (f"第{self.paragraph}款" if self.paragraph else "")
            + (f"第（{self.item}）项" if self.item else "")
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """One law as cited: ``text[start:end]`` names it and its places.

    ``title`` is as written, without its outer book marks; it is empty when only a number names
    the document. ``document_no`` is in one form (国务院令第498号, 民发〔2020〕20号).
    """

    title: str
    document_no: str
    articles: tuple[Article, ...]
    start: int
    end: int

    @property
    def label(self) -> str:
        return f"《{self.title}》" if self.title else self.document_no


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a text may name a law: ``named`` is the end of the title and number."""

    title: str
    document_no: str
    start: int
    named: int


def citations(text: str, knows: Callable[[str], bool] = lambda title: False) -> tuple[Citation, ...]:
    """Return the laws cited in ``text``, in its order.

    ``knows`` says whether a title is that of a known law: a known one counts without book marks,
    another only where a citation begins and an article follows.
    """
    folded = fold(text)
    heads: list[_Head] = []
    done = 0
    for head in sorted(_heads(text, folded, knows), key=lambda one: one.start):
        if head.start >= done and (not heads or _begins_anew(folded, done, head)):
            heads.append(head)
            done = _places_after(folded, head.named)[1]
    ends = [head.start for head in heads[1:]] + [len(folded)]
    return tuple(_citation(folded, head, end) for head, end in zip(heads, ends, strict=False))


def names_article(text: str) -> bool:
    """Whether an article (第N条) is named anywhere in ``text``, of whatever law."""
    return bool(_ARTICLE.search(fold(text)))


# --- Where laws are named -----------------------------------------------------------------------
def _heads(text: str, folded: str, knows: Callable[[str], bool]) -> Iterator[_Head]:
    covered: list[tuple[int, int]] = []
    for start, end, title in _marked(text, folded):
        named = _AFTER_TITLE.match(folded, end).end()  # type: ignore[union-attr]
        number = DOCUMENT_NO.match(folded, named)
        named = number.end() if number else named
        before = _number_before(folded, start)
        covered.append((before, named))
        if _LEGAL_TITLE.search(fold(title)) or _places_after(folded, named)[0]:
            document_no = document_key(folded[end:named]) or document_key(folded[before:start])
            yield _Head(title, document_no, before, named)
    bare = _without(folded, covered)
    unmarked = [*_unmarked(text, bare, knows)]
    yield from unmarked
    rest = _without(bare, [(head.start, head.named) for head in unmarked])
    for found in DOCUMENT_NO.finditer(rest):
        yield _Head("", document_key(found[0]), found.start(), found.end())


def _marked(text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    """Titles in book marks, with where they begin and end; marks may be nested or left open."""
    at = 0
    while opening := _OPENING.search(folded, at):
        start = opening.start()
        end = _closing(folded, start)
        if end < 0:
            at = start + 1
            continue
        inner = _REFERENCE.search(folded, start, end)  # 《森林法第五十八条》
        stop = inner.start() if inner and inner.start() > start + 1 else end - 1
        title = text[start + 1 : stop].strip()
        if title[:1] + title[-1:] in {"<>", "〈〉", "《》"}:  # <<森林法>>
            title = title[1:-1]
        if stop < end - 1:
            end = stop
        elif extension := _EXTENSION.match(folded, end):  # 《民事诉讼法》解释
            title += text[end : extension.end()].removeprefix("的")
            end = extension.end()
        yield start, end, title
        at = end


def _closing(folded: str, start: int) -> int:
    """The position after the mark that closes the one at ``start``; negative when it is no title."""
    depth = 0
    for at in range(start, min(start + LONGEST_TITLE, len(folded))):
        if folded[at] in "《〈":
            depth += 1
        elif folded[at] in "》〉":
            depth -= 1
            if depth == 0:
                return at + 1
    if folded[start] != "《":
        return -1
    left_open = _LEFT_OPEN.match(folded, start + 1)
    return left_open.end() if left_open else -1


def _number_before(folded: str, start: int) -> int:
    """Where a document number that leads to the title begins: 国务院令第498号《…》."""
    head = folded[max(0, start - 40) : start]
    for found in DOCUMENT_NO.finditer(head):
        if re.fullmatch(r"\s?(?:公布|发布|印发)?的?\s?", head[found.end() :]):
            return start - len(head) + found.start()
    return start


def _unmarked(text: str, bare: str, knows: Callable[[str], bool]) -> Iterator[_Head]:
    for ending in _UNMARKED_END.finditer(bare):
        end = ending.end()
        run = _HANZI_BEFORE.search(bare, max(0, end - _LONGEST_UNMARKED), end)
        begin = _title_start(bare, run.start(), end, knows) if run else None
        if begin is not None:
            named = _AFTER_TITLE.match(bare, end).end()  # type: ignore[union-attr]
            yield _Head(text[begin:end], document_key(bare[end:named]), begin, named)
    for word in _WORD.finditer(bare):
        name = re.sub(r"\([^()]*\)", "", word[0])
        if len(name) >= 3 and knows(name):
            yield _Head(text[word.start() : word.end()], document_key(word[0]), word.start(), word.end())


def _title_start(bare: str, start: int, end: int, knows: Callable[[str], bool]) -> int | None:
    """Where in a run of characters that ends like a title the title begins, if it is one."""
    lead_in = re.match(_LEAD_IN, bare[start:end])
    whole = start + lead_in.end() if lead_in else start
    if re.fullmatch(_BACK, bare[whole:end]):
        return None
    for begin in range(whole, end - 2):
        before = bare[start:begin]
        if knows(bare[begin:end]) and (begin == whole or re.search(rf"(?:{_LEAD_IN}|[的是为对由])$", before)):
            return begin
    begins_text = not bare[:start].strip() or _BEGINS.search(bare, max(0, start - 30), start)
    return whole if begins_text and end - whole >= 3 else None


def _without(folded: str, spans: list[tuple[int, int]]) -> str:
    """The text with ``spans`` blanked, every position kept."""
    for start, end in spans:
        folded = f"{folded[:start]}{'，' * (end - start)}{folded[end:]}"
    return folded


def _begins_anew(folded: str, done: int, head: _Head) -> bool:
    """Whether a law named after a citation is cited too, and not only mentioned in quoted words."""
    has_article = bool(_places_after(folded, head.named)[0])
    if not head.title and not has_article and not _PLACE.match(folded, head.named):
        return False  # 《森林法》第五条（主席令第39号）: the number of the law before it
    if _JOINED.fullmatch(folded, done, head.start):
        return has_article or not _QUOTED_LEAD_IN.fullmatch(folded, done, head.start)
    near = max(done, head.start - 30)
    if _NEW_LINE.search(folded, near, head.start):
        return True
    return has_article and bool(_NEW_SENTENCE.search(folded, near, head.start))


# --- Where in them ------------------------------------------------------------------------------
def _citation(folded: str, head: _Head, stop: int) -> Citation:
    places, end = _places_after(folded, head.named, stop)
    if not places:
        later = _ARTICLE.search(folded, head.named, stop)
        if later:
            places, end = _places_after(folded, later.start(), stop)
        elif _PLACE.search(folded, head.named, stop):
            places = [Article()]
    for line in _NEW_LINE_ARTICLE.finditer(folded, end, stop):
        places += _places_after(folded, line.end(), stop)[0]
    return Citation(head.title, head.document_no, tuple(dict.fromkeys(places)), head.start, end)


def _places_after(folded: str, at: int, stop: int | None = None) -> tuple[list[Article], int]:
    """The articles listed from ``at`` on, before anything else is said, and where the list ends."""
    stop = len(folded) if stop is None else stop
    places: list[Article] = []
    end, lead = at, _TO_ARTICLE
    while found := _REFERENCE.match(folded, lead.match(folded, end, stop).end(), stop):  # type: ignore[union-attr]
        places += _articles(found)
        end, lead = found.end(), _TO_NEXT_ARTICLE
    return places, end


def _articles(found: re.Match[str]) -> Iterator[Article]:
    numbers, paragraphs, items = (
        [arabic(number) for number in re.findall(NUMERAL, found[group] or "")] or [""]
        for group in ("articles", "paragraphs", "items")
    )
    if found["bare"]:
        items = [arabic(found["bare"])]
    *whole, last = numbers
    yield from (Article(number) for number in whole)
    if found["inserted"]:
        last = f"{last}-{arabic(found['inserted'])}"
    for paragraph, item in product(paragraphs, items):
        yield Article(last, paragraph, item)
