"""What a school's improvement plan aims at, beside where it stands and what the district aims at."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC, Aim, aim
from instruction.models import ElementVersion, SchoolTarget, Target
from instruction.queries.cells import Cell, cells
from instruction.queries.standing import Standing, standing
from schools.models import Org, School


class Aims(NamedTuple):
    """The three kinds of target as they stand now, which the snapshot may not know yet."""

    strategic: Aim
    own: Aim
    framework: Aim


@dataclass(frozen=True, slots=True)
class PlanLine:
    """An element that applies to the school. cell None: nothing computed; own and last: the plan's targets."""

    wording: ElementVersion
    cell: Cell | None
    strategic: Decimal | None
    own: Decimal | None
    last: Decimal | None

    @property
    def code(self) -> str:
        """What stays the same about it."""
        return self.wording.element.code

    @property
    def aims(self) -> Aims:
        """What the estimate says against each target."""
        estimate, se = (self.cell.estimate, self.cell.se) if self.cell else (None, None)
        framework = float(self.wording.version.proficient_level)
        return Aims(
            aim(STRATEGIC, _float(self.strategic), estimate, se),
            aim(SCHOOL, _float(self.own), estimate, se),
            aim(FRAMEWORK, framework, estimate, se),
        )


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A school's plan in a school year."""

    school: Org
    standing: Standing
    lines: list[PlanLine]
    may_change: bool

    @property
    def year_label(self) -> str:
        """The school year as people write it."""
        return schoolyear.label(self.standing.year)


def plan_page(scope: Scope, year: int, uid: UUID, framework: str = "") -> PlanPage | None:
    """Return a school's plan, or None where it is not the caller's to see; seven queries.

    Only what is told of the school's capacity on its page is told here.
    """
    school = School.objects.visible_to(scope.schools(Data.SCHOOL_PLAN)).with_network().filter(uid=uid).first()
    found = standing(year, framework) if school else None
    if school is None or found is None:
        return None
    worded = found.version.elements.select_related("element", "dimension", "version")
    applying = [
        one
        for one in worded.order_by("dimension__place", "place")
        if not one.levels or school.level in one.levels
    ]
    ids = [one.element_id for one in applying]
    run_id = found.run.pk if found.run else 0
    held = {
        cell.element_id: cell for cell in cells(scope, run_id=run_id, school_ids=[school.pk], element_ids=ids)
    }
    strategic, own = _strategic(ids, year, school.level), _own(school, ids, year)
    return PlanPage(
        school=school,
        standing=found,
        lines=[
            PlanLine(
                wording=one,
                cell=held.get(one.element_id),
                strategic=strategic.get(one.element_id),
                own=own.get((one.element_id, year)),
                last=own.get((one.element_id, year - 1)),
            )
            for one in applying
        ],
        may_change=school.pk in scope.schools(Data.SCHOOL_PLAN, Action.CHANGE),
    )


def _strategic(elements: list[int], year: int, level: str) -> dict[int, Decimal]:
    """Return the strategic plan's targets for a level of schools, else those for all."""
    rows = Target.objects.filter(element__in=elements, school_year=year, level__in=("", level))
    return dict(rows.order_by("level").values_list("element_id", "value"))


def _own(school: Org, elements: list[int], year: int) -> dict[tuple[int, int], Decimal]:
    rows = SchoolTarget.objects.filter(school=school, element__in=elements, school_year__in=(year, year - 1))
    return {
        (element, of_year): value
        for element, of_year, value in rows.values_list("element_id", "school_year", "value")
    }


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
