"""Large sheets: small in memory when they are blank, refused when they are no list."""

import tracemalloc

import pytest

from catalogs.official_forms import UnreadableForm, read_annex3
from tests.official_forms.books import (
    HARDSHIP,
    HEADER,
    IDENTITY,
    fields,
    inline,
    with_part,
    with_sheet_data,
)


def line(row: int, texts: tuple[str, ...]) -> str:
    cells = "".join(inline(f"{'ABCDEF'[at]}{row}", text) for at, text in enumerate(texts))
    return f'<row r="{row}">{cells}</row>'


def blank(row: int) -> str:
    cells = "".join(f'<c r="{column}{row}" s="1"/>' for column in "ABCDEF")
    return f'<row r="{row}" spans="1:6" ht="15" customHeight="1">{cells}</row>'


def test_200_000_blank_formatted_rows_are_read() -> None:
    rows = "".join(blank(row) for row in range(3, 200_003))
    first = line(1, HEADER) + line(2, ("1", *IDENTITY))
    content = with_sheet_data(first + rows + line(200_003, ("2", *HARDSHIP)))
    result = read_annex3(content)
    assert [row.row for row in result.rows] == [2, 200_003]


def test_blank_formatted_rows_leave_nothing_in_memory() -> None:
    rows = "".join(blank(row) for row in range(3, 20_003))
    content = with_sheet_data(line(1, HEADER) + line(2, ("1", *IDENTITY)) + rows)
    tracemalloc.start()
    try:
        read_annex3(content)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_absurd_declared_dimensions_cost_nothing() -> None:
    content = with_part(
        with_sheet_data(line(1, HEADER) + line(2, ("1", *IDENTITY))),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:A1"', b'ref="A1:XFD1048576"'),
    )
    assert [fields(row) for row in read_annex3(content).rows] == [IDENTITY]


def test_20_000_rows_are_read_within_the_limits() -> None:
    texts = tuple(text * 6 for text in IDENTITY)
    rows = "".join(line(row, (str(row), *texts)) for row in range(2, 20_002))
    content = with_sheet_data(line(1, HEADER) + rows)
    result = read_annex3(content)
    assert len(result.rows) == 20_000


@pytest.mark.parametrize("count", [20_001, 21_000])
def test_it_refuses_more_than_20_000_rows(count: int) -> None:
    rows = "".join(line(row, ("1", "甲")) for row in range(2, count + 2))
    with pytest.raises(UnreadableForm, match="超过 20000 行"):
        read_annex3(with_sheet_data(line(1, HEADER) + rows))


def test_it_refuses_merged_ranges_beyond_reason() -> None:
    rows = line(1, HEADER) + "".join(line(row, ("1", "甲")) for row in range(2, 5000))
    merged = "".join(f'<mergeCell ref="A{row}:GR5000"/>' for row in range(2, 5000))
    with pytest.raises(UnreadableForm, match="合并单元格过多"):
        read_annex3(with_sheet_data(rows, f"<mergeCells>{merged}</mergeCells>"))
