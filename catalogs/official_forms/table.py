"""One sheet's table → its rows. Decides what is a row, an example, a footer, a heading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogs.official_forms.cells import Problem, Row, Sheet
from catalogs.official_forms.columns import MARKS_HEADING, Header, header_at
from catalogs.official_forms.form import EXAMPLE
from catalogs.official_forms.remarks import Remarks
from catalogs.official_forms.spec import REGION, SERIAL
from catalogs.official_forms.statements import begins_statement, city_in, date_in, is_title
from catalogs.official_forms.text import squeezed

_NUMBER = re.compile(r"第?[(\[]?\d+(?:\.0+)?[)\]]?[.、号项]*")
_HANZI = re.compile(r"第?[(\[]?[一二三四五六七八九十百]+[)\]]?[.、项]*")
_EXAMPLE_WORD = r"(?:填[写表报])?(?:示例|样例|范例|举例|例如|例|如)[行\d一二三四五]?"
_EXAMPLE = re.compile(rf"[(\[【]?{_EXAMPLE_WORD}[)\]】]?(?::.*)?", re.DOTALL)
_MARKED_EXAMPLE = re.compile(rf"[(\[【]{_EXAMPLE_WORD}[)\]】]|{_EXAMPLE_WORD}:")
_NOTE = re.compile(r"(?:备?注|说明|填[表报]说明)\d?(?:[::]|$)")
_HEADING = re.compile(r"(?:[(]?[一二三四五六七八九十]+[)]?[、.．:]|[(][一二三四五六七八九十]+[)])")
_SECTION = re.compile(rf"^(?:{_HEADING.pattern}|[(]?\d+[)]?[、.．])?(?P<name>.*?)[::]?$", re.DOTALL)
_COUNTED = re.compile(r"[(\[][^()\[\]]*[)\]]$")
_TOTAL = re.compile(r"(?:合计|总计|小计|共计|总数|累计)(?:[(\[][^()\[\]]*[)\]])?[::]?(?:\d+项?)?")
_COUNT = re.compile(r"[(\[]?共?\d+[项个条]?[)\]]?")
_END = re.compile(r"[(\[]?以?下?(?:空白|无正文)[)\]]?")
_NOTHING = frozenset("/-—－无")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PLACE_NAME = re.compile(r"(?!.*证明).{0,12}(?:本级|市|县|区|乡|镇|街道)")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of data: its texts by field, the section it stands in, and where it stood."""

    values: Mapping[str, str]
    region: str
    sheet: str
    row: int
    columns: tuple[int, ...]


@dataclass(slots=True)
class Table:
    """What one sheet holds. ``statements`` are the texts of its footer rows."""

    rows: list[TableRow] = field(default_factory=list)
    examples: list[TableRow] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    titled: bool = False
    city: str | None = None
    ended_in: str = ""  # the section at its end
    remarks: tuple[str, ...] = ()


def read_table(sheet: Sheet, header: Header, region: str = "") -> Table:
    """Return the rows below ``header`` and what stands around them.

    A row whose serial number is a number is data, whatever its texts say, unless it is marked as
    an example; the other kinds of row (title, repeated header, footer, note, section, total) have
    none. ``region`` is the section that a table before this one ended in.
    """
    return _Reading(sheet, header, region).table


