"""Days, ranks and the simulated year, without a database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.stats import spearmanr

from supervision.models import TimePurpose
from supervision.timelog import purposes, simulated
from supervision.timelog.days import Part, overlap, split
from supervision.timelog.ranks import correlation, ranks

ZONE = ZoneInfo("America/Chicago")


def at(*parts):
    return datetime(*parts, tzinfo=ZONE)


def test_purposes_are_those_of_the_model_and_evaluation_is_not_on_leadership():
    assert set(TimePurpose.values) >= purposes.WITH_PRINCIPALS | {purposes.COVERING, purposes.USUAL}
    assert {TimePurpose.EVALUATION} == purposes.WITH_PRINCIPALS - purposes.ON_LEADERSHIP
    assert set(simulated.PURPOSES) == set(TimePurpose.values)


def test_time_past_midnight_is_a_part_on_each_day_of_the_district():
    assert split(at(2026, 10, 1, 23, 30), 90, ZONE) == [
        Part(date(2026, 10, 1), 30, at(2026, 10, 1, 23, 30)),
        Part(date(2026, 10, 2), 60, at(2026, 10, 2)),
    ]
    assert [part.minutes for part in split(at(2026, 10, 1, 9), 45, ZONE)] == [45]
    # Clocks go back at two in the night to November 1: the day has 25 hours, and no minute is lost or doubled.
    fall = split(at(2026, 10, 31, 23, 0), 60 + 25 * 60 + 10, ZONE)
    assert [(part.day.day, part.minutes) for part in fall] == [(31, 60), (1, 1500), (2, 10)]


def test_times_overlap_where_they_share_a_moment():
    nine = (at(2026, 10, 1, 9), 60)
    assert overlap(nine, (at(2026, 10, 1, 9, 59), 5))
    assert not overlap(nine, (at(2026, 10, 1, 10), 5))


def test_rank_correlation_is_that_of_scipy_and_is_not_told_of_few():
    # By hand: ranks 1 2 3 4 5 against 2 1 4 3 5; the differences' squares sum to 4; 1 - 6 * 4 / (5 * 24) = 0.8.
    assert correlation([1, 2, 3, 4, 5], [20, 10, 40, 30, 50]) == pytest.approx(0.8)
    assert ranks([3, 1, 3]) == [2.5, 1, 2.5]
    assert correlation([1, 2, 3, 4], [1, 2, 3, 4]) is None
    assert correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) is None
    rng = np.random.default_rng(7)
    for _ in range(20):
        xs, ys = rng.integers(0, 5, 9).tolist(), rng.normal(size=9).tolist()
        assert correlation(xs, ys) == pytest.approx(spearmanr(xs, ys).statistic)


def test_simulated_year_spends_the_shares_that_studies_found():
    needs = np.linspace(0.6, 1.6, 10)
    year = simulated.simulate(np.random.default_rng(1), 185, needs)
    assert 0.60 <= year.share(purposes.WITH_PRINCIPALS) <= 0.64
    assert year.share(purposes.ON_LEADERSHIP) > 0.5
    assert np.bincount(year.day, weights=year.minutes).max() <= simulated.DAY_MINUTES
    visits = year.visits(10)
    assert visits.min() > 0
    assert correlation(needs.tolist(), visits.tolist()) > 0.7
