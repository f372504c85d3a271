"""Rank correlation: by hand, against scipy, and silent where it would say too much."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from instruction.capacity.agreement import spearman


def test_correlation_of_ten_by_hand():
    """Two neighbors swapped: 1 - 6 * 2 / (10 * 99) = 0.98788."""
    found = spearman(np.arange(10.0), np.array([1, 0, *range(2, 10)], dtype=float))
    assert found.value == pytest.approx(1 - 12 / 990)
    assert found.low < found.value < found.high
    assert found.n == 10


def test_correlation_with_ties_agrees_with_scipy():
    rng = np.random.default_rng(3)
    tier, level = rng.integers(1, 4, 60).astype(float), rng.normal(size=60)
    assert spearman(tier, level).value == pytest.approx(spearmanr(tier, level).statistic)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(np.arange(9.0), np.arange(9.0), id="nine schools"),
        pytest.param(np.ones(12), np.arange(12.0), id="one tier"),
        pytest.param(np.arange(12.0), np.ones(12), id="one level"),
        pytest.param(np.empty(0), np.empty(0), id="nothing"),
    ],
)
def test_correlation_of_too_few_or_equal_is_not_told(first, second):
    assert spearman(first, second) is None


def test_perfect_agreement_has_a_finite_interval():
    found = spearman(np.arange(20.0), np.arange(20.0))
    assert found.value == pytest.approx(1)
    assert found.high <= 1
