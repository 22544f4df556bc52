"""What annex 2 (附件2 统计表) and annex 3 (附件3 拟保留清单) hold, apart from any file format."""

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
# The five columns of annex 2, after 二(一); it carries the place in section rows (一、市本级).
SURVEY_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "证明事项名称",
        "basis": "出具依据",
        "department": "使用部门",
        "purpose": "用途",
        "necessity": "必要性",
    }
)
SERIAL_LABEL = "序号"
SURVEY_TITLE_ENDING = "现有基层群众性自治组织出具证明事项统计表"
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
    """One row of annex 3; ``sheet``, ``row`` and ``columns`` (1-based) are those of the person's file.

    ``columns`` are in the order of ``FIELDS``.
    """

    name: str
    matter: str
    legal_basis: str
    purpose: str
    requesting_unit: str
    sheet: str
    row: int
    is_example: bool = False
    columns: tuple[int, ...] = ()


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


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One row of annex 2; ``region`` is the name in the section row above it, empty when none.

    ``columns`` are in the order of ``SURVEY_FIELDS``.
    """

    region: str
    name: str
    basis: str
    department: str
    purpose: str
    necessity: str
    sheet: str
    row: int
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Annex2Form:
    """A place's or a department's annex 2 as it was filled in; what was left blank is None.

    ``city`` is the place in the title, with 市 or 县.
    """

    city: str | None
    reporter: str | None
    contact: str | None
    reported_on: dt.date | None
    rows: tuple[SurveyRow, ...]
    remarks: tuple[str, ...] = ()


# 示例 of the notice's own annex 3.
EXAMPLE = FormRow(
    name="农民身份证明",
    matter="农民专业合作社设立登记、成员变更登记",
    legal_basis="《农民专业合作社登记管理条例》（国务院令第498号）第十五条 "
    "农民专业合作社的成员为农民的，成员身份证明为农业人口户口簿；"
    "无农业人口户口簿的，成员身份证明为居民身份证和土地承包经营权证或者村民委员会（居民委员会）出具的身份证明。",
    purpose="用于证明成员的农民身份",
    requesting_unit="市场监督管理部门",
    sheet="",
    row=0,
    is_example=True,
)
