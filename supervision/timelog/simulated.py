"""A simulated supervisor's year, with its known truth: for the sample district and the bench; arrays alone, no rows.

Each contact day has one or two visits at schools, chosen by need, and now and then a PLC of all principals; the rest
of the day is office work, some of it covered for another department.
"""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARE_WITH: Final = 0.62  # between the 61 and 63 % that studies of principal supervisors found
SPREAD: Final = 60.0  # of a day's share, as the sum of a beta distribution's parameters
DAY_MINUTES: Final = 480
STEP: Final = 15
PLC_EVERY: Final = 10
VISIT_PURPOSES: Final = ("one-on-one", "modeling", "observing-together", "evaluation")
VISIT_WEIGHTS: Final = (0.42, 0.12, 0.32, 0.14)
OFFICE_PURPOSES: Final = ("compliance", "operations", "covering", "own-learning", "travel", "other")
OFFICE_WEIGHTS: Final = (0.24, 0.24, 0.18, 0.08, 0.16, 0.10)
DEPARTMENTS: Final = ("hr", "curriculum", "other")
DEPARTMENT_WEIGHTS: Final = (0.45, 0.2, 0.35)
PURPOSES: Final = (*VISIT_PURPOSES, "principal-plc", *OFFICE_PURPOSES)
PLC: Final = len(VISIT_PURPOSES)
COVERING: Final = PURPOSES.index("covering")
ALL: Final = -2
NOBODY: Final = -1
DRAWS: Final = 12  # more than a day takes

Row = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Year:
    """Entries in order of time: index of the contact day, minutes after midnight, minutes, index in PURPOSES,
    principal (index, NOBODY, or ALL for a PLC), index in DEPARTMENTS where it was covered, else -1."""

    day: Ints
    start: Ints
    minutes: Ints
    purpose: Ints
    principal: Ints
    department: Ints

    def share(self, purposes: frozenset[str] | set[str]) -> float:
        """Return the share of all minutes that these purposes have: the truth that queries must find again."""
        chosen = np.isin(self.purpose, [PURPOSES.index(one) for one in purposes])
        return float(self.minutes[chosen].sum() / self.minutes.sum())

    def visits(self, n_principals: int) -> Ints:
        """Return on how many days each principal was visited."""
        made = (self.principal >= 0) & (self.purpose < PLC)
        pairs = np.unique(np.stack([self.principal[made], self.day[made]]), axis=1)
        return np.bincount(pairs[0], minlength=n_principals)


def simulate(rng: np.random.Generator, n_days: int, needs: Floats) -> Year:
    """Return a year of `n_days` contact days with principals of these needs (1 is average; at least one)."""
    rows: list[Row] = []
    shares = rng.beta(SPREAD * SHARE_WITH, SPREAD * (1 - SHARE_WITH), n_days)
    minutes = (np.round(DAY_MINUTES * shares / STEP) * STEP).astype(np.int64)
    # The smallest of exponential times at these rates: drawn by need, nobody twice a day.
    places = np.argsort(rng.exponential(size=(n_days, len(needs))) / needs, axis=1)
    visits = rng.integers(1, 3, n_days)
    draws = rng.random((n_days, DRAWS)).tolist()
    for day in range(n_days):
        chosen = places[day, : visits[day]].tolist()
        if day % PLC_EVERY == PLC_EVERY - 1:
            chosen = [ALL, *chosen]
        rows += _day(day, int(minutes[day]), chosen, iter(draws[day]))
    return Year(*np.array(rows, np.int64).reshape(-1, 6).T)


def _day(day: int, with_principals: int, places: list[int], draws: Iterator[float]) -> list[Row]:
    at, rows = 8 * 60, []
    for place, minutes in zip(places, _pieces(with_principals, len(places)), strict=True):
        for part in [minutes] if place == ALL else _pieces(minutes, 2):
            kind = PLC if place == ALL else _drawn(next(draws), VISIT_WEIGHTS)
            rows.append((day, at, part, kind, place, -1))
            at += part
    for part in _pieces(DAY_MINUTES - with_principals, 2 + (next(draws) < 0.5)):
        kind = PLC + 1 + _drawn(next(draws), OFFICE_WEIGHTS)
        owed = _drawn(next(draws), DEPARTMENT_WEIGHTS) if kind == COVERING else -1
        rows.append((day, at, part, kind, NOBODY, owed))
        at += part
    return rows


def _drawn(draw: float, weights: tuple[float, ...]) -> int:
    """Return which of the weights, which add up to 1, a number of 0 to 1 falls to."""
    return min(bisect(list(accumulate(weights)), draw), len(weights) - 1)


def _pieces(minutes: int, n: int) -> list[int]:
    """Return `minutes` in up to `n` nearly equal pieces of whole quarters of an hour."""
    steps = minutes // STEP
    sizes = [steps // n + (place < steps % n) for place in range(n)]
    return [size * STEP for size in sizes if size]
