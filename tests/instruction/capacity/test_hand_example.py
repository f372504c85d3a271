"""Examples small enough to check with a pencil."""

import numpy as np
import pytest

from instruction.capacity import Roster
from instruction.capacity.data import Components, Spread
from instruction.capacity.figures import Figures
from tests.instruction.capacity.districts import ratings_of, solved, targets_of

NONE = Spread(0.0, 1e-12)
NOISE = Spread(0.0, 0.16)


def solve_two_schools(
    school: Spread, *, teacher: Spread = NONE, rater: Spread = NONE, noise: Spread = NOISE
) -> Figures:
    """School 1 was rated 2 four times, school 2 was rated 3 four times, each by a visitor of its own."""
    rows = [
        (number * 10 + i, number, number * 10 + i, number, -1, 1, level, 0.0, True)
        for number, level in ((1, 2.0), (2, 3.0))
        for i in range(4)
    ]
    ratings = ratings_of(rows)
    components = Components(school, teacher, rater, NONE, NONE, noise)
    return solved(ratings, Roster(ratings.teacher, ratings.school), targets_of([1, 2], [1]), components)[2]


def test_school_with_one_variance_shrinks_by_its_reliability():
    """Schools .04 and noise .16 over four ratings: weight .04 / (.04 + .16 / 4) = one half.

    So the schools move from 2 and 3 half of the way to 2.5. The difference has prior variance .08 and error
    .08, posterior .04; half of it is a school against the mean of both: .01, a standard error of .1, and a
    reliability of 1 - .01 / .02.
    """
    result = solve_two_schools(Spread(0.03, 0.01))
    assert result.columns["estimate"][:, 0] == pytest.approx([2.25, 2.75])
    assert result.columns["gap"][:, 0] == pytest.approx([0.75, 0.25])
    assert result.columns["se_contrast"][:, 0] == pytest.approx([0.1, 0.1])
    assert result.columns["reliability"][:, 0] == pytest.approx([0.5, 0.5])
    assert result.components[0].mean == pytest.approx(2.5)
    assert result.district[0].estimate == pytest.approx(2.5)


def test_school_known_through_one_rater_carries_that_raters_severity():
    """A rater variance of .08 for each school's only rater: weight .04 / (.04 + .08 + .04) = one quarter."""
    result = solve_two_schools(Spread(0.03, 0.01), rater=Spread(0.06, 0.02))
    assert result.columns["estimate"][:, 0] == pytest.approx([2.375, 2.625])
    assert result.rater[0][:, 0] == pytest.approx(
        [0.25, -0.25]
    )  # twice the school's share, strict is positive


def test_teachers_share_in_the_difference_by_their_variance():
    """Teachers .16: the mean of four teachers has variance .04 + .04, against noise .04: weight two thirds."""
    result = solve_two_schools(Spread(0.03, 0.01), teacher=Spread(0.12, 0.04))
    assert result.columns["estimate"][:, 0] == pytest.approx([2.5 - 1 / 3, 2.5 + 1 / 3])


def test_school_never_rated_on_an_element_is_predicted_from_the_others():
    """Two elements; schools differ on what they share alone (.04), noise .16 in a mean of four ratings: .04.

    Both elements were rated in school 1, at 2; in school 2 only the first was, at 3. The second element has one
    school and a free mean, so that it tells nothing of schools: on the first they are 2.25 and 2.75, as with one
    element. The same half point lies between them on the second, where school 1 is at its ratings' mean of 2.
    """
    rows = [
        (number * 10 + i, number, number * 10 + i, number, -1, element, level, 0.0, True)
        for number, level in ((1, 2.0), (2, 3.0))
        for i in range(4)
        for element in ((1, 2) if number == 1 else (1,))
    ]
    ratings = ratings_of(rows)
    roster = Roster(np.array([10, 11, 12, 13, 20, 21, 22, 23]), np.repeat([1, 2], 4))
    components = Components(Spread(0.04, 1e-12), NONE, NONE, NONE, NONE, NOISE)
    result = solved(ratings, roster, targets_of([1, 2], [1, 2]), components)[2]
    assert result.columns["estimate"][:, 0] == pytest.approx([2.25, 2.75])
    assert result.columns["estimate"][:, 1] == pytest.approx([2.0, 2.5])
