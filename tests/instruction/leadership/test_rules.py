"""The written rule of principals' figures, by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from instruction.capacity.rules import Evidence
from instruction.leadership.figures import against
from instruction.leadership.growth import Growth, Seen
from instruction.leadership.rules import classify, may_tell_growth, reliability


def test_on_target_is_even_odds_and_falls_short_by_the_density():
    below, shortfall = against(
        np.array([3.0, 2.0, 3.0]), np.array([0.2, 0.01, 0.2]), np.array([3.0, 3.0, np.nan])
    )
    assert below[:2] == pytest.approx([0.5, 1.0])
    assert shortfall[:2] == pytest.approx([0.2 * 0.39894228, 1.0])
    assert np.isnan(below[2])
    assert np.isnan(shortfall[2])


def test_reliability_is_the_share_of_the_variance_that_is_told():
    found = reliability(np.array([0.2, 0.5, np.nan]), prior=0.16)
    assert found[:2] == pytest.approx([0.75, 0.0])
    assert np.isnan(found[2])


def test_classes_follow_the_rule_at_its_limits():
    found = classify(
        np.array([1, 2, 2, 2, 9, 2]),
        np.array([1, 2, 1, 2, 2, 2]),
        np.array([0.9, 0.5, 0.9, 0.49, 0.9, np.nan]),
        np.array([True, True, True, True, False, True]),
    )
    none, weak, told = Evidence.NOT_ENOUGH, Evidence.WEAK, Evidence.ESTIMATED
    assert found.tolist() == [none, told, weak, weak, weak, none]


def test_growth_needs_eight_observations_over_two_years():
    assert may_tell_growth(8, 730)
    assert not may_tell_growth(7, 2000)
    assert not may_tell_growth(20, 729)


def test_observation_that_rated_two_elements_carried_into_one_counts_once():
    day = date(2024, 9, 1)
    seen = [Seen(day + timedelta(days=100 * (n // 2)), 3, n // 2) for n in range(16)]
    once = Growth(1, [], seen)
    assert (once.n_observations, once.days, once.may_be_told) == (8, 700, False)
    far = Growth(1, [], [*seen, Seen(day + timedelta(days=730), 3, 7)])
    assert (far.n_observations, far.may_be_told) == (8, True)
    assert not Growth(1, [], [*seen[:14], Seen(day + timedelta(days=730), 3, 6)]).may_be_told
