"""The written rule for evidence, as a table."""

from dataclasses import replace

import numpy as np
import pytest

from instruction.capacity import Evidence, EvidenceRules, Ratings, Roster, Targets, estimate
from instruction.capacity.designs import Design
from instruction.capacity.rules import classify
from instruction.capacity.simulate import simulate


@pytest.mark.parametrize(
    ("n_teachers", "roster", "se", "linked", "expected"),
    [
        (5, 15, 0.11, True, Evidence.ESTIMATED),
        (5, 15, 0.05, True, Evidence.ESTIMATED),
        (5, 15, 0.1149, True, Evidence.ESTIMATED),  # printed as 0.11
        (5, 15, 0.1151, True, Evidence.WEAK),  # printed as 0.12
        (4, 4, 0.10, True, Evidence.NOT_ENOUGH),  # all of a school of four is still too few
        (5, 16, 0.10, True, Evidence.NOT_ENOUGH),  # 31 % of the roster
        (33, 100, 0.10, True, Evidence.ESTIMATED),  # exactly 33 %
        (5, 15, 0.12, True, Evidence.WEAK),
        (5, 15, 0.10, False, Evidence.WEAK),
        (5, 15, 0.12, False, Evidence.WEAK),
        (0, 0, 0.10, True, Evidence.NOT_ENOUGH),
        (5, 15, np.nan, True, Evidence.NOT_ENOUGH),
    ],
)
def test_evidence_follows_the_written_rule(n_teachers, roster, se, linked, expected):
    result = classify(
        np.array([n_teachers]), np.array([roster]), np.array([se]), np.array([linked]), EvidenceRules()
    )
    assert result.tolist() == [expected]


@pytest.mark.parametrize(("levels", "limit"), [(4, 0.11), (5, 0.15), (10, 0.34)])
def test_largest_standard_error_grows_with_the_scale(levels, limit):
    """0.115 x 4 / 3 = 0.153, which 0.15 is printed for up to 0.155; 0.115 x 9 / 3 = 0.345."""
    assert EvidenceRules().largest_se(levels - 1) == limit
    arguments = np.array([5, 5]), np.array([15, 15]), np.array([limit, limit + 0.01]), np.array([True, True])
    found = classify(*arguments, EvidenceRules(), levels - 1)
    assert found.tolist() == [Evidence.ESTIMATED, Evidence.WEAK]


@pytest.mark.parametrize("levels", [5, 10])
def test_the_same_district_is_classed_alike_on_a_longer_scale(levels):
    """Every fourth school is not visited, so that both classes occur."""
    n, teacher = 30, np.arange(600)
    design = Design(
        teacher=teacher, school_of_teacher=teacher // 20, rater=1000 + np.arange(n),
        home_school_of_rater=np.arange(n), elements=np.array([1, 2]), share_external=0.2,
    )  # fmt: skip
    ratings = simulate(design, seed=7).ratings
    kept = ~(ratings.external & (ratings.school % 4 == 0))
    ratings = Ratings(*(getattr(ratings, name)[kept] for name in Ratings.__slots__))
    longer = replace(ratings, level=1.0 + (ratings.level - 1.0) * (levels - 1) / 3)
    usual, scaled = (
        estimate(
            one,
            Roster(teacher, teacher // 20),
            Targets(design.elements, np.arange(n), np.full((n, 2), np.nan), scale_max=scale_max),
        )
        for one, scale_max in ((ratings, 4.0), (longer, float(levels)))
    )
    assert scaled.se == pytest.approx(usual.se * (levels - 1) / 3, rel=1e-6)
    assert set(usual.evidence.ravel().tolist()) == {Evidence.WEAK, Evidence.ESTIMATED}
    clear = np.abs(usual.se - 0.115) > 0.0015  # what hundredths leave open
    np.testing.assert_array_equal(scaled.evidence[clear], usual.evidence[clear])
    assert clear.mean() > 0.9


def test_confidence_gives_the_half_width_in_standard_errors():
    assert EvidenceRules().z == pytest.approx(1.6449, abs=1e-4)
    assert EvidenceRules(confidence=0.95).z == pytest.approx(1.95996, abs=1e-4)
