"""Places of schools: by hand, and right as often as they say on simulated capacities."""

import numpy as np
import pytest
from scipy.stats import norm

from instruction.capacity.ranks import neediest_size, rank_schools


def test_two_schools_that_lead_in_half_and_in_a_tenth_of_the_draws():
    first = np.array([[1.0, 2.0], [1.0, 2.0]] * 5 + [[2.0, 1.0]] * 10)
    second = np.array([[1.0, 2.0]] * 19 + [[2.0, 1.0]])
    ranks = rank_schools(np.stack([first, second], axis=2), np.ones((2, 2), dtype=bool))
    # One of two schools is the neediest fifth, rounded up.
    assert ranks.neediest.tolist() == [[0.5, 0.95], [0.5, 0.05]]
    assert ranks.low[:, 0].tolist() == [1.0, 1.0]
    assert ranks.high[:, 0].tolist() == [2.0, 2.0]


def test_a_sure_order_gives_single_places_and_certainty():
    draws = np.tile(np.arange(10.0)[::-1, None], (400, 1, 1))
    ranks = rank_schools(draws, np.ones((10, 1), dtype=bool))
    assert ranks.low[:, 0].tolist() == ranks.high[:, 0].tolist() == list(range(10, 0, -1))
    assert ranks.neediest[:, 0].tolist() == [0.0] * 8 + [1.0] * 2


def test_schools_that_are_not_shown_take_no_place():
    draws = np.tile(np.arange(4.0)[:, None], (50, 1, 2))
    shown = np.array([[False, True], [True, False], [True, False], [False, False]])
    ranks = rank_schools(draws, shown)
    assert ranks.low[:, 0] == pytest.approx([np.nan, 1, 2, np.nan], nan_ok=True)
    # A single school has nothing to be compared with.
    assert np.isnan(ranks.low[:, 1]).all()
    assert np.isnan(ranks.neediest[:, 1]).all()


def test_two_schools_agree_with_the_normal_probability():
    rng = np.random.default_rng(2)
    draws = np.array([2.5, 2.7]) + rng.standard_normal((20000, 2)) * np.array([0.1, 0.2])
    ranks = rank_schools(draws[:, :, None], np.ones((2, 1), dtype=bool))
    assert ranks.neediest[0, 0] == pytest.approx(norm.cdf(0.2 / np.sqrt(0.05)), abs=0.01)


def test_intervals_of_places_cover_nine_times_in_ten_and_probabilities_are_right():
    rng = np.random.default_rng(4)
    n_schools, covered, likely = 60, [], []
    for _ in range(60):
        truth = rng.standard_normal(n_schools)
        seen = truth + rng.standard_normal(n_schools)
        draws = seen / 2 + rng.standard_normal((400, n_schools)) * np.sqrt(0.5)
        ranks = rank_schools(draws[:, :, None], np.ones((n_schools, 1), dtype=bool))
        place = np.argsort(np.argsort(truth)) + 1
        covered.append((ranks.low[:, 0] <= place) & (place <= ranks.high[:, 0]))
        likely.append((ranks.neediest[:, 0], place <= neediest_size(n_schools)))
    assert 0.88 <= np.mean(covered) <= 0.93
    said, came_true = (np.concatenate(side) for side in zip(*likely, strict=True))
    for low in (0.0, 0.2, 0.4, 0.6):
        among = (said >= low) & (said < low + 0.2)
        assert came_true[among].mean() == pytest.approx(said[among].mean(), abs=0.06)


@pytest.mark.parametrize(("n_schools", "size"), [(2, 1), (5, 1), (6, 2), (10, 2), (80, 16), (169, 34)])
def test_the_neediest_fifth_is_rounded_up(n_schools, size):
    assert neediest_size(n_schools) == size
