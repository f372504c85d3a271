"""Chance for simulations: draws that are a function of what they belong to, and draws in a row.

A keyed draw depends on the seed, the stream and the keys alone (SplitMix64, Steele, Lea & Flood 2014). So two
districts that differ in who visits whom share teachers, raters and lessons, and their figures can be paired;
an observation added later changes none that is there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from instruction.capacity.data import FloatArray, IntArray, Spread

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHARED = -1  # the key of what all elements share


def draw(spread: Spread, rng: np.random.Generator, n: int, n_elements: int) -> FloatArray:
    """Effects (n, elements) with this covariance, the next of the generator."""
    shared = rng.standard_normal((n, 1)) * np.sqrt(spread.general)
    return np.asarray(shared + rng.standard_normal((n, n_elements)) * np.sqrt(spread.specific))


@dataclass(frozen=True, slots=True)
class Chance:
    """Keyed draws of one seed. Keys are integers or integer arrays that broadcast; so does the result."""

    seed: int

    def uniform(self, stream: int, *keys: IntArray | int) -> FloatArray:
        """Uniform draws in (0, 1)."""
        state: npt.NDArray[np.uint64] = np.asarray([self.seed], dtype=np.int64).astype(np.uint64)
        for key in (stream, *keys):
            number = np.atleast_1d(np.asarray(key)).astype(np.int64).astype(np.uint64)
            state = _mixed(state + _STEP * (number + np.uint64(1)))
        return np.asarray(((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)

    def normal(self, stream: int, *keys: IntArray | int, tails: float = np.inf) -> FloatArray:
        """Draws with mean 0 and variance 1: normal, or Student's t with `tails` (> 2) degrees of freedom."""
        uniform = self.uniform(stream, *keys)
        if np.isinf(tails):
            return np.asarray(ndtri(uniform))
        return np.asarray(stdtrit(tails, uniform) * np.sqrt((tails - 2.0) / tails))

    def effects(
        self, stream: int, spread: Spread, n_elements: int, *keys: IntArray, tails: float = np.inf
    ) -> FloatArray:
        """Effects (n, elements) with the covariance `spread`; each key has length n."""
        rows = [np.asarray(key)[:, None] for key in keys]
        shared = self.normal(stream, *rows, _SHARED, tails=tails) * np.sqrt(spread.general)
        own = self.normal(stream, *rows, np.arange(n_elements)[None, :], tails=tails)
        return np.asarray(shared + own * np.sqrt(spread.specific))


def _mixed(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.asarray(state ^ (state >> np.uint64(31)))
