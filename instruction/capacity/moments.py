"""Variance components by the method of moments (Brennan 2001, Generalizability Theory, ch. 7; the analogue
for unbalanced designs of Henderson's method 1, 1953): mean products of pairs of ratings that share a teacher,
a rater, a school, or nothing, each being a known sum of components.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from instruction.capacity.cells import Cells, ElementRatings, Observations
from instruction.capacity.data import FloatArray, IntArray, VarianceComponents
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.solve import DRIFT_PER_YEAR

PUBLISHED = np.array([0.020, 0.078, 0.028, 0.038, 0.005, 0.215])
"""School, teacher, rater, teacher-rater, culture, residual, in squared points of a 1-4 scale. Teacher SD .28
and a teacher-rater share of 15-20 % of the stable variance: Ho & Kane (2013), table 5. Rater, lesson and
residual shares: Kane & Staiger (2012), table 11. A school share of a fifth and the culture are assumptions."""

PRIOR_WORTH = 20.0
"""The published values count as much as this many independent schools, raters or teachers."""

ROUNDING_VARIANCE = 1.0 / 12.0
"""Whole-number levels hide differences of up to this variance (Sheppard's correction), so that a district
where everyone gets a 3 is not taken for one where everyone is the same."""

FLOOR = 1.0 / 20.0
"""No component is taken to be less than this share of its published value: evidence for zero is never that
strong, and a zero would make standard errors too small."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of centered levels and counts of ratings per lesson cell; columns are own and external raters."""

    total: FloatArray  # (cells, 2)
    count: FloatArray  # (cells, 2)
    squares: FloatArray  # (2,)
    years: FloatArray  # (2,) mean age


def published_components(
    table: Observations, ratings: ElementRatings, cells: Cells, points: float
) -> FloatArray:
    """Published components rescaled to the district's variance of ratings; `points` = length of the scale."""
    unit = (points / 3.0) ** 2
    sums = _cell_sums(table, ratings, cells)
    published_total = PUBLISHED.sum() * unit
    variance = (PRIOR_WORTH * published_total + sums.squares.sum()) / (PRIOR_WORTH + sums.count.sum())
    return np.asarray(PUBLISHED * unit * max(variance, ROUNDING_VARIANCE * unit) / published_total)


def moment_components(
    table: Observations, ratings: ElementRatings, cells: Cells, prior: FloatArray
) -> FloatArray:
    """Non-negative least squares of the pair moments and the prior, each weighted by what it is worth.

    A moment's variance is taken as total^2 / pairs + 2 value^2 / groups, with the values of the prior.
    """
    rows, values, variances = [np.eye(6)], [prior], [2.0 * prior**2 / PRIOR_WORTH]
    for involved, product, pairs, groups in _moments(_cell_sums(table, ratings, cells), cells):
        seen = pairs > 0
        expected = involved @ prior
        spread = prior.sum() ** 2 / np.where(seen, pairs, 1.0) + 2.0 * expected**2 / np.maximum(groups, 1.0)
        rows.append(involved[seen])
        values.append((product / np.where(seen, pairs, 1.0))[seen])
        variances.append(spread[seen])
    scale = 1.0 / np.sqrt(np.concatenate(variances))
    solution, _ = nnls(np.concatenate(rows) * scale[:, None], np.concatenate(values) * scale)
    return np.asarray(np.maximum(solution, FLOOR * prior))


def as_components(values: FloatArray, home_shift: float, mean: float) -> VarianceComponents:
    """Name the six variances."""
    school, teacher, rater, teacher_rater, culture, residual = (float(value) for value in values)
    return VarianceComponents(school, teacher, rater, teacher_rater, culture, residual, home_shift, mean)


def _cell_sums(table: Observations, ratings: ElementRatings, cells: Cells) -> Sums:
    cell = cells.cell_of[ratings.observation]
    lesson = cell < cells.n_lesson_cells
    cell, level = cell[lesson], ratings.level[lesson]
    own = cells.unit_own[cells.cell_unit[cell]]
    side = np.where(own, 0, 1)
    n = group_size(side, 2)
    means = group_sum(side, level, 2) / np.maximum(n, 1)
    centered = level - means[side]
    place, size = cell * 2 + side, 2 * cells.n_lesson_cells
    years = group_sum(side, table.age[ratings.observation[lesson]], 2) / np.maximum(n, 1)
    return Sums(
        group_sum(place, centered, size).reshape(-1, 2),
        group_size(place, size).reshape(-1, 2).astype(np.float64),
        group_sum(side, centered**2, 2),
        years,
    )


Moment = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
_KEPT = (0, 1, 3)  # own-own, own-external, external-external of a flattened 2 x 2 table


def _moments(sums: Sums, cells: Cells) -> list[Moment]:
    """Per class of pairs: components involved (k, 6), sum of products, number of pairs, groups (k,)."""
    n_lesson = cells.n_lesson_cells
    unit, spell = cells.cell_unit[:n_lesson], cells.cell_spell
    school = cells.unit_school[unit]
    rater = cells.unit_rater[unit]
    places, visit = np.unique(school * max(len(cells.rater_ids), 1) + rater, return_inverse=True)

    def level(group: IntArray, n_groups: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        return _squares(sums, group, n_groups)

    in_cell = level(np.arange(n_lesson), n_lesson)
    in_spell = level(spell, len(cells.spell_school))
    in_unit = level(unit, len(cells.unit_school))
    in_school = level(school, len(cells.school_ids))
    in_rater = level(rater, len(cells.rater_ids))
    in_visit = level(visit, len(places))
    itself = np.diag(sums.squares).ravel()[list(_KEPT)], np.diag(sums.count.sum(axis=0)).ravel()[list(_KEPT)]
    culture = np.array([1.0, 0.0, 0.0])
    return [
        (_involves("STRPN", culture, sums.years), *itself, in_spell[2]),
        (_involves("STRP", culture), in_cell[0] - itself[0], in_cell[1] - itself[1], in_spell[2]),
        (_involves("ST", culture), in_spell[0] - in_cell[0], in_spell[1] - in_cell[1], in_spell[2]),
        (_involves("SR", culture), in_unit[0] - in_cell[0], in_unit[1] - in_cell[1], in_unit[2]),
        (
            _involves("S", culture),
            in_school[0] - in_unit[0] - in_spell[0] + in_cell[0],
            in_school[1] - in_unit[1] - in_spell[1] + in_cell[1],
            in_school[2],
        ),
        (_involves("R", 0.0 * culture), in_rater[0] - in_visit[0], in_rater[1] - in_visit[1], in_rater[2]),
    ]


def _squares(sums: Sums, group: IntArray, n_groups: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sum of products and number of pairs within groups, and groups with any, per kept class."""
    total = np.stack([group_sum(group, sums.total[:, i], n_groups) for i in (0, 1)])
    count = np.stack([group_sum(group, sums.count[:, i], n_groups) for i in (0, 1)])
    both = (count[:, None] * count[None]).reshape(4, -1)
    kept = list(_KEPT)
    twice = np.array([1.0, 2.0, 1.0])
    return (
        twice * (total @ total.T).ravel()[kept],
        twice * (count @ count.T).ravel()[kept],
        (both > 0).sum(axis=1)[kept].astype(np.float64),
    )


def _involves(letters: str, culture: FloatArray, years: FloatArray | None = None) -> FloatArray:
    """0/1 rows for own-own, own-external and external-external pairs. S T R P N in order; culture is fifth."""
    rows = np.zeros((3, 6))
    for letter, column in (("S", 0), ("T", 1), ("R", 2), ("P", 3)):
        rows[:, column] = float(letter in letters)
    rows[:, 4] = culture
    if years is not None:
        rows[[0, 2], 5] = 1.0 + DRIFT_PER_YEAR * years
    return rows
