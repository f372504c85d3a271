"""Figures of one district and one way of estimating: error, order, need reached, intervals, calls, classes.

A figure is a mean over the district's elements, or a pair of counts (how many, of how many) that are added up
over districts before they are divided.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from instruction.capacity.data import BoolArray, EvidenceArray, FloatArray, Ranks
from instruction.capacity.rules import Evidence

Z90 = 1.6448536269514722
FIFTH = 0.2
CALLED = 0.9
"""The probability from which a cell is called below its target, or at 1 - this above it."""
BINS = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])

Scores = dict[str, float | tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way says of a district; (S, E), None where the way has no such figure.

    `contrast` is the standard error of a school against the mean of all, `se` that against a fixed target.
    """

    capacity: FloatArray
    contrast: FloatArray | None = None
    se: FloatArray | None = None
    p_below: FloatArray | None = None
    reliability: FloatArray | None = None
    ranks: Ranks | None = None
    evidence: EvidenceArray | None = None


def score(figures: Figures, truth: FloatArray, target: float, *, on_scale: bool = True) -> Scores:
    """All figures of one way. `truth` (S, E); `on_scale` = the capacities are points of the rating scale."""
    made: Scores = {
        "spearman": _per_element(spearman, figures.capacity, truth),
        "precision": _per_element(precision, figures.capacity, truth),
        "need": _per_element(need_captured, figures.capacity, truth),
    }
    if on_scale:
        made["rmse"] = float(np.sqrt(np.mean((figures.capacity - truth) ** 2)))
    if figures.contrast is not None:
        made |= _intervals(figures, truth)
    if figures.se is not None:
        made["within"] = float(_within(figures, truth).mean())
    if figures.p_below is not None:
        made |= _calls(figures.p_below, truth < target, "call")
    if figures.reliability is not None:
        made["reliability"] = float(np.nanmean(figures.reliability))
    if figures.ranks is not None and not np.isnan(figures.ranks.low).all():
        made |= _ranks(figures.ranks, truth)
    if figures.evidence is not None:
        made |= _classes(figures, truth, target)
    return made


def spearman(estimate: FloatArray, truth: FloatArray) -> float:
    """Rank correlation of (S,) with (S,)."""
    return float(np.corrcoef(rankdata(estimate), rankdata(truth))[0, 1])


def precision(estimate: FloatArray, truth: FloatArray) -> float:
    """Share of the schools chosen as the neediest fifth that are."""
    chosen, best = neediest_fifth(estimate), neediest_fifth(truth)
    return len(np.intersect1d(chosen, best)) / len(best)


def need_captured(estimate: FloatArray, truth: FloatArray) -> float:
    """Need of the chosen fifth over that of the neediest fifth; need = points below the district's mean capacity.

    1 = the best choice, 0 = as good as drawing lots.
    """
    need = truth.mean() - truth
    return float(need[neediest_fifth(estimate)].sum() / need[neediest_fifth(truth)].sum())


def neediest_fifth(capacity: FloatArray) -> np.ndarray:
    """Places of the fifth of the schools with the lowest capacity, at least one."""
    n = max(round(FIFTH * len(capacity)), 1)
    return np.argsort(capacity, kind="stable")[:n]


def _per_element(
    figure: Callable[[FloatArray, FloatArray], float], estimate: FloatArray, truth: FloatArray
) -> float:
    return float(np.mean([figure(left, right) for left, right in zip(estimate.T, truth.T, strict=True)]))


def _covered(figures: Figures, truth: FloatArray) -> BoolArray:
    assert figures.contrast is not None
    error = (figures.capacity - truth) - (figures.capacity - truth).mean(axis=0)
    return np.asarray(np.abs(error) <= Z90 * figures.contrast)


def _within(figures: Figures, truth: FloatArray) -> BoolArray:
    """Whether the interval that pages print holds the true capacity."""
    assert figures.se is not None
    return np.asarray(np.abs(figures.capacity - truth) <= Z90 * figures.se)


def _intervals(figures: Figures, truth: FloatArray) -> Scores:
    assert figures.contrast is not None
    return {
        "cover": float(_covered(figures, truth).mean()),
        "half_width": float(Z90 * figures.contrast.mean()),
    }


def _calls(p_below: FloatArray, below: BoolArray, name: str) -> Scores:
    """How many cells are called, and how many calls are right."""
    low, high = p_below > CALLED, p_below < 1.0 - CALLED
    n_called = float((low | high).sum())
    right = float((low & below).sum() + (high & ~below).sum())
    return {f"{name}ed": (n_called, float(p_below.size)), f"{name}s_right": (right, n_called)}


def _ranks(ranks: Ranks, truth: FloatArray) -> Scores:
    n = len(truth)
    place = np.apply_along_axis(rankdata, 0, truth)
    inside = (ranks.low <= place) & (place <= ranks.high)
    made: Scores = {
        "rank_cover": float(inside.mean()),
        "rank_width": float(np.mean(ranks.high - ranks.low + 1) / n),
    }
    neediest = place <= max(round(FIFTH * n), 1)
    bins = np.clip(np.searchsorted(BINS, ranks.neediest, side="right") - 1, 0, len(BINS) - 2)
    for number in range(len(BINS) - 1):
        inside = bins == number
        made[f"neediest_{number}_said"] = (float(ranks.neediest[inside].sum()), float(inside.sum()))
        made[f"neediest_{number}_true"] = (float(neediest[inside].sum()), float(inside.sum()))
    return made


def _classes(figures: Figures, truth: FloatArray, target: float) -> Scores:
    """Of each evidence class: its share of cells, how often its intervals cover, how often its calls are right."""
    assert figures.evidence is not None
    assert figures.p_below is not None
    covered, within, made = _covered(figures, truth), _within(figures, truth), Scores()
    for evidence in Evidence:
        name, inside = evidence.name.lower(), figures.evidence == evidence
        n = float(inside.sum())
        made[f"{name}_share"] = (n, float(inside.size))
        made[f"{name}_cover"] = (float(covered[inside].sum()), n)
        made[f"{name}_within"] = (float(within[inside].sum()), n)
        made |= _calls(figures.p_below[inside], truth[inside] < target, f"{name}_call")
    return made
