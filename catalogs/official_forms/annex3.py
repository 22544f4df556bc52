"""Bytes → annex 3 (附件3 拟保留清单), or one sentence on why not."""

from catalogs.official_forms.cells import Grid, Sheet
from catalogs.official_forms.columns import Header, find_header
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import FIELDS, Annex3Form
from catalogs.official_forms.grid import read_grid
from catalogs.official_forms.statements import read_statement
from catalogs.official_forms.table import Table, read_table

MAX_ROWS = 20_000
_USE_BLANK = "请下载系统提供的附件3空白表，按表头填写后重新上传。"


def read_annex3(data: bytes) -> Annex3Form:
    """Read a city's list from an .xlsx file (附件3; 二(二) 各市编制拟保留清单).

    ``data`` is the content of the file; its name plays no part. Rows come in the order of the
    file with sheet and row number, the 示例 row apart, every cell's text as displayed with its
    ends stripped, unseen characters removed and CRLF as LF.

    Raises UnreadableForm, and nothing else, when the file is no sound workbook, holds no annex 3
    table, lacks one of its five columns or has no row filled in.
    """
    try:
        return _form(read_grid(data))
    except UnreadableForm:
        raise
    except Exception as problem:  # whatever a crafted file breaks, the person gets a sentence
        raise UnreadableForm(
            "文件内容异常，无法读取。请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。"
        ) from problem


def _form(grid: Grid) -> Annex3Form:
    headed, remarks = _headed_sheets(grid)
    tables = [(sheet, read_table(sheet, header)) for sheet, header in headed]
    if any(table.rows for sheet, table in tables if not sheet.hidden):
        for sheet, table in tables:
            if sheet.hidden and table.rows:
                remarks.append(f"工作表“{sheet.name}”已隐藏，其中的内容未读取。")
        tables = [(sheet, table) for sheet, table in tables if not sheet.hidden]
    elif any(table.rows for _, table in tables):
        names = "”、“".join(sheet.name for sheet, table in tables if table.rows)
        remarks.append(f"清单在隐藏的工作表“{names}”中，内容已读取，请核对。")
    _require_rows([table for _, table in tables])
    cities = dict.fromkeys(table.city for _, table in tables if table.city)
    if not cities:
        titled = any(table.titled for _, table in tables)
        remarks.append("标题中未填写市名。" if titled else "表头上方没有附件3的标题，无法得知是哪个市。")
    elif len(cities) > 1:
        remarks.append(f"各工作表标题中的市名不一致：{'、'.join(cities)}，以第一个为准。")
    statement = read_statement(text for _, table in tables for text in table.statements)
    return Annex3Form(
        city=next(iter(cities), None),
        reporter=statement.reporter,
        contact=statement.contact,
        reported_on=statement.reported_on,
        rows=tuple(row for _, table in tables for row in table.rows),
        example_rows=tuple(row for _, table in tables for row in table.examples),
        remarks=(
            *remarks,
            *(remark for _, table in tables for remark in table.remarks),
            *statement.remarks,
        ),
    )


def _headed_sheets(grid: Grid) -> tuple[list[tuple[Sheet, Header]], list[str]]:
    """The sheets with a complete header, and remarks on those passed over."""
    complete, partial, remarks = [], [], []
    for sheet in grid.sheets:
        if not sheet.rows:
            continue
        header = find_header(sheet)
        if header is None:
            remarks.append(f"工作表“{sheet.name}”中没有附件3的表格，未读取。")
        elif header.missing:
            partial.append((sheet, header))
            remarks.append(f"工作表“{sheet.name}”的表头缺少{_labels(header.missing)}，未读取。")
        else:
            complete.append((sheet, header))
    if complete:
        return complete, remarks
    if partial:
        raise UnreadableForm(_why_partial(*min(partial, key=lambda one: len(one[1].missing))))
    if not any(sheet.rows for sheet in grid.sheets):
        raise UnreadableForm(f"工作簿中没有任何内容。{_USE_BLANK}")
    raise UnreadableForm(f"没有找到附件3的表头（证明材料名称、涉及办事事项名称等）。{_USE_BLANK}")


def _why_partial(sheet: Sheet, header: Header) -> str:
    if "必要性" in header.others.values():
        return (
            "这份表格似乎是附件2（现有证明事项统计表），不是附件3（拟保留清单）。"
            "请上传附件3；如确为附件3，请补齐栏目："
            f"{_labels(header.missing)}。"
        )
    return (
        f"工作表“{sheet.name}”第{header.first_row}行的表头缺少{_labels(header.missing)}，"
        "请对照附件3补齐栏目后重新上传。"
    )


def _labels(fields: tuple[str, ...]) -> str:
    return "、".join(f"“{FIELDS[field].split('（')[0]}”" for field in fields)


def _require_rows(tables: list[Table]) -> None:
    count = sum(len(table.rows) for table in tables)
    if count > MAX_ROWS:
        raise UnreadableForm(f"清单有 {count} 行，超过 {MAX_ROWS} 行，不像一份清单。请核对内容后重新上传。")
    if count == 0 and any(table.examples for table in tables):
        raise UnreadableForm("表中只有示例行，没有填报内容。请在示例行下方逐行填写后重新上传。")
    if count == 0:
        raise UnreadableForm("表中没有填报内容，是一份空白表。请在表头下方逐行填写后重新上传。")
