"""How own raters' leniency follows their school's level: K = kindness * S + what is left.

Own raters may be kinder where teaching is weaker (kindness below zero), which hides part of the need. Ratings by
visitors tell how much; where there are none, not knowing it widens the margins. One number serves the district.
It enters the prior of S and K; a small change of it moves the solution of (M + P) x = r by
-(M + P)^-1 (dP / d kindness) x, which needs no further factorization.
"""

import numpy as np

from instruction.capacity.data import Components, FloatArray
from instruction.capacity.parts import Part
from instruction.capacity.solve import PartPosterior, spread_out

PRIOR_SD = 0.14
"""Kindness is taken as normal around zero with this SD. No published size; facts speak for a sign below zero
(evaluators rate low performers higher than they judge them)."""


def covariance_with_culture(posterior: PartPosterior, n_blocks: int) -> FloatArray:
    """Posterior covariance (blocks, b, b) of S (rows) with K (columns)."""
    size = posterior.part.size
    school, culture = slice(0, size), slice(size, 2 * size)
    result = np.zeros((n_blocks, size, size))
    for one, local in zip(posterior.equations, posterior.local, strict=True):
        moved = local.slope[:, school] @ posterior.border_of(one.chunk)
        through_border = moved @ local.slope[:, culture].transpose(0, 2, 1)
        result[one.chunk.blocks] = local.given_border[:, school, culture] + through_border
    return result


def slope_of_capacities(posterior: PartPosterior, components: Components, n_blocks: int) -> FloatArray:
    """How the capacities (blocks, b, r) move per unit of kindness."""
    part = posterior.part
    size, sides = part.size, part.n_sides
    pulls = [_pull(part, components, local.mean) for local in posterior.local]
    at = [spread_out(one.chunk.border, size) for one in posterior.equations]
    side = np.zeros((len(posterior.border_cov), sides))
    for places, local, pull in zip(at, posterior.local, pulls, strict=True):
        moved = local.slope[:, : 2 * size].transpose(0, 2, 1) @ pull
        np.add.at(side, places, -moved)
    border = posterior.border_cov @ side
    result = np.zeros((n_blocks, size, sides))
    for one, places, local, pull in zip(posterior.equations, at, posterior.local, pulls, strict=True):
        n_local = one.chunk.n_local * size
        inner = local.given_border[:, :, : 2 * size] @ pull - local.slope @ border[places]
        result[one.chunk.blocks] = one.row[:, :, :n_local] @ inner + one.row[:, :, n_local:] @ border[places]
    return result


def _pull(part: Part, components: Components, mean: FloatArray) -> FloatArray:
    """-(dP / d kindness) x for S and K, which lead the local unknowns: (n, 2 b, r)."""
    size = part.size
    precision = part.precision(components.culture)
    school, culture = mean[:, :size], mean[:, size : 2 * size]
    on_school = precision @ (culture - 2.0 * components.kindness.mean * school)
    return np.concatenate([on_school, precision @ school], axis=1)
