"""How far two orders of schools agree."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from instruction.capacity.data import FloatArray
from instruction.capacity.rules import DEFAULT_RULES

FEWEST = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """A rank correlation with the ends of its 90 % interval, over n pairs."""

    value: float
    low: float
    high: float
    n: int


def spearman(first: FloatArray, second: FloatArray) -> Agreement | None:
    """Return Spearman's rank correlation of two arrays (n,), ties by mean rank; None for fewer than 10 pairs.

    None too where one of them is the same throughout. The interval is Bonett & Wright's (2000, Psychometrika 65,
    23-28): atanh(r) plus and minus z sqrt((1 + r^2 / 2) / (n - 3)).
    """
    n = len(first)
    if n < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    r = float(np.corrcoef(_ranks(first), _ranks(second))[0, 1])
    inner = min(max(r, -0.999999), 0.999999)
    half = DEFAULT_RULES.z * sqrt((1 + r * r / 2) / (n - 3))
    return Agreement(r, tanh(atanh(inner) - half), tanh(atanh(inner) + half), n)


def _ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, equal values each the mean of theirs; (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])
