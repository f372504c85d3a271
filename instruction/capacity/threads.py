"""Who computes on several processors: this package by chunks of schools, or the linear algebra library within.

Threads of the library wait for each other at every step of a factorization. Where another program wants the
processors, a matrix of a hundred rows then takes half a second instead of a millisecond; so it gets one thread,
and several only for matrices that are worth it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from os import cpu_count
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_THREADS = 2000
"""Rows of a matrix that is factorized by several threads."""

MOST_THREADS = 8


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """`work` on every item, in order, on all processors: numpy lets go of the interpreter while it computes.

    Results are given as they come, so that a caller who keeps only a part of each needs no room for all.
    """
    if len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(min(_processors(), len(items))) as pool:
        yield from pool.map(work, items)


def library_threads(n_rows: int) -> AbstractContextManager[Any]:
    """Within it, linear algebra uses the threads that matrices of `n_rows` are worth."""
    return _controller().limit(limits=_processors() if n_rows >= WORTH_THREADS else 1)


def _processors() -> int:
    return min(cpu_count() or 1, MOST_THREADS)


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
