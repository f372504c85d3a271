"""The terms of school years, and which snapshot is the last of each."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from alignment_dash import schoolyear
from alignment_dash.runs.models import Run, State
from instruction.snapshots import KIND, KIND_OF_TERMS
from schools.models import Session

# How many school years trends go back.
YEARS_BACK = 3
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


def earlier_of_terms(*, run: Run, day: date, method: str, model: str) -> list[RunOf]:
    """Return the last run of each earlier term that a run as of a day can be compared with, the newest day first.

    They are of the same framework, by the same method and version of the model. Two queries.
    """
    found = Run.objects.filter(
        Q(kind=KIND, subject=run.subject) | Q(kind=KIND_OF_TERMS, subject__startswith=f"{run.subject}:"),
        state=State.SUCCEEDED, method=method, code_version__endswith=model_named(model),
        school_year__gt=run.school_year - YEARS_BACK, school_year__lte=run.school_year, roster_date__lt=day,
    )  # fmt: skip
    ended = found.order_by("-ended_at").values_list("pk", "school_year", "roster_date")
    lasting = last_of_terms([RunOf(run.pk, run.school_year, day), *[RunOf(*row) for row in ended]])
    return sorted(
        (one for one in lasting if one.run_id != run.pk), key=lambda one: one.day or date.min, reverse=True
    )


def model_named(version: str) -> str:
    """Return how the code version of a run ends whose estimates came from that version of the model."""
    return f"model {version}"


def _term(day: date | None, starts: list[date]) -> int:
    """Return which term of the year a day is in, from 1; 0 before the first, and without a day."""
    return bisect_right(starts, day) if day else 0
