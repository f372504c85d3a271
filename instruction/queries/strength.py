"""Who shows strength on an element, for the leaders of their own school: whom colleagues can ask first."""

from collections.abc import Mapping
from dataclasses import dataclass

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import SchoolCapacity, TeacherCapacity
from instruction.queries.cells import interval
from instruction.queries.standing import Standing, standing_of_persons
from schools.models import School, StaffAssignment


@dataclass(frozen=True, slots=True)
class Strong:
    """A teacher whose whole interval, from evaluative ratings alone, lies at the school's target or above it."""

    person_id: int
    name: str
    estimate: float
    low: float
    high: float
    n_ratings: int


@dataclass(frozen=True, slots=True)
class StrongAt:
    """A school of the caller's own, the target there, and its strong teachers by name: not an order of merit."""

    school: School
    target: float
    teachers: list[Strong]


def strength(scope: Scope, standing: Standing, element_id: int) -> list[StrongAt]:
    """Return the caller's schools with a target on the element; nothing for who sees no teacher's evidence.

    Five queries, none for who may not. Rows open for these schools alone.
    """
    own = scope.schools(Data.PERSON_EVIDENCE)
    if standing.run is None or own.everywhere or not own.ids:
        return []
    schools = School.objects.visible_to(own & scope.schools(Data.SCHOOL_CAPACITY))
    visible = {school.pk: school for school in schools.order_by("name")}
    targets = _targets(standing, element_id, list(visible))
    names = _names(standing, list(targets))
    found: dict[int, list[Strong]] = {pk: [] for pk in targets}
    of_persons = standing_of_persons(standing).run
    with reach.rows_of(schools=list(targets)):
        rows = TeacherCapacity.objects.filter(run=of_persons, school__in=targets, element=element_id)
        for person, school, estimate, se, n in rows.values_list(
            "person_id", "school_id", "estimate", "se", "n_ratings"
        ):
            low, high = interval(estimate, se)
            if (school, person) in names and low is not None and low >= targets[school]:
                found[school].append(Strong(person, names[school, person], estimate, low, high or low, n))
    return [
        StrongAt(visible[pk], targets[pk], sorted(found[pk], key=lambda one: one.name.casefold()))
        for pk in visible
        if pk in targets
    ]


def _targets(standing: Standing, element_id: int, schools: list[int]) -> Mapping[int, float]:
    """Return the strategic plan's target of each school, the framework's where it has none."""
    rows = SchoolCapacity.objects.filter(run=standing.run, element=element_id, school__in=schools)
    pairs = {
        school: framework if target is None else target
        for school, target, framework in rows.values_list("school_id", "target", "framework_target")
    }
    return {school: target for school, target in pairs.items() if target is not None}


def _names(standing: Standing, schools: list[int]) -> dict[tuple[int, int], str]:
    run = standing.run
    if run is None or run.roster_date is None:
        return {}
    rows = StaffAssignment.objects.filter(org__in=schools, role="teacher").on(run.roster_date)
    return {
        (one.org_id, one.person_id): one.person.identity.display_name
        for one in rows.select_related("person__identity")
        if getattr(one.person, "identity", None)
    }
