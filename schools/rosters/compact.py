"""Sets and tables of ids as arrays: eight bytes an id where a Python set takes a hundred.

An id is held as its 64-bit hash, which Python draws anew for every process, so that nobody can prepare two
ids that meet. Whether an id is there is therefore answered with a chance of error of about
`len(set) / 2**64` a question; what is reported to a person is looked up exactly (see `again.py`), and the
database checks every reference once more when it is written. The hash of the empty cell is 0.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

_MIX = np.int64(-7046029254386353131)  # 2**64 divided by the golden ratio, as a signed number


def hashes(values: Sequence[str]) -> Hashes:
    """The hash of each value, in order."""
    return np.fromiter(map(hash, values), np.int64, len(values))


def pair(first: Hashes, second: Hashes) -> Hashes:
    """One hash for each pair of hashes; the order within a pair counts."""
    with np.errstate(over="ignore"):
        return (first ^ (first >> 29)) * _MIX + second


def mask_of(values: Iterable[bool], count: int) -> Mask:
    """A mask of `count` booleans."""
    return np.fromiter(values, np.bool_, count)


class HashSet:
    """Hashes, added in batches and asked for once all are there (`close`). The empty cell is never in it."""

    def __init__(self) -> None:
        self._added = array("q")
        self._sorted: Hashes = np.empty(0, np.int64)
        self.repeats: Hashes = np.empty(0, np.int64)
        self.again = 0

    def add(self, new: Hashes) -> None:
        """Add hashes; 0 is left out."""
        self._added.frombytes(np.ascontiguousarray(new[new != 0]).tobytes())

    def close(self) -> None:
        """Sort what was added; `repeats` then holds, once each, the hashes that were added more than once.

        `again` is how often one was added that was there before.
        """
        held: Any = np.frombuffer(self._added, np.int64) if self._added else np.empty(0, np.int64)
        held.sort()
        self._sorted = held
        same = held[1:][held[1:] == held[:-1]]
        self.repeats, self.again = np.unique(same), len(same)

    def __len__(self) -> int:
        return len(self._added)

    def keys(self) -> Hashes:
        """Every hash that was added, in order; a repeated one more than once."""
        return self._sorted

    def has(self, asked: Hashes) -> Mask:
        """Which of the hashes are in the set."""
        if not len(self._sorted):
            return np.zeros(len(asked), np.bool_)
        return np.asarray(self.places(asked) >= 0)

    def places(self, asked: Hashes) -> Places:
        """Where each hash stands among the `keys`; -1 for one that is not in the set."""
        if not len(self._sorted):
            return np.full(len(asked), -1, np.intp)
        at = np.searchsorted(self._sorted, asked)
        at[at == len(self._sorted)] = 0
        return np.where(self._sorted[at] == asked, at, -1)


class HashTable:
    """One number for each hash; of several numbers for a hash, `reduce` keeps one. 0 stands for none."""

    def __init__(self, dtype: str, reduce: np.ufunc = np.maximum) -> None:
        self._keys = array("q")
        self._values = array(np.dtype(dtype).char)
        self._reduce = reduce
        self._dtype = dtype
        self._sorted: Hashes = np.empty(0, np.int64)
        self._numbers: NDArray[Any] = np.empty(0, dtype)
        self._closed = True

    def add(self, keys: Hashes, values: NDArray[Any]) -> None:
        """Add numbers for some hashes."""
        self._keys.frombytes(np.ascontiguousarray(keys).tobytes())
        self._values.frombytes(np.ascontiguousarray(values, self._dtype).tobytes())
        self._closed = False

    def get(self, asked: Hashes) -> NDArray[Any]:
        """The number of each hash, 0 where there is none."""
        if not self._closed:
            self._close()
        if not len(self._sorted):
            return np.zeros(len(asked), self._dtype)
        at = np.minimum(np.searchsorted(self._sorted, asked), len(self._sorted) - 1)
        return np.where(self._sorted[at] == asked, self._numbers[at], self._numbers.dtype.type(0))

    def keys(self) -> Hashes:
        """Every hash that has a number, in order."""
        if not self._closed:
            self._close()
        return self._sorted

    def _close(self) -> None:
        self._closed = True
        keys = np.concatenate([self._sorted, np.frombuffer(self._keys, np.int64)])
        numbers = np.concatenate([self._numbers, np.frombuffer(self._values, self._dtype)])
        self._keys, self._values = array("q"), array(self._values.typecode)
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        keys, numbers = keys[order], numbers[order]
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        self._sorted, self._numbers = keys[starts], self._reduce.reduceat(numbers, starts)
