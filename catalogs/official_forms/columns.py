"""Which column is which, whatever a clerk's table calls it."""

import re
from collections.abc import Mapping, Sequence

from catalogs.official_forms.grid import Line

# The columns of annex 3 (附件3), in order, with their official headings.
FIELDS: Mapping[str, str] = {
    "name": "证明材料名称",
    "matter": "涉及办事事项名称",
    "legal_basis": "法律法规依据（需明确到具体条款内容）",
    "purpose": "证明用途",
    "requesting_unit": "证明索要单位",
}
_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("证明材料名称", "证明名称", "证明事项名称", "证明事项", "材料名称"),
    "matter": (
        "涉及办事事项名称",
        "涉及办事事项",
        "涉及事项名称",
        "涉及事项",
        "办事事项名称",
        "办事事项",
        "办理事项",
    ),
    "legal_basis": ("法律法规依据", "法律依据", "政策法规依据", "设定依据", "出具依据", "依据"),
    "purpose": ("证明用途", "用途"),
    "requesting_unit": ("证明索要单位", "索要单位", "索要部门", "要求单位", "使用单位", "索要证明单位"),
}
_BRACKETED = re.compile(r"[（(【\[].*?[）)】\]]", re.S)
_NOISE = re.compile(r"[\W_]+")
_FIELD_OF = {wording: field for field, wordings in _WORDINGS.items() for wording in wordings}
# This many columns must be recognised before a row counts as the header at all.
ENOUGH = 3


def field_of(heading: str) -> str | None:
    """The field a heading names, or None; white space, brackets and line breaks do not matter."""
    return _FIELD_OF.get(_NOISE.sub("", _BRACKETED.sub("", heading)))


def header_columns(lines: Sequence[Line]) -> dict[str, int] | None:
    """Column index by field when ``lines`` (one or two rows) are a header; None otherwise."""
    columns: dict[str, int] = {}
    for line in lines:
        for index, heading in enumerate(line.cells):
            field = field_of(heading)
            if field and field not in columns:
                columns[field] = index
    return columns if len(columns) >= ENOUGH else None
