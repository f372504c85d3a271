"""Own raters who are kinder where teaching is weaker: found where visitors tell, allowed for where they do not."""

from dataclasses import replace

import numpy as np
import pytest

from instruction.capacity import Roster, Targets
from instruction.capacity.cells import tabulate
from instruction.capacity.components import estimate_components
from instruction.capacity.data import Components, Kindness
from instruction.capacity.derive import contrasts, draw, weighted_mean
from instruction.capacity.frame import Frame, build_frame
from instruction.capacity.joint import Posterior, reduce, solve
from instruction.capacity.kindness import PRIOR_SD
from instruction.capacity.simulate import Design, Stress, simulate
from tests.instruction.capacity.districts import COMPONENTS, solved, tangled_district


def kind_district(kindness: float, share_external: float, seed: int) -> Frame:
    """Sixty schools of 24 teachers, two own raters each, three elements."""
    school = np.repeat(np.arange(1, 61), 24)
    home = np.repeat(np.arange(1, 61), 2)
    design = Design(
        teacher=np.arange(len(school)),
        school_of_teacher=school,
        rater=np.arange(len(home)),
        home_school_of_rater=home,
        elements=np.arange(3),
        share_external=share_external,
        share_elements_rated=1.0,
        stress=Stress(kindness=kindness),
    )
    table, levels = tabulate(simulate(design, seed).ratings, design.elements)
    targets = Targets(design.elements, np.arange(1, 61), np.full((60, 3), 3.0))
    return build_frame(table, levels, Roster(design.teacher, school), targets)


def posterior_of(kindness: Kindness, share_rated: float) -> Posterior:
    ratings, roster, targets = tangled_district(share_rated=share_rated)
    return solved(ratings, roster, targets, replace(COMPONENTS, kindness=kindness))[1]


def found(frames: list[Frame]) -> list[Components]:
    return [estimate_components(frame) for frame in frames]


def test_kindness_is_found_with_its_sign_where_visitors_tell():
    kind = found([kind_district(-0.5, 0.4, seed) for seed in range(4)])
    plain = found([kind_district(0.0, 0.4, seed) for seed in range(4)])
    assert np.mean([c.kindness.mean for c in kind]) < np.mean([c.kindness.mean for c in plain]) - 0.1
    assert all(c.kindness.mean < -c.kindness.sd for c in kind)


def test_kindness_without_visitors_stays_near_none_and_as_unsure_as_before():
    for components in found([kind_district(0.0, 0.0, seed) for seed in range(2)]):
        assert abs(components.kindness.mean) < PRIOR_SD
        assert 0.5 * PRIOR_SD < components.kindness.sd <= PRIOR_SD


def test_kindness_without_own_raters_changes_no_capacity():
    frame = kind_district(0.0, 1.0, 1)
    components = estimate_components(frame)
    assert components.kindness == Kindness(pytest.approx(0.0), pytest.approx(PRIOR_SD))
    capacities = solve(reduce(frame, components), components).capacities()
    assert capacities.common == pytest.approx(np.zeros((60, 3)), abs=1e-12)


@pytest.mark.parametrize("share_rated", [0.5, 1.0])
@pytest.mark.parametrize("mean", [0.0, -0.3])
def test_change_with_kindness_is_that_of_solutions_nearby(share_rated, mean):
    step = 1e-4
    common = posterior_of(Kindness(mean, 0.2), share_rated).capacities().common
    above, below = (
        posterior_of(Kindness(mean + side * step), share_rated).capacities().mean for side in (1, -1)
    )
    assert common == pytest.approx(0.2 * (above - below) / (2 * step), abs=1e-6)
    assert np.abs(common).max() > 0.001


def test_unsure_kindness_widens_errors_of_schools_contrasts_and_means_alike():
    unsure, sure = (posterior_of(Kindness(0.0, sd), 0.5).capacities() for sd in (0.3, 0.0))
    shown, moved = np.ones(unsure.mean.shape, dtype=bool), unsure.common
    prior = np.ones(len(moved))
    assert unsure.mean == pytest.approx(sure.mean)
    assert unsure.variance == pytest.approx(sure.variance + moved**2)
    wide, narrow = (contrasts(one, shown, prior)[0] for one in (unsure, sure))
    assert wide**2 == pytest.approx(narrow**2 + (moved - moved.mean(axis=0)) ** 2)
    weights = np.full(moved.shape, 1 / len(moved))
    more = weighted_mean(unsure, weights)[1] - weighted_mean(sure, weights)[1]
    assert more == pytest.approx(moved.mean(axis=0) ** 2)


def test_draws_vary_with_kindness_too():
    capacities = posterior_of(Kindness(0.0, 0.5), 0.5).capacities()
    drawn = draw(capacities, 20_000, seed=3)
    assert drawn.var(axis=0) == pytest.approx(capacities.variance, rel=0.06)
