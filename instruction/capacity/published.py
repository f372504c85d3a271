"""Published sizes of the variance components: where the estimate starts from, and what it leans on.

Arrays of components are (6, 2): school, teacher, rater, teacher-rater, culture, noise, each general, specific.
"""

import numpy as np
from scipy.special import ndtri

from instruction.capacity.data import Components, FloatArray, Kindness, Spread

PUBLISHED = np.array(
    [[0.016, 0.004], [0.062, 0.016], [0.020, 0.008], [0.030, 0.008], [0.004, 0.001], [0.070, 0.145]]
)
"""Squared points of a 1-4 scale, shared by all elements and of one element alone. Teacher SD .28 and a
teacher-rater share of 15-20 % of the stable variance: Ho & Kane (2013), table 5. Rater, lesson and residual
shares: Kane & Staiger (2012), table 11. One factor explains about .8 of the Framework for Teaching: Kelly et al.
(2020), tables 2-3. A school share of a fifth and the culture are assumptions."""

PRIOR_WORTH = 20.0
"""The published values count as much as this many independent schools, raters or teachers."""

VISIBLE = 0.5616
"""Spread that levels 1 to 4 let see where the values were found: `visible_spread` of 2.5, 40, 52 and 5.5 %."""

ROUNDING_VARIANCE = 1.0 / 12.0
"""Whole-number levels hide differences of up to this variance (Sheppard's correction), so that a district
where everyone gets a 3 is not taken for one where everyone is the same."""

LEAST_OWN = 0.1
"""A rating's own noise is no less than this share of the published: a few odd ratings may leave none, or less."""

LOOKED_AT = 20_000
"""Ratings of an element whose levels are enough to know their shares by."""

NAMES = ("school", "teacher", "rater", "teacher_rater", "culture", "noise")

NO_KINDNESS = Kindness()


def visible_spread(levels: FloatArray) -> float:
    """How far ratings rise with a standard deviation of what is rated, in points; `levels` (n, E), nan = unrated.

    For normal values cut into levels v_1 < v_2 < ... with cumulative shares F it is
    sum (v_k+1 - v_k) phi(Phi^-1(F_k)), the covariance of a level with its normal value (Olsson, Drasgow & Dorans
    1982, Psychometrika 47, the polyserial correlation). It shrinks with the use of few levels. Root mean square
    over the elements; nan without a rating.
    """
    squares = [_visible(column[~np.isnan(column)]) ** 2 for column in levels[:: _every(len(levels))].T]
    rated = [square for square in squares if not np.isnan(square)]
    return float(np.sqrt(np.mean(rated))) if rated else float("nan")


def _every(n: int) -> int:
    return max(n // LOOKED_AT, 1)


def _visible(levels: FloatArray) -> float:
    if not len(levels):
        return float("nan")
    values, counts = np.unique(levels, return_counts=True)
    below = np.cumsum(counts)[:-1] / counts.sum()
    return float((np.diff(values) * _density(ndtri(below))).sum())


def _density(z: FloatArray) -> FloatArray:
    # scipy.stats has it too, at half a second for every process that starts.
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def published_components(variance: float, visible: float, count: float, points: float) -> FloatArray:
    """Published components as they would be among a district's ratings, (6, 2).

    `variance` and `visible` are variance and visible spread of its `count` ratings; `points` the length of the
    scale. Effects grow with the square of the visible spread, and so does what the noise of an observation's
    elements has in common; the rest of the variance is each rating's own.
    """
    unit = (points / 3.0) ** 2
    share = count / (PRIOR_WORTH + count)
    total = PUBLISHED.sum() * unit
    seen = (visible / VISIBLE) ** 2 / unit if count else 1.0
    scale = max(1.0 + share * (seen - 1.0), ROUNDING_VARIANCE / PUBLISHED.sum())
    result = PUBLISHED * unit * scale
    whole = max(total + share * (variance - total), ROUNDING_VARIANCE * unit) if count else total
    own = result[-1, 1]
    result[-1, 1] = max(own + whole - result.sum(), LEAST_OWN * own)
    return np.asarray(result)


def as_components(values: FloatArray, kindness: Kindness = NO_KINDNESS) -> Components:
    """Name the six pairs of variances."""
    spreads = {name: Spread(float(g), float(s)) for name, (g, s) in zip(NAMES, values, strict=True)}
    return Components(**spreads, kindness=kindness)


def as_array(components: Components) -> FloatArray:
    """The six pairs of variances as an array (6, 2)."""
    spreads = [getattr(components, name) for name in NAMES]
    return np.array([[spread.general, spread.specific] for spread in spreads])
