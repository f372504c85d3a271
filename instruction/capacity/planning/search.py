"""Choose trips one batch after the other, each time those that tell most given all chosen before.

The gain of further ratings shrinks as they pile up, so that greedy choice comes close to the best set (Nemhauser,
Wolsey & Fisher 1978; Krause, Singh & Guestrin 2008 for the covariances of normal variables).
"""

from dataclasses import dataclass, field

import numpy as np

from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.capacity.grouping import find
from instruction.capacity.planning.candidates import Queues, strangers
from instruction.capacity.planning.knowledge import Basis, contrast_variance, contrasts, learn, spread_out
from instruction.capacity.planning.lessons import Lessons
from instruction.capacity.planning.rules import PlanRules
from instruction.capacity.planning.situation import Situation
from instruction.capacity.planning.trips import all_ratings, trip_gains

STALE = 0.6
"""In one batch no trip is taken that gains less than this share of the best one: others may do better next time."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One trip with its exact gain, given all trips before it."""

    lessons: IntArray
    visitor: int  # place among the visitors
    gain: float
    se_before: float
    se_after: float


@dataclass(slots=True)
class Search:
    """State of the search. `person` is the place of each visitor in the basis, `closed` (visitors, schools)."""

    situation: Situation
    basis: Basis
    lessons: Lessons
    weight: FloatArray  # (open schools,)
    covariance: FloatArray
    person: IntArray
    closed: BoolArray
    capacity: IntArray
    rules: PlanRules
    n_asked: int
    queues: Queues = field(init=False)

    def __post_init__(self) -> None:
        """Order the lessons by what they tell when a stranger visits."""
        each = np.arange(len(self.lessons.teacher))[:, None]
        self.queues = Queues.of(self.lessons, self._by_stranger(each))

    def run(self, n_visits: int) -> list[Chosen]:
        """Choose trips until `n_visits` lessons are planned or nothing is left to plan."""
        chosen: list[Chosen] = []
        left, size = n_visits, self.rules.lessons_per_trip
        while left > 0 and size > 0:
            size = min(size, left)
            at_once = max(int(self.rules.at_once * n_visits / size), 1)
            trips, visitors = self._batch(size, min(at_once, left // size))
            if not len(trips):
                size -= 1
                continue
            chosen += self._learn(trips, visitors)
            left -= trips.size
        return chosen

    def _by_stranger(self, trips: IntArray) -> FloatArray:
        anyone = np.array([len(self.basis.persons) - 1])
        return self._gains(trips, anyone)[:, 0]

    def _gains(self, trips: IntArray, persons: IntArray) -> FloatArray:
        return trip_gains(
            self.covariance, self.weight, self.basis, self.lessons, trips, persons, self.n_asked
        )

    def _batch(self, size: int, most: int) -> tuple[IntArray, IntArray]:
        """The best trips at different schools by different visitors, at most `most`."""
        trips = self.queues.trips(size)
        visitors = self._free_visitors(size)
        if not len(trips) or not len(visitors):
            return trips[:0], visitors[:0]
        trips = trips[self._best_of_school(trips)]
        school = self.lessons.school[trips[:, 0]]
        gains = self._gains(trips, self.person[visitors])
        raters = find(self.situation.cells.rater_ids, self.basis.persons[self.person[visitors]])
        allowed = strangers(self.situation, self.lessons, trips, raters) & ~self.closed[visitors][:, school].T
        gains = np.where(allowed, gains, -1.0)
        picked = _assign(gains, most)
        return trips[picked[:, 0]], visitors[picked[:, 1]]

    def _free_visitors(self, size: int) -> IntArray:
        """Visitors with lessons left; of very many, those whose severity is known best."""
        free = np.flatnonzero(self.capacity >= size)
        columns = self.basis.first_level + self.basis.first_person + self.person[free]
        order = np.argsort(self.covariance[columns, columns], kind="stable")
        return np.sort(free[order[: self.rules.most_visitors]])

    def _best_of_school(self, trips: IntArray) -> IntArray:
        gain, school = self._by_stranger(trips), self.lessons.school[trips[:, 0]]
        order = np.lexsort((-gain, school))
        return order[np.append(True, np.diff(school[order]) != 0)]

    def _learn(self, trips: IntArray, visitors: IntArray) -> list[Chosen]:
        """Take the trips, and share what they tell together among them in their order."""
        n, k = trips.shape
        school = self.lessons.school[trips[:, 0]]
        variance = contrast_variance(self.covariance, self.basis.n_schools)
        with_all, among = all_ratings(
            self.covariance, self.basis, self.lessons, trips, self.person[visitors], self.n_asked
        )
        moves = learn(self.covariance, with_all, among)[:, : self.basis.first_level].reshape(n, 2 * k, -1)
        contrast = contrasts(moves, self.basis.n_schools)
        gain = (contrast * spread_out(contrast, self.weight)).sum(axis=(1, 2))
        fall = np.cumsum((contrast**2).sum(axis=1), axis=0)
        self.queues.take(trips.ravel())
        np.subtract.at(self.capacity, visitors, k)
        before = np.concatenate([variance[None], variance - fall])
        return [
            Chosen(
                trips[i],
                int(visitors[i]),
                float(gain[i]),
                float(np.sqrt(before[i, school[i]])),
                float(np.sqrt(before[i + 1, school[i]])),
            )
            for i in range(n)
        ]


def _assign(gains: FloatArray, most: int) -> IntArray:
    """(n, 2) rows and columns of the greatest positive gains, no row and no column twice."""
    top = float(gains.max())
    flat = (
        np.flatnonzero(gains.ravel() >= max(STALE * top, 0.0)) if top > 0.0 else np.empty(0, dtype=np.int64)
    )
    flat = flat[np.argsort(-gains.ravel()[flat], kind="stable")]
    rows, columns, picked = set(), set(), []
    for place in flat.tolist():
        row, column = divmod(place, gains.shape[1])
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            picked.append((row, column))
            if len(picked) == most:
                break
    return np.array(picked, dtype=np.int64).reshape(-1, 2)
