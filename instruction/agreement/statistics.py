"""Exact and adjacent agreement and Cohen's kappa of tables of two raters' levels.

Each takes tables (..., K, K) of counts and returns (...,): nan where it is not defined.
"""

from collections.abc import Callable

import numpy as np

from instruction.agreement.tables import FloatArray

Statistic = Callable[[FloatArray], FloatArray]


def exact(tables: FloatArray) -> FloatArray:
    """Return the share of items with the same level by both; nan without any item."""
    return _share(tables, 0)


def adjacent(tables: FloatArray) -> FloatArray:
    """Return the share of items whose levels lie at most 1 apart, the same level included; nan without any item."""
    return _share(tables, 1)


def kappa(tables: FloatArray, *, quadratic: bool = True) -> FloatArray:
    """Return Cohen's kappa, 1 - observed over expected disagreement; quadratic: disagreement is the squared distance.

    Cohen (1960, Educational and Psychological Measurement 20, 37-46), weighted (1968, Psychological Bulletin 70,
    213-220). nan without any item, and where one of the two gave one level only: then observed and expected
    disagreement are the same whatever the other gave, and the usual 0 would say of no agreement what is no
    evidence of any kind.
    """
    size = tables.shape[-1]
    distance = np.subtract.outer(np.arange(size), np.arange(size)).astype(np.float64)
    weight = distance**2 if quadratic else (distance != 0).astype(np.float64)
    count = tables.sum(axis=(-2, -1))
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    observed = (tables * weight).sum(axis=(-2, -1))
    expected = ((rows @ weight) * columns).sum(axis=-1)
    defined = ((rows > 0).sum(axis=-1) > 1) & ((columns > 0).sum(axis=-1) > 1)
    ratio = np.divide(observed * count, expected, out=np.full(count.shape, np.nan), where=defined)
    return np.asarray(1 - ratio)


def unweighted(tables: FloatArray) -> FloatArray:
    """Return Cohen's kappa in which every disagreement counts the same."""
    return kappa(tables, quadratic=False)


def _share(tables: FloatArray, within: int) -> FloatArray:
    size = tables.shape[-1]
    near = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) <= within
    count = tables.sum(axis=(-2, -1))
    agreed = tables[..., near].sum(axis=-1)
    return np.divide(agreed, count, out=np.full(count.shape, np.nan), where=count > 0)
