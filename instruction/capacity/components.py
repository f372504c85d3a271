"""Variance components of a district: moments first, then a few EM steps where moments are not enough.

Schools, rating cultures and raters are hard to tell apart by moments. They are refined on the reduced equations,
which do not depend on them. Teachers, interactions and noise stay as the moments have them.
"""

import numpy as np

from instruction.capacity.data import NO_ID, BoolArray, Components, FloatArray, Roster, Targets
from instruction.capacity.frame import Frame, build_frame
from instruction.capacity.joint import reduce, solve
from instruction.capacity.maximize import CULTURE, RATER, SCHOOL, maximized, members
from instruction.capacity.pair_moments import moment_components
from instruction.capacity.published import as_components

CYCLES = 5
"""Pairs of EM steps, each followed by a leap. EM alone is slow here: sixteen steps leave a sixth of the way."""

SETTLED = 0.02
"""The cycles end when no variance moves by more than this share of itself."""

LONGEST_LEAP = 8.0

EM_SCHOOLS = 200
"""In districts with more rated schools the steps look at this many: enough to know the variances within about
a tenth, and the time of a step is that of a medium district."""

START_SHARE = 1.0 / 3.0
"""EM cannot leave zero, so it starts no lower than this share of the published value."""


def estimate_components(frame: Frame) -> Components:
    """Variance components of a district with ratings on every element of the frame."""
    moments = moment_components(frame.levels, frame.table, frame.cells, frame.points)
    values, prior = moments.values, moments.prior
    moved = [SCHOOL, RATER, CULTURE]
    values[moved] = np.maximum(values[moved], START_SHARE * prior[moved])
    frame = _sample(frame)
    who = members(frame.cells)
    reduced = reduce(frame, as_components(values))
    for _ in range(CYCLES):
        first = maximized(solve(reduced, as_components(values)), who, prior, values)
        second = maximized(solve(reduced, as_components(first)), who, prior, first)
        settled = np.abs(np.log(second / first)).max() < SETTLED
        values = second if settled else _leap(values, first, second)
        if settled:
            break
    return as_components(values)


def _leap(start: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Where two steps lead in the long run (Varadhan & Roland 2008, Scandinavian Journal of Statistics 35, SqS3).

    Taken in logarithms, so that variances stay positive.
    """
    x = np.log(start)
    step = np.log(first) - x
    bend = np.log(second) - np.log(first) - step
    length = np.linalg.norm(step) / max(float(np.linalg.norm(bend)), 1e-12)
    alpha = -min(max(float(length), 1.0), LONGEST_LEAP)
    return np.asarray(np.exp(x - 2.0 * alpha * step + alpha**2 * bend))


def _sample(frame: Frame) -> Frame:
    """The lessons of `EM_SCHOOLS` schools, evenly spread over the ids, and their raters' videos."""
    cells, table = frame.cells, frame.table
    schools = cells.school_ids[np.unique(cells.unit_school)]
    if len(schools) <= EM_SCHOOLS:
        return frame
    chosen = schools[np.linspace(0, len(schools) - 1, EM_SCHOOLS).round().astype(np.int64)]
    lesson = table.video == NO_ID
    keep = lesson & np.isin(table.school, chosen)
    keep |= ~lesson & np.isin(table.rater, table.rater[keep])
    return _without_figures(frame, keep)


def _without_figures(frame: Frame, keep: BoolArray) -> Frame:
    """A frame of the observations where `keep` is true, without rosters and targets."""
    nothing = np.empty(0, dtype=np.int64)
    n_elements = frame.levels.shape[1]
    targets = Targets(np.arange(n_elements), nothing, np.empty((0, n_elements)), 0.0, frame.points)
    return build_frame(frame.table.take(keep), frame.levels[keep], Roster(nothing, nothing), targets)
