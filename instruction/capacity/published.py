"""Published sizes of the variance components: where the estimate starts from, and what it leans on.

Arrays of components are (6, 2): school, teacher, rater, teacher-rater, culture, noise, each general, specific.
"""

import numpy as np

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

ROUNDING_VARIANCE = 1.0 / 12.0
"""Whole-number levels hide differences of up to this variance (Sheppard's correction), so that a district
where everyone gets a 3 is not taken for one where everyone is the same."""

NAMES = ("school", "teacher", "rater", "teacher_rater", "culture", "noise")

NO_KINDNESS = Kindness()


def published_components(squares: float, count: float, points: float) -> FloatArray:
    """Published components rescaled to the district's variance of ratings, (6, 2).

    `squares` is the sum of squares of `count` centered ratings; `points` the length of the scale.
    """
    unit = (points / 3.0) ** 2
    total = PUBLISHED.sum() * unit
    variance = (PRIOR_WORTH * total + squares) / (PRIOR_WORTH + count)
    return np.asarray(PUBLISHED * unit * max(variance, ROUNDING_VARIANCE * unit) / total)


def as_components(values: FloatArray, kindness: Kindness = NO_KINDNESS) -> Components:
    """Name the six pairs of variances."""
    spreads = {name: Spread(float(g), float(s)) for name, (g, s) in zip(NAMES, values, strict=True)}
    return Components(**spreads, kindness=kindness)


def as_array(components: Components) -> FloatArray:
    """The six pairs of variances as an array (6, 2)."""
    spreads = [getattr(components, name) for name in NAMES]
    return np.array([[spread.general, spread.specific] for spread in spreads])
