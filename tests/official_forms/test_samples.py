"""The shared samples read exactly as their expected answers."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from catalogs.official_forms import FIELDS, SURVEY_FIELDS, UnreadableForm, read_annex2, read_annex3, read_form
from tests.official_forms.damage import damaged
from tests.official_forms.test_every_kind import sentence_or_form

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the shared samples are not beside this checkout"
)


def sample(name: str) -> tuple[bytes, dict[str, Any]]:
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
    return (SAMPLES / name).read_bytes(), expected["files"][name]


@pytest.mark.parametrize("name", ["annex3_南宁市.xlsx", "annex3_柳州市.docx", "annex2_桂林市.xlsx"])
def test_it_reads_a_sample_exactly(name: str) -> None:
    content, expected = sample(name)
    form = read_form(content)
    assert form.city == expected["city"]
    assert form.reporter == expected["reporter"]
    assert form.contact == expected["contact"]
    assert form.reported_on == dt.date.fromisoformat(expected["date"])
    columns = ("region", *SURVEY_FIELDS) if expected["form"] == "annex2" else tuple(FIELDS)
    assert [{field: getattr(row, field) for field in columns} for row in form.rows] == expected["rows"]
    assert form.remarks == ()


def test_rows_know_where_they_stood() -> None:
    content, _ = sample("annex3_南宁市.xlsx")
    form = read_annex3(content)
    assert [row.row for row in form.rows] == list(range(4, 4 + len(form.rows)))
    assert {row.columns for row in form.rows} == {(2, 3, 4, 5, 6)}


def test_it_refuses_the_blank_form() -> None:
    content, expected = sample("annex3_blank.xlsx")
    assert not expected["accept"]
    with pytest.raises(UnreadableForm, match="只有示例行"):
        read_annex3(content)


def test_it_refuses_the_other_form() -> None:
    with pytest.raises(UnreadableForm, match="附件2"):
        read_annex3(sample("annex2_桂林市.xlsx")[0])
    for name in ("annex3_南宁市.xlsx", "annex3_柳州市.docx"):
        with pytest.raises(UnreadableForm, match="附件3"):
            read_annex2(sample(name)[0])


@pytest.mark.parametrize(
    "name", ["annex3_南宁市.xlsx", "annex3_柳州市.docx", "annex2_桂林市.xlsx", "annex3_blank.xlsx"]
)
def test_damage_to_a_sample_gives_a_form_or_a_refusal(name: str, fuzz_cases: int) -> None:
    for content in damaged(sample(name)[0], fuzz_cases, name):
        assert sentence_or_form(content).endswith("。")
