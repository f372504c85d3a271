"""Which lessons and trips the rules permit."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from instruction.capacity.cells import current_spells
from instruction.capacity.data import BoolArray, FloatArray, IntArray, Roster
from instruction.capacity.grouping import find
from instruction.capacity.planning.knowledge import Basis
from instruction.capacity.planning.lessons import Lessons, have_met, lessons_of
from instruction.capacity.planning.plan import Leaders, VisitingObservers
from instruction.capacity.planning.situation import Situation


def open_lessons(situation: Situation, basis: Basis, roster: Roster, leaders: Leaders) -> Lessons:
    """Every current teacher of the open schools with every leader of the school but themselves.

    Where a school has no leader, the visitor comes alone.
    """
    teachers, cells = situation.teachers, situation.cells
    person = current_spells(roster)[0]
    rows = np.flatnonzero(np.isin(teachers.school, basis.schools))
    led = find(cells.school_ids, leaders.school)
    by_school = defaultdict(list)
    for school, place in sorted({*zip(led.tolist(), basis.person(leaders.rater).tolist(), strict=True)}):
        by_school[school].append(place)
    teacher, companion = [], []
    for row in rows.tolist():
        for place in by_school.get(int(teachers.school[row]), [-1]):
            if place < 0 or basis.persons[place] != person[row]:
                teacher.append(row)
                companion.append(place)
    return lessons_of(
        situation, basis, np.array(teacher, dtype=np.int64), np.array(companion, dtype=np.int64)
    )


def forbidden_schools(
    situation: Situation, basis: Basis, visitors: VisitingObservers, roster: Roster, leaders: Leaders
) -> BoolArray:
    """(visitors, open schools): their own school, one they lead, teach or work in."""
    ids = situation.cells.school_ids[basis.schools]
    order = np.argsort(visitors.rater, kind="stable")
    closed = visitors.home[:, None] == ids[None, :]
    places = [(leaders.rater, leaders.school), (roster.teacher, roster.school)]
    if visitors.works is not None:
        places.append((visitors.works.rater, visitors.works.school))
    for person, school in places:
        who, where = find(visitors.rater[order], person), find(ids, school)
        both = (who >= 0) & (where >= 0)
        closed[order[who[both]], where[both]] = True
    return np.asarray(closed)


def strangers(situation: Situation, lessons: Lessons, trips: IntArray, raters: IntArray) -> BoolArray:
    """(trips, raters) whether the visitor, an index of the cells' raters or -1, has rated none of the teachers."""
    n, k = trips.shape
    fine = np.ones((n, len(raters)), dtype=bool)
    for j in range(k):
        teacher = np.repeat(lessons.teacher[trips[:, j]], len(raters))
        met = have_met(situation, teacher, np.tile(raters, n)) >= 0
        fine &= ~met.reshape(n, len(raters))
    return fine


@dataclass(slots=True)
class Queues:
    """For each open school and companion, the lessons in order of their gain; and which teachers are taken."""

    by_school: dict[int, dict[int, list[int]]]
    teacher: IntArray  # of each lesson
    taken: set[int]

    @classmethod
    def of(cls, lessons: Lessons, gain: FloatArray) -> "Queues":
        """Order the lessons of each school and companion by `gain`."""
        by_school: dict[int, dict[int, list[int]]] = {}
        for lesson in np.argsort(-gain, kind="stable").tolist():
            queues = by_school.setdefault(int(lessons.school[lesson]), {})
            queues.setdefault(int(lessons.companion[lesson]), []).append(lesson)
        return cls(by_school, lessons.teacher, set())

    def take(self, lessons: IntArray) -> None:
        """No further visit to the teachers of these lessons this term."""
        self.taken.update(self.teacher[lessons].tolist())

    def trips(self, size: int) -> IntArray:
        """The next trips (n, size) of all schools: the best free teachers for each set of companions."""
        found = []
        for school in sorted(self.by_school):
            queues = self.by_school[school]
            for companions in combinations_with_replacement(sorted(queues), size):
                trip = self._next(queues, companions)
                if trip is not None:
                    found.append(trip)
        return np.array(found, dtype=np.int64).reshape(-1, size)

    def _next(self, queues: dict[int, list[int]], companions: tuple[int, ...]) -> list[int] | None:
        trip: list[int] = []
        busy: set[int] = set()
        for companion in companions:
            for lesson in queues[companion]:
                teacher = int(self.teacher[lesson])
                if teacher not in self.taken and teacher not in busy:
                    trip.append(lesson)
                    busy.add(teacher)
                    break
            else:
                return None
        return trip
