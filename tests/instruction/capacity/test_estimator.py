"""What the estimate does with odd and with wrong input."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruction.capacity import CapacityEstimate, Evidence, EvidenceRules, Ratings, Roster, estimate
from instruction.capacity.estimator import Known
from tests.instruction.capacity.districts import (
    COMPONENTS,
    ratings_of,
    reorder,
    tangled_district,
    targets_of,
    with_levels,
)

SHOW_ALL = EvidenceRules(min_teachers=0, min_share=0.0)
MODELED = ("estimate", "se", "se_contrast", "gap", "p_below", "expected_below", "reliability")
RATINGS, ROSTER, TARGETS = tangled_district()
EXPECTED = estimate(RATINGS, ROSTER, TARGETS)


def one_school(n: int = 12, level: float = 3.0) -> tuple[Ratings, Roster]:
    rows = [(i, 1, 100 + i % 6, 1, -1, 50, level, 0.1, False) for i in range(n)]
    return ratings_of(rows), Roster(np.arange(100, 106), np.ones(6, dtype=np.int64))


def assert_same(left: CapacityEstimate, right: CapacityEstimate, tolerance: float = 1e-9) -> None:
    for field in fields(CapacityEstimate):
        a, b = getattr(left, field.name), getattr(right, field.name)
        if isinstance(a, np.ndarray):
            np.testing.assert_allclose(a, b, atol=tolerance, err_msg=field.name)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(len(RATINGS.level))))
def test_estimate_does_not_depend_on_row_order(order):
    shuffled = estimate(reorder(RATINGS, np.array(order)), ROSTER, TARGETS)
    for name in (*MODELED, "n_ratings", "last_day", "evidence"):
        np.testing.assert_array_equal(getattr(EXPECTED, name), getattr(shuffled, name))
    np.testing.assert_array_equal(EXPECTED.teachers.estimate, shuffled.teachers.estimate)


@settings(max_examples=8, deadline=None)
@given(st.floats(min_value=-5, max_value=5, allow_nan=False))
def test_adding_a_constant_to_all_levels_shifts_estimates_by_it(constant):
    wide = replace(TARGETS, scale_min=-10.0, scale_max=10.0)
    before = estimate(RATINGS, ROSTER, wide)
    after = estimate(with_levels(RATINGS, RATINGS.level + constant), ROSTER, wide)
    np.testing.assert_allclose(after.estimate, before.estimate + constant, atol=1e-9)
    np.testing.assert_allclose(after.gap, before.gap - constant, atol=1e-9)
    np.testing.assert_allclose(after.se, before.se, atol=1e-9)
    np.testing.assert_allclose(after.raters.severity, before.raters.severity, atol=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(min_value=1, max_value=10**12), st.booleans())
def test_relabeling_ids_changes_nothing_but_the_labels(offset, reverse):
    def relabel(ids):
        return np.where(ids == -1, -1, offset - ids + 10_000 if reverse else offset + ids)

    names = ("observation", "rater", "teacher", "school", "video")
    ratings = replace(RATINGS, **{name: relabel(getattr(RATINGS, name)) for name in names})
    roster = Roster(relabel(ROSTER.teacher), relabel(ROSTER.school))
    after = estimate(ratings, roster, replace(TARGETS, schools=relabel(TARGETS.schools)))
    for name in (*MODELED, "n_ratings", "n_teachers", "n_raters", "last_day", "evidence", "linked"):
        np.testing.assert_allclose(getattr(after, name), getattr(EXPECTED, name), atol=1e-9, err_msg=name)


def test_results_follow_the_order_of_the_targets():
    schools, elements = np.array([5, 1, 8, 99]), np.array([52, 50])
    all_of_them = estimate(
        RATINGS, ROSTER, replace(TARGETS, elements=elements[::-1], target=np.full((8, 2), 3.0))
    )
    part = estimate(
        RATINGS, ROSTER, replace(TARGETS, schools=schools, elements=elements, target=np.full((4, 2), 3.0))
    )
    np.testing.assert_allclose(part.estimate[:2], all_of_them.estimate[[4, 0]][:, ::-1], atol=1e-12)
    assert part.roster_size.tolist() == [8, 8, 8, 0]
    assert part.last_day[3].tolist() == [-1, -1]


def test_counts_are_of_the_current_roster():
    rows = [
        (1, 1, 100, 1, -1, 50, 3.0, 0.0, False),
        (1, 1, 100, 1, -1, 51, 2.0, 0.0, False),
        (2, 2, 100, 1, -1, 50, 3.0, 1.0, True),
        (3, 1, 101, 1, -1, 50, 4.0, 0.5, False),
        (4, 1, 199, 1, -1, 50, 4.0, 0.0, False),  # has left
        (5, 1, -1, -1, 7, 50, 4.0, 0.0, False),  # a video
    ]
    roster = Roster(np.array([100, 101, 102]), np.array([1, 1, 1]))
    result = estimate(ratings_of(rows), roster, targets_of([1], [50, 51]))
    assert result.n_ratings.tolist() == [[3, 1]]
    assert result.n_observations.tolist() == [[3, 1]]
    assert result.n_teachers.tolist() == [[2, 1]]
    assert result.n_raters.tolist() == [[2, 1]]
    assert result.last_day.tolist() == [[20000, 20000]]
    assert result.roster_size.tolist() == [3]
    assert result.raters.n_ratings.tolist() == [[4, 1], [1, 0]]
    assert result.teachers.n_ratings.tolist() == [[2, 1], [1, 0], [0, 0]]
    assert np.isnan(result.teachers.estimate).tolist() == [[False, False], [False, True], [True, True]]


def test_nothing_modeled_is_given_without_enough_evidence():
    result = EXPECTED
    hidden = result.evidence == Evidence.NOT_ENOUGH
    assert hidden.any()
    assert not hidden.all()
    for name in MODELED:
        np.testing.assert_array_equal(np.isnan(getattr(result, name)), hidden, err_msg=name)


def test_element_without_target_has_capacity_but_no_gap():
    result = estimate(RATINGS, ROSTER, replace(TARGETS, target=np.full(TARGETS.target.shape, np.nan)))
    assert not np.isnan(result.estimate[0, 0])
    for name in ("gap", "p_below", "expected_below"):
        assert np.isnan(getattr(result, name)).all()


def test_never_rated_element_has_no_figures_and_no_components():
    result = EXPECTED
    assert np.isnan(result.estimate[:, 3]).all()
    assert np.isnan(result.components[3].mean)
    assert np.isnan(result.district[3].estimate)
    assert result.district[3].n_schools == 0


def test_islands_are_not_linked_and_their_figures_are_weak():
    result = estimate(RATINGS, ROSTER, TARGETS, SHOW_ALL)
    assert result.linked.tolist() == [True] * 5 + [False] * 3
    assert (result.evidence[5:7, 0] == Evidence.WEAK).all()


def test_school_without_ratings_is_predicted_at_the_mean_with_a_wide_error():
    result = estimate(RATINGS, ROSTER, TARGETS, SHOW_ALL)
    assert result.estimate[7, 0] == pytest.approx(result.components[0].mean)
    assert result.se[7, 0] > result.se[:7, 0].max()


def test_one_school_has_no_contrast():
    ratings, roster = one_school()
    result = estimate(ratings, roster, targets_of([1], [50]))
    assert not np.isnan(result.estimate[0, 0])
    assert np.isnan(result.se_contrast[0, 0])
    assert np.isnan(result.reliability[0, 0])
    assert result.evidence.tolist() == [[Evidence.WEAK]]


def test_own_raters_alone_lower_the_level_by_the_expected_home_shift():
    ratings, roster = one_school(level=3.0)
    result = estimate(ratings, roster, targets_of([1], [50]))
    assert result.estimate[0, 0] == pytest.approx(2.95)
    assert result.se[0, 0] > 0.10


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="no ratings"),
        pytest.param([(1, 1, 100, 1, -1, 50, 3.0, 0.0, True)], id="one rating by a visitor"),
        pytest.param([(i, 1, 100 + i, 1, -1, 50, 2.0 + i, 0.0, False) for i in range(2)], id="two teachers"),
        pytest.param(
            [(i, i % 4, -1, -1, i % 3, 50, 1.0 + i % 4, 0.0, False) for i in range(12)], id="videos only"
        ),
        pytest.param(
            [(i, i % 2, 100 + i % 6, 1, -1, 50, 3.0, 0.0, i % 2 == 0) for i in range(60)], id="all equal"
        ),
    ],
)
@pytest.mark.parametrize("rules", [EvidenceRules(), SHOW_ALL], ids=["default rules", "show all"])
def test_scarce_ratings_give_figures_or_nothing(rows, rules):
    roster = Roster(np.arange(100, 106), np.ones(6, dtype=np.int64))
    result = estimate(ratings_of(rows), roster, targets_of([1], [50]), rules)
    shown = result.evidence != Evidence.NOT_ENOUGH
    for name in ("estimate", "se", "gap", "p_below", "expected_below"):
        np.testing.assert_array_equal(~np.isnan(getattr(result, name)), shown)
    rated = result.teachers.n_ratings > 0
    np.testing.assert_array_equal(~np.isnan(result.teachers.se), rated)
    assert (result.teachers.se[rated] > 0).all()
    np.testing.assert_array_equal(~np.isnan(result.raters.severity), result.raters.n_ratings > 0)


def test_empty_district_gives_empty_arrays():
    nobody = Roster(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    result = estimate(ratings_of([]), nobody, targets_of([], []))
    assert result.estimate.shape == (0, 0)
    assert result.district == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("level", np.nan, "no level"),
        ("level", 4.5, "outside the scale 1 to 4"),
        ("level", 0.0, "outside the scale 1 to 4"),
        ("age", -0.1, "age"),
        ("age", np.nan, "age"),
        ("teacher", -1, "either a teacher or a video"),
        ("video", 3, "either a teacher or a video"),
        ("school", -1, "no school"),
        ("rater", 77, "disagree about its rater"),
    ],
)
def test_impossible_ratings_are_refused_with_the_reason(column, value, message):
    ratings = ratings_of([(1, 1, 100, 1, -1, element, 3.0, 0.5, False) for element in (50, 51)])
    changed = getattr(ratings, column).copy()
    changed[1] = value
    with pytest.raises(ValueError, match=message):
        estimate(replace(ratings, **{column: changed}), ROSTER, TARGETS)


def test_arrays_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"ratings\.age has 1 entries"):
        estimate(replace(RATINGS, age=np.zeros(1)), ROSTER, TARGETS)


def test_targets_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="shape"):
        estimate(RATINGS, ROSTER, replace(TARGETS, target=np.zeros((2, 2))))
    with pytest.raises(ValueError, match="names an id twice"):
        estimate(RATINGS, ROSTER, replace(TARGETS, schools=np.array([1] * 8)))


def test_same_input_gives_the_same_bits():
    assert_same(estimate(RATINGS, ROSTER, TARGETS), EXPECTED, tolerance=0.0)


def random_district(seed: int) -> tuple[Ratings, Roster]:
    """Whatever can come in: few or many schools, elements, raters and videos, each rating with its own gaps."""
    rng = np.random.default_rng(seed)
    n_schools, n_raters, n_elements = (int(n) for n in rng.integers(1, [6, 8, 4]))
    teachers = np.repeat(np.arange(1, n_schools + 1), rng.integers(1, 9, n_schools))
    rows = []
    for observation in range(int(rng.integers(0, 60))):
        place, rater = int(rng.integers(0, len(teachers))), int(rng.integers(1, n_raters + 1))
        school, teacher, video = int(teachers[place]), 100 + place, -1
        if rng.random() < 0.1:
            school, teacher, video = -1, -1, int(rng.integers(0, 3))
        external = bool(rng.random() < 0.3) if seed % 3 else rater % n_schools + 1 != school
        age = float(rng.uniform(0, 4))
        for element in range(n_elements):
            if rng.random() < 0.7:
                level = 3.0 if seed % 5 == 0 else float(rng.integers(1, 5))
                rows.append((observation, rater, teacher, school, video, 50 + element, level, age, external))
    return ratings_of(rows), Roster(100 + np.arange(len(teachers)), teachers)


@pytest.mark.parametrize("rules", [EvidenceRules(), SHOW_ALL], ids=["default rules", "show all"])
@pytest.mark.parametrize("seed", range(30))
def test_figures_are_numbers_in_their_ranges_whatever_comes_in(seed, rules):
    ratings, roster = random_district(seed)
    result = estimate(ratings, roster, targets_of([*range(1, 7), 99], (50, 51, 52, 53)), rules)
    shown = ~np.isnan(result.estimate)
    np.testing.assert_array_equal(shown, result.evidence != Evidence.NOT_ENOUGH)
    for name in ("se", "gap", "p_below", "expected_below"):
        assert np.isfinite(getattr(result, name)[shown]).all(), name
    several = shown & (shown.sum(axis=0) > 1)
    for name in ("se_contrast", "reliability"):
        np.testing.assert_array_equal(np.isfinite(getattr(result, name)), several, err_msg=name)
    assert (result.se[shown] > 0.02).all()
    for name in ("p_below", "reliability"):
        values = getattr(result, name)[several]
        assert ((values >= 0) & (values <= 1)).all(), name
    assert (
        result.expected_below[shown] <= np.broadcast_to(result.roster_size[:, None], shown.shape)[shown]
    ).all()
    assert np.isfinite(result.teachers.se[result.teachers.n_ratings > 0]).all()
    assert np.isfinite(result.raters.se[result.raters.n_ratings > 0]).all()
    assert all(np.isfinite(row.estimate) == (row.n_schools > 0) for row in result.district)


def test_known_severities_leave_less_open():
    severity = np.zeros(len(RATINGS.level))
    plain = estimate(RATINGS, ROSTER, TARGETS, SHOW_ALL, known=Known(COMPONENTS))
    told = estimate(
        with_levels(RATINGS, np.full(len(severity), 2.5)), ROSTER, TARGETS, SHOW_ALL,
        known=Known(COMPONENTS, severity),
    )  # fmt: skip
    assert (told.se[:, :3] < plain.se[:, :3]).all()
    assert told.estimate[:, :3] == pytest.approx(2.5)
    assert told.spread.rater.total < 1e-9


def test_an_observation_that_rates_an_element_twice_is_refused():
    rows = [(1, 1, 100, 1, -1, 50, level, 0.5, False) for level in (2.0, 3.0)]
    with pytest.raises(ValueError, match="rates an element twice"):
        estimate(ratings_of(rows), ROSTER, TARGETS)


def test_one_element_asked_for_alone_is_estimated_alone():
    result = estimate(
        RATINGS, ROSTER, replace(TARGETS, elements=np.array([50]), target=np.full((8, 1), 3.0)), SHOW_ALL,
        known=Known(COMPONENTS),
    )  # fmt: skip
    joint = estimate(RATINGS, ROSTER, TARGETS, SHOW_ALL, known=Known(COMPONENTS))
    assert (result.se[:7, 0] > joint.se[:7, 0]).all()
