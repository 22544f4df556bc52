"""What annex 3 (附件3 拟保留清单) holds, apart from any file format."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

# The five columns a city fills in, in the order of the form, with their official headings.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "证明材料名称",
        "matter": "涉及办事事项名称",
        "legal_basis": "法律法规依据（需明确到具体条款内容）",
        "purpose": "证明用途",
        "requesting_unit": "证明索要单位",
    }
)
SERIAL_LABEL = "序号"
TITLE_ENDING = "拟保留的基层群众性自治组织出具证明事项清单"


class RowLike(Protocol):
    """Anything with the five fields of a row: a ``FormRow``, a database row, a test's own."""

    @property
    def name(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def requesting_unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of annex 3; ``sheet`` and ``row`` (1-based) are those of the person's file."""

    name: str
    matter: str
    legal_basis: str
    purpose: str
    requesting_unit: str
    sheet: str
    row: int
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Annex3Form:
    """A city's annex 3 as it was filled in; what was left blank is None.

    ``city`` is as in the title, with 市. ``remarks`` say in Chinese what was skipped, filled in
    or normalised on reading, with sheet and row.
    """

    city: str | None
    reporter: str | None
    contact: str | None
    reported_on: dt.date | None
    rows: tuple[FormRow, ...]
    example_rows: tuple[FormRow, ...] = ()
    remarks: tuple[str, ...] = ()
