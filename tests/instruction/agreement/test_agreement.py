"""Agreement of raters: against a published implementation, by hand, and whether the intervals hold what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruction.agreement import FEWEST_UNITS, among, between, two_raters
from instruction.agreement.interval import interval
from instruction.agreement.measures import Why
from instruction.agreement.statistics import adjacent, exact, kappa, unweighted

NAN = np.nan


def one(first, second, n_levels=4):
    """The table of two raters of one lesson."""
    first, second = np.array(first, float), np.array(second, float)
    return two_raters(first, second, np.zeros(len(first), np.int64), n_levels)[0, 0]


def test_worked_example_of_the_page_on_agreement():
    """docs/numbers/agreement.md: ten elements, by hand."""
    told = between(
        np.array([2, 3, 3, 2, 4, 1, 3, 2, 3, 2.0]),
        np.array([2, 3, 2, 2, 3, 1, 3, 4, 3, 2.0]),
        np.zeros(10, np.int64),
        4,
    )
    assert told.exact.value == pytest.approx(0.7)
    assert told.adjacent.value == pytest.approx(0.9)
    # Squared distances 6 in all, 13 by chance; 3 disagreements, 6.6 by chance.
    assert told.quadratic.value == pytest.approx(1 - 6 / 13)
    assert told.unweighted.value == pytest.approx(1 - 3 / 6.6)
    assert (told.n_items, told.n_units, told.n_pairs) == (10, 1, 1)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=60))
@settings(max_examples=150, deadline=None)
def test_kappas_equal_the_published_implementation(pairs):
    from statsmodels.stats.inter_rater import cohens_kappa  # seconds to import, in every test process

    table = one(*zip(*pairs, strict=True), n_levels=5)
    if (table.sum(axis=0) > 0).sum() < 2 or (table.sum(axis=1) > 0).sum() < 2:
        assert np.isnan(kappa(table))
        return
    assert abs(kappa(table) - cohens_kappa(table, wt="quadratic", return_results=False)) < 1e-12
    assert abs(unweighted(table) - cohens_kappa(table, return_results=False)) < 1e-12


def test_not_seen_is_left_out_and_is_no_level():
    assert exact(one([1, 2, NAN, 4], [1, NAN, 3, 3])) == pytest.approx(0.5)
    assert adjacent(one([1, 2, NAN, 4], [1, NAN, 3, 3])) == pytest.approx(1.0)


def test_what_is_not_defined_is_none_with_a_reason_and_not_0():
    unit = np.zeros(3, np.int64)
    nothing = between(np.array([1, NAN, 2]), np.array([NAN, 3, NAN]), unit, 4)
    assert (nothing.exact.value, nothing.exact.why) == (None, Why.NO_PAIRS)
    flat = between(np.array([3.0, 3, 3]), np.array([2.0, 3, 4]), unit, 4)
    assert (flat.quadratic.value, flat.quadratic.why) == (None, Why.NO_VARIANCE)
    assert flat.exact.value == pytest.approx(1 / 3)
    assert between(np.empty((0, 3)), np.array([2.0, 3, 4]), unit, 4).n_pairs == 0


@pytest.mark.parametrize("level", [0.0, 5.0, 2.5])
def test_level_off_the_scale_is_refused(level):
    with pytest.raises(ValueError, match="1 to 4"):
        one([level], [2])


def test_many_raters_are_the_mean_over_their_pairs():
    from statsmodels.stats.inter_rater import cohens_kappa  # seconds to import, in every test process

    rng = np.random.default_rng(3)
    levels = rng.integers(1, 5, (4, 30)).astype(float)
    levels[rng.random(levels.shape) < 0.1] = NAN
    unit = np.repeat(np.arange(6), 5)
    told = among(levels, unit, 4)
    each = [one(levels[a], levels[b]) for a in range(4) for b in range(a + 1, 4)]
    assert told.n_pairs == len(each) == 6
    assert told.exact.value == pytest.approx(np.mean([exact(table) for table in each]))
    oracle = [cohens_kappa(table, wt="quadratic", return_results=False) for table in each]
    assert told.quadratic.value == pytest.approx(np.mean(oracle), abs=1e-12)
    # Whose figure is not defined does not count as 0.
    alike = np.vstack([levels[:2], np.full(30, 2.0)])
    assert among(alike, unit, 4).quadratic.value == pytest.approx(kappa(each[0]), abs=1e-12)


def test_order_of_items_and_raters_changes_nothing():
    rng = np.random.default_rng(4)
    levels, unit = rng.integers(1, 5, (3, 40)).astype(float), np.repeat(np.arange(8), 5)
    mixed = rng.permutation(40)
    told, again = among(levels, unit, 4), among(levels[::-1][:, mixed], unit[mixed], 4)
    assert again.quadratic.value == pytest.approx(told.quadratic.value)
    # Drawn are lessons, whose names do not count.
    assert again.exact.low == pytest.approx(told.exact.low)


def test_few_lessons_have_a_figure_and_no_interval():
    rng = np.random.default_rng(5)
    for lessons in (1, FEWEST_UNITS - 1, FEWEST_UNITS):
        levels, unit = rng.integers(1, 5, (2, lessons * 6)).astype(float), np.repeat(np.arange(lessons), 6)
        told = among(levels, unit, 4).exact
        assert told.value is not None
        assert (told.low is None) == (lessons < FEWEST_UNITS)
        assert told.why_no_interval == (Why.FEW_UNITS if lessons < FEWEST_UNITS else Why.TOLD)


def test_agreement_throughout_has_no_interval_of_width_0():
    levels = np.tile(np.array([1, 2, 3, 4.0]), (2, 6))
    told = among(levels, np.repeat(np.arange(6), 4), 4).exact
    assert (told.value, told.low, told.why_no_interval) == (1.0, None, Why.NO_VARIANCE)


def covered(*, lessons, tries, draws, seed=6):
    """How often the 90 % interval of exact agreement and of kappa holds the truth.

    A lesson is of an easy or of a hard kind; six elements are drawn from its kind's table of two raters' levels, so
    the items of one lesson hang together and the truth is the figure of the mean table.
    """
    rng = np.random.default_rng(seed)
    distance = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    base = np.array([0.1, 0.35, 0.4, 0.15])
    kinds = [base[:, None] * spread**distance for spread in (0.12, 0.45)]
    kinds = [kind / kind.sum() for kind in kinds]
    truth = (kinds[0] + kinds[1]) / 2
    held = np.zeros(2)
    for _try in range(tries):
        kind = rng.integers(0, 2, lessons)
        tables = np.stack([rng.multinomial(6, kinds[each].ravel()).reshape(4, 4) for each in kind])
        for place, statistic in enumerate((exact, kappa)):
            ends = interval(tables[None].astype(float), statistic, draws=draws)
            held[place] += ends is not None and ends[0] <= statistic(truth) <= ends[1]
    return held / tries


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    share = covered(lessons=8, tries=300, draws=300)
    assert (share > 0.84).all(), share
    assert (share < 0.97).all(), share


@pytest.mark.full
@pytest.mark.parametrize("lessons", [FEWEST_UNITS, 8, 12, 20, 40])
def test_intervals_hold_the_truth_nine_times_in_ten(lessons):
    share = covered(lessons=lessons, tries=4000, draws=1000)
    print(f"lessons {lessons}: exact {share[0]:.3f}, kappa {share[1]:.3f}")
    assert (share > 0.86).all(), share
    assert (share < 0.95).all(), share
