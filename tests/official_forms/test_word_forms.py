"""Forms in Word documents: paragraphs around the table, tables over several pages."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from catalogs.official_forms import UnreadableForm, read_annex3, read_form
from tests.official_forms.books import HARDSHIP, HEADER, IDENTITY, TITLE, fields


def document(*parts: Any) -> bytes:
    """A document of paragraphs (texts) and tables (lists of rows)."""
    made = Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
            continue
        table = made.add_table(rows=0, cols=len(part[0]))
        for line in part:
            for cell, text in zip(table.add_row().cells, line, strict=True):
                cell.text = str(text)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def test_title_and_footers_stand_around_the_table() -> None:
    content = document(
        "附件3",
        TITLE,
        [HEADER, (1, *IDENTITY)],
        "填报人及联系方式：韦丽萍 0771-5500012",
        "填报日期：2020年10月23日",
    )
    form = read_annex3(content)
    assert form.city == "南宁市"
    assert (form.reporter, form.contact) == ("韦丽萍", "0771-5500012")
    assert form.reported_on == dt.date(2020, 10, 23)
    assert [fields(row) for row in form.rows] == [IDENTITY]
    assert (form.rows[0].sheet, form.rows[0].row) == ("表格1", 2)
    assert form.remarks == ()


def test_a_table_goes_on_in_the_next_without_its_header() -> None:
    form = read_annex3(document(TITLE, [HEADER, (1, *IDENTITY)], "", [(2, *HARDSHIP)]))
    assert [fields(row) for row in form.rows] == [IDENTITY, HARDSHIP]
    assert [row.sheet for row in form.rows] == ["表格1", "表格2"]


def test_a_repeated_header_is_no_row() -> None:
    form = read_annex3(document(TITLE, [HEADER, (1, *IDENTITY)], [HEADER, (2, *HARDSHIP)]))
    assert [fields(row) for row in form.rows] == [IDENTITY, HARDSHIP]


def test_a_table_about_something_else_is_passed_over() -> None:
    form = read_annex3(document([("联系人", "电话"), ("韦丽萍", "1")], TITLE, [HEADER, (1, *IDENTITY)]))
    assert [fields(row) for row in form.rows] == [IDENTITY]
    assert any("表格“表格1”" in remark for remark in form.remarks)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnreadableForm, match="表格“表格1”第1行的表头缺少“证明用途”"):
        read_form(document(TITLE, [(*HEADER[:4], HEADER[5]), (1, *IDENTITY[:3], IDENTITY[4])]), "annex3")


def test_a_document_without_a_table_is_refused() -> None:
    with pytest.raises(UnreadableForm, match="没有"):
        read_form(document(TITLE, "此处应有表格"))
