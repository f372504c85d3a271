"""Step of a sample district: a position for everyone in its schools, and some that nobody holds."""

from decimal import Decimal

import numpy as np
from django.db.backends.postgresql.psycopg_any import DateRange

from schools.sample.plan_places import Places
from schools.sample.plan_teachers import SPECIAL_EDUCATION, SUBJECTS
from schools.sample.sample import Sample
from schools.sample.write import date_of
from staffing.actions import positions_from_assignments
from staffing.models import JobClass, Position

_VACANCIES_PER_TEACHER = 0.015
_HARD_TO_STAFF = [SPECIAL_EDUCATION, SUBJECTS[1], SUBJECTS[2], SUBJECTS[6]]


def load_positions(sample: Sample) -> int:
    """Write positions as of last fall and today, and vacancies; return how many positions.

    Vacancies are commonest where they are in life: in schools with low scores, in subjects hard to staff.
    """
    last_fall = sample.calendar.first_day(sample.calendar.year - 1) + 90
    done = [
        positions_from_assignments(by=None, day=date_of(day)) for day in (last_fall, sample.calendar.today)
    ]
    rng = sample.rng("vacancies")
    budgeted = DateRange(date_of(sample.calendar.this_year), None)
    vacant = [
        Position(
            school_id=int(sample.schools[school]),
            title=f"{subject} teacher",
            job_class=JobClass.TEACHER,
            subject=subject,
            fte=Decimal("0.50") if rng.random() < 0.15 else Decimal(1),
            during=budgeted,
        )
        for school, subject in _vacancies(sample.places, rng)
    ]
    Position.objects.bulk_create(vacant, batch_size=2000)
    return sum(each.positions for each in done) + len(vacant)


def _vacancies(places: Places, rng: np.random.Generator) -> list[tuple[int, str]]:
    expected = _VACANCIES_PER_TEACHER * places.teachers * np.exp(-0.5 * places.intake)
    count = rng.poisson(expected)
    return [
        (school, _HARD_TO_STAFF[int(rng.integers(len(_HARD_TO_STAFF)))])
        for school, n in enumerate(count.tolist())
        for _ in range(n)
    ]
