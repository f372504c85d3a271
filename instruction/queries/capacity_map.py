"""Where is teaching capacity furthest from our targets? Schools by elements, of one snapshot."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import starmap
from math import ceil
from typing import Any, NamedTuple

from django.db.models import Case, TextField, When
from django.db.models.functions import Cast

from alignment_dash import schoolyear
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.filters import CapacityFilters
from instruction.queries.cells import SMALLEST, Cell, cells
from instruction.queries.elements import Column, SchoolStats, Totals, columns, totals
from instruction.queries.standing import Standing
from schools.models import Level, OrgType, School

# A district of up to 200 schools is one page; a larger one is read in pages half as long.
SCHOOLS_IN_ONE = 200
SCHOOLS_PER_PAGE = 100
_LEVEL_ORDER = {value: place for place, value in enumerate(Level.values)}


class SchoolLine(NamedTuple):
    """A school of the map. hidden: too few teachers to show anything; stats None: nothing computed for it."""

    school_id: int
    uid: str
    name: str
    level: str
    network_uid: str | None
    network: str | None
    stats: SchoolStats | None = None
    hidden: bool = False

    @property
    def n_teachers(self) -> int | None:
        """Teachers on the roster; None where they are too few to say."""
        return self.stats.roster_size if self.stats and not self.hidden else None


@dataclass(frozen=True, slots=True)
class CapacityMap:
    """One page of the map. `columns` are those shown, `all_columns` those of the framework.

    schools: the lines of the page; n_schools: all that the filters let through; n_visible: all the caller sees;
    cells by (school id, element id). A page past the end is the last one; `filters` then names that.
    """

    standing: Standing
    filters: CapacityFilters
    all_columns: list[Column]
    columns: list[Column]
    totals: Totals
    schools: list[SchoolLine]
    n_schools: int
    n_visible: int
    cells: dict[tuple[int, int], Cell]
    networks: list[tuple[str, str]] = field(default_factory=list)
    levels: list[tuple[str, str]] = field(default_factory=list)


def capacity_map(
    scope: Scope,
    standing: Standing,
    filters: CapacityFilters,
    *,
    limit: int | None = None,
    everything: bool = False,
    brief: bool = False,
) -> CapacityMap:
    """Return the map as the filters want it; four queries.

    limit: schools a page (default: `schools_per_page`); everything: all schools on one page;
    brief: leave out of the cells what the map's reading does not show.
    """
    run_id = standing.run.pk if standing.run else 0
    visible = _schools(scope, standing)
    every = columns(
        scope, version_id=standing.version.pk, year=standing.year, run_id=run_id, against=filters.against
    )
    by_uid = {column.uid: column for column in every}
    chosen = [line for line in visible if _passes(line, filters)]
    sorted_by = by_uid.get(filters.sort_key) or by_uid.get(filters.element)
    found = totals(
        run_id=run_id,
        school_ids=[line.school_id for line in chosen],
        focus=sorted_by.element_id if sorted_by else None,
        against=filters.against,
    )
    own = scope.schools(Data.PERSON_EVIDENCE)
    lines = _ordered([_with_stats(line, found, own.ids) for line in chosen], filters, bool(sorted_by))
    size = max(len(lines), 1) if everything else limit or schools_per_page(len(lines))
    filters = replace(filters, page=min(filters.page, max(ceil(len(lines) / size), 1)))
    page = lines[(filters.page - 1) * size : filters.page * size]
    shown = [by_uid[filters.element]] if filters.element in by_uid else every
    found_cells = cells(
        scope,
        run_id=run_id,
        school_ids=[line.school_id for line in page],
        element_ids=[column.element_id for column in shown],
        reading=filters.reading if brief else "",
        against=filters.against,
    )
    return CapacityMap(
        standing=standing,
        filters=filters,
        all_columns=every,
        columns=shown,
        totals=found,
        schools=page,
        n_schools=len(lines),
        n_visible=len(visible),
        cells={(cell.school_id, cell.element_id): cell for cell in found_cells},
        networks=sorted(
            {(line.network_uid, line.network or "") for line in visible if line.network_uid},
            key=lambda pair: pair[1].casefold(),
        ),
        levels=_levels(visible),
    )


def _schools(scope: Scope, standing: Standing) -> list[SchoolLine]:
    """Return the visible schools of the snapshot's roster day; one query."""
    run = standing.run
    day = run.roster_date if run and run.roster_date else schoolyear.roster_day(standing.year)
    found = School.objects.visible_to(scope.schools(Data.SCHOOL_CAPACITY)).on(day).with_network()
    rows = found.annotate(
        uid_text=Cast("uid", TextField()),
        network_uid=Case(When(parent__type=OrgType.NETWORK, then=Cast("parent__uid", TextField()))),
    ).values_list("pk", "uid_text", "name", "level", "network_uid", "network_name")
    return list(starmap(SchoolLine, rows))


def schools_per_page(n: int) -> int:
    """Return how many of `n` schools one page of the map holds."""
    return SCHOOLS_IN_ONE if n <= SCHOOLS_IN_ONE else SCHOOLS_PER_PAGE


def _passes(line: SchoolLine, filters: CapacityFilters) -> bool:
    return filters.network in ("", line.network_uid) and filters.level in ("", line.level)


def _with_stats(line: SchoolLine, found: Totals, own: frozenset[int]) -> SchoolLine:
    stats = found.schools.get(line.school_id)
    hidden = stats is not None and stats.roster_size < SMALLEST and line.school_id not in own
    return line._replace(stats=stats, hidden=hidden)


def _ordered(lines: list[SchoolLine], filters: CapacityFilters, focused: bool) -> list[SchoolLine]:
    """Sort by name, then by what was asked for; schools without a value come last either way."""
    lines = sorted(lines, key=lambda line: line.name.casefold())
    value = _value(filters.sort_key, focused)
    known = [line for line in lines if value(line) is not None]
    unknown = [line for line in lines if value(line) is None]
    return sorted(known, key=value, reverse=filters.descending) + unknown


def _value(key: str, focused: bool) -> Callable[[SchoolLine], Any]:
    if key == "name":
        return lambda line: line.name.casefold()
    if key == "network":
        return lambda line: line.network.casefold() if line.network else None
    if key == "teachers":
        return lambda line: line.n_teachers
    if focused:
        return lambda line: line.stats.focus_gap if line.stats else None
    return lambda line: line.stats.widest_gap if line.stats else None


def _levels(visible: list[SchoolLine]) -> list[tuple[str, str]]:
    present = sorted({line.level for line in visible}, key=lambda level: _LEVEL_ORDER.get(level, 99))
    return [(level, str(Level(level).label)) for level in present]
