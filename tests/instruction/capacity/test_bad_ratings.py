"""Odd ratings, one after the other and all at once: figures or nothing, never nan in a figure or a sure guess."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from instruction.capacity import CapacityEstimate, Evidence, Roster, Targets, estimate
from instruction.capacity.coarse import coarsened, teachers_on_scale
from instruction.capacity.data import DistrictEstimate
from instruction.capacity.rules import DEFAULT_RULES
from tests.instruction.capacity.districts import Row, ratings_of, targets_of

SHOWN = ("estimate", "se", "gap", "p_below", "expected_below")
SPELLS = [(100 * school + n, school) for school in (1, 2, 3) for n in range(8)]


def roster_of(spells: Sequence[tuple[int, int]]) -> Roster:
    teacher, school = zip(*spells, strict=True) if spells else ((), ())
    return Roster(np.array(teacher, dtype=np.int64), np.array(school, dtype=np.int64))


def linked_district(levels: Sequence[float], elements: Sequence[int] = (50,)) -> list[Row]:
    """Every teacher of three schools seen by the own leader and by the next school's, on each element."""
    rows: list[Row] = []
    for place, (teacher, school) in enumerate(SPELLS):
        for visitor in (False, True):
            observer = 900 + (school % 3 + 1 if visitor else school)
            level = levels[(place + visitor) % len(levels)]
            rows += [
                (2 * place + visitor, observer, teacher, school, -1, element, level, 0.1, visitor)
                for element in elements
            ]
    return rows


def assert_tells_figures_or_nothing(result: CapacityEstimate, targets: Targets) -> None:
    """What pages show is finite where there is evidence and absent where there is not, before and after rounding."""
    shown = result.evidence != Evidence.NOT_ENOUGH
    aimed = shown & ~np.isnan(targets.target)
    for told in (result, coarsened(result, targets)):
        for name in SHOWN:
            wanted = shown if name in {"estimate", "se"} else aimed
            np.testing.assert_array_equal(np.isfinite(getattr(told, name)), wanted, err_msg=name)
        steps = told.derivation
        for step in (steps.ratings, steps.observers, steps.teachers):
            assert np.isfinite(step[shown]).all()
        assert (told.se[shown] > 0).all()
        assert ((told.p_below[aimed] >= 0) & (told.p_below[aimed] <= 1)).all()
        for one in groups_of(told):
            assert (one.n_schools > 0) == np.isfinite(one.estimate) == np.isfinite(one.se)
    assert_on_scale(result, targets)
    assert ((result.reliability[shown] >= 0) | np.isnan(result.reliability[shown])).all()
    ranks = result.ranks
    ranked = ~np.isnan(ranks.low)
    assert (ranked <= shown).all()
    assert ((ranks.low >= 1) & (ranks.low <= ranks.high))[ranked].all()
    assert ((ranks.neediest >= 0) & (ranks.neediest <= 1))[ranked].all()
    assert (result.n_teachers[shown] >= DEFAULT_RULES.min_teachers).all()
    firm = result.evidence == Evidence.ESTIMATED
    points = targets.scale_max - targets.scale_min
    assert (np.round(result.se[firm], 2) <= DEFAULT_RULES.largest_se(points)).all()
    assert (np.isfinite(result.teachers.estimate) == (result.teachers.n_ratings > 0)).all()
    assert (np.isfinite(result.raters.severity) == (result.raters.n_ratings > 0)).all()


def groups_of(result: CapacityEstimate) -> list[DistrictEstimate]:
    """The district's figures and those of all groups."""
    return [*result.district, *[group for row in result.groups for group in row]]


def assert_on_scale(result: CapacityEstimate, targets: Targets) -> None:
    """Nothing that is told lies beyond the ends of the scale, and a school that was found there is not sure."""
    told, steps = coarsened(result, targets), coarsened(result, targets).derivation
    teachers = teachers_on_scale(result.teachers, targets).estimate
    of_groups = np.array([one.estimate for one in groups_of(told)])
    for values in (told.estimate, steps.ratings, steps.observers, steps.teachers, teachers, of_groups):
        told_values = values[~np.isnan(values)]
        assert ((told_values >= targets.scale_min) & (told_values <= targets.scale_max)).all()
    beyond = (result.estimate < targets.scale_min - 0.01) | (result.estimate > targets.scale_max + 0.01)
    assert (told.evidence[beyond] == Evidence.WEAK).all()
    assert (told.evidence <= result.evidence).all()


