"""School years: an integer end year, shown "2025-26", starting on a configurable day (July 1)."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def year_of(day: date) -> int:
    """Return the end year of the school year that `day` falls in."""
    return day.year + ((day.month, day.day) >= settings.SCHOOL_YEAR_START)


def label(year: int) -> str:
    """Return "2025-26" for 2026."""
    return f"{year - 1}-{year % 100:02d}"


def bounds(year: int) -> tuple[date, date]:
    """Return the first day of the year and the first day of the next one."""
    month, day = settings.SCHOOL_YEAR_START
    return date(year - 1, month, day), date(year, month, day)


def today() -> date:
    """Return the day it is in the district's time zone."""
    return timezone.localdate()


def current_year() -> int:
    """Return the school year that today falls in."""
    return year_of(today())


def roster_day(year: int) -> date:
    """Return the day whose roster stands for a year: today in the current one, else its last day.

    A year still to come is seen as of its first day.
    """
    first, end = bounds(year)
    last = date.fromordinal(end.toordinal() - 1)
    return min(max(today(), first), last)
