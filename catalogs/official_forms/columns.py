"""Recognising the header of annex 3: which column holds which field, whatever their order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogs.official_forms.cells import Row, Sheet
from catalogs.official_forms.form import FIELDS
from catalogs.official_forms.text import squeezed

SERIAL = "serial"
SEARCHED_ROWS = 200  # rows with content in which a header is looked for
_LONGEST_HEADER = 80  # characters; anything longer is content

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    SERIAL: ("序号", "编号", "序列", "序"),
    "name": ("证明材料名称", "证明名称", "证明事项名称", "材料名称", "证明材料", "证明事项"),
    "matter": (
        "涉及办事事项名称",
        "涉及事项",
        "办事事项",
        "涉及办事事项",
        "办事事项名称",
        "涉及事项名称",
    ),
    "legal_basis": (
        "法律法规依据",
        "依据",
        "法律依据",
        "政策依据",
        "设定依据",
        "法规依据",
        "法律法规",
    ),
    "purpose": ("证明用途", "用途", "证明的用途"),
    "requesting_unit": (
        "证明索要单位",
        "索要单位",
        "要求单位",
        "索要部门",
        "证明索要部门",
        "要求部门",
    ),
}
_FIELD_OF = {label: field for field, labels in _SYNONYMS.items() for label in labels}
_OFFICIAL = {field: labels[0] for field, labels in _SYNONYMS.items()}
_BRACKETED = re.compile(r"[(\[{【〔〈<《][^()\[\]{}【】〔〕〈〉<>《》]*[)\]}】〕〉>》]")
_EDGES = re.compile(r"^[\W\d_]+|[\W_]+$")
_HINT = "需明确到具体条款内容"


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found.

    ``first_row`` and ``last_row`` are sheet row numbers, ``columns`` maps fields (and
    ``SERIAL``) to columns, ``others`` maps further columns to their headings.
    """

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    others: Mapping[int, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields of annex 3 without a column."""
        return tuple(field for field in FIELDS if field not in self.columns)


def bare_label(text: str) -> str:
    """Return a heading without white space, brackets and their content, and marks around it."""
    folded = squeezed(text)
    label = _BRACKETED.sub("", folded) or folded.strip("()[]{}【】〔〕〈〉<>《》")
    return _EDGES.sub("", label).removesuffix(_HINT)


def field_of(text: str) -> str | None:
    """Return the field (or ``SERIAL``) that a heading names, or None."""
    if not text or len(text) > _LONGEST_HEADER:
        return None
    return _FIELD_OF.get(bare_label(text))


def find_header(sheet: Sheet) -> Header | None:
    """Return the first complete header of a sheet, else the fullest one, else None.

    At least two fields of annex 3 must be named in a row for it to be a header.
    """
    best: Header | None = None
    for index in range(min(len(sheet.rows), SEARCHED_ROWS)):
        header = header_at(sheet.rows, index)
        if header and not header.missing:
            return header
        if header and (best is None or len(header.missing) < len(best.missing)):
            best = header
    return best


def header_at(rows: tuple[Row, ...], index: int) -> Header | None:
    """Return the header that begins at ``rows[index]``, or None.

    The next row belongs to it when a heading is merged down into it, or when it only carries
    on the headings above (a bracketed note, a sub-heading).
    """
    row = rows[index]
    single = _header(row.number, row.number, {c: [one.text] for c, one in row.cells.items()})
    if single is None or len(row.texts()) < 2:
        return None
    below = rows[index + 1] if index + 1 < len(rows) else None
    if below and below.number == row.number + 1 and _carries_on(row, below):
        labels = {c: [one.text] for c, one in row.cells.items()}
        for column, cell in below.cells.items():
            above = labels.setdefault(column, [])
            if cell.text not in above:
                above.append(cell.text)
        return _header(row.number, below.number, labels) or single
    return single


def _carries_on(row: Row, below: Row) -> bool:
    if any(cell.merged and cell.merged[0] <= row.number for cell in below.cells.values()):
        return True
    texts = below.texts()
    return bool(texts) and all(
        text.startswith(("(", "（", "[", "【")) or squeezed(text) == _HINT for text in texts
    )


def _header(first: int, last: int, labels: Mapping[int, list[str]]) -> Header | None:
    columns: dict[str, int] = {}
    others: dict[int, str] = {}
    for column in sorted(labels):
        texts = labels[column]
        candidates = ["".join(texts), *reversed(texts)]
        heading = next((one for one in candidates if field_of(one)), None)
        if heading is None:
            others[column] = squeezed("".join(texts))[:30]
            continue
        field = field_of(heading) or ""
        taken = columns.get(field)
        if taken is None:
            columns[field] = column
        elif bare_label(heading) == _OFFICIAL[field] != bare_label("".join(labels[taken])):
            columns[field] = column
            others[taken] = squeezed("".join(labels[taken]))[:30]
        else:
            others[column] = squeezed(heading)[:30]
    named = [field for field in columns if field != SERIAL]
    return Header(first, last, columns, others) if len(named) >= 2 else None
