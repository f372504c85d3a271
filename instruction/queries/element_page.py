"""One element: its wording, the district's estimate, and its schools from the widest gap down."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch

from alignment_dash.access.scope import Scope
from instruction.aims import STRATEGIC
from instruction.filters import CapacityFilters
from instruction.models import ElementVersion, LevelDescriptor, Target, VersionState
from instruction.queries.capacity_map import CapacityMap, SchoolLine, capacity_map
from instruction.queries.cells import Cell
from instruction.queries.district_page import GroupFigure, groups_on_element
from instruction.queries.elements import Column, ElementStats
from instruction.queries.standing import Standing, standing
from schools.models import Level

SCHOOLS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ElementPage:
    """What one element's page shows.

    groups: networks, then levels of schools, with their figures; empty for who is told of no group.
    level_targets: the strategic plan's, by level of schools, "" for all of them first.
    """

    standing: Standing
    wording: ElementVersion
    column: Column
    stats: ElementStats | None
    schools: list[tuple[SchoolLine, Cell | None]]
    n_schools: int
    groups: list[tuple[str, GroupFigure]]
    level_targets: list[tuple[str, Decimal]]
    against: str = STRATEGIC


def element_page(scope: Scope, asked: CapacityFilters, uid: UUID) -> ElementPage | None:
    """Return an element of the framework in force, or None; eleven queries.

    Of what is asked for, the year, the kind of target and the page count.
    """
    wording = _wording(asked.year, uid)
    if wording is None:
        return None
    found = standing(asked.year, str(wording.version.framework.uid))
    if found is None or found.version.pk != wording.version_id:
        return None
    filters = CapacityFilters(
        year=asked.year, element=str(uid), sort="-gap", against=asked.against, page=asked.page
    )
    shown: CapacityMap = capacity_map(scope, found, filters, limit=SCHOOLS_PER_PAGE)
    column = shown.columns[0]
    return ElementPage(
        standing=found,
        wording=wording,
        column=column,
        stats=shown.totals.elements.get(column.element_id),
        schools=[(line, shown.cells.get((line.school_id, column.element_id))) for line in shown.schools],
        n_schools=shown.n_schools,
        groups=groups_on_element(scope, found, column.element_id),
        level_targets=_level_targets(column.element_id, asked.year),
        against=asked.against,
    )


def _level_targets(element_id: int, year: int) -> list[tuple[str, Decimal]]:
    rows = Target.objects.filter(element=element_id, school_year=year).values_list("level", "value")
    order = {level: place for place, level in enumerate(("", *Level.values))}
    return [
        (str(Level(level).label) if level else "", value)
        for level, value in sorted(rows, key=lambda row: order[row[0]])
    ]


def _wording(year: int, uid: UUID) -> ElementVersion | None:
    """Return the newest published wording that holds in the year, with its descriptors."""
    return (
        ElementVersion.objects.filter(element__uid=uid, version__first_school_year__lte=year)
        .exclude(version__state=VersionState.DRAFT)
        .select_related("element", "dimension", "version__framework")
        .prefetch_related(Prefetch("descriptors", LevelDescriptor.objects.order_by("level")))
        .order_by("-version__first_school_year", "-version__published_at", "-version__pk")
        .first()
    )
