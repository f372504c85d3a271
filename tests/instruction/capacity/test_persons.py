"""Raters of several schools who no longer count as one person."""

from dataclasses import replace

import numpy as np

from instruction.capacity import Ratings
from instruction.capacity.cells import tabulate
from instruction.capacity.figures import figures_of
from instruction.capacity.frame import build_frame, with_smaller_border
from instruction.capacity.joint import reduce, solve
from tests.instruction.capacity.districts import COMPONENTS, solved, tangled_district

SCHOOLS_OF = {15: 1}
"""Where a rater of several schools has most observations; all others have them in the school of their tens."""


def apart(ratings: Ratings) -> Ratings:
    """Every rater of a lesson is another one in each school; those of videos are who they are at home."""
    at_home = np.array([SCHOOLS_OF.get(rater, rater // 10) for rater in ratings.rater.tolist()])
    school = np.where(ratings.video == -1, ratings.school, np.where(ratings.rater < 100, at_home, 0))
    return replace(ratings, rater=ratings.rater * 100 + school)


def test_district_with_no_room_for_shared_raters_takes_them_for_others_in_each_school():
    ratings, roster, targets = tangled_district()
    elements = targets.elements[:3]
    some = replace(targets, elements=elements, target=targets.target[:, :3])
    table, levels = tabulate(ratings, elements)
    frame = with_smaller_border(build_frame(table, levels, roster, some), 0)
    posterior = solve(reduce(frame, COMPONENTS), COMPONENTS)
    found = figures_of(frame, posterior, np.ones((8, 3), dtype=bool))
    _, _, expected = solved(apart(ratings), roster, targets, COMPONENTS)
    for name, values in expected.columns.items():
        np.testing.assert_allclose(found.columns[name], values, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(found.teacher, expected.teacher, atol=1e-9)


def test_raters_who_stand_for_several_are_reported_once_each():
    ratings, roster, targets = tangled_district()
    elements = targets.elements[:3]
    table, levels = tabulate(ratings, elements)
    whole = build_frame(
        table, levels, roster, replace(targets, elements=elements, target=targets.target[:, :3])
    )
    raters = solve(reduce(with_smaller_border(whole, 0), COMPONENTS), COMPONENTS).raters()
    together = solve(reduce(whole, COMPONENTS), COMPONENTS).raters()
    assert raters.mean.shape == together.mean.shape
    at = np.searchsorted(whole.cells.rater_ids, [10, 15, 20, 50])
    apart, less = (np.einsum("nii->ni", blocks.covariance[at]) for blocks in (raters, together))
    assert (apart > less - 1e-4).all()
    assert apart.sum() > less.sum()


def test_border_with_room_is_left_as_it_is():
    ratings, roster, targets = tangled_district()
    table, levels = tabulate(ratings, targets.elements)
    frame = build_frame(table, levels, roster, targets)
    assert with_smaller_border(frame, 1000) is frame
