"""Exact best linear unbiased prediction for one element, given its variance components.

Henderson's mixed-model equations (Henderson 1975, Biometrics 31, 423-447), reduced by elimination: first the
teacher-rater interactions, then the teachers, then the unknowns local to each school; only the border that
schools share is factorized as one matrix. Nothing of the size teachers x teachers is ever formed, and the
posterior (co)variances are those of the full system.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from instruction.capacity.blocks import Layout
from instruction.capacity.cells import Cells, ElementRatings, Observations
from instruction.capacity.data import FloatArray, IntArray, VarianceComponents
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.unknowns import Kind

DRIFT_PER_YEAR = 0.10
"""Noise added per year of age, as a share of the residual: what was seen three years ago counts about a
quarter less. Ranking hardly depends on it; it keeps intervals honest when the evidence is old."""

HOME_SHIFT_MEAN, HOME_SHIFT_SD = 0.05, 0.1044
"""Prior of how much higher a school's own raters rate, per 3 points of scale. Ho & Kane (2013) found about
0.1 for administrators; half of that with this spread allows none and more than that."""


@dataclass(frozen=True, slots=True)
class HomePrior:
    """Normal prior of the home-field shift, in points."""

    mean: float
    variance: float


def home_prior(points: float) -> HomePrior:
    """Prior of the home-field shift on a scale `points` long."""
    return HomePrior(HOME_SHIFT_MEAN * points / 3.0, (HOME_SHIFT_SD * points / 3.0) ** 2)


@dataclass(frozen=True, slots=True)
class CellPairs:
    """All ordered pairs of lesson cells of one spell: where their units' pair is in the flat array."""

    left: IntArray
    right: IntArray
    at: IntArray


def pair_cells(cells: Cells, layout: Layout) -> CellPairs:
    """Pairs of cells that a teacher ties together; about the square of raters per teacher, summed."""
    spell = cells.cell_spell  # sorted
    n = group_size(spell, len(cells.spell_school))[spell]
    first = np.searchsorted(spell, spell)
    left = np.repeat(np.arange(len(spell)), n)
    right = np.arange(len(left)) - np.repeat(np.cumsum(n) - n, n) + first[left]
    at = layout.unit_pairs[cells.cell_unit[left]] + layout.unit_row[cells.cell_unit[right]]
    return CellPairs(left, right, at)


@dataclass(frozen=True, slots=True)
class Reduced:
    """One element after elimination of teachers and interactions: school-by-school normal equations.

    `offset` was subtracted from the levels. `weight` and `total` are per cell; `teacher_var` and
    `teacher_sum` per spell: the teacher's variance given all else, and the sum of `total`.
    """

    offset: float
    weight: FloatArray
    teacher_var: FloatArray
    teacher_sum: FloatArray
    matrices: list[FloatArray]  # per batch (n, L + B, L + B)
    sides: list[FloatArray]  # per batch (n, L + B)


def reduce_element(
    table: Observations,
    ratings: ElementRatings,
    cells: Cells,
    layout: Layout,
    pairs: CellPairs,
    components: VarianceComponents,
) -> Reduced:
    """Sum the ratings of one element into cells and eliminate interactions and teachers."""
    n_lesson = cells.n_lesson_cells
    offset = float(ratings.level.mean()) if len(ratings.level) else 0.0
    precision = 1.0 / (components.residual * (1.0 + DRIFT_PER_YEAR * table.age[ratings.observation]))
    cell = cells.cell_of[ratings.observation]
    weight = group_sum(cell, precision, len(cells.cell_unit))
    total = group_sum(cell, precision * (ratings.level - offset), len(cells.cell_unit))
    shrink = 1.0 / (1.0 + components.teacher_rater * weight)
    weight, total = weight * shrink, total * shrink

    n_spells = len(cells.spell_school)
    teacher_weight = group_sum(cells.cell_spell, weight[:n_lesson], n_spells)
    teacher_sum = group_sum(cells.cell_spell, total[:n_lesson], n_spells)
    teacher_var = components.teacher / (1.0 + components.teacher * teacher_weight)

    units = cells.cell_unit[:n_lesson]
    left = total[:n_lesson] - weight[:n_lesson] * (teacher_var * teacher_sum)[cells.cell_spell]
    tied = weight[pairs.left] * weight[pairs.right] * teacher_var[cells.cell_spell[pairs.left]]
    diagonal = (layout.unit_pairs + layout.unit_row)[units]
    n_units, n_pairs = layout.batches[-1].units.stop, layout.batches[-1].pairs.stop
    inner = group_sum(diagonal, weight[:n_lesson], n_pairs) - group_sum(pairs.at, tied, n_pairs)
    matrices, sides = _normal_equations(
        layout, inner, group_sum(layout.unit_at[units], left, n_units), weight[n_lesson:], total[n_lesson:]
    )
    return Reduced(offset, weight, teacher_var, teacher_sum, matrices, sides)


