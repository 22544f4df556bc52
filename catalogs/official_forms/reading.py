"""Bytes → annex 2 or annex 3, or one sentence on why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogs.official_forms.cells import Grid, Sheet
from catalogs.official_forms.columns import Header, find_header
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import Annex2Form, Annex3Form, FormRow, SurveyRow
from catalogs.official_forms.grid import read_grid
from catalogs.official_forms.spec import ANNEX2, SPECS, Spec
from catalogs.official_forms.statements import (
    Statement,
    begins_statement,
    city_in,
    is_title,
    read_statement,
)
from catalogs.official_forms.table import Table, TableRow, read_table
from catalogs.official_forms.wire import FormKind


def read_annex3(data: bytes) -> Annex3Form:
    """Read a city's list (附件3; 二(二) 各市编制拟保留清单).

    ``data`` is the content of the file; its name plays no part. Rows come in the order of the
    file with sheet, row and columns, the 示例 row apart, every cell's text as displayed with its
    ends stripped, unseen characters removed and CRLF as LF.

    Raises UnreadableForm, and nothing else, when the file is of no kind that is read, holds no
    annex 3 table, lacks one of its five columns or has no row filled in.
    """
    form = read_form(data, "annex3")
    if not isinstance(form, Annex3Form):
        raise TypeError("read_form gave another form than the one asked for")
    return form


def read_annex2(data: bytes) -> Annex2Form:
    """Read a place's or department's table of what is certified today (附件2; 二(一)).

    As ``read_annex3``; each row carries the name of the section it stands in (一、市本级).
    """
    form = read_form(data, "annex2")
    if not isinstance(form, Annex2Form):
        raise TypeError("read_form gave another form than the one asked for")
    return form


def read_form(data: bytes, wanted: FormKind | None = None) -> Annex2Form | Annex3Form:
    """Read whichever form the file holds, or only the one that is ``wanted``.

    Raises UnreadableForm, and nothing else, when the file cannot be read as that.
    """
    try:
        return _form(read_grid(data), wanted)
    except (UnreadableForm, MemoryError):
        raise
    except Exception as problem:  # whatever a crafted file breaks, the person gets a sentence
        raise UnreadableForm(
            "文件内容异常，无法读取。请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。"
        ) from problem


def headers_in(grid: Grid) -> dict[str, Header]:
    """The header of each sheet that holds a table of the form, by the sheet's name.

    Raises UnreadableForm when none does.
    """
    return {sheet.name: header for sheet, header in _find(grid, None).headed}


def _form(grid: Grid, wanted: FormKind | None) -> Annex2Form | Annex3Form:
    found = _find(grid, wanted)
    spec, remarks = found.spec, found.remarks
    tables: list[tuple[Sheet, Table]] = []
    for sheet, header in found.headed:
        before = tables[-1][1].ended_in if tables and header.last_row == 0 else ""
        tables.append((sheet, read_table(sheet, header, before)))
    tables = _visible(tables, remarks)
    _require_rows([table for _, table in tables], spec)
    apart = _apart(grid, found)
    city = _city(tables, [text for sheet in apart for text in sheet.above], spec, remarks)
    statement = read_statement(
        [text for _, table in tables for text in table.statements] + _statements_in(apart)
    )
    remarks += [remark for _, table in tables for remark in table.remarks]
    remarks += statement.remarks
    rows = [row for _, table in tables for row in table.rows]
    if spec is ANNEX2:
        return _annex2(city, statement, rows, remarks)
    examples = [row for _, table in tables for row in table.examples]
    return _annex3(city, statement, rows, examples, remarks)


def _apart(grid: Grid, found: "_Found") -> list[Sheet]:
    """The small tables of a document that hold no list: title or footers may stand there."""
    headed = {id(sheet) for sheet, _ in found.headed}
    return [sheet for sheet in grid.sheets if sheet.what == "表格" and id(sheet) not in headed]


def _statements_in(apart: Sequence[Sheet]) -> list[str]:
    return [
        " ".join(row.texts())
        for sheet in apart
        for row in sheet.rows
        if row.texts() and begins_statement(row.texts()[0])
    ]


def _annex3(
    city: str | None,
    statement: Statement,
    rows: Sequence[TableRow],
    examples: Sequence[TableRow],
    remarks: Sequence[str],
) -> Annex3Form:
    def made(row: TableRow, is_example: bool) -> FormRow:
        return FormRow(**row.values, sheet=row.sheet, row=row.row, columns=row.columns, is_example=is_example)

    return Annex3Form(
        city=city,
        reporter=statement.reporter,
        contact=statement.contact,
        reported_on=statement.reported_on,
        rows=tuple(made(row, False) for row in rows),
        example_rows=tuple(made(row, True) for row in examples),
        remarks=tuple(remarks),
    )


def _annex2(
    city: str | None, statement: Statement, rows: Sequence[TableRow], remarks: Sequence[str]
) -> Annex2Form:
    return Annex2Form(
        city=city,
        reporter=statement.reporter,
        contact=statement.contact,
        reported_on=statement.reported_on,
        rows=tuple(
            SurveyRow(region=row.region, **row.values, sheet=row.sheet, row=row.row, columns=row.columns)
            for row in rows
        ),
        remarks=tuple(remarks),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The form a file holds: its sheets with a complete header, and remarks on those passed over."""

    spec: Spec
    headed: list[tuple[Sheet, Header]]
    partial: list[tuple[Sheet, Header]]
    remarks: list[str]

    @property
    def strength(self) -> tuple[bool, int, int]:
        """How well the form fits: complete, as titled, with few columns of no use."""
        titled = sum(
            is_title("".join(text), self.spec)
            for sheet, header in self.headed or self.partial
            for text in (*sheet.above, *(row.texts() for row in sheet.rows if row.number < header.first_row))
        )
        unused = sum(len(header.others) for _, header in self.headed)
        return bool(self.headed), titled, -unused


