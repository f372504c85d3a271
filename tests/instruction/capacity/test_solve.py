"""The solver equals a dense solution written independently of it."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import norm

from instruction.capacity.data import Kindness, Roster
from instruction.capacity.derive import draw
from instruction.capacity.figures import Figures
from instruction.capacity.frame import Frame
from instruction.capacity.joint import Posterior
from tests.instruction.capacity.dense import DenseModel, Key
from tests.instruction.capacity.districts import COMPONENTS, solved, tangled_district

ELEMENTS = (50, 51, 52)
TOLERANCE = 1e-8


class Case(NamedTuple):
    """A district solved twice."""

    roster: Roster
    frame: Frame
    posterior: Posterior
    figures: Figures
    dense: DenseModel


KIND = replace(COMPONENTS, kindness=Kindness(-0.4))
CASES = {"missing": (0.5, COMPONENTS), "complete": (1.0, COMPONENTS), "missing, kind": (0.5, KIND),
         "complete, kind": (1.0, KIND)}  # fmt: skip


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> Case:
    share_rated, components = request.param
    ratings, roster, targets = tangled_district(share_rated=share_rated)
    found = solved(ratings, roster, targets, components)
    return Case(roster, *found, DenseModel(ratings, roster, ELEMENTS, components))


def schools_of(frame: Frame) -> list[int]:
    return [int(school) for school in frame.cells.school_ids]


def test_capacity_and_its_error_equal_the_dense_solution(case):
    for e, element in enumerate(ELEMENTS):
        for row, school in enumerate(schools_of(case.frame)):
            value, error = case.dense.predict(case.dense.capacity(case.roster, school, element))
            assert case.figures.columns["estimate"][row, e] == pytest.approx(value, abs=TOLERANCE)
            assert case.figures.columns["se"][row, e] == pytest.approx(np.sqrt(error), abs=TOLERANCE)


def test_contrast_error_and_reliability_equal_the_dense_solution(case):
    schools = schools_of(case.frame)
    for e, element in enumerate(ELEMENTS):
        for row, school in enumerate(schools):
            scales = {other: float(other == school) - 1 / len(schools) for other in schools}
            weights = case.dense.mean_of(case.roster, scales, element)
            error = case.dense.predict(weights)[1]
            assert case.figures.columns["se_contrast"][row, e] == pytest.approx(np.sqrt(error), abs=TOLERANCE)
            reliability = 1 - error / case.dense.before(weights)
            assert case.figures.columns["reliability"][row, e] == pytest.approx(reliability, abs=TOLERANCE)


def test_district_mean_equals_the_dense_solution(case):
    size = dict(zip(schools_of(case.frame), case.frame.size / case.frame.size.sum(), strict=True))
    for e, element in enumerate(ELEMENTS):
        value, error = case.dense.predict(case.dense.mean_of(case.roster, size, element))
        found = case.figures.district[e]
        assert found.estimate == pytest.approx(value, abs=TOLERANCE)
        assert found.se == pytest.approx(np.sqrt(error), abs=TOLERANCE)
        assert (found.n_schools, found.n_teachers) == (8, 65)


def test_teachers_and_their_errors_equal_the_dense_solution(case):
    order = np.lexsort((case.roster.teacher, case.roster.school))
    for row, place in zip(order, case.frame.cells.roster_spell, strict=True):
        if place < 0:
            continue
        teacher, school = int(case.roster.teacher[row]), int(case.roster.school[row])
        for e, element in enumerate(ELEMENTS):
            value, error = case.dense.predict(teacher_terms(teacher, school, element))
            assert case.figures.teacher[0][place, e] == pytest.approx(value, abs=TOLERANCE)
            assert case.figures.teacher[1][place, e] == pytest.approx(np.sqrt(error), abs=TOLERANCE)


def test_raters_and_fixed_effects_equal_the_dense_solution(case):
    for e, element in enumerate(ELEMENTS):
        for row, rater in enumerate(case.frame.cells.rater_ids):
            value, error = case.dense.predict({("rater", int(rater), element): 1.0})
            assert case.figures.rater[0][row, e] == pytest.approx(-value, abs=TOLERANCE)
            assert case.figures.rater[1][row, e] == pytest.approx(np.sqrt(error), abs=TOLERANCE)
        components = case.figures.components[e]
        assert components.mean == pytest.approx(
            case.dense.predict({("mean", element): 1.0})[0], abs=TOLERANCE
        )
        home = 0.05 + case.dense.predict({("home", element): 1.0})[0]
        assert components.home_shift == pytest.approx(home, abs=TOLERANCE)


def test_posterior_blocks_equal_the_dense_solution(case):
    kinds = {
        "school": (case.posterior.schools(), case.frame.cells.school_ids),
        "culture": (case.posterior.cultures(), case.frame.cells.school_ids),
        "rater": (case.posterior.raters(), case.frame.cells.rater_ids),
    }
    for kind, (blocks, ids) in kinds.items():
        for row, number in enumerate(ids.tolist()):
            if (kind, number, ELEMENTS[0]) not in case.dense.column:
                continue
            keys: list[Key] = [(kind, number, element) for element in ELEMENTS]
            for i, one in enumerate(keys):
                assert blocks.mean[row, i] == pytest.approx(case.dense.predict({one: 1.0})[0], abs=TOLERANCE)
                for j, other in enumerate(keys):
                    covariance = (
                        case.dense.covariance({one: 1.0}, {other: 1.0})
                        if i != j
                        else case.dense.predict({one: 1.0})[1]
                    )
                    assert blocks.covariance[row, i, j] == pytest.approx(covariance, abs=TOLERANCE)


def test_expected_below_sums_the_dense_probabilities(case):
    for e, element in enumerate(ELEMENTS):
        for row, school in enumerate(schools_of(case.frame)):
            expected = 0.0
            for teacher in case.roster.teacher[case.roster.school == school].tolist():
                value, error = case.dense.predict(teacher_terms(teacher, school, element))
                expected += norm.cdf((3.0 - value) / np.sqrt(error))
            assert case.figures.columns["expected_below"][row, e] == pytest.approx(expected, abs=TOLERANCE)


def test_draws_have_the_dense_covariances(case):
    """Of schools with each other and of elements, within what 40,000 draws can tell."""
    draws = draw(case.figures.capacities, 40_000, seed=1)
    picked = [(0, 0), (0, 2), (1, 0), (4, 1), (7, 1)]
    found = np.cov(np.stack([draws[:, row, e] for row, e in picked]))
    schools = schools_of(case.frame)
    terms = [case.dense.capacity(case.roster, schools[row], ELEMENTS[e]) for row, e in picked]
    for i, one in enumerate(terms):
        for j, other in enumerate(terms):
            expected = case.dense.predict(one)[1] if i == j else case.dense.covariance(one, other)
            assert found[i, j] == pytest.approx(expected, abs=2e-3)


def test_complete_ratings_are_solved_alike_as_a_whole_and_in_parts():
    ratings, roster, targets = tangled_district(share_rated=1.0)
    _, posterior, parts = solved(ratings, roster, targets, COMPONENTS)
    _, whole_posterior, whole = solved(ratings, roster, targets, COMPONENTS, always_whole=True)
    assert [part.part.size for part in posterior.parts] == [1, 1]
    assert [part.part.size for part in whole_posterior.parts] == [3]
    for name, values in parts.columns.items():
        np.testing.assert_allclose(values, whole.columns[name], atol=1e-7, err_msg=name)
    for name in ("teacher", "rater"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-7, err_msg=name)
    np.testing.assert_allclose(posterior.raters().covariance, whole_posterior.raters().covariance, atol=1e-7)


def teacher_terms(teacher: int, school: int, element: int) -> dict[Key, float]:
    return {
        ("mean", element): 1.0,
        ("school", school, element): 1.0,
        ("teacher", teacher, school, element): 1.0,
    }
