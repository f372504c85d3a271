"""Sums of products over pairs of ratings that share an observation, a teacher, a rater, a school.

All by sums over groups, never over pairs: the products within a group are the square of its sum.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from instruction.capacity.cells import Cells, Observations
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import group_size

SIDES = 3  # own-own, own-external and external-external pairs
_KEPT = [0, 1, 3]  # of a flattened 2 x 2 table
_TWICE = np.array([1.0, 2.0, 1.0])


@dataclass(frozen=True, slots=True)
class PairSums:
    """Products and numbers of pairs; the columns are own-own, own-external and external-external pairs.

    `same` pairs are of one element, `cross` pairs of two different ones. `groups` counts the groups with such
    a pair, `visits` the pairs of observations.
    """

    numbers: FloatArray  # (5, 3): same, n_same, cross, n_cross, visits
    groups: FloatArray  # (3,)

    @property
    def same(self) -> FloatArray:
        """Sum of products on one element."""
        return self.numbers[0]

    @property
    def n_same(self) -> FloatArray:
        """Number of pairs on one element."""
        return self.numbers[1]

    @property
    def cross(self) -> FloatArray:
        """Sum of products on two elements."""
        return self.numbers[2]

    @property
    def n_cross(self) -> FloatArray:
        """Number of pairs on two elements."""
        return self.numbers[3]

    @property
    def visits(self) -> FloatArray:
        """Number of pairs of observations."""
        return self.numbers[4]


@dataclass(frozen=True, slots=True)
class CellSums:
    """Lesson ratings, centered per element and side, by cell; the sides are own (0) and external raters (1)."""

    side: IntArray  # (cells,)
    total: FloatArray  # (cells, E)
    count: FloatArray  # (cells, E)
    visits: FloatArray  # (cells,) observations
    itself: PairSums  # ratings with those of the same observation, themselves included
    years: FloatArray  # (2,) mean age of a side's ratings
    elements: float  # elements rated per observation, on average


def cell_sums(levels: FloatArray, table: Observations, cells: Cells) -> CellSums:
    """Sum the levels (observations, E), nan where not rated, into cells of lessons."""
    n_cells, n_elements = cells.n_lesson_cells, levels.shape[1]
    side_of = np.where(cells.unit_own[cells.cell_unit[:n_cells]], 0, 1)
    rows = np.flatnonzero(cells.cell_of < n_cells)
    cell = cells.cell_of[rows]
    side = side_of[cell]
    seen = ~np.isnan(levels[rows])
    by_side = _adder(side, 2)
    level = np.where(seen, levels[rows], 0.0)
    rated = seen.astype(np.float64)
    n = by_side @ rated
    level -= (by_side @ level / np.maximum(n, 1.0))[side]
    level *= rated
    of_visit, n_of_visit = level.sum(axis=1), rated.sum(axis=1)
    same, n_same = (by_side @ level**2).sum(axis=1), n.sum(axis=1)
    every, n_every = by_side @ of_visit**2, by_side @ n_of_visit**2
    visits = group_size(side, 2).astype(np.float64)
    by_cell = _adder(cell, n_cells)
    ages = by_side @ (table.age[rows] * n_of_visit)
    return CellSums(
        side=side_of,
        total=by_cell @ level,
        count=by_cell @ rated,
        visits=np.bincount(cell, minlength=n_cells).astype(np.float64),
        itself=PairSums(
            np.stack([_diagonal(part) for part in (same, n_same, every - same, n_every - n_same, visits)]),
            groups=np.zeros(SIDES),
        ),
        years=ages / np.maximum(n_same, 1.0),
        elements=float(n_of_visit.sum() / max(len(rows), 1)) if n_elements else 0.0,
    )


def within(sums: CellSums, group: IntArray, n_groups: int) -> PairSums:
    """Pairs within groups of cells, each rating with itself and both orders of a pair included."""
    adder = _adder(group * 2 + sums.side, 2 * n_groups)
    total, count = (_by_side(adder @ part) for part in (sums.total, sums.count))
    visits = _by_side((adder @ sums.visits)[:, None])
    same, n_same = _products(total), _products(count)
    cross = _products(total.sum(axis=2, keepdims=True)) - same
    n_cross = _products(count.sum(axis=2, keepdims=True)) - n_same
    present = (visits[:, :, 0] > 0).astype(np.float64)
    numbers = np.stack([same, n_same, cross, n_cross, _products(visits)])
    return PairSums(numbers, (present @ present.T).ravel()[_KEPT])


def _by_side(flat: FloatArray) -> FloatArray:
    """(2, groups, columns) from (2 * groups, columns)."""
    return np.ascontiguousarray(flat.reshape(-1, 2, flat.shape[1]).transpose(1, 0, 2))


def _products(values: FloatArray) -> FloatArray:
    flat = values.reshape(2, -1)
    return np.asarray(_TWICE * (flat @ flat.T).ravel()[_KEPT])


def _diagonal(own_and_external: FloatArray) -> FloatArray:
    return np.array([own_and_external[0], 0.0, own_and_external[1]])


def _adder(group: IntArray, n_groups: int) -> csr_array:
    """A matrix that sums rows by group."""
    n = len(group)
    return csr_array((np.ones(n), (group, np.arange(n))), shape=(n_groups, n))
