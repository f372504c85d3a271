"""Exact best linear unbiased prediction: the arrowhead of blocks and border, solved by blocks.

Every school's own unknowns are eliminated in one batch (a Schur complement); only the border that schools share
is factorized as one matrix. Nothing of the size teachers x teachers is ever formed, and the posterior
(co)variances are those of the full system (Henderson 1975, Biometrics 31, 423-447).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lapack

from instruction.capacity.chunks import Chunk
from instruction.capacity.data import Components, FloatArray, IntArray, Spread
from instruction.capacity.parts import Part
from instruction.capacity.reduction import Equations
from instruction.capacity.stacks import inverse
from instruction.capacity.threads import library_threads, side_by_side
from instruction.capacity.unknowns import Kind

HOME_SHIFT_MEAN, HOME_SHIFT_VARIANCE = 0.05, Spread(0.0100, 0.0009)
"""Prior of how much higher a school's own raters rate, per 3 points of scale. Ho & Kane (2013) found about
0.1 for administrators; half of that with this spread allows none and more than that."""

PANEL = 512
"""Columns of an inverse that are mirrored at a time."""


@dataclass(frozen=True, slots=True)
class Priors:
    """Prior precisions (size, size) by `Kind` of unknown, and the pull (size, sides) of the home shift's mean.

    The culture's is that of what `kindness` times the school's level leaves of it.
    """

    precision: FloatArray  # (kinds, size, size)
    home: FloatArray
    kindness: float


def priors_of(part: Part, components: Components, points: float) -> Priors:
    """Priors on a scale `points` long; the mean and the videos' levels are free."""
    precision = np.zeros((len(Kind), part.size, part.size))
    precision[Kind.SCHOOL] = part.precision(components.school)
    precision[Kind.CULTURE] = part.precision(components.culture)
    precision[Kind.RATER] = part.precision(components.rater)
    precision[Kind.PAD] = np.eye(part.size)
    unit = points / 3.0
    spread = Spread(HOME_SHIFT_VARIANCE.general * unit**2, HOME_SHIFT_VARIANCE.specific * unit**2)
    precision[Kind.HOME] = part.precision(spread)
    home = precision[Kind.HOME] @ part.common(HOME_SHIFT_MEAN * unit)
    return Priors(precision, home, components.kindness.mean)


@dataclass(frozen=True, slots=True)
class LocalPosterior:
    """The local unknowns of a chunk: given the border they move by -`slope` with it."""

    mean: FloatArray  # (n, L b, r)
    given_border: FloatArray  # (n, L b, L b) covariance when the border is known
    slope: FloatArray  # (n, L b, B b)


@dataclass(frozen=True, slots=True)
class PartPosterior:
    """Means and covariances of the unknowns of one system. The last place of the border is padding."""

    part: Part
    equations: list[Equations]
    border: FloatArray  # (nb + 1, b, r)
    border_cov: FloatArray  # ((nb + 1) b, (nb + 1) b)
    local: list[LocalPosterior]

    def border_of(self, chunk: Chunk) -> FloatArray:
        """Covariance (n, B b, B b) of the border unknowns that each block touches."""
        at = spread_out(chunk.border, self.part.size)
        return self.border_cov[at[:, :, None], at[:, None, :]]


def spread_out(places: IntArray, size: int) -> IntArray:
    """Places of the numbers of unknowns (n, k) that are vectors of length `size`: (n, k size)."""
    n, k = places.shape
    return np.asarray((places[:, :, None] * size + np.arange(size)).reshape(n, k * size))


