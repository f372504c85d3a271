"""The evidence plan of a run: who may visit whom, the plan over them, and its rows."""

from dataclasses import replace
from datetime import date

import numpy as np

from alignment_dash import schoolyear
from alignment_dash.runs.models import Run
from instruction.capacity import CapacityEstimate, Ratings
from instruction.capacity.data import NO_ID, IntArray
from instruction.capacity.planning import Leaders, Plan, VisitingObservers, plan_visits
from instruction.capacity.rules import DEFAULT_RULES
from instruction.capacity.told import told_cells
from instruction.models import SuggestedVisit, VisitingObserver
from instruction.snapshots.copying import day_number
from instruction.snapshots.reading import Evidence
from instruction.snapshots.terms import term_starts
from schools.models import OrgType, StaffAssignment, StaffRole
from schools.models.people import StaffAssignmentQuerySet

LESSONS_PER_SCHOOL = 3
"""At most so many planned lessons a term for each school on average: more than leaders find the time for is no plan."""

_LEADERS = (StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL)


def plan_of(evidence: Evidence, result: CapacityEstimate, *, year: int) -> Plan | None:
    """Return the plan for what is left of the term; None for a year that is over. Four queries.

    `result` is the estimate of the same evidence. Schools too small to be told of are not planned for. Lessons at
    other schools that were seen this term count as done: their teachers get no second visit, and their observers
    have so many fewer to give.
    """
    if year < schoolyear.current_year():
        return None
    observers = _observers(year, evidence.as_of)
    teacher, rater = _seen_by_visitors(evidence.ratings, since=_term_start(year, evidence.as_of))
    given = (observers.rater[:, None] == rater).sum(axis=1)
    large = result.roster_size >= DEFAULT_RULES.min_teachers
    targets = evidence.targets
    targets = replace(
        targets, schools=targets.schools[large], target=targets.target[large], groups=targets.groups[:, large]
    )
    left = np.maximum(observers.lessons - given, 0)
    n_visits = min(int(left.sum()), LESSONS_PER_SCHOOL * len(targets.schools))
    return plan_visits(
        evidence.ratings,
        evidence.roster,
        targets,
        observers=replace(observers, lessons=left),
        leaders=_leaders(evidence.as_of),
        n_visits=n_visits,
        components=result.spread,
        neediest=result.ranks.neediest[large],
        visited=teacher,
    )


def _term_start(year: int, day: date) -> date:
    """Return the first day of the term that a day is in; before the first term that of the year."""
    return max(
        (start for start in term_starts([year])[year] if start <= day), default=schoolyear.bounds(year)[0]
    )


def _seen_by_visitors(ratings: Ratings, *, since: date) -> tuple[IntArray, IntArray]:
    """Return teacher and observer of each lesson that a visitor has seen since a day."""
    visits = ratings.external & (ratings.teacher != NO_ID) & (ratings.day >= day_number(since))
    lesson = np.flatnonzero(visits)[np.unique(ratings.observation[visits], return_index=True)[1]]
    return ratings.teacher[lesson], ratings.rater[lesson]


def write_plan(run: Run, plan: Plan | None, result: CapacityEstimate) -> None:
    """Write the plan's rows; none where there is no plan. `result` is the estimate that it was made with.

    A standard error follows from how many teachers were observed, so it is written in hundredths, and not at all
    for a school with a cell whose count is kept back, or without any figure that is told.
    """
    if plan is None:
        return
    told = np.isin(plan.school, _told_schools(result))
    se_before, se_after, gain = (
        [
            round(number, digits) if shown else None
            for number, shown in zip(numbers.tolist(), told, strict=True)
        ]
        for numbers, digits in ((plan.se_before, 2), (plan.se_after, 2), (plan.gain, 3))
    )
    rows = zip(
        plan.school.tolist(), plan.visitor.tolist(), plan.companion.tolist(), plan.lessons.tolist(),
        plan.hours.tolist(), se_before, se_after, gain,
        strict=True,
    )  # fmt: skip
    SuggestedVisit.objects.bulk_create(
        SuggestedVisit(
            run=run,
            place=place,
            school_id=school,
            observer_id=visitor,
            companion_id=None if companion == NO_ID else companion,
            n_lessons=lessons,
            hours=hours,
            se_before=before,
            se_after=after,
            gain=gain,
        )
        for place, (school, visitor, companion, lessons, hours, before, after, gain) in enumerate(
            rows, start=1
        )
    )


def _told_schools(result: CapacityEstimate) -> IntArray:
    """Return the schools all of whose counts are told, and at least one estimate."""
    told = told_cells(result).all(axis=1) & ~np.isnan(result.estimate).all(axis=1)
    return np.asarray(result.schools[told])


def _observers(year: int, day: date) -> VisitingObservers:
    given = list(
        VisitingObserver.objects.filter(school_year=year)
        .order_by("person")
        .values_list("person_id", "lessons")
    )
    people = [person for person, _ in given]
    works = _pairs(_at_schools(day).filter(person__in=people))
    homes = dict(zip(works.rater.tolist(), works.school.tolist(), strict=True))
    return VisitingObservers(
        rater=_ids(people),
        home=_ids([homes.get(person, NO_ID) for person in people]),
        lessons=_ids([lessons for _, lessons in given]),
        works=works,
    )


def _leaders(day: date) -> Leaders:
    """Return who can come along: the principals and assistant principals of schools."""
    return _pairs(_at_schools(day).filter(role__in=_LEADERS))


def _pairs(held: StaffAssignmentQuerySet) -> Leaders:
    pairs = list(held.order_by("org", "person").distinct().values_list("org_id", "person_id"))
    return Leaders(_ids([school for school, _ in pairs]), _ids([person for _, person in pairs]))


def _at_schools(day: date) -> StaffAssignmentQuerySet:
    return StaffAssignment.objects.on(day).filter(org__type=OrgType.SCHOOL)


def _ids(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)
