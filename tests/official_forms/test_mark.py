"""The clerk's own file with notes: everything in its place, and the same when read again."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from catalogs.official_forms import UnreadableForm, read_annex3, read_form
from catalogs.official_forms.mark import HEADING, Note, mark
from catalogs.official_forms.write import write_annex3
from tests.official_forms.books import HARDSHIP, HEADER, IDENTITY, TITLE, form
from tests.official_forms.test_annex2 import INCOME, KINSHIP, survey
from tests.official_forms.test_word_forms import document

SAID = "法律法规依据未写到具体条款"


def texts(content: bytes) -> list[tuple[str, ...]]:
    return [tuple(getattr(row, name) for name in ("name", "purpose")) for row in read_form(content).rows]


def sheet_of(content: bytes) -> Worksheet:
    return load_workbook(BytesIO(content)).worksheets[0]


def test_wrong_cells_are_coloured_and_explained_where_they_stand() -> None:
    content = form([1, *IDENTITY], [2, *HARDSHIP])
    marked = mark(content, [Note("附件3", 5, 4, SAID), Note("附件3", 5, None, "请核对")])
    sheet = sheet_of(marked)
    assert sheet["G3"].value == HEADING
    assert sheet["G5"].value == f"{SAID}\n请核对"
    assert sheet["D5"].fill.fgColor.rgb == "FFFDE2E2"
    assert sheet["D4"].fill.fill_type is None
    assert sheet["G4"].value is None
    assert sheet["D5"].value == HARDSHIP[2]


def test_the_clerks_own_formatting_stays() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["B4"].font = Font(name="楷体", size=15)
        sheet.column_dimensions["B"].width = 41
        sheet.merge_cells("A1:F1")

    sheet = sheet_of(mark(form([1, *IDENTITY], edit=edit), [Note("附件3", 4, 2, "x")]))
    assert sheet["B4"].font.name == "楷体"
    assert sheet.column_dimensions["B"].width == 41
    assert "A1:F1" in {str(one) for one in sheet.merged_cells.ranges}


def test_formulas_become_what_they_showed() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["C4"] = "=1+1"

    sheet = sheet_of(mark(form([1, *IDENTITY], edit=edit), []))
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_a_note_runs_no_formula() -> None:
    cell = sheet_of(mark(form([1, *IDENTITY]), [Note("附件3", 4, 2, "=cmd|'/C calc'!A0")]))["G4"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize(
    "content",
    [
        form([1, *IDENTITY], [2, *HARDSHIP]),
        form(IDENTITY, HARDSHIP, header=HEADER[1:]),
        form([1, *IDENTITY], header=[*HEADER, "备注"]),
        survey(["一、市本级"], [1, *KINSHIP], ["二、荔浦市"], [1, *INCOME]),
        document(TITLE, [HEADER, (1, *IDENTITY), (2, *HARDSHIP)], "填报人及联系方式：韦丽萍 0771-5500012"),
        document(TITLE, [HEADER, (1, *IDENTITY)], [(2, *HARDSHIP)]),
        "\n".join(
            [
                ",".join(HEADER[:3]) + ",法律法规依据,证明用途,证明索要单位",
                "1,甲证明,事项,《法》第一条,用途,民政局",
            ]
        ).encode("gb18030"),
    ],
    ids=["xlsx", "no serials", "more columns", "annex 2", "docx", "two tables", "csv"],
)
def test_read_again_it_gives_the_same_rows(content: bytes) -> None:
    before = read_form(content)
    notes = [Note(row.sheet, row.row, row.columns[0], SAID) for row in before.rows]
    marked = mark(content, notes)
    again = read_form(marked)
    assert texts(marked) == texts(content)
    assert (again.city, again.reporter) == (before.city, before.reporter)
    assert not any("核对结果" in remark for remark in again.remarks)
    assert texts(mark(marked, [Note(r.sheet, r.row, r.columns[0], "改好了吗") for r in again.rows])) == texts(
        content
    )


def test_marking_twice_keeps_one_column_of_notes() -> None:
    once = mark(form([1, *IDENTITY], [2, *HARDSHIP]), [Note("附件3", 4, 2, "旧的提示")])
    sheet = sheet_of(mark(once, [Note("附件3", 5, 2, "新的提示")]))
    assert (sheet["G4"].value, sheet["G5"].value, sheet["H3"].value) == (None, "新的提示", None)


def test_a_form_of_our_own_can_be_marked() -> None:
    content = write_annex3(city="南宁市", rows=read_annex3(form([1, *IDENTITY])).rows, kind="docx")
    assert texts(mark(content, [])) == texts(content)


def test_what_cannot_be_read_cannot_be_marked() -> None:
    with pytest.raises(UnreadableForm):
        mark(b"nothing", [])
