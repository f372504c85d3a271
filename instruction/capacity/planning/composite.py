"""The plan looks at one number per observation: the mean over its elements."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import Components, FloatArray, IntArray, Spread
from instruction.capacity.solve import HOME_SHIFT_MEAN, HOME_SHIFT_VARIANCE


@dataclass(frozen=True, slots=True)
class Composite:
    """One level per observation that rates any element, in points around the district's mean."""

    observation: IntArray  # (n,) rows of the observations
    level: FloatArray  # (n,)
    n_rated: float  # elements rated per observation, on average


@dataclass(frozen=True, slots=True)
class Parts:
    """Variances of the composite in squared points; `noise` is that of an observation made today."""

    school: float
    teacher: float
    rater: float
    teacher_rater: float
    culture: float
    noise: float


@dataclass(frozen=True, slots=True)
class HomeShift:
    """Normal prior of how much higher own raters rate, in points."""

    mean: float
    variance: float


def composite_ratings(levels: FloatArray) -> Composite:
    """Mean over the rated elements, each less its own mean, from levels (observations, E), nan where not rated.

    Centering keeps an observation of easy elements from counting as a good one.
    """
    seen = ~np.isnan(levels)
    rows = np.flatnonzero(seen.any(axis=1))
    if not len(rows):
        return Composite(rows, np.empty(0), 1.0)
    filled = np.where(seen, levels, 0.0)
    center = filled.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    mean = ((filled - center) * seen).sum(axis=1)[rows] / seen.sum(axis=1)[rows]
    return Composite(rows, mean, float(seen.sum(axis=1)[rows].mean()))


def composite_components(components: Components, n_elements: int, n_rated: float) -> Parts:
    """Variances of the mean over the elements; of noise, over those that an observation rates."""

    def shared(spread: Spread, over: float) -> float:
        return spread.general + spread.specific / max(over, 1.0)

    return Parts(
        school=shared(components.school, n_elements),
        teacher=shared(components.teacher, n_elements),
        rater=shared(components.rater, n_elements),
        teacher_rater=shared(components.teacher_rater, n_elements),
        culture=shared(components.culture, n_elements),
        noise=shared(components.noise, n_rated),
    )


def composite_home_shift(n_elements: int, points: float) -> HomeShift:
    """Prior of the home-field shift of the mean over the elements, on a scale `points` long."""
    unit, spread = points / 3.0, HOME_SHIFT_VARIANCE
    variance = spread.general + spread.specific / max(n_elements, 1)
    return HomeShift(HOME_SHIFT_MEAN * unit, variance * unit**2)
