"""A web page, as many systems export under the name of .xls: each of its tables as a sheet."""

import re
from dataclasses import dataclass, field, replace
from email import message_from_bytes

from catalogs.official_forms.cells import Grid, Sheet
from catalogs.official_forms.decoding import decoded
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.html_tokens import Token, tokens
from catalogs.official_forms.limits import MAX_COLUMNS, Budget, refuse_too_many_sheets
from catalogs.official_forms.refusals import NO_TABLE, REOPEN, TOO_BIG, UNSAFE
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.text import tidy
from catalogs.official_forms.workbook_xml import read_workbook_xml

_XML_BOOK = re.compile(r"<(?:\w+:)?Workbook[\s>]")
_XML = re.compile(r"\s*<\?xml\b")
_DEFINITION = re.compile(r"<!(?:ENTITY|DOCTYPE[^>\[]{0,500}\[)", re.IGNORECASE)
_HEAD = 4_096  # characters in which the beginning of a page is looked for
_PAGE = re.compile(r"<(?:html|head|meta|body|table|div|style)\b|<!doctype html", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE_BREAK = re.compile(r"(?<=[\u2e80-\uffef])[ \t]*\r?\n[ \t\r\n]*(?=[\u2e80-\uffef])")
_BREAK = re.compile(r" *\n *")
_BLOCKS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "caption", "center"))
_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LAST_ROW = 1_048_576
_MOST_NESTED = 8  # tables in tables


def read_markup(data: bytes) -> Grid:
    """Return the sheets of a file that begins with a tag: a web page or XML of Excel 2003.

    Raises UnreadableForm for other XML, for unsafe definitions and for pages without a table.
    """
    text = decoded(data)
    head = text[:_HEAD]
    if _DEFINITION.search(text):
        raise UnreadableForm(UNSAFE)
    if _XML_BOOK.search(head):
        return read_workbook_xml(text)
    if _PAGE.search(head):
        return _pages([text])
    kind = "XML 文件" if _XML.match(head) else "纯文本文件"
    raise UnreadableForm(f"这是{kind}，不是官方表格。{REOPEN}")


def read_web_archive(data: bytes) -> Grid:
    """Return the tables of a web page saved with its parts in one file (.mht).

    Raises UnreadableForm when there is none.
    """
    pages = []
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            pages.append(decoded(content if isinstance(content, bytes) else b""))
    return _pages(pages)


def _pages(pages: list[str]) -> Grid:
    maker = CellMaker(Budget())
    tables: list[Sheet] = []
    for page in pages:
        reading = _Reading(maker)
        for token in tokens(page):
            reading.take(token)
        tables += reading.finish()
    if not tables:
        raise UnreadableForm(NO_TABLE)
    refuse_too_many_sheets(len(tables))
    return Grid(tuple(replace(table, name=f"表格{at}") for at, table in enumerate(tables, start=1)))


@dataclass(slots=True)
class _Table:
    """A table while it is read. ``taken``: by column, the last row that a cell above reaches to."""

    builder: SheetBuilder
    hidden: bool
    above: tuple[str, ...]
    below: tuple[str, ...] = ()
    row: int = 0
    column: int = 0
    across: int = 1  # columns of the open cell
    next_column: int = 1  # of the <col> elements
    taken: dict[int, int] = field(default_factory=dict)
    pieces: list[str] | None = None  # of the open cell


