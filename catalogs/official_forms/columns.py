"""Recognising the header of a form: which column holds which field, whatever their order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalogs.official_forms.cells import Row, Sheet
from catalogs.official_forms.form import SERIAL_LABEL
from catalogs.official_forms.spec import ANNEX3, REGION, SERIAL, SPECS, Spec
from catalogs.official_forms.text import squeezed

SEARCHED_ROWS = 200  # rows with content in which a header is looked for
MARKS_HEADING = "核对结果"  # of the column that ``mark`` adds; it is never read
_LONGEST_HEADER = 80  # characters; anything longer is content
_BRACKETED = re.compile(r"[(\[{【〔〈<《][^()\[\]{}【】〔〕〈〉<>《》]*[)\]}】〕〉>》]")
_EDGES = re.compile(r"^[\W\d_]+|[\W_]+$")
_BETWEEN = re.compile(r"[、,，/及和与或的]")
_IN_BRACKETS = re.compile(r"[(\[【](?![一二三四五六七八九十]+[)\]】])")  # not (一), which begins a section
_HINT = "需明确到具体条款内容"
_OPEN_BRACKET = re.compile(r"(?<=.)[(\[{【〔][^)\]}】〕]*$")
# Headings in Traditional characters: the few of them that headings are made of.
_SIMPLIFIED = str.maketrans(
    "證稱辦項據規單門條體關係編號縣區鎮須聯報時間與設構機類種務業",
    "证称办项据规单门条体关系编号县区镇须联报时间与设构机类种务业",
)
# What a second header row adds under a heading that is complete without it.
_SUB_HEADINGS = {"名称", "内容", "名称及内容", "单位", "部门", "说明", "事项"}


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found.

    ``first_row`` and ``last_row`` are sheet row numbers, ``columns`` maps fields (and
    ``SERIAL``, ``REGION``) to columns, ``others`` maps further columns to their headings.
    """

    spec: Spec
    first_row: int
    last_row: int
    columns: Mapping[str, int]
    others: Mapping[int, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields of the form without a column."""
        return tuple(field for field in self.spec.fields if field not in self.columns)


def bare_label(text: str) -> str:
    """Return a heading without white space, brackets and their content, and marks around it."""
    folded = squeezed(text).translate(_SIMPLIFIED)
    label = _OPEN_BRACKET.sub("", _BRACKETED.sub("", folded)) or folded.strip("()[]{}【】〔〕〈〉<>《》")
    return _EDGES.sub("", label).removesuffix(_HINT)


def field_of(text: str, spec: Spec = ANNEX3) -> str | None:
    """Return the field (or ``SERIAL``, ``REGION``) that a heading names, or None."""
    if not text or len(text) > _LONGEST_HEADER:
        return None
    return _field_of_label(bare_label(text), spec.kind)


@lru_cache(maxsize=4096)
def _field_of_label(label: str, kind: str) -> str | None:
    plain = _BETWEEN.sub("", label)
    for field, heading in SPECS[kind].headings.items():
        if heading.fullmatch(label) or heading.fullmatch(plain):
            return field
    return None


def find_header(sheet: Sheet, spec: Spec = ANNEX3) -> Header | None:
    """Return the first complete header of a sheet, else the fullest one, else None.

    At least two fields of the form must be named in a row for it to be a header.
    """
    best: Header | None = None
    for index in range(min(len(sheet.rows), SEARCHED_ROWS)):
        header = header_at(sheet.rows, index, spec)
        if header and not header.missing:
            return header
        if header and (best is None or len(header.missing) < len(best.missing)):
            best = header
    return best


def header_at(rows: tuple[Row, ...], index: int, spec: Spec = ANNEX3) -> Header | None:
    """Return the header that begins at ``rows[index]``, or None.

    The next row belongs to it when a heading is merged down into it, or when it only carries
    on the headings above (a bracketed note, a sub-heading).
    """
    row = rows[index]
    single = _header(spec, row.number, row.number, {c: [one.text] for c, one in row.cells.items()})
    if single is None or len(row.texts()) < 2:
        return None
    below = rows[index + 1] if index + 1 < len(rows) else None
    if below and below.number == row.number + 1 and _carries_on(row, below, single):
        labels = {c: [one.text] for c, one in row.cells.items()}
        for column, cell in below.cells.items():
            above = labels.setdefault(column, [])
            if cell.text not in above:
                above.append(cell.text)
        return _header(spec, row.number, below.number, labels) or single
    return single


def _carries_on(row: Row, below: Row, single: Header) -> bool:
    if any(cell.merged and cell.merged[0] <= row.number for cell in below.cells.values()):
        return True
    texts = below.texts()
    if not texts:
        return False
    if single.missing and all(field_of(text, single.spec) for text in texts):
        return True  # sub-headings under a heading that spans them, without merged cells below
    folded = [squeezed(text) for text in texts]
    return all(_IN_BRACKETS.match(one) or one == _HINT or one in _SUB_HEADINGS for one in folded)


def _header(spec: Spec, first: int, last: int, labels: Mapping[int, list[str]]) -> Header | None:
    columns: dict[str, int] = {}
    others: dict[int, str] = {}
    for column in sorted(labels):
        texts = labels[column]
        candidates = ["".join(texts), *reversed(texts)]
        heading = next((one for one in candidates if field_of(one, spec)), None)
        if heading is None:
            others[column] = squeezed("".join(texts))[:30]
            continue
        field = field_of(heading, spec) or ""
        taken = columns.get(field)
        if taken is None:
            columns[field] = column
        elif bare_label(heading) == _official(spec, field) != bare_label("".join(labels[taken])):
            columns[field] = column
            others[taken] = squeezed("".join(labels[taken]))[:30]
        else:
            others[column] = squeezed(heading)[:30]
    named = [field for field in columns if field not in (SERIAL, REGION)]
    return Header(spec, first, last, columns, others) if len(named) >= 2 else None


def _official(spec: Spec, field: str) -> str:
    return bare_label(spec.fields.get(field, SERIAL_LABEL))
