"""School years, their days, and the moment at which a day is over. Pure: no query, no request."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from accounts.delegation import last_end_of_school_year

DAY = timedelta(days=1)
LONGEST_BY_DAY = 62
"""Days that a table shows one by one; of longer periods it shows each week's last."""


def first_day(day: date) -> date:
    """The 1 September that begins the school year of this day.

    >>> first_day(date(2026, 9, 1)), first_day(date(2026, 8, 31))
    (datetime.date(2026, 9, 1), datetime.date(2025, 9, 1))
    """
    return last_end_of_school_year(day) + DAY


def starts_at(day: date, zone: tzinfo) -> datetime:
    """Midnight before the day, in the school's time: a day of 23 or 25 hours begins and ends as any other."""
    return datetime.combine(day, time.min, zone)


def ends_at(day: date, zone: tzinfo) -> datetime:
    """Midnight after it."""
    return starts_at(day + DAY, zone)


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included; none if the last comes before.

    >>> days(date(2026, 3, 28), date(2026, 3, 30))[-1], days(date(2026, 3, 2), date(2026, 3, 1))
    (datetime.date(2026, 3, 30), [])
    """
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def told_in_table(first: date, last: date) -> list[date]:
    """The days that a table of this period has a line for: each, or the Sundays and the last of a long period.

    >>> len(told_in_table(date(2026, 9, 1), date(2026, 10, 1))), len(told_in_table(date(2026, 9, 1), date(2027, 8, 31)))
    (31, 53)
    """
    every = days(first, last)
    return every if len(every) <= LONGEST_BY_DAY else [day for day in every if day.weekday() == 6 or day == last]


def missing(kept: Iterable[date], *, born: date, yesterday: date) -> list[date]:
    """The days that ought to be kept and are not, oldest first.

    From the 1 September of the school year of the last day kept, or of yesterday where none is; never before the
    school was there. So a year's last days are filled in too by whoever comes back in September.
    """
    held: Sequence[date] = sorted(kept)
    start = max(first_day(held[-1] if held else yesterday), born)
    return [day for day in days(start, yesterday) if day not in set(held)]
