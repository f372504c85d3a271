"""The mixed model of the composite as one sparse system, kept in two parts: schools, and a border they share.

Unknowns: mean, home-field shift, every school's S and K, every rater, every calibration video. Teachers and
teacher-rater interactions are eliminated first (Henderson 1975). Given the border (mean, shift, videos, raters
seen in two schools) the schools are independent, so that any covariance is P B P' + F G F'.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_array

from instruction.capacity.cells import Cells, Observations
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.evidence import DRIFT_PER_YEAR
from instruction.capacity.grouping import group_range, group_sum, rank_in_group
from instruction.capacity.planning.composite import Composite, HomeShift, Parts

N_FIXED = 2  # mean and home-field shift


@dataclass(frozen=True, slots=True)
class Cellwise:
    """Ratings summed by cell, interactions eliminated; and what they leave of each spell's teacher.

    A teacher is `teacher_var` x (`teacher_sum` - sum of weight x unit effect) plus a rest of variance `teacher_var`.
    """

    weight: FloatArray  # (cells,)
    total: FloatArray  # (cells,)
    teacher_var: FloatArray  # (spells,)
    teacher_sum: FloatArray  # (spells,)


@dataclass(frozen=True, slots=True)
class Solution:
    """Posterior of all unknowns; `place` numbers the local ones, school by school, from 0."""

    mean: FloatArray  # (unknowns,)
    through: csr_array  # (unknowns, border)
    inside: csr_array  # (unknowns, local)
    border_cov: FloatArray  # (border, border)
    given_border: csr_array  # (local, local)

    def covariance(self, left: csr_array, right: csr_array) -> FloatArray:
        """Covariance of sums of unknowns: `left` (a, unknowns) with `right` (b, unknowns)."""
        outer = csr_array(left @ self.through) @ self.border_cov
        result = (csr_array(right @ self.through) @ outer.T).T
        within = csr_array(left @ self.inside) @ self.given_border @ csr_array(right @ self.inside).T
        return np.asarray(result + within.toarray())

    def variances(self, sums: csr_array) -> FloatArray:
        """Posterior variance of each of the sums of unknowns (n, unknowns)."""
        outer, inner = csr_array(sums @ self.through), csr_array(sums @ self.inside)
        result = np.empty(sums.shape[0])
        for start in range(0, len(result), 500):
            at = slice(start, start + 500)
            result[at] = outer[at].multiply(outer[at] @ self.border_cov).sum(axis=1)
        return np.asarray(result + inner.multiply(csr_array(inner @ self.given_border)).sum(axis=1))


def sum_cells(table: Observations, composite: Composite, cells: Cells, parts: Parts) -> Cellwise:
    """Sum the composite ratings into cells and eliminate interactions and teachers."""
    precision = 1.0 / (parts.noise * (1.0 + DRIFT_PER_YEAR * table.age[composite.observation]))
    cell, n_cells, n_lesson = cells.cell_of[composite.observation], len(cells.cell_unit), cells.n_lesson_cells
    weight = group_sum(cell, precision, n_cells)
    total = group_sum(cell, precision * composite.level, n_cells)
    shrink = 1.0 / (1.0 + parts.teacher_rater * weight)
    weight, total = weight * shrink, total * shrink
    n_spells = len(cells.spell_school)
    by_teacher = group_sum(cells.cell_spell, weight[:n_lesson], n_spells)
    return Cellwise(
        weight,
        total,
        parts.teacher / (1.0 + parts.teacher * by_teacher),
        group_sum(cells.cell_spell, total[:n_lesson], n_spells),
    )


def n_unknowns(cells: Cells) -> int:
    """Mean, home-field shift, S and K of each school, raters, videos."""
    return N_FIXED + 2 * len(cells.school_ids) + len(cells.rater_ids) + cells.n_videos


def rater_column(cells: Cells, rater: IntArray) -> IntArray:
    """Column of each rater's leniency."""
    return N_FIXED + 2 * len(cells.school_ids) + rater


def school_rows(cells: Cells, school: IntArray, own: bool) -> csr_array:
    """(n, unknowns): mean + S of each school, with `own` also home-field shift + K."""
    each, n_schools = np.arange(len(school)), len(cells.school_ids)
    columns = [0 * school, N_FIXED + school]
    if own:
        columns += [0 * school + 1, N_FIXED + n_schools + school]
    rows = np.tile(each, len(columns))
    ones = np.ones(len(rows))
    return csr_array((ones, (rows, np.concatenate(columns))), shape=(len(school), n_unknowns(cells)))


def rater_rows(cells: Cells, rater: IntArray) -> csr_array:
    """(n, unknowns): leniency of each rater; nothing for -1, whoever never rated."""
    known = np.flatnonzero(rater >= 0)
    at = known, rater_column(cells, rater[known])
    return csr_array((np.ones(len(known)), at), shape=(len(rater), n_unknowns(cells)))


def unit_rows(cells: Cells) -> csr_array:
    """(units, unknowns): what adds up to each unit's effect; video units after those of lessons."""
    n_lesson, n_units = len(cells.unit_school), len(cells.unit_rater)
    lesson, own = np.arange(n_lesson), np.flatnonzero(cells.unit_own)
    n_schools, every = len(cells.school_ids), np.arange(n_units)
    first_video = N_FIXED + 2 * n_schools + len(cells.rater_ids)
    rows = np.concatenate([lesson, lesson, own, own, every, every[n_lesson:]])
    columns = np.concatenate(
        [
            0 * lesson,
            N_FIXED + cells.unit_school,
            0 * own + 1,
            N_FIXED + n_schools + cells.unit_school[own],
            rater_column(cells, cells.unit_rater),
            first_video + cells.unit_video,
        ]
    )
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(n_units, n_unknowns(cells)))


