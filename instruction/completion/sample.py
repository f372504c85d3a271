"""Step: how often teachers of a sample district are to be observed, and who was away for long."""

from datetime import date

import numpy as np
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.reach import all_rows
from instruction.models import ObservationExpectation, ObservationKind
from schools.models import Leave, StaffRole
from schools.sample.sample import Sample

_SHARE_AWAY = 0.02
_AT_LEAST, _ALL_IN_YEAR = 1, 2


def load_expectations(sample: Sample) -> int:
    """Write the rules of last year and this one, and a few leaves this year; return how many rows."""
    rules = [
        rule
        for year in (sample.calendar.year - 1, sample.calendar.year)
        for rule in (
            ObservationExpectation(school_year=year, at_least=_ALL_IN_YEAR),
            ObservationExpectation(
                school_year=year, kind=ObservationKind.FORMAL, at_least=_AT_LEAST, by_day=date(year, 3, 31)
            ),
            ObservationExpectation(school_year=year, role=StaffRole.PRINCIPAL, at_least=_AT_LEAST),
        )
    ]
    ObservationExpectation.objects.bulk_create(rules)
    with all_rows(why="a sample district's leave is made up"):
        return len(rules) + len(Leave.objects.bulk_create(_leaves(sample)))


def _leaves(sample: Sample) -> list[Leave]:
    """Return a leave of some teachers, begun this school year: of six weeks to half a year."""
    rng = sample.rng("leave")
    spells = sample.staff.spells
    people = np.unique(np.array(spells.person)[spells.where("teacher")])
    chosen = people[rng.random(len(people)) < _SHARE_AWAY]
    start = sample.calendar.this_year + rng.integers(0, 120, len(chosen))
    length = rng.integers(42, 180, len(chosen))
    return [
        Leave(person_id=int(person), during=DateRange(date.fromordinal(first), date.fromordinal(end)))
        for person, first, end in zip(
            sample.people[chosen].tolist(), start.tolist(), (start + length).tolist(), strict=True
        )
    ]
