"""Posterior of schools, raters and teachers in one system: what all figures are sums of."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.chunks import Chunk
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.reduction import Equations
from instruction.capacity.solve import LocalPosterior, PartPosterior, spread_out
from instruction.capacity.stacks import summed, summed_runs
from instruction.capacity.threads import side_by_side
from instruction.capacity.unknowns import BORDER, Unknowns


@dataclass(frozen=True, slots=True)
class Effects:
    """Means (n, b, r) and covariances (n, b, b) of n effects."""

    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True)
class LocalEffects:
    """All local unknowns, flat, and where each block's begin."""

    every: Effects
    start: IntArray  # (blocks,)

    def at(self, places: IntArray) -> Effects:
        """Those at some places."""
        return Effects(self.every.mean[places], self.every.covariance[places])


def local_effects(posterior: PartPosterior, n_blocks: int) -> LocalEffects:
    """Means and covariances of all local unknowns."""
    size, sides = posterior.part.size, posterior.part.n_sides
    start = np.zeros(n_blocks, dtype=np.int64)
    means, covariances, total = [np.zeros((0, size, sides))], [np.zeros((0, size, size))], 0
    for one, local in zip(posterior.equations, posterior.local, strict=True):
        chunk = one.chunk
        n, n_local = chunk.kind.shape
        given = local.given_border.reshape(n, n_local, size, n_local, size)
        at = np.arange(n_local)
        slope = local.slope.reshape(n, n_local, size, -1)
        moved = (local.slope @ posterior.border_of(chunk)).reshape(slope.shape)
        covariance = given[:, at, :, at, :].transpose(1, 0, 2, 3) + moved @ slope.transpose(0, 1, 3, 2)
        start[chunk.blocks] = total + np.arange(n) * n_local
        means.append(local.mean.reshape(n * n_local, size, sides))
        covariances.append(covariance.reshape(n * n_local, size, size))
        total += n * n_local
    return LocalEffects(Effects(np.concatenate(means), np.concatenate(covariances)), start)


def rater_effects(posterior: PartPosterior, local: LocalEffects, unknowns: Unknowns) -> Effects:
    """Leniency of each rater, as the unknowns have them: points above an average rater."""
    block, place = unknowns.rater_block, unknowns.rater_place
    inner, outer = np.flatnonzero(block != BORDER), np.flatnonzero(block == BORDER)
    here = local.at(local.start[block[inner]] + place[inner])
    mean = np.zeros((len(block), *here.mean.shape[1:]))
    covariance = np.zeros((len(block), *here.covariance.shape[1:]))
    mean[inner], covariance[inner] = here.mean, here.covariance
    at = spread_out(place[outer][:, None], posterior.part.size)
    mean[outer] = posterior.border[place[outer]]
    covariance[outer] = posterior.border_cov[at[:, :, None], at[:, None, :]]
    return Effects(mean, covariance)


@dataclass(frozen=True, slots=True)
class PeopleEffects:
    """Expected level of each spell over average raters, mean + S + T; and of a teacher nobody saw, mean + S."""

    mean: FloatArray  # (spells, b, r)
    variance: FloatArray  # (spells, b)
    level: FloatArray  # (blocks, b, r)
    level_variance: FloatArray  # (blocks, b) of mean + S


def people_effects(posterior: PartPosterior, cells: Cells, n_blocks: int) -> PeopleEffects:
    """Teachers' levels and their posterior variances, element by element."""
    size, sides = posterior.part.size, posterior.part.n_sides
    n_spells = len(cells.spell_school)
    result = PeopleEffects(
        np.zeros((n_spells, size, sides)),
        np.zeros((n_spells, size)),
        np.zeros((n_blocks, size, sides)),
        np.zeros((n_blocks, size)),
    )
    both = list(zip(posterior.equations, posterior.local, strict=True))
    done = side_by_side(lambda pair: _people(posterior, *pair), both)
    for (one, _), (mean, variance, level, level_variance) in zip(both, done, strict=True):
        result.mean[one.chunk.spells], result.variance[one.chunk.spells] = mean, variance
        result.level[one.chunk.blocks], result.level_variance[one.chunk.blocks] = level, level_variance
    return result


def _people(
    posterior: PartPosterior, one: Equations, local: LocalPosterior
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    chunk, size = one.chunk, posterior.part.size
    mean, covariance = _units(posterior, chunk, local)
    n, n_units = chunk.design.shape[:2]
    level_variance = np.einsum("nii->ni", covariance[:, :size, :size])
    covariance = covariance.reshape(n, n_units, size, n_units, size)
    block, row = np.divmod(chunk.unit, n_units)
    explained = one.hats @ mean[chunk.unit]
    # A spell's variance: of its level, of what the units' effects leave open, and its own.
    with_level = np.einsum("cij,cij->ci", one.hats, covariance[block, 0, :, row, :])
    taken = one.hats @ covariance[block, row, :, row, :]
    per_cell = np.einsum("cij,cij->ci", taken, one.hats) - 2.0 * with_level
    if len(chunk.left):
        left, right = chunk.left, chunk.right
        tied = one.hats[left] @ covariance[block[left], row[left], :, row[right], :]
        per_cell += summed(left, 2.0 * np.einsum("pij,pij->pi", tied, one.hats[right]), len(per_cell))
    at = chunk.level // n_units
    return (
        mean[chunk.level] + one.pull - summed_runs(explained, chunk.first),
        level_variance[at] + np.einsum("tii->ti", one.spread) + summed_runs(per_cell, chunk.first),
        mean[np.arange(n) * n_units],
        level_variance,
    )


def _units(posterior: PartPosterior, chunk: Chunk, local: LocalPosterior) -> tuple[FloatArray, FloatArray]:
    """Means (n J, b, r) and covariances (n, J b, J b) of the units' effects."""
    size, sides = posterior.part.size, posterior.part.n_sides
    n, n_units = chunk.design.shape[:2]
    n_local, n_border = chunk.n_local, chunk.border.shape[1]
    inner, outer = chunk.design[:, :, :n_local], chunk.design[:, :, n_local:]
    mean = inner @ local.mean.reshape(n, n_local, size * sides)
    mean += outer @ posterior.border[chunk.border].reshape(n, n_border, size * sides)
    slope = -(inner @ local.slope.reshape(n, n_local, -1)).reshape(n, n_units, size, n_border, size)
    at = np.arange(size)
    slope[:, :, at, :, at] += outer
    slope = slope.reshape(n, n_units * size, n_border * size)
    half = (inner @ local.given_border.reshape(n, n_local, -1)).reshape(n, n_units, size, n_local, size)
    half = half.transpose(0, 3, 1, 2, 4).reshape(n, n_local, -1)
    given = (inner @ half).reshape(n, n_units, n_units, size, size).transpose(0, 2, 3, 1, 4)
    given = given.reshape(n, n_units * size, n_units * size)
    covariance = given + slope @ posterior.border_of(chunk) @ slope.transpose(0, 2, 1)
    return mean.reshape(n * n_units, size, sides), covariance
