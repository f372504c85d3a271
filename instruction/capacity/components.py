"""Variance components of one element: moments first, then a few EM steps where moments are not enough.

School, rater and culture are hard to tell apart by moments. They are refined by expectation-maximization on
the reduced equations (Dempster, Laird & Rubin 1977; Searle, Casella & McCulloch 1992, ch. 8), with the
published values as an inverse-chi-square prior.
"""

from dataclasses import dataclass, replace

import numpy as np

from instruction.capacity.blocks import Layout, build_layout
from instruction.capacity.cells import Cells, ElementRatings, Observations, build_cells
from instruction.capacity.data import NO_ID, BoolArray, FloatArray, IntArray, Roster, VarianceComponents
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
    pair_cells,
    reduce_element,
    solve,
)

EM_STEPS = 15
EM_SCHOOLS = 200
"""In larger districts the steps use an even sample of this many schools: their variances are as well known
from those as the rest of the model deserves, and the time stays the same."""

START_SHARE = 1.0 / 3.0
"""EM cannot leave zero, so it starts no lower than this share of the published value."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The part of the district that the EM steps use."""

    table: Observations
    row_of: IntArray  # (observations of the whole,) row in `table`, -1 = left out
    cells: Cells
    layout: Layout
    pairs: CellPairs


def draw_sample(table: Observations, cells: Cells, layout: Layout, pairs: CellPairs) -> Sample:
    """All of a district of up to `EM_SCHOOLS` rated schools, or that many at even steps of their ids."""
    lesson = table.video == NO_ID
    schools = np.unique(table.school[lesson])
    if len(schools) <= EM_SCHOOLS:
        return Sample(table, np.arange(len(lesson)), cells, layout, pairs)
    chosen = schools[np.linspace(0, len(schools) - 1, EM_SCHOOLS).astype(np.int64)]
    keep = lesson & np.isin(table.school, chosen)
    keep |= ~lesson & np.isin(table.rater, table.rater[keep])
    none = np.empty(0, dtype=np.int64)
    part = build_cells(table.take(keep), Roster(none, none))
    part_layout = build_layout(part)
    row_of = np.where(keep, np.cumsum(keep) - 1, NO_ID)
    return Sample(table.take(keep), row_of, part, part_layout, pair_cells(part, part_layout))


def estimate_components(
    table: Observations, ratings: ElementRatings, cells: Cells, sample: Sample, points: float
) -> VarianceComponents:
    """Components of one element; `home_shift` and `mean` are nan until the model is solved with them.

    Without a rated lesson these are the published values.
    """
    prior = published_components(table, ratings, cells, points)
    values = moment_components(table, ratings, cells, prior)
    start = [0, 2, 4]
    values[start] = np.maximum(values[start], START_SHARE * prior[start])
    row = sample.row_of[ratings.observation]
    part = ElementRatings(row[row >= 0], ratings.level[row >= 0])
    components = as_components(values, np.nan, np.nan)
    reduced = reduce_element(sample.table, part, sample.cells, sample.layout, sample.pairs, components)
    seen = _seen_units(sample, part)
    home = home_prior(points)
    for _ in range(EM_STEPS):
        posterior = solve(sample.layout, reduced, components, home)
        components = _maximize(sample, posterior, seen, prior, components)
    return components


def _seen_units(sample: Sample, ratings: ElementRatings) -> BoolArray:
    cells = sample.cells
    seen = np.zeros(len(cells.unit_rater), dtype=bool)
    seen[cells.cell_unit[cells.cell_of[ratings.observation]]] = True
    return seen


def _maximize(
    sample: Sample,
    posterior: Posterior,
    seen: BoolArray,
    prior: FloatArray,
    components: VarianceComponents,
) -> VarianceComponents:
    """New variance = (20 prior + sum of expected squares) / (20 + number), over those with ratings."""
    cells = sample.cells
    n_lesson = len(cells.unit_school)
    schools = np.unique(cells.unit_school[seen[:n_lesson]])
    own = np.unique(cells.unit_school[seen[:n_lesson] & cells.unit_own])
    raters = np.unique(cells.unit_rater[seen])
    mean, variance, at = local_effects(sample.layout, posterior)
    square = mean**2 + variance
    leniency, uncertainty = rater_effects(sample.layout, posterior)

    def updated(squares: FloatArray, value: float) -> float:
        return float((PRIOR_WORTH * value + squares.sum()) / (PRIOR_WORTH + len(squares)))

    return replace(
        components,
        school=updated(square[at[schools]], prior[0]),
        culture=updated(square[at[own] + 1], prior[4]),
        rater=updated((leniency**2 + uncertainty)[raters], prior[2]),
    )
