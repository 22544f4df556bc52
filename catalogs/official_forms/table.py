"""One sheet's table → rows of annex 3. Decides what is a row, an example, a footer, a heading."""

import re
from dataclasses import dataclass, field

from catalogs.official_forms.cells import Problem, Row, Sheet
from catalogs.official_forms.columns import SERIAL, Header, header_at
from catalogs.official_forms.form import FIELDS, FormRow
from catalogs.official_forms.remarks import Remarks
from catalogs.official_forms.statements import begins_statement, city_in, is_title
from catalogs.official_forms.text import squeezed

_NUMBER = re.compile(r"第?[(\[]?\d+(?:\.0+)?[)\]]?[.、号]?")
_EXAMPLE = re.compile(r"[(\[【]?(?:示例|样例|范例|举例|例)[\d一二三四五]?[)\]】]?(?::.*)?", re.DOTALL)
_NOTE = re.compile(r"(?:备?注|说明|填[表报]说明)\d?[::]")
_HEADING = re.compile(r"(?:\(?[一二三四五六七八九十]+\)?[、.．]|[(][一二三四五六七八九十]+[)])")
_TOTALS = ("合计", "总计", "小计", "共计")


@dataclass(slots=True)
class Table:
    """What one sheet holds. ``statements`` are the texts of its footer rows."""

    rows: list[FormRow] = field(default_factory=list)
    examples: list[FormRow] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    titled: bool = False
    city: str | None = None
    remarks: tuple[str, ...] = ()


def read_table(sheet: Sheet, header: Header) -> Table:
    """Return the rows of annex 3 below ``header`` and what stands around them.

    A row whose serial number is a number is always data, whatever its texts say; the other
    kinds of row (title, repeated header, footer, note, 示例, section, total) have none.
    """
    return _Reading(sheet, header).table


class _Reading:
    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet, self._header = sheet, header
        self._remarks = Remarks(sheet.name)
        self.table = Table()
        self._remark_columns()
        for index, row in enumerate(sheet.rows):
            if row.number < header.first_row:
                self._above(row)
            elif row.number > self._header.last_row:
                self._below(index, row)
        self.table.remarks = self._remarks.all()

    def _remark_columns(self) -> None:
        header, sheet = self._header, self._sheet
        for column, heading in header.others.items():
            if heading:
                self._remarks.on_sheet(f"第{_letters(column)}列“{heading}”不是附件3的栏目，未读取")
        hidden = sheet.hidden_columns & set(header.columns.values())
        for column in sorted(hidden):
            self._remarks.on_sheet(f"第{_letters(column)}列是隐藏列，内容已读取，请核对")
        if sheet.is_cut:
            self._remarks.on_sheet("第200列以后的内容未读取")

    def _above(self, row: Row) -> None:
        texts = row.texts()
        if not self.table.titled:
            self.table.titled, self.table.city = city_in("".join(texts))
        if texts and begins_statement(texts[0]):
            self.table.statements.append(" ".join(texts))

    def _below(self, index: int, row: Row) -> None:
        serial = squeezed(row.text(self._header.columns.get(SERIAL)))
        values = {name: row.text(self._header.columns[name]) for name in FIELDS}
        numbered = bool(_NUMBER.fullmatch(serial))
        if not numbered and self._is_no_row(index, row, serial):
            return
        if not any(values.values()):
            self._remark_problems(row)
            what = "只有序号，按空行跳过" if numbered else "附件3的各栏均为空，已跳过"
            self._remarks.on_row(row.number, what)
            return
        if not numbered and _EXAMPLE.fullmatch(serial or squeezed(row.texts()[0])):
            self.table.examples.append(self._form_row(row, values, is_example=True))
            self._remarks.on_row(row.number, "为示例行，未计入清单")
            return
        if self.table.statements and not numbered:
            self._remarks.on_row(row.number, "位于填报人、填报日期一行之后，仍按清单内容读取")
        self._remark_row(row)
        self.table.rows.append(self._form_row(row, values))

    def _form_row(self, row: Row, values: dict[str, str], *, is_example: bool = False) -> FormRow:
        return FormRow(
            name=values["name"],
            matter=values["matter"],
            legal_basis=values["legal_basis"],
            purpose=values["purpose"],
            requesting_unit=values["requesting_unit"],
            sheet=self._sheet.name,
            row=row.number,
            is_example=is_example,
        )

    def _is_no_row(self, index: int, row: Row, serial: str) -> bool:
        """Whether a row without a number is something else than data; then it is dealt with."""
        texts = row.texts()
        if not texts:
            return False
        first, alone = squeezed(texts[0]), len(texts) == 1
        again = header_at(self._sheet.rows, index)
        if again and len(again.missing) <= 1:
            if not again.missing:
                self._header = again
            return self._skip(row, "为重复的表头，已跳过")
        if begins_statement(texts[0]):
            self.table.statements.append(" ".join(texts))
            return True
        if alone and (is_title(texts[0]) or first in ("附件3", "附件三")):
            return self._skip(row, "为重复的标题，已跳过")
        if alone and _NOTE.match(first):
            return self._skip(row, "为说明文字，未读取")
        if first in _TOTALS:
            return self._skip(row, "为合计行，未读取")
        if alone and (self._spans_columns(row) or serial or _HEADING.match(first)):
            return self._skip(row, f"“{texts[0][:20]}”为分节标题或说明，未读取")
        if alone and self.table.statements:
            return self._skip(row, f"“{texts[0][:20]}”位于填报人、填报日期一行之后，未读取")
        return False

    def _skip(self, row: Row, what: str) -> bool:
        self._remarks.on_row(row.number, what)
        return True

    def _spans_columns(self, row: Row) -> bool:
        """Whether the only text of a row is merged across three columns of the table or more."""
        return sum(1 for name in FIELDS if row.text(self._header.columns[name])) >= 3

    def _remark_row(self, row: Row) -> None:
        if row.hidden:
            self._remarks.on_row(row.number, "为隐藏行，内容已读取，请核对")
        self._remark_problems(row)
        cells = [row.cells.get(self._header.columns[name]) for name in FIELDS]
        if any(cell and cell.tidied for cell in cells):
            self._remarks.on_row(row.number, "单元格首尾的空白和看不见的字符已去除")
        if any(cell and cell.merged and cell.merged[0] < row.number for cell in cells):
            self._remarks.on_row(row.number, "合并单元格的内容已填入本行")
        known = {*self._header.columns.values(), *self._header.others}
        for column, cell in row.cells.items():
            if column not in known and cell.text and not cell.merged:
                what = f"第{_letters(column)}列没有表头，其中的内容未读取"
                self._remarks.on_row(row.number, what)

    def _remark_problems(self, row: Row) -> None:
        for name, label in FIELDS.items():
            cell = row.cells.get(self._header.columns[name])
            problem: Problem | None = cell.problem if cell else None
            if problem:
                self._remarks.on_row(row.number, f"“{label.split('（')[0]}”的{problem.value}")


def _letters(column: int) -> str:
    """3 → C, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
