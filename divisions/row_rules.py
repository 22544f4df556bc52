"""A row of the file of divisions: its columns, and everything that can be wrong with it by itself."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping

from divisions.models import CODE_LENGTH, PARENT_LEVEL, Division, Kind, Level

REQUIRED = ("code", "name", "level", "parent_code", "kind")
CLOSED_ON = "closed_on"
NAME_LENGTH = Division._meta.get_field("name").max_length or 0
# Control and invisible formatting characters, and line and paragraph separators. Private-use
# characters (Co) stay: the official names of some villages are written with them.
UNFIT = {"Cc", "Cf", "Zl", "Zp"}


def row_problems(cells: Mapping[str, str]) -> Iterator[str]:
    """Everything wrong with a row by itself."""
    yield from _code_problems(cells["code"], cells["level"], cells["parent_code"])
    yield from _name_problems(tidy_name(cells["name"]))
    level, kind = cells["level"], cells["kind"]
    if level == Level.VILLAGE and kind not in Kind.values:
        yield f"村（社区）须填类型，应为 {'、'.join(Kind.values)} 之一，填的是“{kind}”。"
    elif kind and kind not in Kind.values:
        yield f"类型“{kind}”应为 {'、'.join(Kind.values)} 之一。"
    elif kind and level in Level.values and level != Level.VILLAGE:
        yield "村（社区）以外的级别不填类型。"
    if not _is_date(cells.get(CLOSED_ON, "")):
        yield f"撤销日期“{cells[CLOSED_ON]}”有误，应为实有的日期，写作 2026-03-05 的样式。"


def tidy_name(name: str) -> str:
    """The name as it is stored: its characters composed."""
    return unicodedata.normalize("NFC", name)


def _code_problems(code: str, level: str, parent: str) -> Iterator[str]:
    digits = code.isascii() and code.isdigit()
    if not code:
        yield "代码为空。"
    elif not digits:
        yield f"代码“{code}”应全部为数字。"
    if level not in Level.values:
        yield f"级别“{level}”应为 {'、'.join(Level.values)} 之一。"
        return
    length = CODE_LENGTH[Level(level)]
    if digits and len(code) != length:
        yield f"{Level(level).label}的代码应为 {length} 位，“{code}”为 {len(code)} 位。"
    above = PARENT_LEVEL.get(Level(level))
    if above is None:
        if parent:
            yield f"{Level(level).label}一级不填上级代码。"
    elif not parent:
        yield "上级代码为空。"
    elif digits and len(code) == length and parent != code[: CODE_LENGTH[above]]:
        prefix = code[: CODE_LENGTH[above]]
        yield f"上级代码应为代码的前 {len(prefix)} 位“{prefix}”，填的是“{parent}”。"


def _name_problems(name: str) -> Iterator[str]:
    if not name:
        yield "名称为空。"
    if len(name) > NAME_LENGTH:
        yield f"名称不得超过 {NAME_LENGTH} 字，实有 {len(name)} 字。"
    unfit = [char for char in name if unicodedata.category(char) in UNFIT or char == "\ufffd"]
    if unfit:
        codes = "、".join(f"U+{ord(char):04X}" for char in dict.fromkeys(unfit))
        yield f"名称含有控制字符、不可见字符或乱码（{codes}）。"


def _is_date(text: str) -> bool:
    """Whether the text is empty or a day written as 2026-03-05 (other ISO forms are refused)."""
    if not text:
        return True
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
