"""Step of a sample district: a year of principal supervisors' time up to today, the district's goals and breaks."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from alignment_dash import schoolyear
from schools.sample.sample import Sample
from schools.sample.write import reserve, uids, write
from supervision.models import (
    CaseloadAssignment,
    ConfirmedWeek,
    DayOffKind,
    EntryPrincipal,
    GoalKind,
    NonContactDay,
    TimeEntry,
    TimeGoal,
)
from supervision.timelog.days import monday_of
from supervision.timelog.simulated import ALL, DEPARTMENTS, PURPOSES, Ints, Year, simulate

WEEKS = 52
GOALS = {GoalKind.WITH_PRINCIPALS: 60.0, GoalKind.ON_LEADERSHIP: 50.0, GoalKind.VISITS: 2.0}
# Written in UTC, as the database keeps it: 8:00 in the middle of the United States.
BEHIND_UTC = 6 * 60


def load_time(sample: Sample) -> int:
    """Write a year of entries of everyone with a caseload; return how many rows."""
    today = date.fromordinal(sample.calendar.today)
    rng = sample.rng("time")
    days = sample.calendar.days_so_far()
    # What was done today is not all over yet.
    days = days[(days < sample.calendar.today) & (days > sample.calendar.today - 7 * WEEKS)]
    held: dict[int, list[tuple[int, int]]] = {}
    rows = CaseloadAssignment.objects.on(today).filter(principal__isnull=False).order_by("supervisor", "pk")
    for supervisor, principal, school in rows.values_list("supervisor", "principal", "school"):
        held.setdefault(supervisor, []).append((principal, school))
    count = _goals_and_breaks(sample, today)
    if not len(days):
        return count
    for supervisor, places in held.items():
        needs = rng.uniform(0.6, 1.6, len(places))
        count += write_year(simulate(rng, len(days), needs), supervisor, places, days, rng)
        count += _confirm(supervisor, days, rng)
    return count


def write_year(
    year: Year, supervisor: int, places: Sequence[tuple[int, int]], days: Ints, rng: np.random.Generator
) -> int:
    """Write a simulated year of one supervisor; return how many rows.

    places: (principal's id, school's id) of each simulated principal; days: the contact days as ordinals.
    """
    ids = reserve(TimeEntry, len(year.day))
    names = uids(len(ids), rng, int(days[-1]))
    columns = (
        "id uid supervisor_id day minutes starts_at purpose department source written_at changed_at revision"
    )
    n = write(TimeEntry, columns, _entry_rows(year, ids, names, supervisor, days))
    return n + write(EntryPrincipal, "entry_id principal_id school_id", _taking_rows(year, ids, places))


def _entry_rows(year: Year, ids: Ints, names: list[str], supervisor: int, days: Ints) -> Iterator[str]:
    texts = [date.fromordinal(day).isoformat() for day in days.tolist()]
    arrays = (year.day, year.start, year.minutes, year.purpose, year.department)
    for at, (day, start, minutes, purpose, department) in enumerate(
        zip(*(array.tolist() for array in arrays), strict=True)
    ):
        hour, minute = divmod(start + BEHIND_UTC, 60)
        begins = f"{texts[day]} {hour:02d}:{minute:02d}+00"
        owed = DEPARTMENTS[department] if department >= 0 else ""
        yield (
            f"{ids[at]}\t{names[at]}\t{supervisor}\t{texts[day]}\t{minutes}\t{begins}\t{PURPOSES[purpose]}\t{owed}"
            f"\tquick\t{texts[day]} 23:00+00\t{texts[day]} 23:00+00\t0"
        )


def _taking_rows(year: Year, ids: Ints, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    first = dict(reversed(places))
    for entry, who in zip(ids.tolist(), year.principal.tolist(), strict=True):
        # A principal of two schools takes part in a PLC once.
        taking = list(first.items()) if who == ALL else [places[who]] if who >= 0 else []
        for principal, school in taking:
            yield f"{entry}\t{principal}\t{school}"


def _goals_and_breaks(sample: Sample, today: date) -> int:
    year = sample.calendar.year
    goals = [TimeGoal(school_year=year, kind=kind, value=value) for kind, value in GOALS.items()]
    open_days = {*sample.calendar.school_days(year).tolist(), *sample.calendar.school_days(year - 1).tolist()}
    first = schoolyear.bounds(year - 1)[0]
    n = (schoolyear.bounds(year)[1] - first).days
    weekdays = (first + timedelta(days=at) for at in range(n))
    breaks = [
        NonContactDay(day=day, kind=DayOffKind.HOLIDAY)
        for day in weekdays
        if day.weekday() < 5 and day.toordinal() not in open_days
    ]
    TimeGoal.objects.bulk_create(goals)
    NonContactDay.objects.bulk_create(breaks)
    return len(goals) + len(breaks)


def _confirm(supervisor: int, days: Ints, rng: np.random.Generator) -> int:
    """Confirm most of the weeks that are over."""
    mondays = sorted({monday_of(date.fromordinal(day)) for day in days.tolist()})
    over = [one for one in mondays if (one + timedelta(days=6)).toordinal() <= int(days[-1])]
    kept = [one for one, kept in zip(over, rng.random(len(over)) < 0.85, strict=True) if kept]
    ConfirmedWeek.objects.bulk_create(ConfirmedWeek(supervisor_id=supervisor, monday=one) for one in kept)
    return len(kept)
