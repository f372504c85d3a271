"""What an estimate says against a target."""

import pytest
from scipy.stats import norm

from instruction.aims import FRAMEWORK, aim, call_of, probability_below


def test_probability_below_two_standard_errors_short_is_that_of_the_table():
    assert probability_below(0.2, 0.1) == pytest.approx(0.97725, abs=1e-5)
    assert probability_below(0.0, 0.1) == 0.5


@pytest.mark.parametrize(("gap", "se"), [(-0.31, 0.12), (0.05, 0.2), (1.4, 0.01), (-1.4, 0.01)])
def test_probability_below_is_the_normal_distributions(gap, se):
    assert probability_below(gap, se) == pytest.approx(float(norm.cdf(gap / se)), abs=1e-12)


@pytest.mark.parametrize(
    ("target", "call"), [(2.32, "unclear"), (2.34, "below"), (1.66, "met"), (1.68, "unclear")]
)
def test_call_is_firm_when_the_whole_interval_is_on_one_side(target, call):
    """At 2.0 with a standard error of 0.2 the 90 % interval runs from 1.671 to 2.329."""
    assert aim(FRAMEWORK, target, 2.0, 0.2).call == call


def test_nothing_is_said_without_a_target_or_an_estimate():
    assert (aim(FRAMEWORK, None, 2.0, 0.2).gap, aim(FRAMEWORK, 3.0, None, None).gap) == (None, None)
    assert call_of(None) == "unclear"
