"""The elements of a framework version as columns of a page, with the district's estimate of each."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.aims import COLUMNS, FRAMEWORK, SCHOOL, STRATEGIC, VERY_LIKELY
from instruction.capacity.rules import DEFAULT_RULES
from instruction.queries.cells import HALF_WIDTH, interval


class Column(NamedTuple):
    """An element's wording, and the district's estimate for who sees the district's.

    Where fewer than three schools are behind it, it is for who sees every school alone; see `told_of_groups`.
    target: the one for all levels of schools that the snapshot was held against, of the kind asked for (school
    improvement plans have none for the district); by_level: the strategic plan has others for some levels; is_focus:
    whether the school year is about it.
    """

    element_id: int
    uid: str
    code: str
    name: str
    description: str
    is_focus: bool
    dimension: str
    dimension_place: int
    target: float | None
    estimate: float | None
    se: float | None
    n_schools: int | None
    n_teachers: int | None
    framework_target: float | None = None
    by_level: bool = False

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return interval(self.estimate, self.se)[0]

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return interval(self.estimate, self.se)[1]


_COLUMNS = """
SELECT e.id, e.uid::text, e.code, v.name, v.description, {focus}, d.name, d.place,
    {target}, c.estimate, c.se, c.n_schools, c.n_teachers, f.proficient_level::float,
    EXISTS (
        SELECT 1 FROM instruction_target l WHERE l.element_id = e.id AND l.school_year = %(year)s AND l.level <> ''
    )
FROM instruction_elementversion v
JOIN instruction_frameworkversion f ON f.id = v.version_id
JOIN instruction_element e ON e.id = v.element_id
JOIN instruction_dimension d ON d.id = v.dimension_id
LEFT JOIN instruction_target t ON t.element_id = e.id AND t.school_year = %(year)s AND t.level = ''
LEFT JOIN instruction_districtcapacity a ON a.element_id = e.id AND a.run_id = %(run)s
LEFT JOIN instruction_districtcapacity c ON c.element_id = e.id AND c.run_id = %(run)s
    AND %(district)s AND (c.n_schools >= %(fewest)s OR c.n_schools = 0)
WHERE v.version_id = %(version)s ORDER BY d.place, v.place
"""

# As consulting.focus says it: the year's own choice, where it has one, before the version's.
_FOCUS = """CASE WHEN EXISTS (
        SELECT 1 FROM instruction_focuselement o JOIN instruction_elementversion w ON w.element_id = o.element_id
        WHERE w.version_id = v.version_id AND o.school_year = %(year)s AND o.school_id IS NULL
    ) THEN EXISTS (
        SELECT 1 FROM instruction_focuselement o
        WHERE o.element_id = e.id AND o.school_year = %(year)s AND o.school_id IS NULL
    ) ELSE v.is_focus END"""
_TARGETS = {
    STRATEGIC: "CASE WHEN a.id IS NULL THEN t.value::float ELSE a.target END",
    FRAMEWORK: "f.proficient_level::float",
    SCHOOL: "NULL",
}


def columns(
    scope: Scope, *, version_id: int, year: int, run_id: int | None, against: str = STRATEGIC
) -> list[Column]:
    """Return the elements in the order of the framework; one query."""
    values: dict[str, Any] = {
        "version": version_id,
        "year": year,
        "run": run_id,
        "district": told_of_groups(scope),
        "fewest": 1 if scope.district_wide(Data.SCHOOL_CAPACITY) else DEFAULT_RULES.min_schools,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS.format(target=_TARGETS[against], focus=_FOCUS), values)
        return list(map(Column._make, cursor.fetchall()))


def told_of_groups(scope: Scope) -> bool:
    """Say whether the caller is told figures of the district, its networks and levels.

    Who sees some of the schools is not, whatever other role would open them: a group's figure minus their own
    schools' could be one school's. Who sees none cannot subtract, and who sees all need not.
    """
    seen = scope.schools(Data.SCHOOL_CAPACITY)
    return scope.district_wide(Data.DISTRICT_CAPACITY) and (seen.everywhere or not seen)


class ElementStats(NamedTuple):
    """One element over some schools: how many are very likely below target or at it, and how wide the gap is.

    n_schools counts those the element applies to, n_shown those with an estimate; mean_gap is target - estimate,
    weighted by roster size; target_low and target_high are the lowest and highest target. Against school
    improvement plans, schools count whose plan has a target for the element.
    """

    element_id: int
    n_schools: int
    n_shown: int
    n_below: int
    n_met: int
    mean_gap: float | None
    target_low: float | None = None
    target_high: float | None = None

    @property
    def n_unclear(self) -> int:
        """Schools of which one cannot tell yet: too little evidence, or an estimate near the target."""
        return self.n_schools - self.n_below - self.n_met

    @property
    def n_without(self) -> int:
        """Schools without enough evidence."""
        return self.n_schools - self.n_shown


class SchoolStats(NamedTuple):
    """One school over all elements: its widest gap, that on the focus element, and its teachers."""

    school_id: int
    widest_gap: float | None
    focus_gap: float | None
    roster_size: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a snapshot's cells by element and by school."""

    elements: dict[int, ElementStats]
    schools: dict[int, SchoolStats]


_TOTALS = """
SELECT school_id, element_id, count({counted}), count(estimate) FILTER (WHERE {counted} IS NOT NULL),
    count(*) FILTER (WHERE {below}), count(*) FILTER (WHERE {met}), max({gap}),
    sum({gap} * roster_size) / nullif(sum(roster_size) FILTER (WHERE {gap} IS NOT NULL), 0),
    max({gap}) FILTER (WHERE element_id = %(focus)s), max(roster_size), min({target}), max({target})
FROM instruction_schoolcapacity WHERE run_id = %(run)s AND school_id = ANY (%(schools)s)
GROUP BY GROUPING SETS ((school_id), (element_id))
"""


def _totals_sql(against: str) -> str:
    """Return the query; against a target other than the strategic plan's, the interval says what p_below says."""
    target = COLUMNS[against]
    if against == STRATEGIC:
        below, met = "p_below >= %(likely)s", "p_below <= 1 - %(likely)s"
        return _TOTALS.format(counted="run_id", target=target, gap="gap", below=below, met=met)
    gap = f"({target} - estimate)"
    return _TOTALS.format(
        counted=target, target=target, gap=gap, below=f"{gap} >= %(z)s * se", met=f"{gap} <= -%(z)s * se"
    )


def totals(
    *, run_id: int, school_ids: Collection[int], focus: int | None = None, against: str = STRATEGIC
) -> Totals:
    """Return the totals of some schools, all of them visible to the caller; one query."""
    values: dict[str, Any] = {
        "run": run_id,
        "schools": list(school_ids),
        "focus": focus,
        "likely": VERY_LIKELY,
        "z": HALF_WIDTH,
    }
    elements, schools = {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_totals_sql(against), values)
        for (
            school,
            element,
            n,
            shown,
            below,
            met,
            widest,
            mean,
            focused,
            size,
            low,
            high,
        ) in cursor.fetchall():
            if school is None:
                elements[element] = ElementStats(element, n, shown, below, met, mean, low, high)
            else:
                schools[school] = SchoolStats(school, widest, focused, size)
    return Totals(elements, schools)
