"""The shared samples read exactly as their expected answers."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from catalogs.official_forms import FIELDS, UnreadableForm, read_annex3

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the shared samples are not beside this checkout"
)


def sample(name: str) -> tuple[bytes, dict[str, Any]]:
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
    return (SAMPLES / name).read_bytes(), expected["files"][name]


def test_it_reads_a_city_list_exactly() -> None:
    content, expected = sample("annex3_南宁市.xlsx")
    form = read_annex3(content)
    assert form.city == expected["city"]
    assert form.reporter == expected["reporter"]
    assert form.contact == expected["contact"]
    assert form.reported_on == dt.date.fromisoformat(expected["date"])
    assert [{field: getattr(row, field) for field in FIELDS} for row in form.rows] == expected["rows"]
    assert [row.row for row in form.rows] == list(range(4, 4 + len(form.rows)))
    assert form.remarks == ()


def test_it_refuses_the_blank_form() -> None:
    content, expected = sample("annex3_blank.xlsx")
    assert not expected["accept"]
    with pytest.raises(UnreadableForm, match="只有示例行"):
        read_annex3(content)


@pytest.mark.parametrize(
    ("name", "why"), [("annex2_桂林市.xlsx", "附件2"), ("annex3_柳州市.docx", "Word 文档")]
)
def test_it_says_what_another_sample_is(name: str, why: str) -> None:
    content, _ = sample(name)
    with pytest.raises(UnreadableForm, match=why):
        read_annex3(content)