def _normal_equations(
    layout: Layout, inner: FloatArray, left: FloatArray, video_weight: FloatArray, video_total: FloatArray
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Per batch, the equations of all unknowns from those of the units, plus what videos add."""
    last = layout.batches[-1]
    from_videos = group_sum(layout.video_normals.ravel(), np.tile(video_weight, 4), last.normals.stop)
    beside = group_sum(layout.video_sides.ravel(), np.tile(video_total, 2), last.sides.stop)
    matrices, sides = [], []
    for batch in layout.batches:
        n, n_units, width = batch.design.shape
        across = batch.design.transpose(0, 2, 1)
        matrix = across @ (inner[batch.pairs].reshape(n, n_units, n_units) @ batch.design)
        matrices.append(matrix + from_videos[batch.normals].reshape(n, width, width))
        side = np.einsum("nju,nj->nu", batch.design, left[batch.units].reshape(n, n_units))
        sides.append(side + beside[batch.sides].reshape(n, width))
    return matrices, sides


@dataclass(frozen=True, slots=True)
class LocalPosterior:
    """The local unknowns of a batch: given the border they move by -`slope` with it."""

    mean: FloatArray  # (n, L)
    given_border: FloatArray  # (n, L, L) covariance when the border is known
    slope: FloatArray  # (n, L, B)
    border_cov: FloatArray  # (n, B, B) of the border unknowns that the block touches

    @property
    def variance(self) -> FloatArray:
        """Posterior variances, (n, L)."""
        from_border = np.einsum("nlb,nlb->nl", self.slope @ self.border_cov, self.slope)
        return np.asarray(np.einsum("nll->nl", self.given_border) + from_border)


@dataclass(frozen=True, slots=True)
class Posterior:
    """Means and covariances of all unknowns of one element.

    `border_cov` holds its lower triangle only; the last place of the border is padding (0, variance 1).
    """

    border: FloatArray  # (nb + 1,)
    border_cov: FloatArray  # (nb + 1, nb + 1)
    local: list[LocalPosterior]


def prior_precision(components: VarianceComponents) -> FloatArray:
    """Precision of each `Kind` of unknown; mean and videos are free."""
    by_kind = np.zeros(len(Kind))
    by_kind[[Kind.SCHOOL, Kind.CULTURE, Kind.RATER, Kind.PAD]] = (
        1.0 / components.school,
        1.0 / components.culture,
        1.0 / components.rater,
        1.0,
    )
    return by_kind


def solve(layout: Layout, reduced: Reduced, components: VarianceComponents, home: HomePrior) -> Posterior:
    """Solve the arrowhead: invert the blocks, Schur-complement them on the border, substitute back."""
    by_kind = prior_precision(components)
    by_kind[Kind.HOME] = 1.0 / home.variance
    kinds = layout.unknowns.border_kind
    n_border = len(kinds)
    schur = np.zeros((n_border, n_border))
    schur[np.diag_indices(n_border)] = by_kind[kinds]
    side = np.where(kinds == Kind.HOME, home.mean / home.variance, 0.0)
    eliminated = []
    data = np.zeros(n_border)
    for batch, matrix, right in zip(layout.batches, reduced.matrices, reduced.sides, strict=True):
        n_local = batch.n_local
        inverse = np.linalg.inv(_with_prior(matrix[:, :n_local, :n_local], batch.kind, by_kind))
        coupling = matrix[:, :n_local, n_local:]
        slope = inverse @ coupling
        mean = np.einsum("nij,nj->ni", inverse, right[:, :n_local])
        outer = matrix[:, n_local:, n_local:]
        rows = np.broadcast_to(batch.border[:, :, None], outer.shape)
        columns = np.broadcast_to(batch.border[:, None, :], outer.shape)
        np.add.at(schur, (rows, columns), outer - coupling.transpose(0, 2, 1) @ slope)
        np.add.at(side, batch.border, right[:, n_local:] - np.einsum("nlb,nl->nb", coupling, mean))
        np.add.at(data, batch.border, np.einsum("nbb->nb", outer))
        eliminated.append((inverse, slope, mean))
    unseen = np.flatnonzero((data == 0.0) & (by_kind[kinds] == 0.0))
    schur[unseen, unseen] = 1.0
    border, covariance = _invert(schur, side)
    local = [
        LocalPosterior(
            mean - np.einsum("nlb,nb->nl", slope, border[batch.border]),
            np.asarray(inverse),
            slope,
            covariance[
                np.maximum(batch.border[:, :, None], batch.border[:, None, :]),
                np.minimum(batch.border[:, :, None], batch.border[:, None, :]),
            ],
        )
        for batch, (inverse, slope, mean) in zip(layout.batches, eliminated, strict=True)
    ]
    return Posterior(border, covariance, local)


def _with_prior(matrix: FloatArray, kind: IntArray, by_kind: FloatArray) -> FloatArray:
    """Add the prior precisions; a free unknown without data gets 1, so that the block can be inverted."""
    n_local = matrix.shape[1]
    diagonal = np.einsum("nll->nl", matrix)
    precision = by_kind[kind]
    precision[(precision == 0.0) & (diagonal == 0.0)] = 1.0
    result = matrix.copy()
    result[:, np.arange(n_local), np.arange(n_local)] += precision
    return result


def _invert(matrix: FloatArray, side: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solution and inverse (lower triangle) of a positive definite system."""
    # The transpose of a symmetric matrix is itself, already in the order LAPACK works in: no copy.
    factor, fault = lapack.dpotrf(matrix.T, lower=1, clean=0, overwrite_a=1)
    if fault:
        raise ArithmeticError("the normal equations are not positive definite")
    solution, _ = lapack.dpotrs(factor, side, lower=1)
    inverse, _ = lapack.dpotri(factor, lower=1, overwrite_c=1)
    return np.ravel(solution), inverse
