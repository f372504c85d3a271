"""Examples small enough to check with a pencil."""

import numpy as np
import pytest

from instruction.capacity import Roster, VarianceComponents
from instruction.capacity.cells import split_by_element
from instruction.capacity.element import build_frame, solve_element
from tests.instruction.capacity.districts import ratings_of, targets_of


def solve_two_schools(components: VarianceComponents):
    """School 1 was rated 2 four times, school 2 was rated 3 four times, each by a visitor of its own."""
    rows = [
        (school * 10 + i, school, school * 10 + i, school, -1, 1, level, 0.0, True)
        for school, level in ((1, 2.0), (2, 3.0))
        for i in range(4)
    ]
    ratings, targets = ratings_of(rows), targets_of([1, 2], [1])
    table, by_element = split_by_element(ratings, targets.elements)
    frame = build_frame(table, Roster(ratings.teacher, ratings.school), targets)
    return solve_element(frame, by_element[0], components, frame.target[:, 0], np.ones(2, dtype=bool))


def test_school_with_one_variance_shrinks_by_its_reliability():
    """Schools .04 and noise .16 over four ratings: weight .04 / (.04 + .16 / 4) = one half.

    So the schools move from 2 and 3 half of the way to 2.5. The difference has prior variance .08 and error
    .08, posterior .04; half of it is a school against the mean of both: .01, a standard error of .1, and a
    reliability of 1 - .01 / .02.
    """
    nearly_none = 1e-12
    result = solve_two_schools(
        VarianceComponents(0.04, 0.0, nearly_none, 0.0, nearly_none, 0.16, np.nan, np.nan)
    )
    assert result.columns["estimate"] == pytest.approx([2.25, 2.75])
    assert result.columns["gap"] == pytest.approx([0.75, 0.25])
    assert result.columns["se_contrast"] == pytest.approx([0.1, 0.1])
    assert result.columns["reliability"] == pytest.approx([0.5, 0.5])
    assert result.components.mean == pytest.approx(2.5)
    assert result.district.estimate == pytest.approx(2.5)


def test_school_known_through_one_rater_carries_that_raters_severity():
    """A rater variance of .08 for each school's only rater: weight .04 / (.04 + .08 + .04) = one quarter."""
    result = solve_two_schools(VarianceComponents(0.04, 0.0, 0.08, 0.0, 1e-12, 0.16, np.nan, np.nan))
    assert result.columns["estimate"] == pytest.approx([2.375, 2.625])
    assert result.rater[0] == pytest.approx([0.25, -0.25])  # twice the school's share, strict is positive


def test_teachers_share_in_the_difference_by_their_variance():
    """Teachers .16: the mean of four teachers has variance .04 + .04, against noise .04: weight two thirds."""
    result = solve_two_schools(VarianceComponents(0.04, 0.16, 1e-12, 0.0, 1e-12, 0.16, np.nan, np.nan))
    assert result.columns["estimate"] == pytest.approx([2.5 - 1 / 3, 2.5 + 1 / 3])
