"""What an observer's levels are compared with: the reference level, else the median of the other observers."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from instruction.agreement import Agreement, of_tables, two_raters

FEWEST_OTHERS = 3
"""Of fewer others a median is one person's level, and no measure of anything."""


class Rated(NamedTuple):
    """One level of a released exercise. element: the stable element; reference: None where there is none."""

    exercise: int
    person: int
    element: int
    level: int
    reference: int | None
    highest: int


class Compared(NamedTuple):
    """A level beside what it is compared with."""

    exercise: int
    person: int
    element: int
    level: int
    other: int
    highest: int


def compare(rows: Iterable[Rated]) -> list[Compared]:
    """Return the levels that have something to be compared with.

    Without a reference level that is the median of at least three other observers; where it lies between two
    levels there is no level to agree with, and the element is left out for this observer.
    """
    by_item: dict[tuple[int, int], list[Rated]] = defaultdict(list)
    for row in rows:
        by_item[row.exercise, row.element].append(row)
    found = []
    for held in by_item.values():
        for row in held:
            other = row.reference if row.reference is not None else _median_of_others(held, row.person)
            if other is not None:
                found.append(Compared(row.exercise, row.person, row.element, row.level, other, row.highest))
    return found


def agreement_of(rows: Iterable[Compared], *, with_interval: bool = True) -> Agreement:
    """Return how far these levels agree with what they are compared with; drawn are whole exercises."""
    held = list(rows)
    table = two_raters(
        np.array([row.level for row in held], np.float64),
        np.array([row.other for row in held], np.float64),
        np.array([row.exercise for row in held], np.int64),
        max((row.highest for row in held), default=4),
    )
    return of_tables(table, with_interval=with_interval)


def _median_of_others(held: list[Rated], person: int) -> int | None:
    levels = [row.level for row in held if row.person != person]
    if len(levels) < FEWEST_OTHERS:
        return None
    median = float(np.median(levels))
    return int(median) if median.is_integer() else None
