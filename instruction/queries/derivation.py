"""How one figure comes about: a school and an element of the snapshot that stands, with the steps to its estimate."""

from dataclasses import dataclass
from uuid import UUID

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import SchoolCapacity
from instruction.queries.cells import Cell, cells
from instruction.queries.elements import Column, columns
from instruction.queries.standing import Standing, standing
from schools.models import Org, School


@dataclass(frozen=True, slots=True)
class DerivationPage:
    """What is told of one school and element. cell None: not computed, too small a group, or it does not apply.

    row: the snapshot's row; None where no estimate is told, for then nothing else is.
    """

    school: Org
    column: Column
    standing: Standing
    cell: Cell | None
    row: SchoolCapacity | None


def derivation_page(
    scope: Scope, year: int, school_uid: UUID, element_uid: UUID, framework: str = ""
) -> DerivationPage | None:
    """Return a school and an element of the framework in force, or None where it is not the caller's. Six queries."""
    visible = School.objects.visible_to(scope.schools(Data.SCHOOL_CAPACITY))
    school = visible.with_network().filter(uid=school_uid).first()
    found = standing(year, framework) if school else None
    if school is None or found is None:
        return None
    run_id = found.run.pk if found.run else 0
    every = columns(scope, version_id=found.version.pk, year=year, run_id=run_id)
    column = next((one for one in every if one.uid == str(element_uid)), None)
    if column is None:
        return None
    held = cells(scope, run_id=run_id, school_ids=[school.pk], element_ids=[column.element_id])
    cell = held[0] if held else None
    row = None
    if cell and cell.estimate is not None:
        row = SchoolCapacity.objects.filter(run=run_id, school=school, element=column.element_id).first()
    return DerivationPage(school=school, column=column, standing=found, cell=cell, row=row)
