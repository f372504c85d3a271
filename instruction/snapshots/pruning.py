"""Which snapshots keep their rows: those that stand, the newest two, and the last of each term."""

from bisect import bisect_right
from datetime import date, timedelta

from alignment_dash import schoolyear
from alignment_dash.runs.models import Publication, Run, State
from instruction.snapshots.writing import delete_rows
from schools.models import Session

NEWEST = 2
_TERMS = (Session.Type.TERM, Session.Type.SEMESTER)


def prune(*, run: Run) -> list[int]:
    """Delete the rows of older runs of the same subject that nothing needs; return the ids of those runs."""
    done = Run.objects.filter(kind=run.kind, subject=run.subject, state=State.SUCCEEDED)
    runs = list(done.order_by("-ended_at").values_list("pk", "school_year", "roster_date"))
    standing = Publication.objects.filter(kind=run.kind, subject=run.subject).values_list("run_id", flat=True)
    keep = {run.pk, *standing, *[pk for pk, _, _ in runs[: NEWEST - 1]]}
    last: dict[tuple[int, int], int] = {}
    starts = _term_starts({year for _, year, _ in runs})
    for pk, year, day in runs:  # newest first, so the first of a term is its last run
        last.setdefault((year, _term(day, starts[year])), pk)
    dropped = [pk for pk, _, _ in runs if pk not in keep and pk not in last.values()]
    delete_rows(dropped)
    return dropped


def _term_starts(years: set[int]) -> dict[int, list[date]]:
    """Return the first days of each year's terms; quarters of the year where the roster names none."""
    starts: dict[int, set[date]] = {year: set() for year in years}
    named = Session.objects.filter(school_year__in=years, type__in=_TERMS)
    for year, during in named.values_list("school_year", "during"):
        if during.lower:
            starts[year].add(during.lower)
    for year, found in starts.items():
        if not found:
            first = schoolyear.bounds(year)[0]
            found |= {first + timedelta(days=91 * quarter) for quarter in range(4)}
    return {year: sorted(found) for year, found in starts.items()}


def _term(day: date | None, starts: list[date]) -> int:
    return bisect_right(starts, day) if day else 0