class _Reading:
    """One page from its beginning to its end.

    A table in a cell is a table of its own and also text of that cell, for some pages lay out
    their text by tables and others put small tables in a cell.
    """

    def __init__(self, maker: CellMaker) -> None:
        self._maker = maker
        self._open: list[_Table] = []
        self._done: list[_Table] = []
        self._closed: _Table | None = None  # the last table, until another begins or ends
        self._around: list[str] = []  # texts since then
        self._loose: list[str] = []  # pieces of a text outside of cells

    def take(self, token: Token) -> None:
        """Read on by one tag or text."""
        name = token.name
        if not name:
            self._write(_SPACE.sub(" ", _WIDE_BREAK.sub("", token.text)))
        elif name == "table":
            self._close_table() if token.closing else self._open_table(token)
        elif name == "br":
            self._write("\n")
        elif name in _BLOCKS:
            self._break()
        elif self._open and name == "tr":
            self._close_cell()
            if not token.closing:
                self._open_row(token)
        elif self._open and name in ("td", "th"):
            self._close_cell()
            if not token.closing:
                self._open_cell(token)
        elif self._open and name == "col":
            self._open_column(token)

    def finish(self) -> list[Sheet]:
        """Return the tables in the order of their beginnings; call once, at the end."""
        while self._open:
            self._close_table()
        self._turn(None)
        return [
            replace(
                table.builder.sheet("", hidden=table.hidden, what="表格"),
                above=table.above,
                below=table.below,
            )
            for table in self._done
        ]

    def _pieces(self) -> list[str]:
        """Where text goes: into the open cell, else beside the table."""
        inner = self._open[-1].pieces if self._open else None
        return self._loose if inner is None else inner

    def _write(self, text: str) -> None:
        pieces = self._pieces()
        if not pieces or pieces[-1].endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            pieces.append(text)

    def _break(self) -> None:
        pieces = self._pieces()
        if pieces is self._loose:
            self._settle()
        elif pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")

    def _settle(self) -> None:
        """A text outside of cells has come to its end."""
        text = tidy(_joined(self._loose))
        self._loose.clear()
        if text:
            self._around.append(text)

    def _turn(self, closed: _Table | None) -> tuple[str, ...]:
        """At the beginning or end of a table: give the texts since the last one, also to that one."""
        self._settle()
        around = tuple(self._around)
        self._around.clear()
        if self._closed:
            self._closed.below = around
        self._closed = closed
        return around

    def _open_table(self, token: Token) -> None:
        if len(self._open) >= _MOST_NESTED:
            raise UnreadableForm(TOO_BIG)
        refuse_too_many_sheets(len(self._done) + 1)
        if self._open and self._open[-1].pieces:
            self._around.append(tidy(_joined(self._open[-1].pieces)))
        table = _Table(SheetBuilder(self._maker), _is_hidden(token), self._turn(None))
        self._open.append(table)
        self._done.append(table)

    def _close_table(self) -> None:
        if not self._open:
            return
        self._close_cell()
        table = self._open[-1]
        self._turn(table)
        self._open.pop()

    def _open_row(self, token: Token) -> None:
        table = self._open[-1]
        table.row += 1
        table.column = 0
        table.builder.row_hidden = _is_hidden(token)

    def _open_column(self, token: Token) -> None:
        table = self._open[-1]
        first = table.next_column
        table.next_column += _span(token.attributes().get("span"), MAX_COLUMNS)
        if _is_hidden(token):
            table.builder.hide_columns(first, table.next_column - 1)

    def _open_cell(self, token: Token) -> None:
        table = self._open[-1]
        if not table.row:
            table.row = 1
        if _is_hidden(token):
            return
        attributes = token.attributes() if token.text else {}
        column = table.column + 1
        while table.taken.get(column, 0) >= table.row:
            column += 1
        across = _span(attributes.get("colspan"), MAX_COLUMNS)
        down = _span(attributes.get("rowspan"), _LAST_ROW)
        last, bottom = column + across - 1, table.row + down - 1
        if down > 1:
            table.taken |= dict.fromkeys(range(column, min(last, MAX_COLUMNS) + 1), bottom)
        table.builder.merge(table.row, column, bottom, last)
        table.column = column
        table.pieces = []
        table.across = across

    def _close_cell(self) -> None:
        table = self._open[-1]
        if table.pieces is None:
            return
        cell = self._maker.cell(_joined(table.pieces))
        table.pieces = None
        table.builder.put(table.row, table.column, cell)
        if cell.text:
            self._around.append(cell.text)
            if len(self._open) > 1 and self._open[-2].pieces is not None:
                self._open[-2].pieces += (cell.text, "\n")
        table.column += table.across - 1


def _joined(pieces: list[str]) -> str:
    """A text from its pieces; the white space around its line breaks is not seen on a page."""
    return _BREAK.sub("\n", "".join(pieces)).strip(" \n")


def _is_hidden(token: Token) -> bool:
    return bool(token.text) and bool(_NO_DISPLAY.search(token.text))


def _span(written: str | None, most: int) -> int:
    """A span as written; 0 reaches to the end."""
    if not written or not written.strip().isdecimal():
        return 1
    return min(int(written.strip()[:9]), most) or most
