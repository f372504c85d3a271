"""Sums, ranks and look-ups over groups given as index arrays."""

from typing import cast

import numpy as np

from instruction.capacity.data import NO_ID, FloatArray, IntArray


def group_sum(group: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    """Sum of `values` in each group 0..n_groups-1."""
    return cast(FloatArray, np.bincount(group, values, minlength=n_groups).astype(np.float64, copy=False))


def group_size(group: IntArray, n_groups: int) -> IntArray:
    """Number of entries in each group 0..n_groups-1."""
    return np.bincount(group, minlength=n_groups).astype(np.int64, copy=False)


def group_range(group: IntArray, values: IntArray, n_groups: int, top: int) -> tuple[IntArray, IntArray]:
    """Least and greatest value of each group; (`top`, -1) for an empty one."""
    low, high = np.full(n_groups, top), np.full(n_groups, NO_ID)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    return low, high


def rank_in_group(group: IntArray, n_groups: int) -> IntArray:
    """Rank of each entry among the entries of its group, in order of appearance."""
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], np.arange(n_groups))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - start[group[order]]
    return rank


def find(sorted_values: IntArray, wanted: IntArray) -> IntArray:
    """Place of each wanted value among `sorted_values`; -1 where it is not there."""
    place = np.searchsorted(sorted_values, wanted)
    found = place < len(sorted_values)
    found[found] = sorted_values[place[found]] == wanted[found]
    return np.where(found, place, NO_ID)
