"""A step of expectation-maximization for the variances of schools, rating cultures and raters, and the kindness.

Dempster, Laird & Rubin 1977; Searle, Casella & McCulloch 1992, ch. 8; with the published values as an
inverse-chi-square prior. A covariance general * J + specific * I has two eigenspaces: the mean over the E
elements, with variance E * general + specific, and the deviations from it, with variance specific.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.joint import Blocks, Posterior
from instruction.capacity.kindness import PRIOR_SD

SCHOOL, RATER, CULTURE = 0, 2, 4
"""Rows of the components that the steps move."""

WORTH = {SCHOOL: 10.0, RATER: 10.0, CULTURE: 5.0}
"""The published values count as much as this many schools or raters whose effects are known. Less than in the
moments, for a rating culture least: it has no published size, only a guess."""

LEAST_SHARE = 1e-3
"""A general component stays at or above this share of its published value."""


@dataclass(frozen=True, slots=True)
class Members:
    """Indices of who has a rating: only they inform the variances."""

    schools: IntArray
    own_schools: IntArray  # schools with a rating by an own rater
    raters: IntArray


def members(cells: Cells) -> Members:
    """Schools and raters with ratings."""
    return Members(
        np.unique(cells.unit_school),
        np.unique(cells.unit_school[cells.unit_own]),
        np.unique(cells.unit_rater),
    )


@dataclass(frozen=True, slots=True)
class State:
    """Where the steps are: components (6, 2), and how own raters' leniency follows their school's level."""

    values: FloatArray
    kindness: float


def maximized(posterior: Posterior, who: Members, prior: FloatArray, state: State) -> State:
    """The state after one step from the posterior at `state`."""
    schools, cultures, together = posterior.schools(), posterior.cultures(), posterior.school_culture()
    pull, weight = kindness_moments(posterior, who, state)
    kindness = pull / weight
    left = Blocks(
        cultures.mean - kindness * schools.mean,
        cultures.covariance
        - kindness * (together + together.transpose(0, 2, 1))
        + kindness**2 * schools.covariance,
    )
    values = state.values.copy()
    for row, blocks, units in (
        (SCHOOL, schools, who.schools),
        (RATER, posterior.raters(), who.raters),
        (CULTURE, left, who.own_schools),
    ):
        values[row] = _updated(blocks, units, prior[row], WORTH[row])
    return State(values, kindness)


def kindness_moments(posterior: Posterior, who: Members, state: State) -> tuple[float, float]:
    """The regression of K on S, whose quotient is the kindness: sum of K S and, with the prior, of S squared.

    Each product is weighted by the precision of what is left of K.
    """
    own, spread = who.own_schools, state.values[CULTURE]
    schools, cultures = posterior.schools(), posterior.cultures()
    mean = schools.mean[own]
    with_culture = mean.T @ cultures.mean[own] + posterior.school_culture()[own].sum(axis=0)
    squares = mean.T @ mean + schools.covariance[own].sum(axis=0)
    return _weighed(with_culture, spread), _weighed(squares, spread) + PRIOR_SD**-2


def _weighed(products: FloatArray, spread: FloatArray) -> float:
    """Trace of products (E, E) times the inverse of general * J + specific * I."""
    n_elements = len(products)
    along = float(products.sum()) / n_elements
    return along / (n_elements * spread[0] + spread[1]) + (float(np.trace(products)) - along) / spread[1]


def _updated(blocks: Blocks, units: IntArray, prior: FloatArray, worth: float) -> FloatArray:
    """Variance of each eigenspace = (worth * prior + sum of expected squares) / (worth + number).

    With one element there is one eigenspace; its variance is split as published.
    """
    n, n_elements = len(units), blocks.mean.shape[1]
    mean, covariance = blocks.mean[units], blocks.covariance[units]
    shared = float((mean.sum(axis=1) ** 2).sum() + covariance.sum()) / n_elements
    total = float((mean**2).sum() + np.einsum("nee->", covariance))
    along = (worth * (n_elements * prior[0] + prior[1]) + shared) / (worth + n)
    if n_elements == 1:
        return np.asarray(prior * along / prior.sum())
    specific = (worth * prior[1] + (total - shared) / (n_elements - 1)) / (worth + n)
    return np.array([max((along - specific) / n_elements, LEAST_SHARE * prior[0]), specific])
