"""Numbers of a village's papers: without gaps, without doubles, whoever writes at the same time."""

from django.db import transaction

from divisions.models import Division
from requests_app.models import Counter


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
    letter = {Counter.Series.CERTIFICATE: "", Counter.Series.REFUSAL: "G", Counter.Series.PROMISE: "C"}
    return f"{village.code}-{year}-{letter[Counter.Series(series)]}{number:06d}"
