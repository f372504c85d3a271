"""Groups of schools that observers tie together: small rater graphs."""

import numpy as np
import pytest

from instruction.capacity.islands import islands
from tests.instruction.capacity.districts import ratings_of

HOME = [(11, 1), (22, 2), (33, 3)]  # rater, school


def found(visits, videos=(), schools=(1, 2, 3)):
    rows = [
        (i, rater, school * 100, school, -1, 50, 3.0, 0.0, False) for i, (rater, school) in enumerate(visits)
    ]
    rows += [(100 + i, rater, -1, -1, video, 50, 3.0, 0.0, False) for i, (rater, video) in enumerate(videos)]
    return islands(ratings_of(rows), np.array(schools)).tolist()


@pytest.mark.parametrize(
    ("visits", "videos", "expected"),
    [
        pytest.param(HOME, [], [0, 1, 2], id="own raters alone"),
        pytest.param([*HOME, (11, 3)], [], [0, 1, 0], id="one visits another school"),
        pytest.param([*HOME, (44, 2), (44, 3)], [], [1, 0, 0], id="the larger group comes first"),
        pytest.param([*HOME, (11, 2), (22, 3)], [], [0, 0, 0], id="a chain"),
        pytest.param(HOME, [(22, 7), (33, 7)], [1, 0, 0], id="the same video"),
        pytest.param(HOME, [(22, 7), (33, 8)], [0, 1, 2], id="different videos"),
        pytest.param(HOME, [(22, 7), (44, 7), (44, 8), (33, 8)], [1, 0, 0], id="a chain of videos"),
        pytest.param([(11, 1)], [], [0, -1, -1], id="schools nobody rated"),
        pytest.param([], [], [-1, -1, -1], id="no ratings"),
        pytest.param(HOME, [(22, 1), (33, 2)], [0, 1, 2], id="a video is no school of the same number"),
    ],
)
def test_schools_are_grouped_by_who_rated_them(visits, videos, expected):
    assert found(visits, videos) == expected


def test_groups_agree_with_a_search_by_hand_on_random_graphs():
    rng = np.random.default_rng(11)
    for _ in range(20):
        visits = list(
            {(int(r), int(s)) for r, s in zip(rng.integers(0, 9, 12), rng.integers(1, 9, 12), strict=True)}
        )
        group = found(visits, schools=range(1, 9))
        for one in range(1, 9):
            reached, before = {one}, set()
            while reached != before:
                before = set(reached)
                raters = {rater for rater, school in visits if school in reached}
                reached |= {school for rater, school in visits if rater in raters}
            if group[one - 1] >= 0:
                assert {s for s in range(1, 9) if group[s - 1] == group[one - 1]} == reached
