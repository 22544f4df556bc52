"""An official form as it is laid out on paper, whatever kind of file it becomes."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalogs.official_forms.form import SERIAL_LABEL

MAX_CELL = 32_767  # characters Excel holds in a cell, in UTF-16 units


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; ``serial`` is None for a blank one."""

    serial: int | str | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A row across the table that names the place of the rows below it."""

    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Number of the annex, title, headings and their widths, lines, and the two footers."""

    number: str
    title: str
    fields: Mapping[str, str]
    widths: tuple[int, ...]  # of the serial and each field, in characters of a workbook
    lines: Sequence[Line | Section]
    reporter: str = ""
    contact: str = ""
    reported_on: dt.date | None = None
    footers: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        day = self.reported_on
        object.__setattr__(
            self,
            "footers",
            (
                f"填报人及联系方式：{f'{self.reporter} {self.contact}'.strip()}",
                f"填报日期：{f'{day.year}年{day.month}月{day.day}日' if day else ''}",
            ),
        )

    @property
    def headings(self) -> tuple[str, ...]:
        return (SERIAL_LABEL, *self.fields.values())

    def too_long(self, first_row: int) -> Iterator[str]:
        """What no workbook can hold, in Chinese; the lines begin in ``first_row``."""
        for at, line in enumerate(self.lines, start=first_row):
            if isinstance(line, Section):
                continue
            for label, text in zip(self.fields.values(), line.texts, strict=True):
                length = max(len(text), len(text.encode("utf-16-le", "replace")) // 2)
                if length > MAX_CELL:
                    where = f"第{at}行“{label.split('（')[0]}”"
                    yield f"{where}有 {length} 字，超过 Excel 单元格上限 {MAX_CELL} 字，请精简。"
