"""Variance components of one element: moments first, then a few EM steps where moments are not enough.

School, rater and culture are hard to tell apart by moments. They are refined by expectation-maximization on
the reduced equations (Dempster, Laird & Rubin 1977; Searle, Casella & McCulloch 1992, ch. 8), with the
published values as an inverse-chi-square prior.
"""

from dataclasses import dataclass, replace

import numpy as np

from instruction.capacity.blocks import Layout
from instruction.capacity.cells import Cells, ElementRatings, Observations
from instruction.capacity.data import FloatArray, IntArray, VarianceComponents
from instruction.capacity.effects import local_effects, rater_effects
from instruction.capacity.moments import (
    PRIOR_WORTH,
    as_components,
    moment_components,
    published_components,
)
from instruction.capacity.solve import (
    CellPairs,
    Posterior,
    home_prior,
    reduce_element,
    solve,
)

EM_STEPS = 6
"""After six steps the estimates have moved all but a few percent of the way to the maximum."""

EM_SCHOOLS = 400
"""Districts with more rated schools stay with the moments, which are then precise enough: the steps would
change coverage by half a percent and take most of the time."""

START_SHARE = 1.0 / 3.0
"""EM cannot leave zero, so it starts no lower than this share of the published value."""


def estimate_components(
    table: Observations,
    ratings: ElementRatings,
    cells: Cells,
    layout: Layout,
    pairs: CellPairs,
    points: float,
) -> VarianceComponents:
    """Components of one element; `home_shift` and `mean` are nan until the model is solved with them.

    Without a rated lesson these are the published values.
    """
    prior = published_components(table, ratings, cells, points)
    values = moment_components(table, ratings, cells, prior)
    start = [0, 2, 4]
    values[start] = np.maximum(values[start], START_SHARE * prior[start])
    components = as_components(values, np.nan, np.nan)
    if len(np.unique(cells.unit_school)) > EM_SCHOOLS:
        return components
    reduced = reduce_element(table, ratings, cells, layout, pairs, components)
    members = _members(cells, ratings)
    for _ in range(EM_STEPS):
        posterior = solve(layout, reduced, components, home_prior(points))
        components = _maximize(layout, posterior, members, prior, components)
    return components


@dataclass(frozen=True, slots=True)
class Members:
    """Indices of what has a rating of the element: only they inform its components."""

    schools: IntArray
    own_schools: IntArray  # schools with a rating by an own rater
    raters: IntArray


def _members(cells: Cells, ratings: ElementRatings) -> Members:
    seen = np.zeros(len(cells.unit_rater), dtype=bool)
    seen[cells.cell_unit[cells.cell_of[ratings.observation]]] = True
    lesson = seen[: len(cells.unit_school)]
    return Members(
        np.unique(cells.unit_school[lesson]),
        np.unique(cells.unit_school[lesson & cells.unit_own]),
        np.unique(cells.unit_rater[seen]),
    )


def _maximize(
    layout: Layout,
    posterior: Posterior,
    members: Members,
    prior: FloatArray,
    components: VarianceComponents,
) -> VarianceComponents:
    """New variance = (20 prior + sum of expected squares) / (20 + number)."""
    mean, variance, at = local_effects(layout, posterior)
    square = mean**2 + variance
    leniency, uncertainty = rater_effects(layout, posterior)

    def updated(squares: FloatArray, value: float) -> float:
        return float((PRIOR_WORTH * value + squares.sum()) / (PRIOR_WORTH + len(squares)))

    return replace(
        components,
        school=updated(square[at[members.schools]], prior[0]),
        culture=updated(square[at[members.own_schools] + 1], prior[4]),
        rater=updated((leniency**2 + uncertainty)[members.raters], prior[2]),
    )
