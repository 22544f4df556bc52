"""A file is read in a process of its own: whatever it does there costs one message."""

import time

import pytest

from catalogs.official_forms import UnreadableForm, isolated, read_annex3
from catalogs.official_forms.isolated import Limits, mark_isolated, read_isolated
from catalogs.official_forms.write import write_annex3
from tests import lists
from tests.official_forms import books


def test_it_reads_what_the_reader_reads() -> None:
    content = lists.workbook(lists.FARMER, lists.LAND)
    assert read_isolated(content, "annex3") == read_annex3(content)


def test_annex_2_crosses_the_border_whole() -> None:
    form = read_isolated(lists.survey_workbook(), "annex2")
    assert [(row.region, row.name) for row in form.rows] == [
        (habit.region, habit.name) for habit in lists.HABITS
    ]
    assert all(row.columns for row in form.rows)


def test_rare_characters_survive() -> None:
    name = "𠮷𰻝村证明😀"
    form = read_isolated(write_annex3(city="南宁市", rows=[lists.Line(name, "事项")]))
    assert form.rows[0].name == name


def test_it_passes_the_refusal_on() -> None:
    with pytest.raises(UnreadableForm, match="PDF"):
        read_isolated(b"%PDF-1.7 ...", "annex3")


@pytest.mark.parametrize(
    "child",
    [
        "import os; os.abort()",
        "print('not json')",
        "import sys; sys.exit(3)",
        "import ctypes; ctypes.string_at(0)",
    ],
    ids=["abort", "babble", "exit", "segfault"],
)
def test_a_crash_costs_one_message(child: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_CHILD", ("-c", child))
    with pytest.raises(UnreadableForm, match="另存为新的"):
        read_isolated(b"anything")


def test_a_loop_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_CHILD", ("-c", "import time; time.sleep(60)"))
    began = time.monotonic()
    with pytest.raises(UnreadableForm, match="用时过长"):
        read_isolated(b"anything", limits=Limits(cpu_seconds=1, seconds=1))
    assert time.monotonic() - began < 30


def test_work_without_end_is_stopped_by_the_processor_limit() -> None:
    rows = [("1", *books.IDENTITY)] * 60_000
    with pytest.raises(UnreadableForm, match="用时过长"):
        read_isolated(_long_book(rows), limits=Limits(cpu_seconds=1, seconds=60))


def test_memory_has_an_end() -> None:
    with pytest.raises(UnreadableForm, match=r"内存过多|另存为新的"):
        read_isolated(_long_book([("1", *books.IDENTITY)] * 20_000), limits=Limits(20, 60, megabytes=48))


def test_the_child_learns_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    tell = "import json, os; print(json.dumps({'why': ' '.join(os.environ.values())}))"
    monkeypatch.setattr(isolated, "_CHILD", ("-c", tell))
    with pytest.raises(UnreadableForm) as told:
        read_isolated(b"anything")
    assert "geheim" not in told.value.message
    assert "postgres" not in told.value.message


def test_marking_happens_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_CHILD", ("-c", "import os; os.abort()"))
    with pytest.raises(UnreadableForm):
        mark_isolated(b"anything", [])


def _long_book(rows: list[tuple[str, ...]]) -> bytes:
    return books.form(*rows)
