"""The solver equals a dense solution written independently of it."""

import numpy as np
import pytest

from instruction.capacity.cells import split_by_element
from instruction.capacity.element import ElementResult, Frame, build_frame, solve_element
from tests.instruction.capacity.dense import DenseModel, Key
from tests.instruction.capacity.districts import COMPONENTS, tangled_district

ELEMENTS = (50, 51, 52)
RATINGS, ROSTER, TARGETS = tangled_district()


def solved(index: int) -> tuple[Frame, ElementResult]:
    table, by_element = split_by_element(RATINGS, TARGETS.elements)
    frame = build_frame(table, ROSTER, TARGETS)
    shown = np.ones(len(frame.size), dtype=bool)
    return frame, solve_element(frame, by_element[index], COMPONENTS, frame.target[:, index], shown)


@pytest.fixture(scope="module", params=range(len(ELEMENTS)))
def case(request: pytest.FixtureRequest) -> tuple[Frame, ElementResult, DenseModel]:
    frame, result = solved(request.param)
    return frame, result, DenseModel(RATINGS, ROSTER, ELEMENTS[request.param], COMPONENTS)


def test_capacity_and_its_error_equal_the_dense_solution(case):
    frame, result, dense = case
    for row, school in enumerate(frame.cells.school_ids):
        value, error = dense.predict(dense.capacity(ROSTER, int(school)))
        assert result.columns["estimate"][row] == pytest.approx(value, abs=1e-8)
        assert result.columns["se"][row] == pytest.approx(np.sqrt(error), abs=1e-8)


def test_contrast_error_equals_the_dense_solution(case):
    frame, result, dense = case
    schools = [int(school) for school in frame.cells.school_ids]
    for row, school in enumerate(schools):
        weights: dict[Key, float] = {}
        for other in schools:
            scale = float(other == school) - 1 / len(schools)
            for key, weight in dense.capacity(ROSTER, other, scale).items():
                weights[key] = weights.get(key, 0.0) + weight
        error = dense.predict(weights)[1]
        assert result.columns["se_contrast"][row] == pytest.approx(np.sqrt(error), abs=1e-8)
        before = sum(dense.variance.get(key, 0.0) * weight**2 for key, weight in weights.items())
        assert result.columns["reliability"][row] == pytest.approx(1 - error / before, abs=1e-8)


def test_district_mean_equals_the_dense_solution(case):
    frame, result, dense = case
    weights: dict[Key, float] = {}
    for school, size in zip(frame.cells.school_ids, frame.size, strict=True):
        for key, weight in dense.capacity(ROSTER, int(school), size / frame.size.sum()).items():
            weights[key] = weights.get(key, 0.0) + weight
    value, error = dense.predict(weights)
    assert result.district.estimate == pytest.approx(value, abs=1e-8)
    assert result.district.se == pytest.approx(np.sqrt(error), abs=1e-8)
    assert (result.district.n_schools, result.district.n_teachers) == (8, 65)


def test_teachers_and_their_errors_equal_the_dense_solution(case):
    frame, result, dense = case
    spell = frame.cells.roster_spell
    order = np.lexsort((ROSTER.teacher, ROSTER.school))
    for row, place in zip(order, spell, strict=True):
        if place < 0:
            continue
        teacher, school = int(ROSTER.teacher[row]), int(ROSTER.school[row])
        keys = {("mean",): 1.0, ("school", school): 1.0, ("teacher", teacher, school): 1.0}
        value, error = dense.predict(keys)
        assert result.teacher[0][place] == pytest.approx(value, abs=1e-8)
        assert result.teacher[1][place] == pytest.approx(np.sqrt(error), abs=1e-8)


def test_raters_and_fixed_effects_equal_the_dense_solution(case):
    frame, result, dense = case
    for row, rater in enumerate(frame.cells.rater_ids):
        if ("rater", int(rater)) not in dense.column:
            continue
        value, error = dense.predict({("rater", int(rater)): 1.0})
        assert result.rater[0][row] == pytest.approx(-value, abs=1e-8)
        assert result.rater[1][row] == pytest.approx(np.sqrt(error), abs=1e-8)
    assert result.components.mean == pytest.approx(dense.predict({("mean",): 1.0})[0], abs=1e-8)
    home = 0.05 + dense.predict({("home",): 1.0})[0]
    assert result.components.home_shift == pytest.approx(home, abs=1e-8)


def test_expected_below_sums_the_dense_probabilities(case):
    from scipy.stats import norm

    frame, result, dense = case
    for row, school in enumerate(frame.cells.school_ids):
        expected = 0.0
        for teacher in ROSTER.teacher[ROSTER.school == school]:
            value, error = dense.predict(
                {
                    ("mean",): 1.0,
                    ("school", int(school)): 1.0,
                    ("teacher", int(teacher), int(school)): 1.0,
                }
            )
            expected += norm.cdf((3.0 - value) / np.sqrt(error))
        assert result.columns["expected_below"][row] == pytest.approx(expected, abs=1e-8)