def solve_part(
    part: Part, equations: list[Equations], border_kind: IntArray, priors: Priors
) -> PartPosterior:
    """Solve one system: invert the blocks, Schur-complement them on the border, substitute back."""
    size, n_border = part.size, len(border_kind)
    schur, side = _border_priors(part, border_kind, priors)
    data, kept = np.diag(schur).copy(), []
    found = side_by_side(lambda one: _eliminate(one, size, priors), equations)
    for one, (local, rest) in zip(equations, found, strict=True):
        at = spread_out(one.chunk.border, size)
        for places, block, right, diagonal in zip(at, rest.outer, rest.side, rest.data, strict=True):
            schur[places[:, None], places] += block
            side[places] += right
            data[places] += diagonal
        kept.append(local)
    unseen = np.flatnonzero(data == 0.0)
    schur[unseen, unseen] = 1.0
    with library_threads(len(schur)):
        border, covariance = _invert(schur, side)
    locals_ = [
        replace(local, mean=local.mean - local.slope @ border[spread_out(one.chunk.border, size)])
        for one, local in zip(equations, kept, strict=True)
    ]
    return PartPosterior(part, equations, border.reshape(n_border, size, -1), covariance, locals_)


def _border_priors(part: Part, border_kind: IntArray, priors: Priors) -> tuple[FloatArray, FloatArray]:
    """The border's equations before any rating."""
    size, n_border = part.size, len(border_kind)
    schur = np.zeros((n_border * size, n_border * size), order="F")
    for place, kind in enumerate(border_kind):
        at = slice(place * size, (place + 1) * size)
        schur[at, at] = priors.precision[kind]
    side = np.zeros((n_border * size, part.n_sides))
    side[size : 2 * size] = priors.home
    return schur, side


@dataclass(frozen=True, slots=True)
class _Rest:
    """What the blocks of a chunk leave to the border."""

    outer: FloatArray  # (n, B b, B b)
    side: FloatArray  # (n, B b, r)
    data: FloatArray  # (n, B b) diagonal of the equations before elimination: zero = nothing said


def _eliminate(one: Equations, size: int, priors: Priors) -> tuple[LocalPosterior, _Rest]:
    """Local unknowns as if the border were at zero, and what is left."""
    n_local = one.chunk.n_local * size
    given = inverse(_with_prior(one.matrix[:, :n_local, :n_local], one.chunk.kind, priors))
    coupling = np.ascontiguousarray(one.matrix[:, :n_local, n_local:])
    across = coupling.transpose(0, 2, 1)
    outer = one.matrix[:, n_local:, n_local:]
    local = LocalPosterior(given @ one.side[:, :n_local], given, given @ coupling)
    return local, _Rest(
        outer=outer - across @ local.slope,
        side=one.side[:, n_local:] - across @ local.mean,
        data=np.einsum("nbb->nb", outer),
    )


def _with_prior(matrix: FloatArray, kind: IntArray, priors: Priors) -> FloatArray:
    """Add the prior precisions; a free number without data gets 1, so that the block can be inverted."""
    size = priors.home.shape[0]
    result = matrix.copy()
    for place in range(kind.shape[1]):
        at = slice(place * size, (place + 1) * size)
        result[:, at, at] += priors.precision[kind[:, place]]
    school, culture = slice(size), slice(size, 2 * size)  # they lead every block
    tie = priors.kindness * priors.precision[Kind.CULTURE]
    result[:, school, school] += priors.kindness * tie
    result[:, school, culture] -= tie
    result[:, culture, school] -= tie
    diagonal = np.arange(matrix.shape[1])
    result[:, diagonal, diagonal] += result[:, diagonal, diagonal] == 0.0
    return result


def _invert(matrix: FloatArray, side: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solution and inverse of a positive definite system, whose matrix (Fortran order) is overwritten."""
    factor, fault = lapack.dpotrf(matrix, lower=1, clean=0, overwrite_a=1)
    if fault:
        raise ArithmeticError("the normal equations are not positive definite")
    solution, _ = lapack.dpotrs(factor, side, lower=1)
    result, _ = lapack.dpotri(factor, lower=1, overwrite_c=1)
    for start in range(0, len(result), PANEL):
        stop = start + PANEL
        square = result[start:stop, start:stop]
        square[:] = np.tril(square) + np.tril(square, -1).T
        result[start:stop, stop:] = result[stop:, start:stop].T
    return np.asarray(solution), result
