"""Counts of a run that may be told, and how finely its figures leave the job."""

import numpy as np
import pytest
from scipy.special import ndtr

from instruction.capacity import Ratings, Roster, Targets, estimate
from instruction.capacity.coarse import coarsened
from instruction.capacity.told import crossing_raters, told_counts


def lessons(rows, *, external=()):
    """Ratings from rows of (observation, rater, teacher, school, element)."""
    columns = np.array(rows, dtype=np.int64).T
    n = len(rows)
    return Ratings(
        observation=columns[0], rater=columns[1], teacher=columns[2], school=columns[3], element=columns[4],
        video=np.full(n, -1), level=2.0 + columns[2] % 2, age=np.zeros(n),
        external=np.isin(columns[0], external), day=np.full(n, 20_000, dtype=np.int32),
    )  # fmt: skip


# School 1: six teachers, all seen on element 7, two on 8. School 2: three teachers, all seen on both.
ROSTER = Roster(np.array([*range(10, 16), 20, 21, 22]), np.array([1] * 6 + [2] * 3))
ROWS = [
    *[(teacher, 1, teacher, 1, 7) for teacher in range(10, 16)],
    *[(teacher, 1, teacher, 1, 8) for teacher in (10, 11)],
    *[(teacher, 2, teacher, 2, element) for teacher in (20, 21, 22) for element in (7, 8)],
    (99, 3, 77, 1, 7),  # a teacher who has left
]
TARGETS = Targets(np.array([7, 8]), np.array([2, 1]), np.full((2, 2), 3.0))


def test_told_counts_are_those_of_cells_that_are_told():
    """Six ratings of school 1 on element 7; not those of few, of the small school, or of who has left."""
    ratings = lessons(ROWS)
    found = told_counts(ratings, ROSTER, estimate(ratings, ROSTER, TARGETS))
    assert (found.n_ratings, found.n_observations, found.n_teachers, found.n_raters) == (6, 6, 6, 1)


def test_told_counts_of_nothing_are_none():
    ratings = lessons(ROWS[:1])
    empty = Ratings(**{name: getattr(ratings, name)[:0] for name in Ratings.__slots__})
    targets = Targets(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.empty((0, 0)))
    roster = Roster(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    assert told_counts(empty, roster, estimate(empty, roster, targets)).n_ratings == 0


def test_crossing_raters_are_those_in_two_schools_or_away_from_their_own():
    rows = [(1, 1, 10, 1, 7), (2, 1, 20, 2, 7), (3, 2, 11, 1, 7), (4, 3, 12, 1, 7)]
    assert crossing_raters(lessons(rows)) == 1
    assert crossing_raters(lessons(rows, external=[4])) == 2


def test_coarse_figures_are_hundredths_and_agree_with_each_other():
    ratings = lessons(ROWS)
    targets = Targets(TARGETS.elements, TARGETS.schools, TARGETS.target, groups=np.array([[False, True]]))
    fine = estimate(ratings, ROSTER, targets)
    coarse = coarsened(fine, targets)
    shown = ~np.isnan(fine.estimate)
    assert shown.tolist() == [[False, False], [True, False]]
    assert coarse.estimate[shown] == pytest.approx(np.round(fine.estimate[shown], 2))
    assert abs(coarse.estimate - fine.estimate)[shown].max() <= 0.005
    gap = 3.0 - coarse.estimate[shown]
    assert coarse.gap[shown] == pytest.approx(gap)
    assert coarse.p_below[shown] == pytest.approx(ndtr(gap / coarse.se[shown]))
    assert np.isnan(coarse.p_below[~shown]).all()
    assert coarse.groups[0][0].estimate == coarse.district[0].estimate == coarse.estimate[1, 0]


def test_group_of_all_schools_is_the_district():
    """An independent way to the same number: the district's estimate over the same schools."""
    rng = np.random.default_rng(5)
    rows = [
        (100 * school + teacher, rng.integers(1, 4), 100 * school + teacher, school, 7)
        for school in (1, 2, 3)
        for teacher in range(8)
    ]
    roster = Roster(np.array([row[2] for row in rows]), np.array([row[3] for row in rows]))
    groups = np.array([[True, True, True], [True, False, True], [False, True, False]])
    targets = Targets(np.array([7]), np.array([1, 2, 3]), np.full((3, 1), 3.0), groups=groups)
    found = estimate(lessons(rows), roster, targets)
    whole, two, one = found.groups[0]
    assert whole == found.district[0]
    assert two.estimate == pytest.approx(found.estimate[[0, 2], 0].mean())
    assert (one.estimate, one.se) == (pytest.approx(found.estimate[1, 0]), pytest.approx(found.se[1, 0]))
    assert 3 * whole.estimate == pytest.approx(2 * two.estimate + one.estimate)


def test_groups_of_another_number_of_schools_are_refused():
    ratings = lessons(ROWS)
    targets = Targets(TARGETS.elements, TARGETS.schools, TARGETS.target, groups=np.ones((1, 3), dtype=bool))
    with pytest.raises(ValueError, match="3 columns"):
        estimate(ratings, ROSTER, targets)
