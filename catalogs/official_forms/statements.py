"""What stands around the table: the city in the title, who filled it in, their phone, the day."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalogs.official_forms.spec import ANNEX3, Spec
from catalogs.official_forms.text import half_width, squeezed

_LONGEST = 2_000  # characters of footers that are looked at
_TITLE = {
    mark: re.compile(rf"^(?:附件[23二三]?[::.、]?)?(?P<city>.{{0,40}}?)拟?{mark}")
    for mark in ("保留", "现有")
}
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,12}(?:市|州|盟|地区|县|区))[)\]]")
_PROVINCE = re.compile(r"^(?:广西(?:壮族自治区)?|[^省]{2,3}省)(?=.{2,})")
_BLANKS = re.compile(r"[\W_×xX某]+")
_PREAMBLE = re.compile(
    r"^(?:关于(?:印发|报送|上报|公布|调整)?|(?:19|20)\d{2}年度?|附件[23二三]?|(?:填报|编制|报送)?单位)+"
)
# 南宁市, 百色市田东县, 都安瑶族自治县; what follows (民政局, 人民政府, 汇总 …) is no part of the place.
_PLACE = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{1,10}?(?:市|(?<!自治)州(?!市)|自治州|盟|地区|自治县|县|(?<![社自治小园辖])区)"
    r"(?:(?![市各所全本下村汇])[\u4e00-\u9fff]{1,9}?(?:自治县|县|(?<![社小园辖])区|市))?)"
)
_NO_PLACE = re.compile(r"[市县区盟州]+|.*自治区|[我本全各该][市县区州].*")
_OFFICE = re.compile(r"(?:局|厅|府|办|会|委|部|处|院|科|组织|社区|村)$")


def _spaced(*labels: str) -> str:
    return "|".join(r"\s*".join(label) for label in labels)


_WAY = _spaced("联系方式", "联系电话", "电话号码", "手机号码", "电话", "手机")
_WHO = _spaced("填报人", "填表人", "制表人", "经办人", "联系人")
_PERSON = rf"(?:{_WHO})(?:\s*姓\s*名)?(?:\s*[、,，/和及与]?\s*(?:{_WAY}))?"
_DATE_LABEL = _spaced(
    "填报日期", "填表日期", "制表日期", "填报时间", "填表时间", "制表时间", "上报日期", "报送日期", "日期"
)
_OTHER = _spaced(
    "填报单位", "填表单位", "制表单位", "单位负责人", "主要负责人", "分管领导", "科室负责人",
    "审核人", "审批人", "负责人", "单位盖章", "盖章", "公章", "单位",
)  # fmt: skip
# A label ends with a colon or a gap; the long official ones may also touch what follows.
_LONG = _spaced("填报人及联系方式", "填表人及联系方式", "填报日期", "填表日期", "填报时间")
_LABEL = re.compile(
    rf"(?:(?P<person>{_PERSON})|(?P<phone>{_WAY})|(?P<date>{_DATE_LABEL})|(?P<other>{_OTHER}))"
    r"(?:\s*\([^()]{0,10}\))?\s*(?::|(?=\s)|$)"
    rf"|(?P<touching>{_LONG})(?=[^\s:])"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d\u2500]")
_PHONE = re.compile(r"[+(]?[0-9][0-9\s()-]{4,}[0-9](?:\s*转\s*[0-9]{1,6})?")
_DATE = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})\s*[年./-]\s*(?P<month>[0-9]{1,2})\s*[月./-]\s*"
    r"(?P<day>[0-9]{1,2})(?![0-9])\s*日?"
)
_COMPACT_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})\s*年\s*([一二三四五六七八九十]{1,3})\s*月\s*"
    r"([一二三四五六七八九十]{1,3})\s*日"
)
_DIGITS = {**{sign: number for number, sign in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0}


@dataclass(frozen=True, slots=True)
class Statement:
    """The footers of annex 3; None for what was left blank. ``remarks`` are Chinese."""

    reporter: str | None
    contact: str | None
    reported_on: dt.date | None
    remarks: tuple[str, ...]


def is_title(text: str, spec: Spec = ANNEX3) -> bool:
    """Whether a row's text is the title of the form, with or without a city."""
    folded = squeezed(text)
    return spec.title_mark in folded and "出具证明事项" in folded


