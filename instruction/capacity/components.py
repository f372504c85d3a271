"""Variance components of a district: moments first, then a few EM steps where moments are not enough.

Schools, rating cultures and raters are hard to tell apart by moments. They are refined on the reduced equations,
which do not depend on them. Teachers, interactions and noise stay as the moments have them.
"""

import numpy as np

from instruction.capacity.cells import Observations
from instruction.capacity.data import NO_ID, Components, FloatArray, IntArray, Kindness, Roster, Targets
from instruction.capacity.frame import Frame, build_frame, with_smaller_border
from instruction.capacity.joint import Posterior, Reduced, reduce, solve
from instruction.capacity.kindness import PRIOR_SD
from instruction.capacity.maximize import (
    CULTURE,
    RATER,
    SCHOOL,
    Members,
    State,
    kindness_moments,
    maximized,
    members,
)
from instruction.capacity.moments import moment_components
from instruction.capacity.published import as_components

CYCLES = 5
"""Pairs of EM steps, each followed by a leap. EM alone is slow here: sixteen steps leave a sixth of the way."""

SETTLED = 0.005
"""The cycles end when no variance moves by more than this share of itself."""

LONGEST_LEAP = 8.0
MOST_KINDNESS = 0.8
NEARBY = 0.1
"""How far from the kindness its uncertainty is looked for."""

EM_SCHOOLS = 200
"""In districts with more rated schools the steps look at this many: enough to know the variances within about
a tenth, and the time of a step is that of a medium district."""

EM_BORDER = 1200
"""Most numbers that schools may share in the steps, so that a step takes a tenth of a second."""

EM_ELEMENTS = 6
"""With ratings missing, the time of a step grows with the cube of the elements; the general variances, which
matter most, are known from some of them."""

START_SHARE = 1.0 / 3.0
"""EM cannot leave zero, so it starts no lower than this share of the published value."""


def estimate_components(frame: Frame) -> Components:
    """Variance components of a district with ratings on every element of the frame."""
    moments = moment_components(frame.levels, frame.table, frame.cells, frame.points)
    values, prior = moments.values, moments.prior
    moved = [SCHOOL, RATER, CULTURE]
    values[moved] = np.maximum(values[moved], START_SHARE * prior[moved])
    frame = with_smaller_border(_sample(frame), EM_BORDER)
    who, reduced = members(frame.cells), reduce(frame, as_components(values))
    state = State(values, 0.0)
    for _ in range(CYCLES):
        first = maximized(_solved(reduced, state), who, prior, state)
        second = maximized(_solved(reduced, first), who, prior, first)
        settled = np.abs(_coordinates(second) - _coordinates(first)).max() < SETTLED
        state = second if settled else _leap(state, first, second)
        if settled:
            break
    return as_components(state.values, _kindness(reduced, who, state))


def _solved(reduced: Reduced, state: State) -> Posterior:
    return solve(reduced, as_components(state.values, Kindness(state.kindness)))


def _kindness(reduced: Reduced, who: Members, state: State) -> Kindness:
    """Newton's last step in the kindness alone, and a standard error from the curvature where it leads.

    Both are at fixed variances of S, K and R: how unsure these are themselves is not in the standard error.
    """
    slopes = []
    for kindness in (state.kindness - NEARBY, state.kindness + NEARBY):
        at = State(state.values, kindness)
        pull, weight = kindness_moments(_solved(reduced, at), who, at)
        slopes.append(pull - kindness * weight)
    curvature = max((slopes[0] - slopes[1]) / (2.0 * NEARBY), PRIOR_SD**-2)
    mean = state.kindness + (slopes[0] + slopes[1]) / 2.0 / curvature
    return Kindness(_bounded(mean), float(curvature**-0.5))


def _coordinates(state: State) -> FloatArray:
    """Logarithms of the variances, so that they stay positive, and the kindness."""
    return np.append(np.log(state.values), state.kindness)


def _leap(start: State, first: State, second: State) -> State:
    """Where two steps lead in the long run (Varadhan & Roland 2008, Scandinavian Journal of Statistics 35, SqS3)."""
    x = _coordinates(start)
    step = _coordinates(first) - x
    bend = _coordinates(second) - _coordinates(first) - step
    length = float(np.linalg.norm(step)) / max(float(np.linalg.norm(bend)), 1e-12)
    alpha = -min(max(length, 1.0), LONGEST_LEAP)
    reached = x - 2.0 * alpha * step + alpha**2 * bend
    return State(np.exp(reached[:-1]).reshape(start.values.shape), _bounded(reached[-1]))


def _bounded(kindness: float) -> float:
    return min(max(float(kindness), -MOST_KINDNESS), MOST_KINDNESS)


def _sample(frame: Frame) -> Frame:
    """What the steps look at: `EM_SCHOOLS` schools, evenly spread over the ids, with their raters' videos.

    Where ratings are missing, `EM_ELEMENTS` elements, those rated most.
    """
    cells, table, levels = frame.cells, frame.table, frame.levels
    missing = np.isnan(levels)
    columns = np.arange(levels.shape[1])
    if len(columns) > EM_ELEMENTS and missing.any():
        columns = np.sort(np.argsort(missing.sum(axis=0), kind="stable")[:EM_ELEMENTS])
    schools = cells.school_ids[np.unique(cells.unit_school)]
    if len(schools) <= EM_SCHOOLS and len(columns) == levels.shape[1]:
        return frame
    chosen = schools[_spread_evenly(len(schools))]
    lesson = table.video == NO_ID
    keep = lesson & np.isin(table.school, chosen)
    keep |= ~lesson & np.isin(table.rater, table.rater[keep])
    keep &= ~missing[:, columns].all(axis=1)
    kept = levels[keep][:, columns]
    rated = np.flatnonzero(~np.isnan(kept).all(axis=0))
    return _without_figures(frame.table.take(keep), kept[:, rated], frame.points)


def _spread_evenly(n: int) -> IntArray:
    """Places of `EM_SCHOOLS` of n schools, or all n."""
    return np.asarray(np.linspace(0, n - 1, min(n, EM_SCHOOLS)).round(), dtype=np.int64)


def _without_figures(table: Observations, levels: FloatArray, points: float) -> Frame:
    """A frame without rosters and targets."""
    nothing = np.empty(0, dtype=np.int64)
    n_elements = levels.shape[1]
    targets = Targets(np.arange(n_elements), nothing, np.empty((0, n_elements)), 0.0, points)
    return build_frame(table, levels, Roster(nothing, nothing), targets)
