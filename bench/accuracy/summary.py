"""Means over districts with 95 % confidence intervals, and differences between ways paired by district."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from bench.accuracy.runs import Results
from instruction.capacity.data import FloatArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and half of its 95 % confidence interval; nan where there is nothing to average, or one district."""

    mean: float
    half: float

    @property
    def low(self) -> float:
        """Lower bound."""
        return self.mean - self.half


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of a run, asked by case, method and figure."""

    results: Results

    @property
    def cases(self) -> list[str]:
        """Names of the cases, in the order in which they ran."""
        return list(dict.fromkeys(case for case, _ in self.results))

    def seeds(self, case: str) -> list[int]:
        """Seeds of a case."""
        return [seed for name, seed in self.results if name == case]

    def has(self, case: str, method: str, figure: str) -> bool:
        """Whether this figure was taken."""
        return any(figure in self.results[case, seed].get(method, {}) for seed in self.seeds(case))

    def mean(self, case: str, method: str, figure: str) -> Interval:
        """Mean over the districts of a case; for pairs of counts the share of all that were counted."""
        return _interval(*self._pairs(case, method, figure))

    def difference(self, case: str, method: str, other: str, figure: str) -> Interval:
        """Mean of method - other over the same districts; for figures that are no pairs of counts."""
        return self.differences([case], method, other, figure)

    def differences(self, cases: Sequence[str], method: str, other: str, figure: str) -> Interval:
        """The same, averaged over the cases of each seed first."""
        left, right = (
            np.mean([self._pairs(case, name, figure)[0] for case in cases], axis=0)
            for name in (method, other)
        )
        return _interval(left - right, np.ones(len(left)))

    def _pairs(self, case: str, method: str, figure: str) -> tuple[FloatArray, FloatArray]:
        values = [self.results[case, seed][method].get(figure, np.nan) for seed in self.seeds(case)]
        pairs = [value if isinstance(value, tuple | list) else (value, 1.0) for value in values]
        count, of = np.array(pairs, dtype=np.float64).T
        return count, of


def _interval(count: FloatArray, of: FloatArray) -> Interval:
    """Ratio of the sums; its error by linearization (Cochran 1977, Sampling Techniques, 6.3)."""
    n, whole = len(count), of.sum()
    if not whole:
        return Interval(np.nan, np.nan)
    ratio = count.sum() / whole
    if n < 2:
        return Interval(float(ratio), np.nan)
    spread = np.std(count - ratio * of, ddof=1) / of.mean() / np.sqrt(n)
    return Interval(float(ratio), float(student.ppf(0.975, n - 1) * spread))
