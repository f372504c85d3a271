"""Tables that count how often one rater gave a level where the other gave another: all that agreement rests on."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def two_raters(first: FloatArray, second: FloatArray, unit: IntArray, n_levels: int) -> FloatArray:
    """Return the tables (1, U, K, K) of two raters: [0, u, i, j] counts level i + 1 by the first, j + 1 by the second.

    first, second: levels 1 to K = n_levels of the same items, (N,), nan where not seen: such items are left out.
    unit: the lesson of each item, (N,); U: how many different ones. ValueError for a level off the scale.
    """
    return _tables(first[None], second[None], unit, n_levels)


def pair_tables(levels: FloatArray, unit: IntArray, n_levels: int) -> FloatArray:
    """Return the tables (R (R - 1) / 2, U, K, K) of all pairs of R raters, whose levels are (R, N)."""
    pairs = list(combinations(range(len(levels)), 2))
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    return _tables(levels[first], levels[second], unit, n_levels)


def reference_tables(levels: FloatArray, reference: FloatArray, unit: IntArray, n_levels: int) -> FloatArray:
    """Return the tables (R, U, K, K) of R raters, each against the reference levels (N,)."""
    return _tables(levels, np.broadcast_to(reference, levels.shape), unit, n_levels)


def _tables(first: FloatArray, second: FloatArray, unit: IntArray, n_levels: int) -> FloatArray:
    """Count the pairs of (P, N) against (P, N) levels by unit."""
    _check(first, n_levels)
    _check(second, n_levels)
    at = np.unique(unit, return_inverse=True)[1].reshape(-1)
    n_units = int(at.max()) + 1 if at.size else 0
    pair, item = np.nonzero(~np.isnan(first) & ~np.isnan(second))
    row, column = first[pair, item].astype(np.int64) - 1, second[pair, item].astype(np.int64) - 1
    place = ((pair * n_units + at[item]) * n_levels + row) * n_levels + column
    shape = (len(first), n_units, n_levels, n_levels)
    return np.bincount(place, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _check(levels: FloatArray, n_levels: int) -> None:
    given = levels[~np.isnan(levels)]
    if ((given < 1) | (given > n_levels) | (given != np.floor(given))).any():
        raise ValueError(f"levels are whole numbers from 1 to {n_levels}")
