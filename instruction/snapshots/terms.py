"""The terms of school years, and which snapshot is the last of each."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from alignment_dash import schoolyear
from schools.models import Session

_TERMS = (Session.Type.TERM, Session.Type.SEMESTER)


class RunOf(NamedTuple):
    """A run that has ended: its school year, and the day of the roster it is as of."""

    run_id: int
    school_year: int
    day: date | None


def term_starts(years: Iterable[int]) -> dict[int, list[date]]:
    """Return the first days of each year's terms; quarters of the year where the roster names none. One query."""
    starts: dict[int, set[date]] = {year: set() for year in years}
    named = Session.objects.filter(school_year__in=starts, type__in=_TERMS)
    for year, during in named.values_list("school_year", "during"):
        if during.lower:
            starts[year].add(during.lower)
    for year, found in starts.items():
        if not found:
            first = schoolyear.bounds(year)[0]
            found |= {first + timedelta(days=91 * quarter) for quarter in range(4)}
    return {year: sorted(found) for year, found in starts.items()}


def last_of_terms(runs: Iterable[RunOf]) -> list[RunOf]:
    """Return of runs, the newest first, the last one of each term; the newest first. One query."""
    runs = list(runs)
    starts = term_starts({one.school_year for one in runs})
    last: dict[tuple[int, int], RunOf] = {}
    for one in runs:
        last.setdefault((one.school_year, _term(one.day, starts[one.school_year])), one)
    return list(last.values())


def _term(day: date | None, starts: list[date]) -> int:
    """Return which term of the year a day is in, from 1; 0 before the first, and without a day."""
    return bisect_right(starts, day) if day else 0
