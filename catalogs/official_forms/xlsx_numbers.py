"""A stored number → what a person sees in the cell. Dates are always shown as 2020年10月15日."""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_NOISE = re.compile(r"\[[^\]]*\]|_.|\*.|\s")
_CORE = re.compile(r"([#,]*)(0*)(?:\.(0+))?(%?)")


def shown_number(raw: str, code: str, is_1904: bool = False) -> str:
    """Return how ``raw`` (a cell's stored number) looks under the format ``code``.

    1.0 is 1; what no rule here covers is shown as under General.
    """
    value = float(raw)
    if not math.isfinite(value):
        return raw
    if value >= 0 and code != "General" and is_date_format(code):
        shown = _date(value, code, is_1904)
        if shown:
            return shown
    return _fixed(value, code) or _general(raw, value)


def shown_iso_date(raw: str) -> str:
    """Return how an ISO date cell looks; text that is no date is given back as it is."""
    try:
        return _day(dt.datetime.fromisoformat(raw.removesuffix("Z")), with_time=False)
    except ValueError:
        return raw


def _general(raw: str, value: float) -> str:
    if raw.lstrip("-").isdigit() and len(raw) < 30:
        return str(int(raw))  # exact, where a float would lose the end of a long number
    shown = format(Decimal(f"{value:.15g}"), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _fixed(value: float, code: str) -> str | None:
    """Formats such as 0.00, #,##0, 000, 0% and 第0号; None for any other."""
    section = code.split(";")[0]
    literals = [one or two for one, two in _LITERAL.findall(section)]
    bare = _NOISE.sub("", _LITERAL.sub("\x00", section))
    lead = len(bare) - len(bare.lstrip("\x00"))
    core = _CORE.fullmatch(bare.strip("\x00"))
    if not core or not core[2] or (value < 0 and ";" in code):
        return None
    places = len(core[3] or "")
    number = Decimal(repr(value)) * (100 if core[4] else 1)
    number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if value < 1e15 else number
    digits = format(number, ",f" if "," in core[1] else "f")
    if "," not in core[1]:
        whole, dot, rest = digits.partition(".")
        digits = whole.zfill(len(core[2])) + dot + rest
    return "".join(literals[:lead]) + digits + core[4] + "".join(literals[lead:])


def _date(value: float, code: str, is_1904: bool) -> str | None:
    epoch = MAC_EPOCH if is_1904 else WINDOWS_EPOCH
    try:
        moment = from_excel(value, epoch, timedelta=is_timedelta_format(code))
    except (OverflowError, ValueError):
        return None
    letters = _LITERAL.sub("", code.split(";")[0]).lower()
    if isinstance(moment, dt.timedelta):
        minutes = round(moment.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(moment, dt.time):
        return f"{moment:%H:%M}"
    if "y" in letters and "d" not in letters and "h" not in letters:
        return f"{moment.year}年{moment.month}月"
    if "y" not in letters and "d" not in letters and "h" in letters:
        return f"{moment:%H:%M}"
    return _day(moment, with_time="h" in letters)


def _day(moment: dt.datetime, *, with_time: bool) -> str:
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{day} {moment:%H:%M}" if with_time else day
