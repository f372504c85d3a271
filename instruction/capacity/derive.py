"""From the posterior of one element to the figures of schools and the district."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas
from scipy.special import ndtr

from instruction.capacity.blocks import Layout
from instruction.capacity.cells import Cells
from instruction.capacity.data import BoolArray, DistrictEstimate, FloatArray, IntArray, VarianceComponents
from instruction.capacity.effects import UnitEffects
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.solve import Posterior, Reduced


@dataclass(frozen=True, slots=True)
class SchoolPosterior:
    """Capacity of every block's current roster on one element.

    `through_border` is the part of the variance that runs through the border (whatever schools share),
    `own` the rest; capacities of two schools covary through `slope` alone.
    """

    mean: FloatArray  # (schools,)
    own: FloatArray
    through_border: FloatArray
    slope: list[FloatArray]  # per batch (n, B)

    @property
    def variance(self) -> FloatArray:
        """Variance of the estimate against a fixed target."""
        return self.own + self.through_border


def capacity(
    cells: Cells,
    layout: Layout,
    reduced: Reduced,
    units: UnitEffects,
    posterior: Posterior,
    components: VarianceComponents,
) -> SchoolPosterior:
    """Mean of mean + S + T over the current roster, teachers without a rating included.

    Prediction error variance as in Henderson (1975): D Cov D' for the part that depends on the unknowns,
    plus the mean of the teachers' own remaining variances.
    """
    n_blocks = layout.unknowns.n_blocks
    size = np.maximum(group_size(cells.roster_school, n_blocks), 1)
    rated = cells.roster_spell[cells.roster_spell >= 0]
    current = np.zeros(len(cells.spell_school))
    current[rated] = 1.0
    kept = current * reduced.teacher_var
    school = cells.spell_school
    n_rated = group_sum(school, current, n_blocks)
    leftover = group_sum(school, kept, n_blocks)
    leftover += (group_size(cells.roster_school, n_blocks) - n_rated) * components.teacher
    constant = group_sum(school, kept * reduced.teacher_sum, n_blocks) / size

    weights = np.zeros(layout.batches[-1].units.stop)
    weights[layout.level_at] = 1.0
    cell_unit = cells.cell_unit[: cells.n_lesson_cells]
    pull = reduced.weight[: cells.n_lesson_cells] * kept[cells.cell_spell] / size[school[cells.cell_spell]]
    weights -= group_sum(layout.unit_at[cell_unit], pull, layout.batches[-1].units.stop)

    mean, own, outer, slopes = np.zeros(n_blocks), leftover / size**2, np.zeros(n_blocks), []
    for batch, local, slope, given in zip(
        layout.batches, posterior.local, units.slope, units.given_border, strict=True
    ):
        row = weights[batch.units].reshape(slope.shape[:2])
        on_border = np.einsum("nj,njb->nb", row, slope)
        mean[batch.blocks] = np.einsum("nj,nj->n", row, units.mean[batch.units].reshape(row.shape))
        own[batch.blocks] += np.einsum("nj,njk,nk->n", row, given, row)
        outer[batch.blocks] = np.einsum("nb,nbc,nc->n", on_border, local.border_cov, on_border)
        slopes.append(on_border)
    n = len(cells.school_ids)
    return SchoolPosterior((reduced.offset + mean + constant)[:n], own[:n], outer[:n], slopes)


def weighted_mean(
    layout: Layout, posterior: Posterior, schools: SchoolPosterior, weights: FloatArray
) -> tuple[float, float, FloatArray]:
    """Mean of the schools with `weights` (schools,), its variance, and each school's covariance with it."""
    n = len(weights)
    padded = np.zeros(layout.unknowns.n_blocks)
    padded[:n] = weights
    on_border = np.zeros(len(layout.unknowns.border_kind))
    for batch, slope in zip(layout.batches, schools.slope, strict=True):
        np.add.at(on_border, batch.border, padded[batch.blocks, None] * slope)
    pulled = blas.dsymv(1.0, posterior.border_cov, on_border, lower=1)
    covariance = np.zeros(layout.unknowns.n_blocks)
    for batch, slope in zip(layout.batches, schools.slope, strict=True):
        covariance[batch.blocks] = np.einsum("nb,nb->n", slope, pulled[batch.border])
    with_mean = covariance[:n] + weights * schools.own
    return float(weights @ schools.mean), float(weights @ with_mean), with_mean


def contrasts(
    layout: Layout,
    posterior: Posterior,
    schools: SchoolPosterior,
    shown: BoolArray,
    prior: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Standard error of each shown school against the mean of the shown ones, and its reliability.

    Reliability = 1 - posterior / prior variance of that difference. `prior` (schools,) is the variance of a
    capacity before any rating. Both are nan where not shown or fewer than two are.
    """
    nothing = np.full(len(shown), np.nan)
    n = int(shown.sum())
    if n < 2:
        return nothing, nothing.copy()
    weights = shown / n
    _, of_mean, with_mean = weighted_mean(layout, posterior, schools, weights)
    variance = np.maximum(schools.variance - 2.0 * with_mean + of_mean, 0.0)
    before = prior * (1.0 - 2.0 / n) + (prior[shown].sum() / n**2)
    reliability = np.clip(1.0 - variance / before, 0.0, 1.0)
    return np.where(shown, np.sqrt(variance), nothing), np.where(shown, reliability, nothing)


def district_estimate(
    layout: Layout, posterior: Posterior, schools: SchoolPosterior, shown: BoolArray, size: IntArray
) -> DistrictEstimate:
    """Roster-weighted mean of the shown schools, of all or of a group, with its exact standard error."""
    if not shown.any():
        return DistrictEstimate(np.nan, np.nan, 0, 0)
    weights = np.where(shown, size, 0) / size[shown].sum()
    mean, variance, _ = weighted_mean(layout, posterior, schools, weights)
    return DistrictEstimate(mean, float(np.sqrt(variance)), int(shown.sum()), int(size[shown].sum()))


def expected_below(
    cells: Cells,
    target: FloatArray,
    teachers: tuple[FloatArray, FloatArray],
    level: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Expected number of current teachers below their school's target: sum of normal probabilities.

    `teachers` are mean and variance of each spell; `level` those of an unrated teacher of each school.
    """
    school, spell = cells.roster_school, np.maximum(cells.roster_spell, 0)
    rated = cells.roster_spell >= 0
    mean, variance = level[0][school], level[1][school]
    if rated.any():
        mean = np.where(rated, teachers[0][spell], mean)
        variance = np.where(rated, teachers[1][spell], variance)
    below = ndtr((target[school] - mean) / np.sqrt(variance))
    return group_sum(school, below, len(cells.school_ids))
