"""Whatever the rows say: written as a workbook or a document and read back, they are the same."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogs.official_forms import (
    FIELDS,
    SURVEY_FIELDS,
    FormRow,
    SurveyRow,
    read_annex2,
    read_annex3,
    tidy,
)
from catalogs.official_forms.text import storable
from catalogs.official_forms.write import write_annex2, write_annex3

SLOW = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
RISKY = st.sampled_from(
    ["=1+1", "+1", "-1", "@x", "\t=1", "#REF!", "TRUE", "1", "_x0041_", "𠮷𰻝", "👨‍👩‍👧", "㐀", "  空 白  "]
)
TEXT = st.one_of(st.text(min_size=1, max_size=40), RISKY).map(lambda text: tidy(storable(text))).filter(bool)
KINDS = pytest.mark.parametrize("kind", ["xlsx", "docx"])


def spaced(text: str) -> str:
    """What a document cannot keep apart: kinds of line break, and runs of blanks at their ends."""
    return "\n".join(line.strip() for line in text.replace("\x0b", "\n").split("\n"))


@KINDS
@SLOW
@given(
    rows=st.lists(st.tuples(*[TEXT] * 5), min_size=1, max_size=5),
    day=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
)
def test_annex_3(kind: Any, rows: list[tuple[str, ...]], day: dt.date) -> None:
    written = [FormRow(*row, sheet="", row=0) for row in rows]
    form = read_annex3(
        write_annex3(
            city="南宁市", rows=written, reporter="韦丽萍", contact="0771-5500012", reported_on=day, kind=kind
        )
    )
    got = [tuple(getattr(row, field) for field in FIELDS) for row in form.rows]
    assert [tuple(map(spaced, row)) for row in got] == [tuple(map(spaced, row)) for row in rows]
    assert (form.city, form.reporter, form.contact, form.reported_on) == (
        "南宁市",
        "韦丽萍",
        "0771-5500012",
        day,
    )


REGION = st.sampled_from(["市本级", "荔浦市", "阳朔县", "龙胜各族自治县"])


@KINDS
@SLOW
@given(rows=st.lists(st.tuples(REGION, *[TEXT] * 5), min_size=1, max_size=6))
def test_annex_2(kind: Any, rows: list[tuple[str, ...]]) -> None:
    written = [SurveyRow(*row, sheet="", row=0) for row in rows]
    form = read_annex2(write_annex2(city="桂林市", rows=written, kind=kind))
    got = [(row.region, *(getattr(row, field) for field in SURVEY_FIELDS)) for row in form.rows]
    assert [tuple(map(spaced, row)) for row in got] == [tuple(map(spaced, row)) for row in rows]


@KINDS
def test_a_basis_of_20000_characters_is_kept_whole(kind: Any) -> None:
    basis = "《条例》第十五条 " + "农民专业合作社的成员为农民的。" * 1400
    row = FormRow("证明", "事项", basis.strip(), "用途", "民政局", sheet="", row=0)
    assert (
        read_annex3(write_annex3(city="南宁市", rows=[row], kind=kind)).rows[0].legal_basis == basis.strip()
    )
