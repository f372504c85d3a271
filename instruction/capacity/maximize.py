"""A step of expectation-maximization for the variances of schools, rating cultures and raters.

Dempster, Laird & Rubin 1977; Searle, Casella & McCulloch 1992, ch. 8; with the published values as an
inverse-chi-square prior. A covariance general * J + specific * I has two eigenspaces: the mean over the E
elements, with variance E * general + specific, and the deviations from it, with variance specific.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.joint import Blocks, Posterior

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


def maximized(posterior: Posterior, who: Members, prior: FloatArray, values: FloatArray) -> FloatArray:
    """Components (6, 2) after one step from the posterior at `values`."""
    result = values.copy()
    for row, blocks, units in (
        (SCHOOL, posterior.schools(), who.schools),
        (RATER, posterior.raters(), who.raters),
        (CULTURE, posterior.cultures(), who.own_schools),
    ):
        result[row] = _updated(blocks, units, prior[row], WORTH[row])
    return result


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
