"""Whether two orders agree: Spearman's rank correlation, written out; no Django."""

from collections.abc import Sequence
from math import sqrt

FEWEST = 5
"""A rank correlation of fewer principals says nothing, and is not told."""


def ranks(values: Sequence[float]) -> list[float]:
    """Return each value's rank, 1 for the smallest; equal values share the mean of their ranks."""
    return [
        sum(other < one for other in values) + (sum(other == one for other in values) + 1) / 2
        for one in values
    ]


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Return Spearman's rho, -1 to 1: Pearson's correlation of the ranks.

    None for fewer than FEWEST pairs, and where all values of one side are equal.
    """
    if len(xs) != len(ys):
        raise ValueError("as many of the one as of the other")
    if len(xs) < FEWEST:
        return None
    middle = (len(xs) + 1) / 2
    one, other = ([rank - middle for rank in ranks(values)] for values in (xs, ys))
    spread = sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / spread if spread else None
