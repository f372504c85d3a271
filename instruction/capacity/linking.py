"""Which schools' ratings can be compared with others': the rater graph."""

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import BoolArray
from instruction.capacity.grouping import group_size


def linked_schools(cells: Cells) -> BoolArray:
    """Return (schools,) whether the school is tied to others by its own raters.

    A school is linked when one of its own raters is also another school's own rater, or has rated somewhere
    (a school or a calibration video) where another rater has rated who also rated in a different school.
    Without such a tie a school's level and its raters' severity cannot be told apart (Linacre 1989 calls
    such designs disconnected subsets).
    """
    n_schools, n_raters = len(cells.school_ids), len(cells.rater_ids)
    linked = np.zeros(n_schools, dtype=bool)
    if not cells.unit_own.any():
        return linked
    own_units = np.flatnonzero(cells.unit_own)
    own = cells.unit_school[own_units], cells.unit_rater[own_units]
    linked[own[0][group_size(own[1], n_raters)[own[1]] > 1]] = True

    places = np.concatenate([cells.unit_school, n_schools + cells.unit_video])
    rater, place = np.divmod(
        np.unique(cells.unit_rater * (n_schools + cells.n_videos) + places), n_schools + cells.n_videos
    )
    in_school = place < n_schools
    n_rated = group_size(rater[in_school], n_raters)
    only_school = np.full(n_raters, -1)
    only_school[rater[in_school]] = place[in_school]
    only_school[n_rated != 1] = -1

    anyone = group_size(place[n_rated[rater] > 0], n_schools + cells.n_videos)
    bound, n_bound = np.unique(
        (place * n_schools + only_school[rater])[only_school[rater] >= 0], return_counts=True
    )
    first = np.searchsorted(rater, own[1])
    count = np.searchsorted(rater, own[1], side="right") - first
    mine = np.repeat(np.arange(len(first)), count)
    visit = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count) + first[mine]
    school, where = own[0][mine], place[visit]
    code = where * n_schools + school
    at = np.minimum(np.searchsorted(bound, code), max(len(bound) - 1, 0))
    here_only = np.where(bound[at] == code, n_bound[at], 0) if len(bound) else np.zeros(len(code), int)
    others = anyone[where] - here_only - (only_school[own[1][mine]] != school)
    linked[school[others > 0]] = True
    return linked
