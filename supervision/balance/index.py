"""Our need index: how much of a principal supervisor's time a principal may need, 1 being the district's average.

It shares out time and is no judgment of a person. The literature gives a span (8 to 12 principals, Honig & Rainey
2015, p. 10) and says that need varies; it gives no formula, so this one is ours: raw = 1 + sum of weight x part with
parts in 0 to 1, and index = raw / mean raw. A principal of whom nothing is known takes the district's mean of each
part, never zero.

Example by hand: weights 1, 0, 0, 0 and leadership parts 0 and 1: raw is 1 and 2, their mean 1.5, the index 0.67 and
1.33.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, starmap
from statistics import NormalDist, fmean, pstdev
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
NAMES = ("leadership", "tenure", "gaps", "size")
# A principal counts as new in the first year there, and no longer after the fifth.
NEW_YEARS, SETTLED_YEARS = 1.0, 5.0
# Intervals hold the true value with this probability, if the parts' errors are as stated.
COVERAGE = 0.9
_NORMAL = NormalDist()
_REACH = _NORMAL.inv_cdf((1 + COVERAGE) / 2)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of need in 0 to 1, with its standard error (0: known exactly)."""

    value: float
    se: float = 0.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What is known of one principal; None: not known."""

    leadership: Part | None = None
    tenure: Part | None = None
    gaps: Part | None = None
    size: Part | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts, 0 or more."""

    leadership: float = 1.0
    tenure: float = 0.5
    gaps: float = 1.0
    size: float = 0.5


@dataclass(frozen=True, slots=True)
class NeedIndex:
    """One principal's index with its 90 % interval; raw as above; unknown: the names of parts that are not known.

    se: its standard error; of_parts: what each known part adds to it, in the order of NAMES, 0 where not known.
    """

    value: float
    low: float
    high: float
    raw: float
    se: float
    unknown: tuple[str, ...] = ()
    of_parts: tuple[float, ...] = ()


def needs(parts: Sequence[Parts], weights: Weights) -> list[NeedIndex]:
    """Return each principal's index, in the order given; the mean of all is 1 (where there is anybody).

    A part not known takes the mean of those known, with their spread as its error; known of nobody, it is 0 for all.
    The intervals treat the parts of one principal as independent and the district's mean as known.
    ValueError: a weight below 0, a part outside 0 to 1 or an error below 0.
    """
    factors = [float(getattr(weights, name)) for name in NAMES]
    if any(not factor >= 0 for factor in factors):
        raise ValueError("weights are 0 or more")
    if not parts:
        return []
    filled = [_filled([getattr(one, name) for one in parts]) for name in NAMES]
    raw = 1 + np.sum(
        [factor * values for factor, (values, _, _) in zip(factors, filled, strict=True)], axis=0
    )
    errors = [factor * own for factor, (_, own, _) in zip(factors, filled, strict=True)]
    se = np.array(list(map(math.hypot, *(own.tolist() for own in errors))))
    # The interval stays within what raw can be.
    low, high = np.maximum(1.0, raw - _REACH * se), np.minimum(1 + sum(factors), raw + _REACH * se)
    mean = fmean(raw.tolist())
    figures = (raw / mean, np.minimum(low, raw) / mean, np.maximum(high, raw) / mean, raw, se / mean)
    unknown = np.array([missing for _, _, missing in filled]).T
    of_parts = np.where(unknown, 0.0, np.array(errors).T / mean)
    names = [tuple(compress(NAMES, missing)) for missing in unknown.tolist()]
    columns = (*(figure.tolist() for figure in figures), names, map(tuple, of_parts.tolist()))
    return list(starmap(NeedIndex, zip(*columns, strict=True)))


def _filled(column: Sequence[Part | None]) -> tuple[Array, Array, Array]:
    """Return values, errors and where the part is not known; there, the mean of those known and their spread."""
    known = [part for part in column if part is not None]
    unknown = np.array([part is None for part in column])
    values, errors = np.zeros(len(column)), np.zeros(len(column))
    values[~unknown] = own = [part.value for part in known]
    errors[~unknown] = [part.se for part in known]
    if not ((values >= 0) & (values <= 1) & (errors >= 0)).all():
        raise ValueError("a part is between 0 and 1 and its error 0 or more")
    if own and len(own) < len(column):
        values[unknown], errors[unknown] = fmean(own), pstdev(own)
    return values, errors, unknown


def leadership_part(elements: Sequence[tuple[float, float, float]]) -> Part | None:
    """Return the mean over elements of the expected shortfall E[max(target - theta, 0)], at most 1; None without any.

    elements: (estimate, its standard error, target), in levels. For theta normal with mean m and deviation s, and
    d = target - m, E[max(target - theta, 0)] = d Phi(d/s) + s phi(d/s). By hand: d = 0, s = 1 gives phi(0) = 0.399.
    The error takes the elements as moving together, so it is an upper limit.
    """
    if not elements:
        return None
    found = [_shortfall(target - estimate, se) for estimate, se, target in elements]
    return Part(
        min(1.0, fmean(mean for mean, _ in found)),
        fmean(deviation for _, deviation in found),
    )


def _shortfall(d: float, s: float) -> tuple[float, float]:
    """Return mean and standard deviation of max(x, 0) for x normal with mean d and deviation s."""
    if s <= 0:
        return max(d, 0.0), 0.0
    below, density = _NORMAL.cdf(d / s), _NORMAL.pdf(d / s)
    mean = d * below + s * density
    square = (d * d + s * s) * below + d * s * density
    return mean, math.sqrt(max(0.0, square - mean * mean))


def tenure_part(years: float | None) -> Part | None:
    """Return 1 in the first year in the role there, falling evenly to 0 at five years; None where not known.

    By hand: 3 years lie halfway between 1 and 5, so 0.5.
    """
    if years is None:
        return None
    return Part(min(1.0, max(0.0, (SETTLED_YEARS - years) / (SETTLED_YEARS - NEW_YEARS))))


def gaps_part(below: Sequence[float]) -> Part | None:
    """Return the mean probability that an element with evidence is below target; None without any.

    By hand: 0.9 and 0.1 give 0.5. The error is that of the share below, the elements moving together.
    """
    if not below:
        return None
    return Part(sum(below) / len(below), sum([math.sqrt(p * (1 - p)) for p in below]) / len(below))


def size_parts(teachers: Sequence[int | None]) -> list[Part | None]:
    """Return where each school's number of teachers lies between the smallest and the largest, on a log scale.

    None for a school without teachers known; 0 for all where every school is as large. By hand: 10, 20, 40 give 0,
    0.5, 1.
    """
    known = [math.log(n) for n in teachers if n]
    if not known:
        return [None] * len(teachers)
    low, width = min(known), max(known) - min(known)
    return [(Part((math.log(n) - low) / width if width else 0.0) if n else None) for n in teachers]
