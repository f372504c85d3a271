"""Linear algebra on stacks of small matrices, one per teacher, cell or school."""

import numpy as np
from scipy.sparse import csr_array

from instruction.capacity.data import FloatArray, IntArray


def inverse(stack: FloatArray) -> FloatArray:
    """Inverses of symmetric positive definite matrices (n, b, b), by halves.

    A symmetric matrix (P, C'; C, D) has the Schur complement D - C P^-1 C'; so all work is in products of
    matrices, which for b about 12 is four times faster than a factorization of each.
    """
    size = stack.shape[-1]
    if size == 1:
        return np.asarray(1.0 / stack)
    half = size // 2
    first = inverse(stack[:, :half, :half])
    corner = np.ascontiguousarray(stack[:, half:, :half])
    pulled = corner @ first
    second = inverse(stack[:, half:, half:] - pulled @ corner.transpose(0, 2, 1))
    below = second @ pulled
    result = np.empty(stack.shape)
    result[:, half:, half:] = second
    result[:, half:, :half] = -below
    result[:, :half, half:] = -below.transpose(0, 2, 1)
    result[:, :half, :half] = first + pulled.transpose(0, 2, 1) @ below
    return result


def summed(group: IntArray, stack: FloatArray, n_groups: int) -> FloatArray:
    """Sum of the entries (m, ...) of each group 0..n_groups-1: (n_groups, ...)."""
    m = len(group)
    adder = csr_array((np.ones(m), (group, np.arange(m))), shape=(n_groups, m))
    flat = stack.reshape(m, int(np.prod(stack.shape[1:])))
    return np.asarray(adder @ flat).reshape(n_groups, *stack.shape[1:])


def summed_runs(stack: FloatArray, first: IntArray) -> FloatArray:
    """Sums of the runs of entries that begin at `first`; every run has an entry."""
    n = len(first)
    lengths = np.diff(np.append(first, len(stack)))
    return summed(np.repeat(np.arange(n), lengths), stack, n)


def ranges(first: IntArray, stop: IntArray) -> IntArray:
    """The numbers first[0]..stop[0]-1, first[1]..stop[1]-1, ... in one array."""
    length = stop - first
    ends = np.cumsum(length)
    return np.asarray(np.arange(int(length.sum())) + np.repeat(first - ends + length, length))
