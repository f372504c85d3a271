"""Step of a sample district: a position for everyone in its schools, and some that nobody holds."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from schools.sample.plan_places import Places
from schools.sample.plan_staff import OPEN, Spells
from schools.sample.plan_teachers import SPECIAL_EDUCATION, SUBJECTS
from schools.sample.sample import Sample
from schools.sample.write import range_text, reserve, uids, write
from staffing.models import Incumbency, JobClass, Position

_VACANCIES_PER_TEACHER = 0.015
_HARD_TO_STAFF = [SPECIAL_EDUCATION, SUBJECTS[1], SUBJECTS[2], SUBJECTS[6]]


@dataclass(slots=True)
class _Planned:
    """A position in the making: an org's place, and the day since which it is budgeted."""

    org: int
    title: str
    job_class: str
    start: int
    fte: str
    subject: str = ""


def load_positions(sample: Sample) -> int:
    """Write the positions that people hold or held, who held each, and vacancies; return how many positions.

    Vacancies are commonest where they are in life: in schools with low scores, in subjects hard to staff.
    """
    planned, held = _positions(sample.staff.spells)
    planned.extend(_vacancies(sample, sample.rng("vacancies")))
    ids = reserve(Position, len(planned)).tolist()
    made = uids(len(planned), sample.rng("position uids"), sample.calendar.today)
    orgs, spells = sample.orgs.tolist(), sample.staff.spells
    rows = (
        f"{pk}\t{uid}\t{orgs[one.org]}\t{one.title}\t{one.job_class}\t{one.subject}\t{{}}\t{one.fte}"
        f"\t{range_text(one.start)}"
        for pk, uid, one in zip(ids, made, planned, strict=True)
    )
    write(Position, "id uid school_id title job_class subject grades fte during", rows)
    people, assignments = sample.people.tolist(), sample.assignments.tolist()
    rows = (
        f"{ids[position]}\t{people[spells.person[at]]}\t{assignments[at]}\t{range_text(spells.start[at], spells.end[at])}"
        for at, position in held
    )
    write(Incumbency, "position_id person_id assignment_id during", rows)
    return len(planned)


def _positions(spells: Spells) -> tuple[list[_Planned], list[tuple[int, int]]]:
    """Give each assignment at a school the position of its kind left earliest by its start, else a new one.

    Return the positions, and pairs of an assignment's and a position's place.
    """
    chosen = spells.where(*JobClass.values).tolist()
    shares = Counter(spells.person[at] for at in chosen if spells.end[at] == OPEN)
    left: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    planned: list[_Planned] = []
    held = []
    for at in sorted(chosen, key=lambda at: spells.start[at]):
        kind = (spells.org[at], spells.role[at])
        vacant = left[kind]
        vacant.sort()
        if vacant and vacant[0][0] <= spells.start[at]:
            position = vacant.pop(0)[1]
        else:
            position = len(planned)
            fte = f"{1 / max(shares[spells.person[at]], 1):.2f}"
            planned.append(_Planned(kind[0], spells.title[at], kind[1], spells.start[at], fte))
        held.append((at, position))
        if spells.end[at] != OPEN:
            vacant.append((spells.end[at], position))
    return planned, held


def _vacancies(sample: Sample, rng: np.random.Generator) -> Iterator[_Planned]:
    places: Places = sample.places
    count = rng.poisson(_VACANCIES_PER_TEACHER * places.teachers * np.exp(-0.5 * places.intake))
    for school in np.repeat(np.arange(len(count)), count).tolist():
        subject = _HARD_TO_STAFF[int(rng.integers(len(_HARD_TO_STAFF)))]
        fte = "0.50" if rng.random() < 0.15 else "1.00"
        org, start = places.first_school + school, sample.calendar.this_year
        yield _Planned(org, f"{subject} teacher", JobClass.TEACHER.value, start, fte, subject)
