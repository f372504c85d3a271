"""Which schools are open: more evidence could change whether they are among the neediest."""

import numpy as np
import scipy  # whose optimizers load when they are first asked for
from scipy.sparse import csr_array
from scipy.special import ndtr, ndtri

from instruction.capacity.data import FloatArray, IntArray, Targets
from instruction.capacity.grouping import find
from instruction.capacity.planning.rules import PlanRules
from instruction.capacity.planning.situation import Situation

RESOLVED = 0.5
"""Share of a school's uncertainty that visits are taken to resolve; from .15 to .8 the plans are about as good."""


def open_schools(
    situation: Situation, targets: Targets, rules: PlanRules, neediest: FloatArray | None
) -> tuple[IntArray, FloatArray]:
    """The most open schools (n,), as indices of the cells, and their weights (n,), above 0.

    `neediest` (S, E), in the order of the targets, are probabilities of being among the neediest; a school that
    has none, and every school without `neediest`, takes that of the composite.
    """
    asked = np.flatnonzero(situation.asked)
    weight = np.zeros(len(situation.asked))
    if len(asked) < 2:
        return asked[:0], weight[:0]
    se = np.sqrt(contrast_variances(situation))
    weight[asked] = openness(neediest_probability(situation.mean[asked], se, rules.neediest))
    if neediest is not None:
        row = find(situation.cells.school_ids, targets.schools)
        known = ~np.isnan(neediest)
        told = known.any(axis=1) & (row >= 0)
        each = np.where(known, openness(np.where(known, neediest, 0.0)), 0.0)
        weight[row[told]] = each[told].sum(axis=1) / known[told].sum(axis=1)
    weight[asked] += rules.everywhere
    weight[~situation.asked] = 0.0
    order = np.argsort(-weight, kind="stable")[: rules.most_schools]
    order = order[: _that_few_rated(situation, order, rules.most_people)]
    kept = np.sort(order[weight[order] > rules.least_weight * weight.max()])
    return kept, weight[kept]


def _that_few_rated(situation: Situation, order: IntArray, most: int) -> int:
    """How many schools from the first of `order` on at most `most` people have rated lessons at; at least two."""
    cells, n = situation.cells, len(order)
    place = np.full(len(cells.school_ids), n)
    place[order] = np.arange(n)
    first = np.full(len(cells.rater_ids), n)
    np.minimum.at(first, cells.unit_rater[: len(cells.unit_school)], place[cells.unit_school])
    people = np.cumsum(np.bincount(first, minlength=n + 1)[:n])
    return max(int(np.searchsorted(people, most, side="right")), 2)


def openness(probability: FloatArray) -> FloatArray:
    """How much a decision by probability would gain from a little more evidence, as a share of that at 1/2.

    With z = probit(P) the distance to the line in standard errors, the expected gain of ranking by a posterior
    mean that still moves by a share r of the variance grows with r by a normal density, exp(-z^2 / 2r): the value
    of information of choosing by a threshold (Raiffa & Schlaifer 1961, chapter 5).
    """
    return np.asarray(np.exp(-(ndtri(np.clip(probability, 1e-12, 1.0 - 1e-12)) ** 2) / (2.0 * RESOLVED)))


def neediest_probability(mean: FloatArray, se: FloatArray, share: float) -> FloatArray:
    """Probability of each school to be among the neediest `share`, for normal posteriors; `share` in (0, 1).

    The line is where the expected number of schools below it is that share; how far it moves itself is left out.
    """
    width = np.maximum(se, 1e-9)
    low, high = float((mean - 9.0 * width).min()), float((mean + 9.0 * width).max())
    line = scipy.optimize.brentq(lambda at: ndtr((at - mean) / width).mean() - share, low, high)
    return np.asarray(ndtr((line - mean) / width))


def contrast_variances(situation: Situation) -> FloatArray:
    """Variance of each asked school's capacity less the mean of the asked schools."""
    asked = np.flatnonzero(situation.asked)
    capacity, rests, n = csr_array(situation.capacity[asked]), situation.rests[asked], len(asked)
    mean = csr_array(capacity.sum(axis=0)[None, :] / n)
    solution = situation.solution
    own = solution.variances(capacity) + rests
    with_mean = solution.covariance(mean, capacity)[0] + rests / n
    return np.asarray(own - 2.0 * with_mean + with_mean.mean())
