"""From the posterior to capacities of schools, their means, contrasts and joint draws.

A figure's parts add up over the systems of the model (see parts.py), elementwise.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_array

from instruction.capacity.data import BoolArray, DistrictEstimate, FloatArray, IntArray
from instruction.capacity.solve import PartPosterior, spread_out


@dataclass(frozen=True, slots=True)
class PartCapacity:
    """Capacities of every block's current roster in one system.

    `through_border` is the variance that runs through the border (whatever schools share), `own` the rest;
    capacities of two schools covary through `slope` alone.
    """

    posterior: PartPosterior
    mean: FloatArray  # (blocks, b, r)
    own: FloatArray  # (blocks, b, b)
    through_border: FloatArray  # (blocks, b, b)
    slope: list[FloatArray]  # per chunk (n, b, B b)


def capacity_in(posterior: PartPosterior, n_blocks: int) -> PartCapacity:
    """Mean of mean + S + T over the current roster, teachers without a rating included.

    Prediction error variance as in Henderson (1975): D Cov D' for the part that depends on the unknowns,
    plus the mean of the teachers' own remaining variances.
    """
    size, sides = posterior.part.size, posterior.part.n_sides
    mean = np.zeros((n_blocks, size, sides))
    own, outer = np.zeros((n_blocks, size, size)), np.zeros((n_blocks, size, size))
    slopes = []
    for one, local in zip(posterior.equations, posterior.local, strict=True):
        chunk = one.chunk
        n_local = chunk.n_local * size
        row, on_border = one.row[:, :, :n_local], one.row[:, :, n_local:]
        slope = on_border - row @ local.slope
        border = posterior.border.reshape(-1, sides)[spread_out(chunk.border, size)]
        mean[chunk.blocks] = one.constant + row @ local.mean + on_border @ border
        own[chunk.blocks] = one.leftover + row @ local.given_border @ row.transpose(0, 2, 1)
        outer[chunk.blocks] = slope @ posterior.border_of(chunk) @ slope.transpose(0, 2, 1)
        slopes.append(slope)
    return PartCapacity(posterior, mean, own, outer, slopes)


@dataclass(frozen=True, slots=True)
class Capacities:
    """Capacity of every school on every element, over all systems."""

    parts: list[PartCapacity]
    mean: FloatArray  # (schools, E)
    common: FloatArray  # (schools, E) change with one standard error of the kindness, which all schools share
    own: FloatArray  # (schools, E) variance apart from what schools share
    variance: FloatArray  # (schools, E) against a fixed target


def capacities(
    posteriors: list[PartPosterior], offset: FloatArray, common: FloatArray, n_blocks: int
) -> Capacities:
    """Add up the systems; `offset` (E,) was taken off the levels, `common` is as in `Capacities`."""
    n_schools = len(common)
    parts = [capacity_in(posterior, n_blocks) for posterior in posteriors]
    mean = np.zeros((n_schools, len(offset))) + offset
    own, outer = np.zeros((n_schools, len(offset))), np.zeros((n_schools, len(offset)))
    for part in parts:
        system = part.posterior.part
        mean += system.by_element(part.mean[:n_schools])
        own += system.of_each(np.einsum("nii->ni", part.own[:n_schools]))
        outer += system.of_each(np.einsum("nii->ni", part.through_border[:n_schools]))
    return Capacities(parts, mean, common, own, own + outer + common**2)


def weighted_mean(schools: Capacities, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per element, the mean of the schools with `weights` (schools, E), its variance, and covariances with it.

    Returns (E,), (E,) and (schools, E): each school's covariance with the mean.
    """
    with_mean = weights * schools.own + schools.common * (weights * schools.common).sum(axis=0)
    for part in schools.parts:
        with_mean = with_mean + part.posterior.part.of_each(_through_border(part, weights))
    return (weights * schools.mean).sum(axis=0), (weights * with_mean).sum(axis=0), with_mean


def _through_border(part: PartCapacity, weights: FloatArray) -> FloatArray:
    """Covariance (schools, E) of each school with the weighted mean that runs through the border."""
    system, (n, n_elements) = part.posterior.part, weights.shape
    n_blocks = len(part.mean)
    padded = np.zeros((n_blocks, n_elements))
    padded[:n] = weights
    at_element = np.array([system.place(element) for element in range(n_elements)], dtype=np.int64)
    on_border = np.zeros((len(part.posterior.border_cov), n_elements))
    chunks = [one.chunk for one in part.posterior.equations]
    for chunk, slope in zip(chunks, part.slope, strict=True):
        pulled = slope[:, at_element].transpose(0, 2, 1) * padded[chunk.blocks][:, None, :]
        places = spread_out(chunk.border, system.size)
        for place, row in zip(places, pulled, strict=True):
            on_border[place] += row
    moved = part.posterior.border_cov @ on_border
    result = np.zeros((n_blocks, n_elements))
    for chunk, slope in zip(chunks, part.slope, strict=True):
        places = spread_out(chunk.border, system.size)
        result[chunk.blocks] = np.einsum("neb,nbe->ne", slope[:, at_element], moved[places])
    return result[:n]


