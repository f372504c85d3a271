"""The written rule for evidence, as a table."""

import numpy as np
import pytest

from instruction.capacity import Evidence, EvidenceRules
from instruction.capacity.rules import classify


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


def test_confidence_gives_the_half_width_in_standard_errors():
    assert EvidenceRules().z == pytest.approx(1.6449, abs=1e-4)
    assert EvidenceRules(confidence=0.95).z == pytest.approx(1.95996, abs=1e-4)
