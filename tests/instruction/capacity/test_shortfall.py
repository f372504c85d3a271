"""Expected shortfalls: by hand, and against numbers drawn and integrated."""

from math import sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from instruction.capacity.shortfall import Shortfall, shortfall, total


def test_shortfall_on_target_is_the_standard_error_times_the_density_at_zero():
    """By hand: d = 0, so the mean is se / sqrt(2 pi) = 0.0798 and the mean square half of se squared."""
    found = shortfall(3.0, 0.2, 3.0)
    assert found.expected == pytest.approx(0.0798, abs=5e-5)
    assert found.sd == pytest.approx(sqrt(0.02 - 0.0798**2), abs=5e-5)


@pytest.mark.parametrize(("estimate", "se"), [(2.4, 0.2), (3.1, 0.15), (2.95, 0.4), (3.6, 0.3)])
def test_shortfall_agrees_with_the_integral(estimate, se):
    def moment(power):
        def integrand(x):
            return (3.0 - x) ** power * norm.pdf(x, estimate, se)

        return quad(integrand, estimate - 12 * se, 3.0, points=[estimate])[0] if estimate < 3.0 else (
            quad(integrand, estimate - 12 * se, 3.0)[0]
        )  # fmt: skip

    found = shortfall(estimate, se, 3.0)
    assert found.expected == pytest.approx(moment(1), abs=1e-8)
    assert found.sd == pytest.approx(sqrt(moment(2) - moment(1) ** 2), abs=1e-7)


def test_shortfall_without_uncertainty_is_the_distance_below_target():
    assert shortfall(2.5, 0.0, 3.0) == Shortfall(0.5, 0.0)
    assert shortfall(3.5, 0.0, 3.0) == Shortfall(0.0, 0.0)


def test_shortfall_far_above_target_is_zero_and_never_below():
    assert shortfall(4.0, 0.01, 3.0) == Shortfall(0.0, 0.0)


def test_shortfall_with_negative_error_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        shortfall(3.0, -0.1, 3.0)


def test_total_adds_means_and_variances():
    found = total([Shortfall(0.3, 0.3), Shortfall(0.1, 0.4)])
    assert found.expected == pytest.approx(0.4)
    assert found.sd == pytest.approx(0.5)
    assert total([]) == Shortfall(0, 0)


def test_total_of_drawn_schools_lies_in_its_interval_as_often_as_it_says():
    rng = np.random.default_rng(5)
    estimates, errors = rng.normal(2.8, 0.3, 40), rng.uniform(0.1, 0.3, 40)
    said = total([shortfall(e, s, 3.0) for e, s in zip(estimates, errors, strict=True)])
    drawn = np.maximum(3.0 - rng.normal(estimates, errors, (4000, 40)), 0).sum(axis=1)
    inside = np.abs(drawn - said.expected) <= 1.645 * said.sd
    assert 0.88 < inside.mean() < 0.92