def _find(grid: Grid, wanted: FormKind | None) -> _Found:
    found = {kind: _headed_sheets(grid, spec) for kind, spec in SPECS.items()}
    best = max(found.values(), key=lambda one: one.strength)
    if wanted is not None:
        if best.spec.kind != wanted and best.headed and not found[wanted].headed:
            raise UnreadableForm(_why_other(best.spec, SPECS[wanted], found[wanted]))
        best = found[wanted]
    if best.headed:
        return best
    if best.partial:
        sheet, header = min(best.partial, key=lambda one: len(one[1].missing))
        raise UnreadableForm(
            f"{sheet.what}“{sheet.name}”第{header.first_row}行的表头缺少"
            f"{best.spec.labels(header.missing)}，请对照{best.spec.number}补齐栏目后重新上传。"
        )
    if not any(sheet.rows for sheet in grid.sheets):
        raise UnreadableForm("文件中没有任何内容。请下载系统提供的空白表，按表头填写后重新上传。")
    spec = SPECS[wanted] if wanted else None
    form, first = (spec.number, spec.label("name")) if spec else ("附件2或附件3", "证明材料名称")
    raise UnreadableForm(f"没有找到{form}的表头（{first}等）。请下载系统提供的空白表，按表头填写后重新上传。")


def _why_other(other: Spec, wanted: Spec, found: _Found) -> str:
    missing = ""
    if found.partial:
        header = min((header for _, header in found.partial), key=lambda one: len(one.missing))
        missing = f"；如确为{wanted.number}，请补齐栏目{wanted.labels(header.missing)}"
    return (
        f"这份表格是{other.number}（{other.name}），不是{wanted.number}（{wanted.name}）。"
        f"请上传{wanted.number}{missing}。"
    )


def _headed_sheets(grid: Grid, spec: Spec) -> _Found:
    found = _Found(spec, [], [], [])
    for sheet in grid.sheets:
        if not sheet.rows:
            continue
        header = find_header(sheet, spec)
        if header is None and (continued := _continued(sheet, found.headed)):
            found.headed.append((sheet, continued))
        elif header is None:
            found.remarks.append(f"{sheet.what}“{sheet.name}”中没有{spec.number}的表格，未读取。")
        elif header.missing:
            found.partial.append((sheet, header))
            found.remarks.append(
                f"{sheet.what}“{sheet.name}”的表头缺少{spec.labels(header.missing)}，未读取。"
            )
        else:
            found.headed.append((sheet, header))
    return found


def _continued(sheet: Sheet, headed: Sequence[tuple[Sheet, Header]]) -> Header | None:
    """The header of the table before, when a document's next table only carries it on."""
    if not headed or sheet.what != "表格" or (sheet.above and not headed[-1][0].below):
        return None
    before = headed[-1][1]
    widest = max(max(row.cells) for row in sheet.rows)
    if widest != max([*before.columns.values(), *before.others]):
        return None
    return Header(before.spec, 0, 0, before.columns, before.others)


def _visible(tables: list[tuple[Sheet, Table]], remarks: list[str]) -> list[tuple[Sheet, Table]]:
    """Without the hidden sheets, unless the rows are only there; says so in ``remarks``."""
    if any(table.rows for sheet, table in tables if not sheet.hidden):
        for sheet, table in tables:
            if sheet.hidden and table.rows:
                remarks.append(f"{sheet.what}“{sheet.name}”已隐藏，其中的内容未读取。")
        return [(sheet, table) for sheet, table in tables if not sheet.hidden]
    if any(table.rows for _, table in tables):
        names = "”、“".join(sheet.name for sheet, table in tables if table.rows)
        remarks.append(f"清单在隐藏的工作表“{names}”中，内容已读取，请核对。")
    return tables


def _city(
    tables: Sequence[tuple[Sheet, Table]], apart: Sequence[str], spec: Spec, remarks: list[str]
) -> str | None:
    """The city in the titles; those ``apart`` from the list count when it has none of its own."""
    named = [table.city for _, table in tables]
    if not any(named):
        named = [city_in(text, spec)[1] for text in apart]
    cities = list(dict.fromkeys(city for city in named if city))
    if not cities:
        titled = any(table.titled for _, table in tables)
        missing = f"表头上方没有{spec.number}的标题，无法得知是哪个市。"
        remarks.append("标题中未填写市名。" if titled else missing)
        return None
    if len(cities) > 1:
        remarks.append(f"各工作表标题中的市名不一致：{'、'.join(cities)}，以第一个为准。")
    return cities[0]


def _require_rows(tables: Sequence[Table], spec: Spec) -> None:
    count = sum(len(table.rows) for table in tables)
    if count > spec.max_rows:
        raise UnreadableForm(
            f"表中有 {count} 行，超过 {spec.max_rows} 行，不像一份{spec.name}。请核对内容后重新上传。"
        )
    if count == 0 and any(table.examples for table in tables):
        raise UnreadableForm("表中只有示例行，没有填报内容。请在示例行下方逐行填写后重新上传。")
    if count == 0:
        raise UnreadableForm("表中没有填报内容，是一份空白表。请在表头下方逐行填写后重新上传。")
