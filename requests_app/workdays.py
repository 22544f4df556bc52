"""Working days (工作日): public holidays and make-up days by the published calendar, adjustable as data."""

import datetime as dt

import chinese_calendar

from requests_app.models import WorkdayChange

_LOOK_AHEAD = dt.timedelta(days=60)


def is_workday(day: dt.date, changes: dict[dt.date, bool]) -> bool:
    """Whether offices work on a day: a change recorded here, else the calendar, else Monday to Friday.

    The calendar of a year is published late in the year before; until then its weekdays count.
    """
    if day in changes:
        return changes[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_after(start: dt.date, days: int) -> dt.date:
    """The last of ``days`` working days after ``start``, which does not count (二(三) 限时办结).

    Zero days is the day itself: on the spot.
    """
    until = start + dt.timedelta(days=days * 2) + _LOOK_AHEAD
    changes = _changes(start, until)
    day = start
    while days > 0:
        day += dt.timedelta(days=1)
        days -= is_workday(day, changes)
    return day


def past_since(today: dt.date, days: int) -> dt.date:
    """The last day after which ``days`` working days (at least one) have gone by, ``today`` among them."""
    changes = _changes(today - dt.timedelta(days=days * 2) - _LOOK_AHEAD, today)
    day = today + dt.timedelta(days=1)
    while days > 0:
        day -= dt.timedelta(days=1)
        days -= is_workday(day, changes)
    return day - dt.timedelta(days=1)


def workdays_between(start: dt.date, end: dt.date) -> int:
    """How many working days there are after ``start`` up to and with ``end``; negative before it."""
    if end < start:
        return -workdays_between(end, start)
    changes = _changes(start, end)
    span = (start + dt.timedelta(days=at) for at in range(1, (end - start).days + 1))
    return sum(is_workday(day, changes) for day in span)


def _changes(start: dt.date, end: dt.date) -> dict[dt.date, bool]:
    return dict(WorkdayChange.objects.filter(day__range=(start, end)).values_list("day", "is_workday"))
