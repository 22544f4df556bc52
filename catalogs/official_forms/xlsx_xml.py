"""Walk an XML part in constant memory, without document type, entities or deep nesting.

Straight on expat rather than over a tree: a sheet of hundreds of thousands of formatted blank
rows is then read in a second or two and leaves nothing behind.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.xlsx_package import DAMAGED, TOO_BIG, Package

MAX_DEPTH = 64

Attributes = dict[str, str]


class Part:
    """A reader of one kind of XML part.

    A subclass names in ``opens`` and ``closes`` the elements (local names, so that strict and
    transitional workbooks and any prefix read alike) and what to do at their start and end;
    characters are given to ``text``.
    """

    def __init__(self) -> None:
        self.opens: dict[str, Callable[[Attributes], None]] = {}
        self.closes: dict[str, Callable[[], None]] = {}

    def text(self, data: str) -> None:
        """Take characters; by default they are of no interest."""

    def read(self, package: Package, name: str) -> None:
        """Parse a member of ``package``; raises UnreadableForm for unsound or dangerous XML."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._handlers(package)
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = _refuse_definition
        parser.EntityDeclHandler = _refuse_definition
        try:
            for chunk in package.chunks(name):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise UnreadableForm(DAMAGED) from problem

    def _handlers(self, package: Package) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
        """Start and end handlers as closures: they run for millions of blank cells."""
        opens, closes = _ByLocalName(self.opens), _ByLocalName(self.closes)
        depth = 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            package.elements_left -= 1
            if depth > MAX_DEPTH or package.elements_left < 0:
                raise UnreadableForm(TOO_BIG)
            handler = opens[name]
            if handler is not None:
                handler(attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            handler = closes[name]
            if handler is not None:
                handler()

        return start, end


class _ByLocalName(dict[str, Any]):
    """Handlers by element name; a name with a prefix is found by what follows it."""

    def __missing__(self, name: str) -> Any:
        handler = self.get(name.rpartition(":")[2])
        if handler is not None:
            self[name] = handler
        return handler


def _refuse_definition(*_: object) -> None:
    raise UnreadableForm("文件含有不安全的 XML 定义，不能接收。请用 Excel 或 WPS 打开并另存后重新上传。")
