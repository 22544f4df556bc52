"""A stored number → what a person sees in the cell. Dates are always shown as 2020年10月15日."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

# Formats known by number without being written out: the common ones, then those of Chinese
# versions of Excel and WPS.
BUILT_IN_FORMATS: Mapping[int, str] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    **dict.fromkeys((27, 36, 50, 52, 57), "yyyy年m月"),
    **dict.fromkeys((28, 29, 30, 31, 51, 53, 54, 58), "yyyy年m月d日"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm"),
}
_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_NOISE = re.compile(r"\[[^\]]*\]|_.|\*.|\s")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_CORE = re.compile(r"([#,]*)(0*)(?:\.(0+))?(%?)")


def shown_number(raw: str, code: str, is_1904: bool = False) -> str:
    """Return how ``raw`` (a cell's stored number) looks under the format ``code``.

    1.0 is 1; what no rule here covers is shown as under General. Raises ValueError when ``raw``
    is no number.
    """
    value = float(raw)
    if not math.isfinite(value):
        return raw
    if code == "General":
        return _general(raw, value)
    style = _style(code)
    if style.date_letters and value >= 0:
        shown = _date(value, style, is_1904)
        if shown:
            return shown
    return _fixed(value, style) or _general(raw, value)


def shown_iso_date(raw: str) -> str:
    """Return how an ISO date cell looks; text that is no date is given back as it is."""
    try:
        return _day(dt.datetime.fromisoformat(raw.removesuffix("Z")), with_time=False)
    except ValueError:
        return raw


@dataclass(frozen=True, slots=True)
class _Style:
    """A format code taken apart; ``core`` is None unless it is one such as 0.00 or 第0号."""

    date_letters: str
    is_elapsed: bool
    core: re.Match[str] | None
    before: str
    after: str
    has_sections: bool


@lru_cache(maxsize=512)
def _style(code: str) -> _Style:
    section = code.split(";")[0]
    literals = [one or two for one, two in _LITERAL.findall(section)]
    bare = _NOISE.sub("", _LITERAL.sub("\x00", section))
    lead = len(bare) - len(bare.lstrip("\x00"))
    core = _CORE.fullmatch(bare.strip("\x00"))
    elapsed = bool(_ELAPSED.search(section.lower()))
    letters = "".join(sorted(set(bare.lower()) & set("ymdhs")))
    return _Style(
        date_letters=letters or ("h" if elapsed else ""),
        is_elapsed=elapsed,
        core=core if core and core[2] else None,
        before="".join(literals[:lead]),
        after="".join(literals[lead:]),
        has_sections=";" in code,
    )


def _general(raw: str, value: float) -> str:
    if raw.lstrip("-").isdigit() and len(raw) < 30:
        return str(int(raw))  # exact, where a float would lose the end of a long number
    shown = format(Decimal(f"{value:.15g}"), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _fixed(value: float, style: _Style) -> str | None:
    """Formats such as 0.00, #,##0, 000, 0% and 第0号; None for any other."""
    core = style.core
    if core is None or (value < 0 and style.has_sections):
        return None
    places = len(core[3] or "")
    number = Decimal(repr(value)) * (100 if core[4] else 1)
    number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if value < 1e15 else number
    digits = format(number, ",f" if "," in core[1] else "f")
    if "," not in core[1]:
        whole, dot, rest = digits.partition(".")
        digits = whole.zfill(len(core[2])) + dot + rest
    return style.before + digits + core[4] + style.after


def _date(value: float, style: _Style, is_1904: bool) -> str | None:
    days, fraction = divmod(value, 1)
    if style.is_elapsed:
        minutes = round(value * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if 0 < value < 60 and not is_1904:
        days += 1  # Excel counts a 29 February 1900 that never was
    try:
        time = dt.timedelta(milliseconds=round(fraction * 86_400_000))
        moment = (_EPOCH_1904 if is_1904 else _EPOCH) + dt.timedelta(days=days) + time
    except OverflowError:
        return None
    letters = style.date_letters
    has_day, has_time = "y" in letters or "d" in letters, "h" in letters
    if value < 1 or not has_day:
        # A month alone (m月) is still a date; minutes and seconds are a time.
        return f"{moment:%H:%M}" if value < 1 or has_time or "s" in letters else _day(moment, with_time=False)
    if "y" in letters and "d" not in letters and not has_time:
        return f"{moment.year}年{moment.month}月"
    return _day(moment, with_time=has_time)


def _day(moment: dt.datetime, *, with_time: bool) -> str:
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{day} {moment:%H:%M}" if with_time else day
