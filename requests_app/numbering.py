"""Numbers of a village's papers: without gaps, without doubles, whoever writes at the same time."""

import re
import unicodedata

from django.db import transaction

from divisions.models import Division
from requests_app.models import Counter

_LETTERS = {Counter.Series.CERTIFICATE: "", Counter.Series.REFUSAL: "G", Counter.Series.PROMISE: "C"}
_YEAR = r"(?:[〔\[(【](\d{4})[〕\])】]-?|(\d{4})-)"
_SAID = re.compile(rf"(?:(\d{{12}})-?)?(?:[村居]证)?-?{_YEAR}([GC]?)-?(\d{{1,6}})-?号?")


def next_number(village: Division, series: str, year: int) -> int:
    """The next number of a series; call it in the transaction that uses it.

    The counter's row stays locked until that transaction ends, so the next writer waits and takes
    the number after it, or the same one if this writer gave up: nothing is skipped.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    Counter.objects.get_or_create(village=village, series=series, year=year)
    counter = Counter.objects.select_for_update().get(village=village, series=series, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def serial_of(village: Division, year: int, number: int, series: str = Counter.Series.CERTIFICATE) -> str:
    """The number as it is printed and searched for: 450102001003-2026-000012.

    Slips and promises carry a letter, so that no two papers of a village share one.
    """
    return f"{village.code}-{year}-{_LETTERS[Counter.Series(series)]}{number:06d}"


def number_said(text: str, village_code: str = "") -> tuple[str, str]:
    """The series and the serial that somebody means who types the number of a paper.

    The whole number, or a village's own short form (``2026-12``, ``村证〔2026〕12号``, ``2026-G3``) where
    ``village_code`` says whose; with wide characters, blanks and small letters. Two empty strings
    where it is no number.
    """
    plain = re.sub(r"[\s_‐-―−-]+", "-", unicodedata.normalize("NFKC", text).strip()).upper()
    found = _SAID.fullmatch(plain)
    if found is None:
        return "", ""
    code, bracketed, plain_year, letter, number = found.groups()
    code = code or village_code
    series = next(series for series, one in _LETTERS.items() if one == letter)
    return (str(series), f"{code}-{bracketed or plain_year}-{letter}{int(number):06d}") if code else ("", "")