def contrasts(schools: Capacities, shown: BoolArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Standard error of each shown school against the mean of the shown ones, and its reliability.

    Reliability = 1 - posterior / prior variance of that difference. `shown` is (schools, E); `prior` (schools,)
    the variance of a capacity before any rating. Both are nan where not shown or fewer than two are.
    """
    n = shown.sum(axis=0)
    several = np.maximum(n, 1)
    _, of_mean, with_mean = weighted_mean(schools, shown / several)
    variance = np.maximum(schools.variance - 2.0 * with_mean + of_mean, 0.0)
    before = prior[:, None] * (1.0 - 2.0 / several) + (prior[:, None] * shown).sum(axis=0) / several**2
    known = shown & (n > 1)
    reliability = np.clip(1.0 - variance / np.where(known, before, 1.0), 0.0, 1.0)
    return np.where(known, np.sqrt(variance), np.nan), np.where(known, reliability, np.nan)


def district_estimates(schools: Capacities, shown: BoolArray, size: IntArray) -> list[DistrictEstimate]:
    """Per element, the roster-weighted mean of the shown schools (schools, E) with its exact standard error."""
    n_teachers = (shown * size[:, None]).sum(axis=0)
    weights = shown * size[:, None] / np.maximum(n_teachers, 1)
    mean, variance, _ = weighted_mean(schools, weights)
    return [
        DistrictEstimate(float(mean[e]), float(np.sqrt(variance[e])), int(n), int(n_teachers[e]))
        if n
        else DistrictEstimate(np.nan, np.nan, 0, 0)
        for e, n in enumerate(shown.sum(axis=0))
    ]


def draw(schools: Capacities, n: int, seed: int) -> FloatArray:
    """Exact joint posterior draws of the capacities, (n, schools, E): one of the border, and each school's own."""
    rng = np.random.default_rng(seed)
    n_schools, n_elements = schools.mean.shape
    result = rng.standard_normal((1, n, 1)) * schools.common[:, None] + schools.mean[:, None]
    for part in schools.parts:
        drawn = _draw_part(part, n, rng)[:n_schools]
        if part.posterior.part.n_sides > 1:  # deviations from the mean of the elements add up to nothing
            drawn = drawn @ (np.eye(n_elements) - 1.0 / n_elements)
        result += drawn
    return result.transpose(1, 0, 2)


def _draw_part(part: PartCapacity, n: int, rng: np.random.Generator) -> FloatArray:
    """Deviations from the posterior means, (blocks, n, E or 1)."""
    system, n_blocks = part.posterior.part, len(part.mean)
    columns = n * system.n_sides
    factor, fault = lapack.dpotrf(part.posterior.border_cov, lower=1, clean=1)
    if fault:
        raise ArithmeticError("the covariance of what schools share is not positive definite")
    border = _slopes(part) @ (factor @ rng.standard_normal((len(factor), columns)))
    own = rng.standard_normal((n_blocks, system.size, columns))
    if system.size == 1:
        own *= np.sqrt(part.own)
        own += border.reshape(own.shape)
        return own.reshape(n_blocks, n, system.n_sides)
    own = np.linalg.cholesky(part.own + 1e-15 * np.eye(system.size)) @ own
    own += border.reshape(own.shape)
    return own.transpose(0, 2, 1)


def _slopes(part: PartCapacity) -> csr_array:
    """How all capacities move with the border, (blocks b, border b)."""
    size = part.posterior.part.size
    rows, columns, values = [], [], []
    for one, slope in zip(part.posterior.equations, part.slope, strict=True):
        row = spread_out(one.chunk.blocks[:, None], size)[:, :, None]
        column = spread_out(one.chunk.border, size)[:, None, :]
        rows.append(np.broadcast_to(row, slope.shape).ravel())
        columns.append(np.broadcast_to(column, slope.shape).ravel())
        values.append(slope.ravel())
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_array(
        (np.concatenate(values), places), shape=(len(part.mean) * size, len(part.posterior.border_cov))
    )
