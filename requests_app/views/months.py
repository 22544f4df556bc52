"""The month that an address asks for."""

import datetime as dt

_YEARS = range(2000, 2100)  # a month outside of them is a slip of the hand


def month_of(text: str) -> dt.date | None:
    """The first day of a month written as 2026-03; None for anything else."""
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if month.year in _YEARS else None
