"""What may be said of a run as a whole: sums over the cells whose own counts are told, and over nothing else.

So no difference between such a sum and the cells that are told says anything about a cell that is not.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import NO_ID, BoolArray, CapacityEstimate, IntArray, Ratings, Roster
from instruction.capacity.rules import DEFAULT_RULES, EvidenceRules


@dataclass(frozen=True, slots=True)
class ToldCounts:
    """Counts behind the figures that are told."""

    n_ratings: int
    n_observations: int
    n_external_ratings: int
    n_teachers: int
    n_raters: int


def told_cells(result: CapacityEstimate, rules: EvidenceRules = DEFAULT_RULES) -> BoolArray:
    """Return whose counts may be told, (S, E): enough teachers on the roster, and not 1 to 4 of them observed."""
    enough = result.roster_size[:, None] >= rules.min_teachers
    return np.asarray(enough & ((result.n_teachers == 0) | (result.n_teachers >= rules.min_teachers)))


def told_counts(
    ratings: Ratings, roster: Roster, result: CapacityEstimate, rules: EvidenceRules = DEFAULT_RULES
) -> ToldCounts:
    """Count the ratings of current teachers in the cells that are told; `n_ratings` is the sum of those cells'."""
    told = told_cells(result, rules)
    school, known_school = _places(result.schools, ratings.school)
    element, known_element = _places(result.elements, ratings.element)
    behind = known_school & known_element & (ratings.teacher != NO_ID) & _current(ratings, roster)
    behind[behind] &= told[school[behind], element[behind]]
    return ToldCounts(
        n_ratings=int(behind.sum()),
        n_observations=len(np.unique(ratings.observation[behind])),
        n_external_ratings=int((behind & ratings.external).sum()),
        n_teachers=int(result.roster_size[result.roster_size >= rules.min_teachers].sum()),
        n_raters=len(np.unique(ratings.rater[behind])),
    )


def crossing_raters(ratings: Ratings) -> int:
    """Return how many raters rated in more than one school or away from their own: by them severities are known."""
    lesson = ratings.teacher != NO_ID
    pairs = np.unique(np.stack([ratings.rater[lesson], ratings.school[lesson]]), axis=1)[0]
    raters, schools = np.unique(pairs, return_counts=True)
    return len(np.union1d(raters[schools > 1], np.unique(ratings.rater[lesson & ratings.external])))


def _places(ids: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Return where in `ids` (each once, any order) each wanted id is, and whether it is there at all."""
    order = np.argsort(ids, kind="stable")
    if not len(ids):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = order[np.minimum(np.searchsorted(ids[order], wanted), len(ids) - 1)]
    return place, np.asarray(ids[place] == wanted)


def _current(ratings: Ratings, roster: Roster) -> BoolArray:
    """Say of each rating whether its teacher is on its school's roster."""
    width = max(int(ratings.teacher.max(initial=0)), int(roster.teacher.max(initial=0))) + 1
    return np.isin(ratings.school * width + ratings.teacher, roster.school * width + roster.teacher)
