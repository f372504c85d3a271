"""Figures of agreement as they are told: a value with its interval, or why there is none."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from instruction.agreement.interval import FEWEST_UNITS, interval, mean_over_pairs
from instruction.agreement.statistics import Statistic, adjacent, exact, kappa, unweighted
from instruction.agreement.tables import FloatArray, IntArray, pair_tables, reference_tables


class Why(StrEnum):
    """Why a figure, or its interval, is not told."""

    TOLD = ""
    NO_PAIRS = "no-pairs"  # nothing that both have rated
    NO_VARIANCE = "no-variance"  # one of the two gave one level only, or every draw is the same
    FEW_UNITS = "few-units"  # too few lessons


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; value None with `why`; low and high are its 90 % interval, None with `why_no_interval`."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: Why = Why.TOLD
    why_no_interval: Why = Why.TOLD


@dataclass(frozen=True, slots=True)
class Agreement:
    """All figures of the same items: n_items comparisons of two levels in n_units lessons, by n_pairs pairs."""

    exact: Measure
    adjacent: Measure
    quadratic: Measure
    unweighted: Measure
    n_items: int
    n_units: int
    n_pairs: int


def between(levels: FloatArray, reference: FloatArray, unit: IntArray, n_levels: int) -> Agreement:
    """Return the agreement of raters (R, N), or of one (N,), with reference levels (N,): the mean over raters."""
    return of_tables(reference_tables(np.atleast_2d(levels), reference, unit, n_levels))


def among(levels: FloatArray, unit: IntArray, n_levels: int) -> Agreement:
    """Return the agreement of R raters (R, N) with each other: the mean over all pairs of raters."""
    return of_tables(pair_tables(levels, unit, n_levels))


def of_tables(tables: FloatArray, *, with_interval: bool = True) -> Agreement:
    """Return the agreement told by tables (P, U, K, K): of each pair over all units, then the mean over pairs.

    Every pair counts the same; one for whom a figure is not defined is left out of it (Light 1971, Psychological
    Bulletin 76, 365-377, for kappa). Without interval it takes a hundredth of the time.
    """
    held = tables.sum(axis=(2, 3)) > 0
    figures = [
        _measure(tables, one, with_interval=with_interval) for one in (exact, adjacent, kappa, unweighted)
    ]
    return Agreement(
        figures[0],
        figures[1],
        figures[2],
        figures[3],
        n_items=int(tables.sum()),
        n_units=int(held.any(axis=0).sum()),
        n_pairs=int(held.any(axis=1).sum()),
    )


def _measure(tables: FloatArray, statistic: Statistic, *, with_interval: bool) -> Measure:
    if not tables.sum():
        return Measure(None, why=Why.NO_PAIRS, why_no_interval=Why.NO_PAIRS)
    value = float(mean_over_pairs(statistic(tables.sum(axis=1))))
    if np.isnan(value):
        return Measure(None, why=Why.NO_VARIANCE, why_no_interval=Why.NO_VARIANCE)
    ends = interval(tables, statistic) if with_interval else None
    if ends is not None:
        return Measure(value, *ends)
    few = int((tables.sum(axis=(0, 2, 3)) > 0).sum()) < FEWEST_UNITS
    return Measure(value, why_no_interval=Why.FEW_UNITS if few else Why.NO_VARIANCE)
