"""What a text can turn out to name: an entry of a list, as the rules need it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExceptionCase:
    """A matter for which a ban does not hold, and the words that point to it."""

    text: str
    keywords: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Banned:
    """An item of a banned list (不应出具事项)."""

    key: int
    number: int
    printed_name: str
    document_no: str = ""
    list_title: str = ""
    route: str = ""
    steps: tuple[str, ...] = ()
    way_out: str = ""
    issuing_body: str = ""
    issuing_condition: str = ""
    owed: str = ""
    bring: tuple[str, ...] = ()
    exceptions: tuple[ExceptionCase, ...] = ()
    type_id: int = 0

    @property
    def label(self) -> str:
        return self.printed_name

    @property
    def issued_elsewhere(self) -> bool:
        """Whether the route names a body that issues this in every case."""
        return bool(self.issuing_body) and not self.issuing_condition

    def exceptions_for(self, *texts: str) -> tuple[ExceptionCase, ...]:
        """The exceptions that a matter, as written, may fall under."""
        said = "".join(texts)
        return tuple(case for case in self.exceptions if any(word in said for word in case.keywords))


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate on a city's published list (保留事项)."""

    key: int
    name: str
    matter: str = ""
    legal_basis: str = ""
    purpose: str = ""
    requesting_unit: str = ""
    city: str = ""
    edition_number: int = 0
    type_id: int = 0

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Rejected:
    """A certificate that the city asked to keep and the review did not keep (不予保留)."""

    key: int
    name: str
    reason: str = ""

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A certificate that the vocabulary knows and no list of the place carries."""

    key: int
    name: str

    @property
    def label(self) -> str:
        return self.name


Entry = Banned | Kept | Rejected | Unlisted
