"""What the published snapshot tells of a school, to be kept in its plan as it was told that day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alignment_dash import schoolyear
from instruction.models import EvidenceClass, FrameworkVersion, SchoolCapacity, SchoolTarget
from instruction.queries.standing import standing
from schools.models import Org


@dataclass(frozen=True, slots=True)
class Found:
    """One element as the snapshot tells it; estimate, se and n_teachers are None where no figure is told."""

    element_id: int
    run_id: int
    as_of: date
    estimate: float | None
    se: float | None
    n_teachers: int | None
    evidence: int
    target: Decimal | None


def standings_of(school: Org, year: int) -> list[Found]:
    """Return what stands of the elements that apply to a school, over all teaching frameworks in force.

    Empty where nothing is computed yet. What is told is what everyone who sees the school is told: nothing of fewer
    than five teachers. Four queries for each framework.
    """
    found: list[Found] = []
    for version in FrameworkVersion.objects.in_force(year).teaching():
        found += _of_version(school, year, version)
    return found


def _of_version(school: Org, year: int, version: FrameworkVersion) -> list[Found]:
    run = getattr(standing(year, str(version.framework.uid)), "run", None)
    if run is None:
        return []
    applying = [
        element
        for element, levels in version.elements.order_by("place").values_list("element_id", "levels")
        if not levels or school.level in levels
    ]
    rows = SchoolCapacity.objects.filter(run=run, school=school, element__in=applying)
    told = {row.element_id: row for row in rows}
    own = SchoolTarget.objects.filter(school=school, school_year=year, element__in=applying)
    targets = dict(own.values_list("element_id", "value"))
    day = run.roster_date or schoolyear.roster_day(year)
    return [_found(one, told.get(one), run.pk, day, targets.get(one)) for one in applying]


def _found(
    element_id: int, row: SchoolCapacity | None, run_id: int, day: date, target: Decimal | None
) -> Found:
    if row is None or row.estimate is None:
        return Found(element_id, run_id, day, None, None, None, EvidenceClass.NOT_ENOUGH, target)
    return Found(element_id, run_id, day, row.estimate, row.se, row.n_teachers, row.evidence, target)
