"""What goes into the evidence plan, and the plan."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class VisitingObservers:
    """Who may observe at schools other than their own, and how many lessons they can give this term."""

    rater: IntArray  # (V,) ids, each once
    home: IntArray  # (V,) school; NO_ID = none
    lessons: IntArray  # (V,)
    works: "Leaders | None" = None  # further schools where they work and so do not visit


@dataclass(frozen=True, slots=True)
class Leaders:
    """Own observers of schools who can come along; a person may lead two schools."""

    school: IntArray  # (L,)
    rater: IntArray  # (L,)


@dataclass(frozen=True, slots=True)
class Plan:
    """Visits in the order in which they buy most for their hours, each given those before it.

    One row per trip and companion; rows of one trip have one number in `trip`. `gain` is the share by which a row
    reduces the uncertainty about which schools are the neediest; `se_before` and `se_after` are the standard
    error of the school's mean over the elements, against the mean of the schools, around the trip. `lesson_row`
    and `lesson_teacher` name the lessons that the figures assume; whom to visit is the principal's choice.
    """

    school: IntArray  # (n,) ids
    visitor: IntArray  # (n,) ids
    companion: IntArray  # (n,) ids; NO_ID = nobody
    lessons: IntArray  # (n,)
    hours: FloatArray  # (n,) of all observers together, travel included
    gain: FloatArray  # (n,)
    se_before: FloatArray  # (n,)
    se_after: FloatArray  # (n,)
    trip: IntArray  # (n,)
    lesson_row: IntArray  # (lessons,)
    lesson_teacher: IntArray  # (lessons,) ids

    @property
    def gain_per_hour(self) -> FloatArray:
        """Gain of each row per hour of its trip's observers."""
        return np.asarray(self.gain / self.hours)

    @property
    def n_lessons(self) -> int:
        """Lessons of the whole plan."""
        return int(self.lessons.sum())


def empty_plan() -> Plan:
    """A plan without a visit."""
    ids, numbers = np.empty(0, dtype=np.int64), np.empty(0)
    return Plan(ids, ids, ids, ids, numbers, numbers, numbers, numbers, ids, ids, ids)
