"""Posterior of unit effects, teachers and raters: what the figures of people and schools are sums of."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.blocks import Layout
from instruction.capacity.cells import Cells
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import group_sum
from instruction.capacity.solve import CellPairs, Posterior, Reduced
from instruction.capacity.unknowns import BORDER


@dataclass(frozen=True, slots=True)
class UnitEffects:
    """Posterior of the units' effects (level, shifts and rater summed), flat over the batches.

    `slope` per batch (n, J, B): weight of the border in each effect; `given_border` (n, J, J): covariance
    given the border; `covariance` flat (n_pairs,): the full one.
    """

    mean: FloatArray  # (n_units,)
    covariance: FloatArray  # (n_pairs,)
    slope: list[FloatArray]
    given_border: list[FloatArray]


def unit_effects(layout: Layout, posterior: Posterior) -> UnitEffects:
    """Combine local and border unknowns into the effects of units, with exact covariances."""
    means, covariances = [np.empty(0)], [np.empty(0)]
    slopes, givens = [], []
    for batch, local in zip(layout.batches, posterior.local, strict=True):
        inner, outer = batch.design[:, :, : batch.n_local], batch.design[:, :, batch.n_local :]
        slope = outer - inner @ local.slope
        given = inner @ local.given_border @ inner.transpose(0, 2, 1)
        mean = np.einsum("njl,nl->nj", inner, local.mean)
        mean += np.einsum("njb,nb->nj", outer, posterior.border[batch.border])
        full = given + slope @ local.border_cov @ slope.transpose(0, 2, 1)
        means.append(mean.ravel())
        covariances.append(full.ravel())
        slopes.append(slope)
        givens.append(given)
    return UnitEffects(np.concatenate(means), np.concatenate(covariances), slopes, givens)


def teacher_effects(
    cells: Cells, layout: Layout, pairs: CellPairs, reduced: Reduced, units: UnitEffects
) -> tuple[FloatArray, FloatArray]:
    """Expected level of each spell over average raters (mean + S + T) and its posterior variance."""
    weight = reduced.weight[: cells.n_lesson_cells]
    unit, spell = cells.cell_unit[: cells.n_lesson_cells], cells.cell_spell
    n_spells, teacher_var = len(cells.spell_school), reduced.teacher_var
    explained = group_sum(spell, weight * units.mean[layout.unit_at[unit]], n_spells)
    mean = units.mean[layout.level_at[cells.spell_school]]
    mean = mean + teacher_var * (reduced.teacher_sum - explained)
    with_level = group_sum(spell, weight * units.covariance[layout.unit_pairs[unit]], n_spells)
    product = weight[pairs.left] * weight[pairs.right] * units.covariance[pairs.at]
    among = group_sum(spell[pairs.left], product, n_spells)
    level = units.covariance[layout.level_pairs[cells.spell_school]]
    variance = level - 2.0 * teacher_var * with_level + teacher_var**2 * among + teacher_var
    return reduced.offset + mean, variance


def rater_effects(layout: Layout, posterior: Posterior) -> tuple[FloatArray, FloatArray]:
    """Leniency of each rater (points above an average rater) and its posterior variance."""
    unknowns = layout.unknowns
    place, block = unknowns.rater_place, unknowns.rater_block
    means, variances, start = local_effects(layout, posterior)
    at = start[block] + place
    at[block == BORDER] = 0
    outer = np.where(block == BORDER, place, 0)
    return (
        np.where(block == BORDER, posterior.border[outer], means[at]),
        np.where(block == BORDER, posterior.border_cov[outer, outer], variances[at]),
    )


def local_effects(layout: Layout, posterior: Posterior) -> tuple[FloatArray, FloatArray, IntArray]:
    """Means and variances of all local unknowns, flat, and where each block begins in these arrays."""
    start = np.zeros(layout.unknowns.n_blocks, dtype=np.int64)
    means, variances, total = [np.empty(0)], [np.empty(0)], 0
    for batch, local in zip(layout.batches, posterior.local, strict=True):
        start[batch.blocks] = total + np.arange(len(batch.blocks)) * batch.n_local
        means.append(local.mean.ravel())
        variances.append(local.variance.ravel())
        total += local.mean.size
    return np.concatenate(means), np.concatenate(variances), start
