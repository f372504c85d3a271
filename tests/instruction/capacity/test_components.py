"""Variance components of schools, raters and cultures: where the steps lead, and in odd districts."""

import numpy as np
import pytest

from instruction.capacity import Roster, Targets
from instruction.capacity import components as module
from instruction.capacity.cells import tabulate
from instruction.capacity.components import estimate_components
from instruction.capacity.data import Components
from instruction.capacity.frame import Frame, build_frame
from instruction.capacity.published import as_array
from instruction.capacity.simulate import Design, SimulatedComponents, simulate
from tests.instruction.capacity.districts import ratings_of

MOVED = [0, 2, 4]


def district(
    seed: int = 1, n_schools: int = 40, n_elements: int = 4, share_rated: float = 0.7, n_teachers: int = 15
) -> Frame:
    """Fifteen teachers and two own raters a school; a fifth of the observations by visitors."""
    school = np.repeat(np.arange(1, n_schools + 1), n_teachers)
    home = np.repeat(np.arange(1, n_schools + 1), 2)
    design = Design(
        teacher=np.arange(len(school)),
        school_of_teacher=school,
        rater=np.arange(len(home)),
        home_school_of_rater=home,
        elements=np.arange(n_elements),
        share_external=0.2,
        share_elements_rated=share_rated,
    )
    return frame_of(simulate(design, seed).ratings, design.elements)


def frame_of(ratings, elements):
    table, levels = tabulate(ratings, elements)
    nobody = Roster(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    targets = Targets(elements, np.empty(0, dtype=np.int64), np.empty((0, len(elements))))
    return build_frame(table, levels, nobody, targets)


def assert_sane(components: Components) -> None:
    values = as_array(components)
    assert np.isfinite(values).all()
    assert (values > 0).all()
    assert np.isfinite(components.kindness.mean)
    assert components.kindness.sd > 0


def test_components_of_many_districts_average_to_what_they_were_made_of():
    found = np.mean([as_array(estimate_components(district(seed))) for seed in range(6)], axis=0)
    made_of = SimulatedComponents()
    # A level on the scale moves .9 for one point of what is rated: effects show .82 of their variance.
    for row, part in ((0, made_of.school), (1, made_of.teacher), (2, made_of.rater)):
        assert found[row].sum() == pytest.approx(0.82 * part.total, rel=0.3)


def test_leaps_lead_where_many_steps_do(monkeypatch):
    frame = district()
    few = estimate_components(frame)
    monkeypatch.setattr(module, "CYCLES", 30)
    monkeypatch.setattr(module, "SETTLED", 1e-5)
    many = estimate_components(frame)
    assert as_array(few)[MOVED] == pytest.approx(as_array(many)[MOVED], rel=0.1)
    assert few.kindness.mean == pytest.approx(many.kindness.mean, abs=0.02)


def test_a_part_of_the_schools_and_elements_tells_nearly_the_same(monkeypatch):
    frame = district(n_schools=80)
    whole = estimate_components(frame)
    monkeypatch.setattr(module, "EM_SCHOOLS", 40)
    monkeypatch.setattr(module, "EM_ELEMENTS", 2)
    part = estimate_components(frame)
    assert as_array(part)[MOVED].sum(axis=1) == pytest.approx(as_array(whole)[MOVED].sum(axis=1), rel=0.35)
    unmoved = [1, 3, 5]
    assert as_array(part)[unmoved] == pytest.approx(as_array(whole)[unmoved])


def test_an_element_rated_only_in_schools_left_out_is_left_out_too(monkeypatch):
    frame = district(n_schools=12, n_elements=2)
    frame.levels[frame.table.school != 2, 1] = np.nan
    monkeypatch.setattr(module, "EM_SCHOOLS", 2)  # the first and the last
    assert_sane(estimate_components(frame))


@pytest.mark.parametrize("n_elements", [1, 3])
@pytest.mark.parametrize("level", [1.0, 3.0])
def test_equal_ratings_give_small_positive_components(n_elements, level):
    frame = district(n_schools=8, n_elements=n_elements)
    frame.levels[~np.isnan(frame.levels)] = level
    components = estimate_components(frame)
    assert_sane(components)
    assert components.school.total < 0.02


def test_one_rating_gives_about_the_published_components():
    ratings = ratings_of([(1, 1, 1, 1, -1, 50, 3.0, 0.0, False)])
    components = estimate_components(frame_of(ratings, np.array([50])))
    assert_sane(components)
    assert components.school.total == pytest.approx(0.020, rel=0.2)
    assert components.teacher.total == pytest.approx(0.078, rel=0.2)


def test_videos_alone_give_components_without_a_school():
    rows = [(i, i % 3, -1, -1, i % 4, 50, 2.0 + i % 3, 0.0, False) for i in range(12)]
    assert_sane(estimate_components(frame_of(ratings_of(rows), np.array([50]))))
