"""Variance components by moments: against products over all pairs, and against a district that is known."""

from itertools import product

import numpy as np
import pytest

from instruction.capacity import Roster
from instruction.capacity.cells import Cells, Observations, build_cells
from instruction.capacity.moments import moment_components
from instruction.capacity.pair_sums import cell_sums, within
from instruction.capacity.published import (
    PUBLISHED,
    VISIBLE,
    as_array,
    as_components,
    published_components,
    visible_spread,
)

NOBODY = Roster(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def small_district(seed: int = 3) -> tuple[np.ndarray, Observations, Cells]:
    """Forty lessons and four videos, three elements with gaps."""
    rng = np.random.default_rng(seed)
    n = 44
    video = np.where(np.arange(n) < 40, -1, 1)
    school = np.where(video < 0, rng.integers(1, 5, n), -1)
    teacher = np.where(video < 0, school * 10 + rng.integers(0, 3, n), -1)
    rater = rng.integers(1, 9, n)
    levels = rng.integers(1, 5, (n, 3)).astype(float)
    levels[rng.random((n, 3)) < 0.3] = np.nan
    external = (rater + 1) // 2 != school
    table = Observations(rater, teacher, school, video, external, rng.random(n), np.full(n, 20000))
    return levels, table, build_cells(table, NOBODY)


def random_district(
    components: np.ndarray, seed: int, n_schools: int = 300, n_elements: int = 4
) -> tuple[np.ndarray, Observations]:
    """Normal ratings of known components (6, 2): 20 teachers and two raters a school, a tenth visits."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(n_schools), 60)
    teacher = np.repeat(np.arange(n_schools * 20), 3)
    home = np.repeat(np.arange(n_schools), 2)
    rater = school * 2 + rng.integers(0, 2, len(school))
    rater = np.where(rng.random(len(school)) < 0.1, rng.integers(0, len(home), len(school)), rater)
    own = home[rater] == school
    _, pair = np.unique(teacher * len(home) + rater, return_inverse=True)
    groups = (school, teacher, rater, pair, school, np.arange(len(school)))
    levels = np.full((len(school), n_elements), 2.6)
    for row, ((general, specific), group) in enumerate(zip(components, groups, strict=True)):
        shape = (group.max() + 1, n_elements)
        effect = rng.standard_normal((shape[0], 1)) * np.sqrt(general)
        effect = effect + rng.standard_normal(shape) * np.sqrt(specific)
        levels += effect[group] * (own[:, None] if row == 4 else 1.0)
    zero = np.zeros(len(school))
    none = np.full(len(school), -1)
    return levels, Observations(rater, teacher, school, none, ~own, zero, none)


def brute_force(levels: np.ndarray, table: Observations, alike: np.ndarray) -> dict[str, list[float]]:
    """Products over all ordered pairs of lesson ratings whose group is the same, by sides."""
    lesson = table.video < 0
    own = ~table.external
    centered = levels.copy()
    for side in (own, ~own):
        centered[lesson & side] -= np.nanmean(levels[lesson & side], axis=0)
    found = {name: [0.0, 0.0, 0.0] for name in ("same", "n_same", "cross", "n_cross")}
    rows = [(o, e) for o, e in product(range(len(levels)), range(3)) if lesson[o] and levels[o, e] > 0]
    for (a, e), (b, f) in product(rows, rows):
        if alike[a] == alike[b]:
            column = int(not own[a]) + int(not own[b])
            kind = "same" if e == f else "cross"
            found[kind][column] += centered[a, e] * centered[b, f]
            found[f"n_{kind}"][column] += 1
    return found


@pytest.mark.parametrize("group", ["school", "rater", "teacher"])
def test_sums_over_groups_equal_products_over_all_pairs(group):
    levels, table, cells = small_district()
    n = cells.n_lesson_cells
    unit = cells.cell_unit[:n]
    of_cell, alike = {
        "school": (cells.unit_school[unit], table.school),
        "rater": (cells.unit_rater[unit], table.rater),
        "teacher": (cells.cell_spell, table.teacher),
    }[group]
    sums = within(cell_sums(levels, table, cells), of_cell, int(of_cell.max()) + 1)
    for name, expected in brute_force(levels, table, alike).items():
        assert getattr(sums, name) == pytest.approx(expected, abs=1e-9), name


def test_products_within_an_observation_equal_those_over_its_pairs():
    levels, table, cells = small_district()
    itself = cell_sums(levels, table, cells).itself
    for name, expected in brute_force(levels, table, np.arange(len(levels))).items():
        assert getattr(itself, name) == pytest.approx(expected, abs=1e-9), name


def test_moments_of_a_large_district_find_its_components():
    truth = PUBLISHED * np.array([0.5, 0.7, 2.0, 1.5, 3.0, 1.1])[:, None]
    found = []
    for seed in range(3):
        levels, table = random_district(truth, seed)
        found.append(moment_components(levels, table, build_cells(table, NOBODY), 3.0).values)
    mean = np.mean(found, axis=0)
    assert mean[[1, 2, 3, 5]] == pytest.approx(truth[[1, 2, 3, 5]], rel=0.2)
    # School and culture are told apart by visits alone: their sum is known far better.
    assert (mean[0] + mean[4]).sum() == pytest.approx((truth[0] + truth[4]).sum(), rel=0.2)


def test_moments_of_one_element_keep_the_published_split():
    levels, table = random_district(PUBLISHED, 1, n_schools=60, n_elements=1)
    result = moment_components(levels, table, build_cells(table, NOBODY), 3.0)
    found, published = (values[:5, 0] / values[:5].sum(axis=1) for values in (result.values, PUBLISHED))
    assert found == pytest.approx(published)
    assert result.values.sum() == pytest.approx(PUBLISHED.sum(), rel=0.1)


def test_moments_without_ratings_are_the_published_values():
    levels, table, _ = small_district()
    empty = table.take(np.zeros(len(levels), dtype=bool))
    result = moment_components(np.empty((0, 3)), empty, build_cells(empty, NOBODY), 3.0)
    assert result.values == pytest.approx(PUBLISHED)


def test_moments_of_equal_ratings_stay_above_zero_and_below_the_published_values():
    levels, table, cells = small_district()
    result = moment_components(np.where(levels > 0, 3.0, np.nan), table, cells, 3.0)
    assert (result.values > 0).all()
    assert (result.values < PUBLISHED).all()


def test_moments_do_not_depend_on_the_order_of_observations():
    levels, table, cells = small_district()
    order = np.random.default_rng(1).permutation(len(levels))
    turned = Observations(*(getattr(table, name)[order] for name in Observations.__slots__))
    result = moment_components(levels[order], turned, build_cells(turned, NOBODY), 3.0)
    assert result.values == pytest.approx(moment_components(levels, table, cells, 3.0).values, rel=1e-9)


def test_published_values_follow_what_the_levels_let_see():
    total = PUBLISHED.sum()
    # Worth 20 of their own size, and 20 ratings that show twice the variance: half way between.
    result = published_components(2 * total, np.sqrt(2) * VISIBLE, 20, 3.0)
    assert result == pytest.approx(1.5 * PUBLISHED)
    # Rarely used levels hide effects, and what an observation's elements share; the rest is rounding.
    result = published_components(total, VISIBLE / 2, 1e9, 3.0)
    assert result[:5] == pytest.approx(PUBLISHED[:5] / 4)
    assert result[5, 0] == pytest.approx(PUBLISHED[5, 0] / 4)
    assert result.sum() == pytest.approx(total)


def test_published_values_follow_the_length_of_the_scale():
    assert published_components(0.0, np.nan, 0, 6.0) == pytest.approx(4 * PUBLISHED)


def test_visible_spread_of_two_levels_and_of_many():
    halves = np.array([[1.0], [2.0]] * 50)
    assert visible_spread(halves) == pytest.approx(1 / np.sqrt(2 * np.pi))  # phi(0)
    assert visible_spread(np.full((9, 1), 3.0)) == 0.0
    # Levels as fine as the values show all of their spread.
    fine = np.random.default_rng(1).normal(0.0, 0.7, (20_000, 1))
    assert visible_spread(fine) == pytest.approx(0.7, rel=0.02)
    shares = np.repeat([1.0, 2.0, 3.0, 4.0], [25, 400, 520, 55])[:, None]
    assert visible_spread(shares) == pytest.approx(VISIBLE, abs=1e-4)


def test_components_keep_their_names_through_arrays():
    values = np.arange(12.0).reshape(6, 2)
    named = as_components(values)
    assert (named.teacher_rater.general, named.noise.specific) == (6.0, 11.0)
    assert as_array(named) == pytest.approx(values)
