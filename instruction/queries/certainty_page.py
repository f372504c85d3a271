"""How sure are we? What each figure rests on, what would change it, who was observed when, and by whom."""

from collections.abc import Collection
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.capacity.rules import DEFAULT_RULES
from instruction.filters import CapacityFilters
from instruction.queries.capacity_map import CapacityMap, capacity_map
from instruction.queries.cells import SMALLEST
from instruction.queries.completion import Completion, CompletionTotals, completion, completion_totals
from instruction.queries.elements import Column
from instruction.queries.standing import Standing

FEW_OBSERVERS = DEFAULT_RULES.min_teachers


class Certainty(NamedTuple):
    """Of one element, or of all: how many schools' figures are estimated, weak, or not there, and why.

    untied: weak, for no observer ties the school to others; wide: weak, for the interval is too wide; unseen: not
    there, for fewer than five teachers were observed; thin: not there, for too small a share of them was.
    """

    estimated: int
    weak: int
    missing: int
    untied: int
    wide: int
    unseen: int
    thin: int

    @property
    def n(self) -> int:
        """All figures that could be there."""
        return self.estimated + self.weak + self.missing

    def percent(self, part: int) -> int:
        """Return a part of them in percent, 0 of none."""
        return round(100 * part / self.n) if self.n else 0

    @property
    def percents(self) -> tuple[int, int, int]:
        """Estimated, weak and missing in percent."""
        return self.percent(self.estimated), self.percent(self.weak), self.percent(self.missing)


@dataclass(frozen=True, slots=True)
class Observers:
    """Who rates, without names. severity: (element, standard deviation, usual distance of two observers), in levels; one
    line where it is the same for all.

    islands: how many schools each group holds that observers tie together, the largest first; `severity` is empty
    where fewer than five observers stand behind it.
    """

    n_observers: int | None
    n_crossing: int | None
    n_linked: int | None
    n_schools: int | None
    islands: list[int]
    severity: list[tuple[str, float, float]]


@dataclass(frozen=True, slots=True)
class CertaintyPage:
    """What the page shows. observers: None for who does not see every school."""

    found: CapacityMap
    reliability: dict[tuple[int, int], float | None]
    by_element: list[tuple[Column, Certainty]]
    overall: Certainty
    completion: dict[int, Completion]
    totals: CompletionTotals
    observers: Observers | None


_CERTAINTY = """
SELECT element_id, count(*) FILTER (WHERE evidence = 2), count(*) FILTER (WHERE evidence = 1),
    count(*) FILTER (WHERE evidence = 0), count(*) FILTER (WHERE evidence = 1 AND NOT is_linked),
    count(*) FILTER (WHERE evidence = 1 AND is_linked), count(*) FILTER (WHERE evidence = 0 AND n_teachers < %(few)s),
    count(*) FILTER (WHERE evidence = 0 AND n_teachers >= %(few)s)
FROM instruction_schoolcapacity
WHERE run_id = %(run)s AND school_id = ANY (%(schools)s) AND roster_size >= %(few)s GROUP BY element_id
"""
_RELIABILITY = """
SELECT school_id, element_id, reliability FROM instruction_schoolcapacity
WHERE run_id = %(run)s AND school_id = ANY (%(schools)s) AND estimate IS NOT NULL
"""


def certainty_page(
    scope: Scope,
    standing: Standing,
    filters: CapacityFilters,
    *,
    everything: bool = False,
    limit: int | None = None,
) -> CertaintyPage:
    """Return how sure the figures of a snapshot are; eight queries.

    everything: all schools on one page; limit: schools a page.
    """
    found = capacity_map(scope, standing, filters, everything=everything, limit=limit)
    run_id = standing.run.pk if standing.run else 0
    visible = list(found.totals.schools)
    by_element = _by_element(run_id, visible)
    rows = completion(scope, run_id, visible)
    everywhere = scope.district_wide(Data.SCHOOL_CAPACITY)
    return CertaintyPage(
        found=found,
        reliability=_reliability(run_id, [line.school_id for line in found.schools]),
        by_element=[
            (one, by_element[one.element_id]) for one in found.columns if one.element_id in by_element
        ],
        overall=_sum(by_element.values()),
        completion=rows,
        totals=completion_totals(rows.values()),
        observers=_observers(found, rows) if everywhere else None,
    )


def _by_element(run_id: int, schools: Collection[int]) -> dict[int, Certainty]:
    values: dict[str, Any] = {"run": run_id, "schools": list(schools), "few": SMALLEST}
    with connection.cursor() as cursor:
        cursor.execute(_CERTAINTY, values)
        return {element: Certainty(*counts) for element, *counts in cursor.fetchall()}


def _sum(parts: Collection[Certainty]) -> Certainty:
    return Certainty(*(sum(column) for column in zip(*parts, strict=True))) if parts else Certainty(*[0] * 7)


def _reliability(run_id: int, schools: Collection[int]) -> dict[tuple[int, int], float | None]:
    """Return the reliability of each figure that is told; a small school has none."""
    with connection.cursor() as cursor:
        cursor.execute(_RELIABILITY, {"run": run_id, "schools": list(schools)})
        return {(school, element): value for school, element, value in cursor.fetchall()}


def _observers(found: CapacityMap, rows: dict[int, Completion]) -> Observers:
    facts = found.standing.run.facts if found.standing.run else {}
    sizes = [row.n_tied for row in rows.values() if row.n_tied and not row.hidden]
    return Observers(
        n_observers=facts.get("n_raters"),
        n_crossing=facts.get("n_crossing_raters"),
        n_linked=facts.get("n_linked_schools"),
        n_schools=facts.get("n_schools"),
        # Each group is counted once for each of its schools.
        islands=sorted((size for size in set(sizes) for _ in range(sizes.count(size) // size)), reverse=True),
        severity=_severity(facts, {one.code: one.name for one in found.all_columns}),
    )


def _severity(facts: dict[str, Any], names: dict[str, str]) -> list[tuple[str, float, float]]:
    """Return how far observers lie apart; a spread behind which fewer than five stand says how those few rate.

    Where none observed in two schools, it rests on all of them. The usual distance of two observers is the mean
    of |a - b| over normal severities, 2 sd / sqrt(pi).
    """
    crossing, raters = facts.get("n_crossing_raters"), facts.get("n_raters") or 0
    if crossing is None or raters < FEW_OBSERVERS or 0 < crossing < FEW_OBSERVERS:
        return []
    found = []
    for code, parts in facts.get("components", {}).items():
        if parts.get("rater") is not None:
            sd = sqrt(max(parts["rater"], 0.0))
            found.append((names.get(code, code), sd, 2 * sd / sqrt(pi)))
    # A model of all elements together has one spread for them.
    if len(found) > 1 and len({sd for _name, sd, _apart in found}) == 1:
        return [(_("Every element"), *found[0][1:])]
    return found
