"""How one figure comes about: a school and an element of the snapshot that stands, with the steps to its estimate."""

from dataclasses import dataclass
from uuid import UUID

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC, Aim, aim
from instruction.models import Element, SchoolCapacity
from instruction.queries.cells import Cell, cells
from instruction.queries.derivation_steps import Steps, steps_of
from instruction.queries.elements import Column, columns
from instruction.queries.standing import Standing, standing
from schools.models import Org, School


@dataclass(frozen=True, slots=True)
class DerivationPage:
    """What is told of one school and element.

    cell None: not computed, too small a group, or the element does not apply. row: the snapshot's row, None where
    no estimate is told, for then nothing else is. steps None: the run did not keep them. aims: the estimate against
    the strategic plan's target, the school plan's and the framework's. hidden: the school has too few teachers.
    """

    school: Org
    column: Column
    standing: Standing
    cell: Cell | None
    row: SchoolCapacity | None
    steps: Steps | None
    aims: tuple[Aim, ...]
    hidden: bool


def derivation_page(scope: Scope, year: int, school_uid: UUID, element_uid: UUID) -> DerivationPage | None:
    """Return a school and an element of a framework in force, or None where it is not the caller's. Eight queries.

    The element says which framework, so that links to a figure need not.
    """
    visible = School.objects.visible_to(scope.schools(Data.SCHOOL_CAPACITY))
    school = visible.with_network().filter(uid=school_uid).first()
    element = Element.objects.filter(uid=element_uid).select_related("framework").first() if school else None
    found = standing(year, str(element.framework.uid)) if element else None
    if school is None or found is None:
        return None
    run_id = found.run.pk if found.run else 0
    every = columns(scope, version_id=found.version.pk, year=year, run_id=run_id)
    column = next((one for one in every if one.uid == str(element_uid)), None)
    if column is None:
        return None
    every_id = [one.element_id for one in every]
    held = cells(scope, run_id=run_id, school_ids=[school.pk], element_ids=every_id)
    cell = next((one for one in held if one.element_id == column.element_id), None)
    row = None
    if cell and cell.estimate is not None:
        row = SchoolCapacity.objects.filter(run=run_id, school=school, element=column.element_id).first()
    return DerivationPage(
        school=school,
        column=column,
        standing=found,
        cell=cell,
        row=row,
        steps=_steps(row, float(len(found.version.level_names))) if row else None,
        aims=_aims(row) if row else (),
        hidden=bool(found.run) and not held and school.pk not in scope.schools(Data.PERSON_EVIDENCE),
    )


def _steps(row: SchoolCapacity, scale_max: float) -> Steps | None:
    return steps_of(
        ratings=row.mean_of_ratings,
        observers=row.mean_by_observers,
        teachers=row.mean_of_teachers,
        estimate=row.estimate or 0.0,
        n_teachers=row.n_teachers,
        n_raters=row.n_raters,
        scale_max=scale_max,
    )


def _aims(row: SchoolCapacity) -> tuple[Aim, ...]:
    targets = ((STRATEGIC, row.target), (SCHOOL, row.plan_target), (FRAMEWORK, row.framework_target))
    return tuple(aim(kind, target, row.estimate, row.se) for kind, target in targets)
