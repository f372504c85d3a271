"""Where do test-score tiers mislead us? Accountability tier beside estimated capacity on one element."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.capacity.agreement import Agreement, spearman
from instruction.capacity.shortfall import Shortfall, shortfall, total
from instruction.chance_words import percent
from instruction.filters import CapacityFilters
from instruction.models import SchoolCapacity
from instruction.queries.capacity_map import CapacityMap, SchoolLine, capacity_map
from instruction.queries.cells import Cell
from instruction.queries.elements import Column
from instruction.queries.standing import Standing
from schools.models import AccountabilityTier

# Tiers count from the schools with the lowest test scores, which get the most help.
MOST_HELP = 1


class TierLine(NamedTuple):
    """A school with its tier (None: none known) and its cell; cell None: not computed, or hidden."""

    school: SchoolLine
    tier: int | None
    cell: Cell | None
    p_neediest: float | None = None

    @property
    def told(self) -> bool:
        """Whether its capacity on the element is told."""
        return self.cell is not None and self.cell.estimate is not None

    @property
    def disagrees(self) -> str:
        """How tier and capacity disagree beyond the margin of error: "met", "below", or "" where they do not.

        "met": gets the most help, and is very likely at target or above; "below": in another tier, and very
        likely below.
        """
        if self.tier is None or self.cell is None:
            return ""
        wanted = "met" if self.tier == MOST_HELP else "below"
        return wanted if self.cell.call == wanted else ""

    @property
    def percent_neediest(self) -> str:
        """The probability of being among the neediest fifth, in percent; "" where it is not told."""
        return "" if self.p_neediest is None else percent(self.p_neediest)

    @property
    def shortfall(self) -> Shortfall | None:
        """What shortfall is expected of it; None without a figure or a target."""
        cell = self.cell
        if cell is None or cell.estimate is None or cell.se is None or cell.target is None:
            return None
        return shortfall(cell.estimate, cell.se, cell.target)


@dataclass(frozen=True, slots=True)
class Choice:
    """The schools that one rule chooses, and the shortfall it is expected to reach."""

    schools: list[TierLine]
    reached: Shortfall


@dataclass(frozen=True, slots=True)
class Rules:
    """What each rule would have sent where, for as many schools as the lowest tier has with a figure.

    n_unknown: schools of that tier without a figure, which the comparison leaves out.
    """

    by_tier: Choice
    by_capacity: Choice
    n_unknown: int

    @property
    def has_chances(self) -> bool:
        """Whether the probability of being among the neediest is known of any."""
        return any(line.p_neediest is not None for line in self.by_capacity.schools)

    @property
    def lines(self) -> list[tuple[TierLine, bool, bool]]:
        """Each chosen school, whether the tier's rule chooses it, and whether capacity's does; both first."""
        first, second = (
            {line.school.school_id: line for line in one.schools} for one in (self.by_tier, self.by_capacity)
        )
        chosen = [(line, key in first, key in second) for key, line in {**first, **second}.items()]
        return sorted(chosen, key=lambda one: (not (one[1] and one[2]), not one[1], one[0].school.name))


@dataclass(frozen=True, slots=True)
class TiersPage:
    """What the page shows: schools by tier, then by level; `rules` None for who does not see every school.

    tier_year: the newest school year that a tier is of; agreement: of tier with capacity, None where too few.
    """

    standing: Standing
    columns: list[Column]
    column: Column
    lines: list[TierLine]
    tier_year: int | None
    agreement: Agreement | None
    rules: Rules | None

    @property
    def tiers(self) -> list[int]:
        """The tiers that schools are in, the most help first."""
        return sorted({line.tier for line in self.lines if line.tier is not None})


def tiers_page(scope: Scope, standing: Standing, filters: CapacityFilters) -> TiersPage | None:
    """Return tiers beside capacity on an element, by default that of the widest gap; None without any element.

    Ten queries at most.
    """
    found = _map(scope, standing, filters)
    if not found.columns:
        return None
    column = found.columns[0]
    ids = [line.school_id for line in found.schools]
    tiers = _tiers(ids, standing.year)
    neediest = _neediest(standing, column.element_id, ids)
    lines = [
        TierLine(
            line,
            tiers[line.school_id][0] if line.school_id in tiers else None,
            found.cells.get((line.school_id, column.element_id)),
            neediest.get(line.school_id),
        )
        for line in found.schools
    ]
    everywhere = scope.district_wide(Data.SCHOOL_CAPACITY)
    return TiersPage(
        standing=standing,
        columns=found.all_columns,
        column=column,
        lines=sorted(lines, key=_order),
        tier_year=max((year for _tier, year in tiers.values()), default=None),
        agreement=_agreement(lines),
        rules=_rules(lines) if everywhere else None,
    )


def _map(scope: Scope, standing: Standing, filters: CapacityFilters) -> CapacityMap:
    """Return all schools on the chosen element; where none is, on that with the widest gap."""
    wanted = replace(filters, network="", level="", sort="name", page=1, fold=False)
    first = capacity_map(scope, standing, wanted, everything=bool(filters.element), limit=1)
    if len(first.columns) == 1 and filters.element:
        return first
    gaps = {element: stats.mean_gap for element, stats in first.totals.elements.items()}
    known = [(gap, one) for one in first.all_columns if (gap := gaps.get(one.element_id)) is not None]
    if not first.all_columns:
        return first
    widest = max(known, key=lambda pair: pair[0])[1] if known else first.all_columns[0]
    return capacity_map(scope, standing, replace(wanted, element=widest.uid), everything=True)


def _tiers(schools: Collection[int], year: int) -> dict[int, tuple[int, int]]:
    """Return each school's newest tier known in that year, and its year; the year's own comes late."""
    rows = (
        AccountabilityTier.objects.filter(school__in=schools, school_year__lte=year)
        .order_by("school", "-school_year")
        .distinct("school")
    )
    return {
        school: (tier, when) for school, tier, when in rows.values_list("school_id", "tier", "school_year")
    }


def _neediest(standing: Standing, element: int, schools: Collection[int]) -> dict[int, float | None]:
    """Return the probability of being among the neediest fifth, where it is told."""
    run = standing.run.pk if standing.run else 0
    rows = SchoolCapacity.objects.filter(run=run, element=element, school__in=schools, estimate__isnull=False)
    return dict(rows.values_list("school_id", "p_neediest"))


def _order(line: TierLine) -> tuple[int, float, str]:
    """By tier, then from the lowest level up; schools without a figure last in their tier."""
    level = line.cell.estimate if line.cell else None
    return line.tier or 99, 99.0 if level is None else level, line.school.name.casefold()


def _agreement(lines: Sequence[TierLine]) -> Agreement | None:
    held = [(line.tier, line.cell.estimate) for line in lines if line.tier and line.cell and line.told]
    tier, level = np.array(held, dtype=np.float64).reshape(-1, 2).T
    return spearman(tier, level)


def _rules(lines: Sequence[TierLine]) -> Rules | None:
    """Compare the rules; None where no school of the lowest tier has a figure."""
    known = [line for line in lines if line.shortfall is not None]
    helped = [line for line in known if line.tier == MOST_HELP]
    if not helped:
        return None
    neediest = sorted(known, key=_need, reverse=True)[: len(helped)]
    n_unknown = sum(line.tier == MOST_HELP and line.shortfall is None for line in lines)
    return Rules(_choice(helped), _choice(neediest), n_unknown)


def _need(line: TierLine) -> tuple[float, float]:
    """Order by the probability of being among the neediest fifth; where none is known, by the gap."""
    gap = line.cell.gap if line.cell else None
    return (-1.0 if line.p_neediest is None else line.p_neediest), (-9.0 if gap is None else gap)


def _choice(schools: list[TierLine]) -> Choice:
    return Choice(schools, total(one for line in schools if (one := line.shortfall) is not None))
