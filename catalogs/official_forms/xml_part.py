"""Walk XML in constant memory, without document type, entities or deep nesting.

Straight on expat rather than over a tree: a sheet of hundreds of thousands of formatted blank
rows is then read in a second or two and leaves nothing behind.
"""

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import MAX_DEPTH, MAX_TOKEN, Budget
from catalogs.official_forms.refusals import DAMAGED, TOO_BIG, UNSAFE
from catalogs.official_forms.zip_package import Package

Attributes = dict[str, str]

_NAMES_KEPT = 500  # a file may make up millions of element names


class Part:
    """A reader of one kind of XML part.

    A subclass names in ``opens`` and ``closes`` the elements (local names, so that strict and
    transitional workbooks and any prefix read alike) and what to do at their start and end;
    characters are given to ``text``.
    """

    def __init__(self) -> None:
        self.opens: dict[str, Callable[[Attributes], None]] = {}
        self.closes: dict[str, Callable[[], None]] = {}
        self._is_skipping = False

    def text(self, data: str) -> None:
        """Take characters; by default they are of no interest."""

    def skip(self) -> None:
        """Called while an element opens: pass over all of it, its end included."""
        self._is_skipping = True

    def skips(self, *names: str) -> None:
        """Pass over every element with one of these names."""
        self.opens |= dict.fromkeys(names, lambda _: self.skip())

    def read(self, package: Package, name: str) -> None:
        """Parse a member of ``package``; raises UnreadableForm for unsound or dangerous XML."""
        self.parse(package.chunks(name), package.budget)

    def parse(self, chunks: Iterable[bytes], budget: Budget, encoding: str | None = None) -> None:
        """Parse XML that comes in pieces, in the ``encoding`` given rather than the declared one.

        Raises UnreadableForm for unsound or dangerous XML, and when ``budget`` is used up.
        """
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        self._attend(parser, budget)
        parser.StartDoctypeDeclHandler = _refuse_definition
        parser.EntityDeclHandler = _refuse_definition
        fed = 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > MAX_TOKEN:
                    raise UnreadableForm(TOO_BIG)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as problem:
            raise UnreadableForm(DAMAGED) from problem

    def _attend(self, parser: Any, budget: Budget) -> None:
        """Hang the handlers on ``parser``; as closures, for they run for millions of blank cells."""
        opens, closes = _ByLocalName(self.opens), _ByLocalName(self.closes)
        depth = skipped_from = 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal depth, skipped_from
            depth += 1
            budget.elements -= 1
            if depth > MAX_DEPTH or budget.elements < 0:
                raise UnreadableForm(TOO_BIG)
            handler = opens[name]
            if handler is not None:
                handler(attributes)
                if self._is_skipping:
                    self._is_skipping = False
                    skipped_from = depth
                    parser.StartElementHandler = start_skipped
                    parser.EndElementHandler = end_skipped
                    parser.CharacterDataHandler = None

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            handler = closes[name]
            if handler is not None:
                handler()

        def start_skipped(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            budget.elements -= 1
            if depth > MAX_DEPTH or budget.elements < 0:
                raise UnreadableForm(TOO_BIG)

        def end_skipped(name: str) -> None:
            nonlocal depth
            depth -= 1
            if depth < skipped_from:
                hang()

        def text(data: str) -> None:
            budget.spend_characters(len(data))
            self.text(data)

        def hang() -> None:
            parser.StartElementHandler = start
            parser.EndElementHandler = end
            parser.CharacterDataHandler = text

        hang()


class _ByLocalName(dict[str, Any]):
    """Handlers by element name; a name with a prefix is found by what follows it."""

    def __missing__(self, name: str) -> Any:
        handler = self.get(name.rpartition(":")[2])
        if len(self) < _NAMES_KEPT:
            self[name] = handler
        return handler


def _refuse_definition(*_: object) -> None:
    raise UnreadableForm(UNSAFE)
