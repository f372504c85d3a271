"""What the strategic plan aims at, by element and level of schools, in a school year and the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from alignment_dash import schoolyear
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import Dimension, ElementVersion, FrameworkKind, FrameworkVersion, Target
from schools.models import Level, School

Values = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class TargetLine:
    """An element with its targets by level of schools ("" for all of them), this year's and last year's."""

    wording: ElementVersion
    values: Values
    before: Values

    @property
    def code(self) -> str:
        """What stays the same about it."""
        return self.wording.element.code


@dataclass(frozen=True, slots=True)
class TargetTable:
    """The targets of one framework. levels: ("", ...) for all schools first, then those the district has."""

    year: int
    version: FrameworkVersion
    versions: list[FrameworkVersion]
    levels: list[tuple[str, str]]
    lines: list[TargetLine]

    @property
    def dimensions(self) -> Iterator[tuple[Dimension, list[TargetLine]]]:
        """The lines in the order of the framework, by dimension."""
        for dimension, held in groupby(self.lines, lambda line: line.wording.dimension):
            yield dimension, list(held)

    @property
    def n_set(self) -> int:
        """How many elements have a target."""
        return sum(bool(line.values) for line in self.lines)


def target_table(scope: Scope, year: int, framework: str = "") -> TargetTable | None:
    """Return the targets of the framework named by its uid, else the first for teaching; four queries.

    None without one in force, and for who may not see targets.
    """
    if not scope.may(Data.TARGETS):
        return None
    # Nothing is estimated of supervisors, so there is nothing to hold against a target.
    in_force = FrameworkVersion.objects.in_force(year)
    versions = list(in_force.exclude(framework__kind=FrameworkKind.SUPERVISION))
    versions.sort(key=lambda one: (one.framework.kind != "teaching", one.framework_id))
    if not versions:
        return None
    version = next((one for one in versions if str(one.framework.uid) == framework), versions[0])
    worded = version.elements.select_related("element", "dimension").order_by("dimension__place", "place")
    held: dict[tuple[int, int], Values] = {}
    rows = Target.objects.filter(element__framework=version.framework_id, school_year__in=(year, year - 1))
    for element, of_year, level, value in rows.values_list("element_id", "school_year", "level", "value"):
        held.setdefault((element, of_year), {})[level] = value
    return TargetTable(
        year=year,
        version=version,
        versions=versions,
        levels=_levels(year, {level for values in held.values() for level in values}),
        lines=[
            TargetLine(one, held.get((one.element_id, year), {}), held.get((one.element_id, year - 1), {}))
            for one in worded
        ],
    )


def _levels(year: int, used: set[str]) -> list[tuple[str, str]]:
    """Return the levels that schools of that year have, or that have targets."""
    schools = School.objects.on(schoolyear.roster_day(year)).order_by()
    present = set(schools.values_list("level", flat=True).distinct()) | used
    return [("", "")] + [(level, str(Level(level).label)) for level in Level.values if level in present]