def test_highest_level_throughout_by_a_severe_observer_is_the_end_of_the_scale_and_weak():
    """Observer 1 gives 1 in all schools but the first, and there 4 throughout; the others give 4."""
    rows: list[Row] = []
    for school in range(1, 9):
        for lesson in range(30):
            severe = school == 1 or lesson % 3 == 0
            seen = (1 if severe else 100 + school, school * 100 + lesson // 3, school, -1)
            level = 1.0 if severe and school > 1 else 4.0
            rows += [
                (100 * school + lesson, *seen, element, level, 0.0, severe and school > 1)
                for element in (1, 2, 3)
            ]
    spells = [(school * 100 + n, school) for school in range(1, 9) for n in range(10)]
    targets = targets_of(range(1, 9), [1, 2, 3])
    result = estimate(ratings_of(rows), roster_of(spells), targets)
    assert result.estimate[0, 0] > 4.5
    told = coarsened(result, targets)
    assert told.estimate[0].tolist() == [4, 4, 4]
    assert (told.gap[0] == -1).all()
    assert (told.evidence[0] == Evidence.WEAK).all()
    assert_on_scale(result, targets)


@pytest.mark.parametrize("level", [1.0, 3.0, 4.0])
def test_equal_ratings_give_that_level_with_an_error_and_no_differences(level):
    targets = targets_of([1, 2, 3], [50, 51])
    result = estimate(ratings_of(linked_district([level], (50, 51))), roster_of(SPELLS), targets)
    assert_tells_figures_or_nothing(result, targets)
    assert (result.evidence == Evidence.ESTIMATED).all()
    np.testing.assert_allclose(result.estimate, level, atol=0.05)
    np.testing.assert_allclose(result.raters.severity, 0, atol=0.05)
    assert (result.se > 0.02).all()
    if level == 3.0:
        assert (np.abs(result.p_below - 0.5) < 0.3).all(), "at the target nothing is likely"


def test_element_with_one_rating_has_no_figure_and_hardly_moves_the_others():
    targets = targets_of([1, 2, 3], [50, 51])
    rows = linked_district([2.0, 3.0, 4.0])
    lone: Row = (0, rows[0][1], rows[0][2], 1, -1, 51, 1.0, 0.1, False)
    roster = roster_of(SPELLS)
    before = estimate(ratings_of(rows), roster, targets)
    after = estimate(ratings_of([*rows, lone]), roster, targets)
    assert_tells_figures_or_nothing(after, targets)
    assert (after.evidence[:, 1] == Evidence.NOT_ENOUGH).all()
    assert after.district[1].n_schools == 0
    np.testing.assert_allclose(after.estimate[:, 0], before.estimate[:, 0], atol=0.1)


def test_one_school_alone_is_weak_and_not_compared():
    targets = targets_of([1], [50])
    rows = [row for row in linked_district([2.0, 3.0]) if row[3] == 1 and not row[8]]
    result = estimate(ratings_of(rows), roster_of(SPELLS[:8]), targets)
    assert_tells_figures_or_nothing(result, targets)
    assert result.evidence[0, 0] == Evidence.WEAK
    assert np.isnan(result.se_contrast[0, 0])
    assert np.isnan(result.reliability[0, 0])


@pytest.mark.parametrize(
    "rows", [[], [(n, n % 3, -1, -1, n % 2, 50, 1.0 + n % 4, 0.2, False) for n in range(30)]]
)
def test_no_ratings_of_lessons_give_no_figure(rows):
    targets = targets_of([1, 2, 3], [50])
    result = estimate(ratings_of(rows), roster_of(SPELLS), targets)
    assert_tells_figures_or_nothing(result, targets)
    assert (result.evidence == Evidence.NOT_ENOUGH).all()
    assert np.isnan(result.estimate).all()
    assert result.district[0].n_schools == 0


def test_school_without_teachers_has_no_figure_whatever_was_seen_there():
    targets = targets_of([1, 2, 3], [50])
    result = estimate(ratings_of(linked_district([2.0, 3.0])), roster_of(SPELLS[:16]), targets)
    assert_tells_figures_or_nothing(result, targets)
    assert (result.roster_size[2], result.n_ratings[2, 0]) == (0, 0)
    assert result.evidence[:, 0].tolist() == [Evidence.WEAK, Evidence.WEAK, Evidence.NOT_ENOUGH]


def test_teacher_of_two_schools_counts_where_they_were_seen():
    targets = targets_of([1, 2, 3], [50])
    result = estimate(
        ratings_of(linked_district([2.0, 3.0])), roster_of([*SPELLS, (SPELLS[0][0], 2)]), targets
    )
    assert_tells_figures_or_nothing(result, targets)
    assert result.roster_size.tolist() == [8, 9, 8]
    assert result.n_teachers[:, 0].tolist() == [8, 8, 8]


def test_observer_who_teaches_elsewhere_is_an_observer_like_any_other():
    rows, targets = linked_district([2.0, 3.0, 4.0]), targets_of([1, 2, 3], [50])
    # The leader of the first school teaches in the second: the same id as a rater and as a teacher.
    same = [(*row[:1], 200 if row[1] == 901 else row[1], *row[2:]) for row in rows]
    plain, teaching = (estimate(ratings_of(one), roster_of(SPELLS), targets) for one in (rows, same))
    assert_tells_figures_or_nothing(teaching, targets)
    np.testing.assert_allclose(teaching.estimate, plain.estimate, atol=1e-9)
    np.testing.assert_allclose(teaching.se, plain.se, atol=1e-9)


def test_old_ratings_alone_make_no_sure_figure():
    targets = targets_of([1, 2, 3], [50])
    ratings = ratings_of(linked_district([2.0, 3.0]))
    recent, old = (
        estimate(replace(ratings, age=np.full(len(ratings.level), age)), roster_of(SPELLS), targets)
        for age in (0.1, 30.0)
    )
    assert_tells_figures_or_nothing(old, targets)
    assert (old.se > recent.se).all()


@settings(max_examples=40, deadline=None)
@example(  # twenty ratings that left no noise of their own
    seed=843868815, n=20, n_raters=3, n_schools=1, n_elements=2, share_videos=0.0, scale=(1.0, 1.5),
    few_levels=False, share_aimed=1.0, oldest=0.0,
)  # fmt: skip
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(0, 150),
    n_raters=st.integers(1, 6),
    n_schools=st.integers(1, 4),
    n_elements=st.integers(1, 3),
    share_videos=st.sampled_from([0.0, 0.2, 1.0]),
    scale=st.sampled_from([(1.0, 4.0), (1.0, 1.5), (-3.0, 11.0)]),
    few_levels=st.booleans(),
    share_aimed=st.sampled_from([0.0, 0.5, 1.0]),
    oldest=st.sampled_from([0.0, 3.0, 300.0]),
)
def test_garbage_within_the_types_gives_figures_or_nothing(
    seed, n, n_raters, n_schools, n_elements, share_videos, scale, few_levels, share_aimed, oldest
):
    rng = np.random.default_rng(seed)
    low, high = scale
    schools, elements = np.arange(1, n_schools + 1), np.arange(50, 50 + n_elements)
    rows: list[Row] = []
    for observation in range(n):
        video = rng.random() < share_videos
        school = -1 if video else int(rng.integers(1, n_schools + 2))
        seen = (
            int(rng.integers(1, n_raters + 1)), -1 if video else int(rng.integers(1, 30)), school,
            int(rng.integers(1, 4)) if video else -1,
        )  # fmt: skip
        age, external = float(rng.uniform(0, oldest)), bool(rng.integers(2))
        for element in rng.permutation(elements)[: int(rng.integers(1, n_elements + 1))].tolist():
            level = float(rng.choice([low, high])) if few_levels else float(rng.uniform(low, high))
            rows.append((observation, *seen, element, level, age, external))
    spells = sorted({(int(rng.integers(1, 30)), int(rng.integers(1, n_schools + 2))) for _ in range(40)})
    aims = np.where(rng.random((n_schools, n_elements)) < share_aimed, rng.uniform(low, high), np.nan)
    groups = rng.random((2, n_schools)) < 0.7
    targets = Targets(elements, schools, aims, low, high, groups)
    assert_tells_figures_or_nothing(estimate(ratings_of(rows), roster_of(spells), targets), targets)
