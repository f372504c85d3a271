"""One school: its elements against targets, its tier, and, for who may, its staff and its teachers' estimates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.aims import STRATEGIC
from instruction.models import TeacherCapacity
from instruction.queries.cells import Cell, cells, interval
from instruction.queries.elements import Column, columns
from instruction.queries.standing import Standing, standing_of_persons
from schools.models import AccountabilityTier, Org, School, StaffAssignment
from schools.names import name_of


@dataclass(frozen=True, slots=True)
class ElementLine:
    """An element at a school; cell None: nothing computed, or too small a group."""

    column: Column
    cell: Cell | None


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Someone on the staff that day."""

    name: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class TeacherFigure:
    """A teacher's estimate on one element, from evaluative ratings alone."""

    estimate: float
    low: float | None
    high: float | None
    n_ratings: int


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """A teacher and their figures in the order of the columns; None where never rated evaluatively."""

    name: str
    figures: list[TeacherFigure | None]
    person_id: int


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """What one school's page shows to one caller. staff and teachers are None for who may not see them.

    of_persons: the snapshot that the teachers' figures are from, another than the school's; None with teachers None.
    """

    school: Org
    standing: Standing
    lines: list[ElementLine]
    hidden: bool
    tier: int | None
    staff: list[StaffLine] | None = None
    teachers: list[TeacherLine] | None = None
    roster_size: int | None = None
    columns: list[Column] = field(default_factory=list)
    against: str = STRATEGIC
    sees_plan: bool = False
    of_persons: Standing | None = None


def school_page(
    scope: Scope, standing: Standing, uid: UUID, *, against: str = STRATEGIC
) -> SchoolPage | None:
    """Return a school as of the snapshot, or None where it is not the caller's to see. At most six queries more
    than its person-level parts. against: the kind of target that gaps are to."""
    visible = School.objects.visible_to(scope.schools(Data.SCHOOL_CAPACITY))
    school = visible.with_network().filter(uid=uid).first()
    if school is None:
        return None
    run_id = standing.run.pk if standing.run else 0
    found = columns(scope, version_id=standing.version.pk, year=standing.year, run_id=run_id, against=against)
    of_school = {
        cell.element_id: cell
        for cell in cells(
            scope,
            run_id=run_id,
            school_ids=[school.pk],
            element_ids=[column.element_id for column in found],
            against=against,
        )
    }
    staff = _staff(standing, school) if school.pk in scope.schools(Data.STAFF_LIST) else None
    sees_persons = school.pk in scope.schools(Data.PERSON_EVIDENCE)
    of_persons = standing_of_persons(standing) if sees_persons else None
    return SchoolPage(
        school=school,
        standing=standing,
        lines=[ElementLine(column, of_school.get(column.element_id)) for column in found],
        hidden=bool(standing.run) and not of_school and not sees_persons,
        tier=_tier(school, standing.year),
        staff=[_staff_line(one) for one in staff] if staff is not None else None,
        teachers=_teachers(scope, school, of_persons, found, staff or []) if of_persons else None,
        roster_size=next((cell.roster_size for cell in of_school.values()), None),
        columns=found,
        against=against,
        sees_plan=school.pk in scope.schools(Data.SCHOOL_PLAN),
        of_persons=of_persons,
    )


def school_is_visible(scope: Scope, uid: UUID, data: Data = Data.SCHOOL_CAPACITY) -> bool:
    """Say whether the caller sees `data` of a school at all; one query."""
    return bool(School.objects.visible_to(scope.schools(data)).filter(uid=uid).exists())


def _tier(school: Org, year: int) -> int | None:
    """Return the newest tier known in that year; the year's own comes late."""
    tiers = AccountabilityTier.objects.filter(school=school, school_year__lte=year).order_by("-school_year")
    return tiers.values_list("tier", flat=True).first()


def _staff(standing: Standing, school: Org) -> list[StaffAssignment]:
    run = standing.run
    day = run.roster_date if run and run.roster_date else schoolyear.roster_day(standing.year)
    return list(StaffAssignment.objects.for_staff_list(school.pk, day))


def _staff_line(one: StaffAssignment) -> StaffLine:
    return StaffLine(name_of(one.person), one.get_role_display(), one.title)


def _teachers(
    scope: Scope, school: Org, standing: Standing, found: list[Column], staff: list[StaffAssignment]
) -> list[TeacherLine]:
    """Return the school's teachers with their figures, by name. Rows open for this school alone."""
    if school.pk not in scope.schools(Data.PERSON_EVIDENCE):
        return []
    figures: dict[tuple[int, int], TeacherFigure] = {}
    with reach.rows_of(schools=[school.pk]):
        rows = TeacherCapacity.objects.filter(run=standing.run, school=school).values_list(
            "person_id", "element_id", "estimate", "se", "n_ratings"
        )
        for person, element, estimate, se, n in rows:
            figures[person, element] = TeacherFigure(estimate, *interval(estimate, se), n)
    names = {one.person_id: name_of(one.person) for one in staff if one.role == "teacher"}
    return [_teacher_line(person, name, found, figures) for person, name in names.items()]


def _teacher_line(
    person: int, name: str, found: list[Column], figures: Mapping[tuple[int, int], TeacherFigure]
) -> TeacherLine:
    return TeacherLine(name, [figures.get((person, column.element_id)) for column in found], person)
