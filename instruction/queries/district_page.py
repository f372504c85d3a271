"""The district as a whole: each element's estimate, and those of its networks and levels, without any school."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import GroupCapacity, Target
from instruction.queries.cells import interval
from instruction.queries.elements import Column, columns, told_of_groups
from instruction.queries.standing import Standing
from schools.models import Level

_LEVELS = {value: place for place, value in enumerate(Level.values)}


class GroupFigure(NamedTuple):
    """A group's estimate on one element; hidden: too few schools, or another group could be worked out from it.

    estimate is None too where no school of the group has enough evidence.
    """

    estimate: float | None
    se: float | None
    n_schools: int | None
    n_teachers: int | None
    is_hidden: bool

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return interval(self.estimate, self.se)[0]

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return interval(self.estimate, self.se)[1]


HIDDEN = GroupFigure(estimate=None, se=None, n_schools=None, n_teachers=None, is_hidden=True)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A network or a level of schools, with its figures and targets in the order of the columns.

    A target is None where none holds for all of its schools.
    """

    name: str
    figures: list[GroupFigure | None]
    targets: list[float | None]


@dataclass(frozen=True, slots=True)
class DistrictPage:
    """What is told of the district without its schools; is_told False: nothing, for the caller sees some of them."""

    standing: Standing
    columns: list[Column]
    networks: list[GroupLine]
    levels: list[GroupLine]
    is_told: bool


def district_page(scope: Scope, standing: Standing) -> DistrictPage | None:
    """Return the district's figures of a snapshot; None for who may not see them. Three queries."""
    if not scope.district_wide(Data.DISTRICT_CAPACITY):
        return None
    run_id = standing.run.pk if standing.run else 0
    found = columns(scope, version_id=standing.version.pk, year=standing.year, run_id=run_id)
    is_told = told_of_groups(scope)
    narrower = _targets_by_level(found, standing.year)
    networks, levels = _figures(run_id, is_told=is_told)
    return DistrictPage(
        standing=standing,
        columns=found,
        is_told=is_told,
        networks=[
            _line(name, figures, found, {one.element_id: None for one in found if one.by_level})
            for (name, _id), figures in sorted(networks.items())
        ],
        levels=[
            _line(str(Level(level).label), levels[level], found, narrower.get(level, {}))
            for level in sorted(levels, key=lambda level: _LEVELS.get(level, len(_LEVELS)))
        ],
    )


def groups_on_element(scope: Scope, standing: Standing, element_id: int) -> list[tuple[str, GroupFigure]]:
    """Return the networks', then the levels' figures on one element; nothing for who is told none. One query."""
    if standing.run is None or not told_of_groups(scope):
        return []
    networks, levels = _figures(standing.run.pk, is_told=True, element_id=element_id)
    named = [(name, held[element_id]) for (name, _id), held in sorted(networks.items())]
    order = sorted(levels, key=lambda level: _LEVELS.get(level, len(_LEVELS)))
    return named + [(str(Level(level).label), levels[level][element_id]) for level in order]


Figures = dict[int, GroupFigure]


def _figures(
    run_id: int, *, is_told: bool, element_id: int | None = None
) -> tuple[dict[tuple[str, int], Figures], dict[str, Figures]]:
    """Return the figures of networks by name and id, and of levels, each by element."""
    networks: dict[tuple[str, int], Figures] = {}
    levels: dict[str, Figures] = {}
    rows = GroupCapacity.objects.filter(run=run_id).annotate(network_name=F("network__name"))
    if element_id is not None:
        rows = rows.filter(element=element_id)
    for network, name, level, element, *figures in rows.values_list(
        "network_id", "network_name", "level", "element_id", *GroupFigure._fields
    ):
        held = networks.setdefault((name, network), {}) if network else levels.setdefault(level, {})
        held[element] = GroupFigure._make(figures) if is_told else HIDDEN
    return networks, levels


Narrower = Mapping[int, float | None]


def _targets_by_level(found: list[Column], year: int) -> dict[str, dict[int, float | None]]:
    """Return the strategic plan's targets for one level of schools alone, by level and element."""
    ids = [column.element_id for column in found if column.by_level]
    rows = Target.objects.filter(element__in=ids, school_year=year).exclude(level="")
    targets: dict[str, dict[int, float | None]] = {}
    for level, element, value in rows.values_list("level", "element_id", "value"):
        targets.setdefault(level, {})[element] = float(value)
    return targets


def _line(name: str, figures: Figures, found: list[Column], narrower: Narrower) -> GroupLine:
    return GroupLine(
        name,
        [figures.get(column.element_id) for column in found],
        [narrower.get(column.element_id, column.target) for column in found],
    )