class _Reading:
    def __init__(self, sheet: Sheet, header: Header, region: str) -> None:
        self._sheet, self._header, self._spec = sheet, header, header.spec
        self._remarks = Remarks(sheet.name, sheet.what)
        self._region = region
        self._is_after_note = False
        self._above_text = ""
        self.table = Table()
        for text in sheet.above:
            self._above([text])
        self._remark_columns()
        for index, row in enumerate(sheet.rows):
            if row.number < header.first_row:
                self._above(row.texts())
            elif row.number > self._header.last_row:
                self._below(index, row)
        self.table.statements += _footers(sheet.below)
        self.table.ended_in = self._region
        self.table.remarks = self._remarks.all()

    def _remark_columns(self) -> None:
        header, sheet = self._header, self._sheet
        for column, heading in header.others.items():
            if heading and not heading.startswith(MARKS_HEADING):
                self._remarks.on_sheet(
                    f"第{letters(column)}列“{heading}”不是{self._spec.number}的栏目，未读取"
                )
        hidden = sheet.hidden_columns & set(header.columns.values())
        for column in sorted(hidden):
            self._remarks.on_sheet(f"第{letters(column)}列是隐藏列，内容已读取，请核对")
        if sheet.is_cut:
            self._remarks.on_sheet("第200列以后的内容未读取")

    def _above(self, texts: list[str]) -> None:
        joined = "".join(texts)
        if not self.table.titled or self.table.city is None:
            for text in (joined, self._above_text + joined):  # a title may take two rows
                titled, city = city_in(text, self._spec)
                self.table.titled |= titled
                if titled:  # what stood above the title belongs to another form
                    self.table.statements.clear()
                if city:
                    self.table.city = city
                    break
        if self._spec.has_regions and len(joined) <= 30 and _HEADING.match(squeezed(joined)):
            self._enter(joined)  # 一、市本级 above a document's table
        self._above_text = joined
        if texts and begins_statement(texts[0]):
            self.table.statements.append(" ".join(texts))

    def _below(self, index: int, row: Row) -> None:
        columns = self._header.columns
        serial = squeezed(row.text(columns.get(SERIAL)))
        values = {name: row.text(columns[name]) for name in self._spec.fields}
        numbered = bool(_NUMBER.fullmatch(serial))
        if row.number == self._header.last_row + 1 and _numbers_columns(row.texts()):
            self._skip(row, "为栏目编号，已跳过")
            return
        if not numbered and self._is_no_row(index, row, serial, values):
            return
        if not any(values.values()):
            self._remark_problems(row)
            what = "只有序号，按空行跳过" if numbered else f"{self._spec.number}的各栏均为空，已跳过"
            self._remarks.on_row(row.number, what)
            return
        if self._is_example(row, serial, values, numbered):
            self.table.examples.append(self._table_row(row, values))
            self._remarks.on_row(row.number, "为示例行，未计入清单")
            return
        if self.table.statements and not numbered:
            self._remarks.on_row(row.number, "位于填报人、填报日期一行之后，仍按清单内容读取")
        self._remark_row(row)
        self.table.rows.append(self._table_row(row, values))

    def _table_row(self, row: Row, values: Mapping[str, str]) -> TableRow:
        columns = self._header.columns
        region = row.text(columns[REGION]) if REGION in columns else ""
        places = tuple(columns[name] for name in self._spec.fields)
        return TableRow(values, region or self._region, self._sheet.name, row.number, places)

    def _is_example(self, row: Row, serial: str, values: Mapping[str, str], numbered: bool) -> bool:
        """Whether a row is the form's example: said by its serial, its name, a note, or its text."""
        name = squeezed(values["name"])
        if _MARKED_EXAMPLE.match(name) or any(
            _EXAMPLE.fullmatch(squeezed(row.text(column))) for column in self._header.others
        ):
            return True
        if numbered:
            return False
        official = all(squeezed(text) == squeezed(getattr(EXAMPLE, one, "")) for one, text in values.items())
        return official or bool(_EXAMPLE.fullmatch(serial or squeezed(row.texts()[0])))

    def _is_no_row(self, index: int, row: Row, serial: str, values: Mapping[str, str]) -> bool:
        """Whether a row without a number is something else than data; then it is dealt with."""
        texts = row.texts()
        if not texts:
            return False
        first, alone = squeezed(texts[0]), len(texts) == 1
        again = header_at(self._sheet.rows, index, self._spec)
        if again and len(again.missing) <= 1:
            if not again.missing:
                self._header = again
            return self._skip(row, "为重复的表头，已跳过")
        if begins_statement(texts[0]):
            self.table.statements.append(" ".join(texts))
            return True
        if alone and (is_title(texts[0], self._spec) or first in (self._spec.number, "附件二", "附件三")):
            return self._skip(row, "为重复的标题，已跳过")
        if _NOTE.match(first) and (alone or len(texts) == 2):
            self._is_after_note = True
            return self._skip(row, "为说明文字，未读取")
        if alone and self._is_after_note:
            return self._skip(row, "位于说明文字之后，未读取")
        if _TOTAL.fullmatch(first):
            return self._skip(row, "为合计行，未读取")
        if alone and _END.fullmatch(first):
            return self._skip(row, f"“{texts[0][:20]}”为结束标记，未读取")
        if all(squeezed(text) in _NOTHING for text in texts):
            return self._skip(row, "各栏均为“/”等符号，已跳过")
        if alone and self.table.statements and date_in(first):
            self.table.statements.append(f"填报日期：{texts[0]}")
            return True
        if self._spec.has_regions and self._begins_section(row, texts, serial, values):
            return True
        if (
            len(texts) == 2
            and _HANZI.fullmatch(serial)
            and texts[1] == values["name"]
            and "证明" not in texts[1]
        ):
            return self._skip(row, f"“{texts[1][:20]}”为分节标题，未读取")
        if alone and (self._spans_columns(row) or serial or _HEADING.match(first)):
            return self._skip(row, f"“{texts[0][:20]}”为分节标题或说明，未读取")
        if alone and self.table.statements:
            return self._skip(row, f"“{texts[0][:20]}”位于填报人、填报日期一行之后，未读取")
        return False

    def _begins_section(self, row: Row, texts: list[str], serial: str, values: Mapping[str, str]) -> bool:
        """Whether a row names the place of the rows below it (一、市本级); then it is noted."""
        if len(texts) > 1 and _COUNT.fullmatch(squeezed(texts[-1])):  # 一、市本级 … 12项
            texts = texts[:-1]
        if len(texts) == 1:
            written = texts[0]
            heads = self._spans_columns(row) or serial or _HEADING.match(squeezed(written))
            if not heads and not _PLACE_NAME.fullmatch(squeezed(written)):
                return False
        elif len(texts) == 2 and _HANZI.fullmatch(serial) and texts[1] == values["name"]:
            written = texts[1]
        else:
            return False
        self._enter(written)
        return True

    def _enter(self, written: str) -> None:
        """The rows below are those of the place that a heading names."""
        match = _SECTION.match(squeezed(written))
        name = match["name"] if match else ""
        self._region = _COUNTED.sub("", name) or name

    def _skip(self, row: Row, what: str) -> bool:
        self._remarks.on_row(row.number, what)
        return True

    def _spans_columns(self, row: Row) -> bool:
        """Whether the only text of a row is merged across three columns of the table or more."""
        columns = self._header.columns
        return sum(1 for name in self._spec.fields if row.text(columns[name])) >= 3

    def _remark_row(self, row: Row) -> None:
        if row.hidden:
            self._remarks.on_row(row.number, "为隐藏行，内容已读取，请核对")
        self._remark_problems(row)
        cells = [row.cells.get(self._header.columns[name]) for name in self._spec.fields]
        if any(cell and cell.tidied for cell in cells):
            self._remarks.on_row(row.number, "单元格首尾的空白和看不见的字符已去除")
        if any(cell and cell.merged and cell.merged[0] < row.number for cell in cells):
            self._remarks.on_row(row.number, "合并单元格的内容已填入本行")
        known = {*self._header.columns.values(), *self._header.others}
        for column, cell in row.cells.items():
            if column not in known and cell.text and not cell.merged:
                what = f"第{letters(column)}列没有表头，其中的内容未读取"
                self._remarks.on_row(row.number, what)

    def _remark_problems(self, row: Row) -> None:
        for name in self._spec.fields:
            cell = row.cells.get(self._header.columns[name])
            problem: Problem | None = cell.problem if cell else None
            if problem:
                self._remarks.on_row(row.number, f"“{self._spec.label(name)}”的{problem.value}")


def _numbers_columns(texts: list[str]) -> bool:
    """Whether a row only numbers the columns: 1 2 3 … or 甲 乙 丙 …"""
    signs = [squeezed(text).strip("()") for text in texts]
    if len(signs) < 3:
        return False
    if all(sign.isdecimal() and len(sign) <= 2 for sign in signs):
        numbers = [int(sign) for sign in signs]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return "".join(signs) in _STEMS or "".join(signs[1:]) == _STEMS[1 : len(signs)]


def _footers(paragraphs: tuple[str, ...]) -> list[str]:
    """The footers below a document's table, from the first one on."""
    first = next((at for at, text in enumerate(paragraphs) if begins_statement(text)), len(paragraphs))
    return list(paragraphs[first:])


def letters(column: int) -> str:
    """3 → C, 28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