def city_in(text: str, spec: Spec = ANNEX3) -> tuple[bool, str | None]:
    """Return whether ``text`` is a title of the form, and its city (None when left blank)."""
    folded = squeezed(text)
    match = _TITLE[spec.title_mark].match(folded)
    if not match or "证明" not in folded:
        return False, None
    city = _place_in(_BLANKS.sub("", match["city"]))
    if city is None and (behind := _IN_BRACKETS.search(folded, match.end())):
        city = behind[1]
    return True, city


def _place_in(written: str) -> str | None:
    """The place that a title begins with; None when it was left blank or names only an office."""
    text = _PROVINCE.sub("", _PREAMBLE.sub("", written))
    if not text or _NO_PLACE.fullmatch(text):
        return None
    found = _PLACE.match(text)
    if found:
        return None if _NO_PLACE.fullmatch(found["place"]) else found["place"]
    return f"{text}市" if 2 <= len(text) <= 6 and not _OFFICE.search(text) else None


def begins_statement(text: str) -> bool:
    """Whether a cell's text begins with a footer label (填报人…, 填报日期…)."""
    return bool(_LABEL.match(half_width(text[:40]).lstrip()))


def read_statement(texts: Iterable[str]) -> Statement:
    """Read the footers from the texts of their rows, in one cell or several, in any order."""
    text = _DASHES.sub("-", half_width("\n".join(texts)))[:_LONGEST]
    labels = list(_LABEL.finditer(text))
    people: list[str] = []
    phones: list[str] = []
    reported_on: dt.date | None = None
    remarks: list[str] = []
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=False):
        value = text[label.end() : end]
        kind = label.lastgroup
        if kind == "touching":
            kind = "person" if "人" in label[0] else "date"
        if kind == "other":
            continue
        if kind == "date":
            reported_on = reported_on or date_in(value)
            if reported_on is None and _BLANKS.sub("", value).strip("年月日"):
                remarks.append(f"填报日期“{value.strip()[:30]}”不是完整的日期，未读取，请补填。")
            continue
        found = date_in(value) if _DATE.search(value) else None
        if found:  # 填报人：韦丽萍 0771-5500012 2020年10月23日
            reported_on, value = reported_on or found, _DATE.sub(" ", value)
        phones += [one for match in _PHONE.findall(value) for one in _phones(match)]
        people.append(_PHONE.sub(" ", value))
    reporter = " ".join(" ".join(people).split()).strip(" ,、;:，；：/_-")
    if reporter.count("(") != reporter.count(")"):
        reporter = reporter.strip("()")
    reporter = reporter.replace("()", "").strip()
    return Statement(reporter or None, "、".join(dict.fromkeys(phones)) or None, reported_on, tuple(remarks))


def date_in(text: str) -> dt.date | None:
    """Return the first complete date in ``text`` (2020年10月15日, 2020-10-15, 20201015, …)."""
    folded = half_width(text)
    match = _DATE.search(folded)
    parts: tuple[int, int, int] | None = None
    if match:
        parts = (int(match["year"]), int(match["month"]), int(match["day"]))
    elif match := _COMPACT_DATE.search(folded):
        parts = (int(match[1]), int(match[2]), int(match[3]))
    elif match := _CHINESE_DATE.search(folded):
        year = int("".join(str(_DIGITS[sign]) for sign in match[1]))
        parts = (year, _chinese_number(match[2]), _chinese_number(match[3]))
    try:
        return dt.date(*parts) if parts else None
    except ValueError:
        return None


def _chinese_number(text: str) -> int:
    """十 → 10, 二十三 → 23; nonsense gives a number that is no month or day."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 99)
    return (_DIGITS.get(tens, 99) if tens else 1) * 10 + (_DIGITS.get(ones, 99) if ones else 0)


def _phones(written: str) -> list[str]:
    """Phone numbers in plain digits and hyphens; two numbers parted by a space are two."""
    text = re.sub(r"\s*转\s*", "-", written.strip())
    text = re.sub(r"^\+?(?:0086|86(?=[\s-]?1[0-9]{10}$))[\s-]?|^\+86[\s-]?", "", text)
    text = re.sub(r"^\(?(0[0-9]{2,3})\)?(?:\s*-\s*|\s+|(?<=\)))(?=[0-9])", r"\1-", text)
    text = re.sub(r"\s*-\s*", "-", text)
    parts = text.split() if len(re.sub(r"[^0-9]", "", text)) > 13 else [text]
    return [re.sub(r"[^0-9-]", "", part).strip("-") for part in parts]
