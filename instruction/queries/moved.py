"""Which cells have moved since the snapshot before, by more than the margin of error."""

from dataclasses import dataclass

from django.db.models import F, FloatField
from django.db.models.functions import Abs

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import SchoolCapacity
from instruction.queries.capacity_map import CapacityMap, SchoolLine
from instruction.queries.cells import HALF_WIDTH
from instruction.queries.elements import Column

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Move:
    """A school and an element whose estimate is further from the one before than half its 90 % interval."""

    school: SchoolLine
    column: Column
    before: float
    now: float

    @property
    def change(self) -> float:
        """How far it has moved, in levels."""
        return round(self.now - self.before, 6)


def moved(scope: Scope, found: CapacityMap) -> list[Move]:
    """Return what has moved most on a page of the map, the widest first; one query, none without a comparison.

    The snapshot keeps the estimate before only where the change may be told (instruction.snapshots.changes).
    """
    standing = found.standing
    if standing.run is None or standing.compared_with is None:
        return []
    visible = scope.schools(Data.SCHOOL_CAPACITY)
    lines = {line.school_id: line for line in found.schools if line.school_id in visible}
    columns = {column.element_id: column for column in found.columns}
    change = Abs(F("estimate") - F("previous_estimate"), output_field=FloatField())
    rows = (
        SchoolCapacity.objects.filter(run=standing.run, school__in=lines, element__in=columns)
        .annotate(change=change)
        .filter(change__gt=HALF_WIDTH * F("se"))
        .order_by("-change", "school", "element")
    )
    values = rows.values_list("school_id", "element_id", "previous_estimate", "estimate")
    return [
        Move(lines[school], columns[element], before or 0.0, now or 0.0)
        for school, element, before, now in values[:SHOWN]
    ]