def solve_system(cells: Cells, sums: Cellwise, parts: Parts, home: HomeShift) -> Solution:
    """Solve for all unknowns at given variance components. There must be a rated lesson."""
    matrix, side = _normal_equations(cells, sums, parts, home)
    school, local, border = _split(cells)
    n_schools = len(cells.school_ids)
    place = rank_in_group(school, n_schools)
    given = _inverse_blocks(csr_array(matrix[local][:, local]), school, place, n_schools)
    coupling = csr_array(matrix[local][:, border])
    slope = csr_array(given @ coupling)
    schur = matrix[border][:, border].toarray() - (coupling.T @ slope).toarray()
    local_mean = given @ side[local]
    border_mean, border_cov = _invert(schur, side[border] - coupling.T @ local_mean)
    mean = np.empty(len(side))
    mean[border] = border_mean
    mean[local] = local_mean - slope @ border_mean
    n = len(side)
    inside = csr_array((np.ones(len(local)), (local, np.arange(len(local)))), shape=(n, len(local)))
    direct = csr_array((np.ones(len(border)), (border, np.arange(len(border)))), shape=(n, len(border)))
    return Solution(mean, csr_array(direct - inside @ slope), inside, border_cov, given)


def _normal_equations(
    cells: Cells, sums: Cellwise, parts: Parts, home: HomeShift
) -> tuple[csr_array, FloatArray]:
    n_lesson, n_cells, n_schools = cells.n_lesson_cells, len(cells.cell_unit), len(cells.school_ids)
    of_cell = csr_array(unit_rows(cells)[cells.cell_unit])
    weighted = of_cell.multiply(sums.weight[:, None])
    by_spell = csr_array(
        (np.ones(n_lesson), (cells.cell_spell, np.arange(n_lesson))), shape=(len(cells.spell_school), n_cells)
    )
    taught = csr_array(by_spell @ weighted)
    matrix = csr_array(of_cell.T @ weighted) - csr_array(
        taught.T @ taught.multiply(sums.teacher_var[:, None])
    )
    precision = np.zeros(n_unknowns(cells))
    precision[1] = 1.0 / home.variance
    precision[N_FIXED : N_FIXED + n_schools] = 1.0 / parts.school
    precision[N_FIXED + n_schools : N_FIXED + 2 * n_schools] = 1.0 / parts.culture
    precision[rater_column(cells, np.arange(len(cells.rater_ids)))] = 1.0 / parts.rater
    every = np.arange(len(precision))
    side = of_cell.T @ sums.total - taught.T @ (sums.teacher_var * sums.teacher_sum)
    side[1] += home.mean / home.variance
    return csr_array(matrix + csr_array((precision, (every, every)))), side


def _split(cells: Cells) -> tuple[IntArray, IntArray, IntArray]:
    """School of each local unknown, the local unknowns school by school, the border."""
    n_schools, n_raters, n_lesson = len(cells.school_ids), len(cells.rater_ids), len(cells.unit_school)
    low, high = group_range(cells.unit_rater[:n_lesson], cells.unit_school, n_raters, n_schools)
    home = np.where(low == high, low, -1)
    schools = np.arange(n_schools)
    school = np.concatenate([[-1] * N_FIXED, schools, schools, home, [-1] * cells.n_videos]).astype(np.int64)
    local = np.flatnonzero(school >= 0)
    local = local[np.argsort(school[local], kind="stable")]
    return school[local], local, np.flatnonzero(school < 0)


def _inverse_blocks(matrix: csr_array, school: IntArray, place: IntArray, n_schools: int) -> csr_array:
    """Inverse of a matrix of one block per school, padded to one size and done as one batch."""
    width = int(place.max()) + 1 if len(place) else 0
    blocks = np.zeros((n_schools, width, width))
    entries = matrix.tocoo()
    rows, columns = entries.coords
    blocks[school[rows], place[rows], place[columns]] = entries.data
    size = np.bincount(school, minlength=n_schools)
    padding = np.arange(width) >= size[:, None]
    blocks[:, np.arange(width), np.arange(width)] += padding
    inverse = np.linalg.inv(blocks)
    keep = ~padding[:, :, None] & ~padding[:, None, :]
    start = np.cumsum(size) - size
    at = start[:, None] + np.arange(width)
    row, column = np.broadcast_arrays(at[:, :, None], at[:, None, :])
    return csr_array((inverse[keep], (row[keep], column[keep])), shape=matrix.shape)


def _invert(matrix: FloatArray, side: FloatArray) -> tuple[FloatArray, FloatArray]:
    factor, fault = lapack.dpotrf(matrix.T, lower=1, clean=0, overwrite_a=1)
    if fault:
        raise ArithmeticError("the normal equations are not positive definite")
    solution, _ = lapack.dpotrs(factor, side, lower=1)
    inverse, _ = lapack.dpotri(factor, lower=1, overwrite_c=1)
    return np.ravel(solution), np.tril(inverse) + np.tril(inverse, -1).T
