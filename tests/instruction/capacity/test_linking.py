"""Which schools can be compared: small rater graphs."""

import numpy as np
import pytest

from instruction.capacity import Roster, estimate
from tests.instruction.capacity.districts import ratings_of, targets_of

HOME = [(11, 1, False), (22, 2, False)]  # rater, school, external: each school has its own rater


@pytest.mark.parametrize(
    ("visits", "videos", "linked"),
    [
        pytest.param(HOME, [], [False, False], id="own raters alone"),
        pytest.param([*HOME, (11, 2, True)], [], [True, True], id="one visits the other school"),
        pytest.param([*HOME, (11, 2, False)], [], [True, True], id="one moved"),
        pytest.param(HOME, [(11, 7), (22, 7)], [True, True], id="the same video"),
        pytest.param(HOME, [(11, 7), (22, 8)], [False, False], id="different videos"),
        pytest.param(HOME, [(11, 7), (33, 7)], [False, False], id="a video shared with no school's rater"),
        pytest.param([*HOME, (33, 1, True)], [], [False, False], id="a visitor seen nowhere else"),
        pytest.param([*HOME, (33, 1, True), (33, 2, True)], [], [True, True], id="a coach in both schools"),
        pytest.param([(11, 1, False), (11, 2, True)], [], [False, False], id="nobody to compare with there"),
        pytest.param([(33, 1, True), (33, 2, True)], [], [False, False], id="no own rater"),
        pytest.param([(11, 1, False), (12, 1, False)], [(11, 7), (12, 7)], [False, False], id="one school"),
    ],
)
def test_school_is_linked_when_its_own_raters_meet_raters_of_others(visits, videos, linked):
    rows = [
        (i, rater, school * 100, school, -1, 50, 3.0, 0.0, external)
        for i, (rater, school, external) in enumerate(visits)
    ]
    rows += [(100 + i, rater, -1, -1, video, 50, 3.0, 0.0, False) for i, (rater, video) in enumerate(videos)]
    roster = Roster(np.array([100, 200]), np.array([1, 2]))
    assert estimate(ratings_of(rows), roster, targets_of([1, 2], [50])).linked.tolist() == linked
