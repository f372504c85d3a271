"""Variance components by the method of moments (Brennan 2001, Generalizability Theory, ch. 7; the analogue
for unbalanced designs of Henderson's method 1, 1953): mean products of pairs of ratings that share a teacher,
a rater, a school, or nothing, each being a known sum of components.

A pair of ratings on two different elements has the general components in common, a pair on one element the
specific ones too. For normal effects the mean cross product and the difference to the mean same product are
nearly independent, so that the general and the specific components are fitted separately.
"""

from dataclasses import dataclass

import numpy as np
import scipy  # whose optimizers load when they are first asked for

from instruction.capacity.cells import Cells, Observations
from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.capacity.evidence import DRIFT_PER_YEAR
from instruction.capacity.pair_sums import SIDES, CellSums, PairSums, cell_sums, within
from instruction.capacity.published import PRIOR_WORTH, published_components, visible_spread

FLOOR = 1.0 / 20.0
"""No component is taken to be less than this share of its published value: evidence for zero is never that
strong, and a zero would make standard errors too small."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Published components (6, 2), and the moment estimates that lean on them."""

    prior: FloatArray
    values: FloatArray


def moment_components(levels: FloatArray, table: Observations, cells: Cells, points: float) -> Moments:
    """Components from the levels (observations, E), nan where not rated; `points` = length of the scale.

    Where no observation or pair of observations has two elements, the split into general and specific is the
    published one.
    """
    sums = cell_sums(levels, table, cells)
    count = float(sums.itself.n_same.sum())
    variance = float(sums.itself.same.sum()) / max(count, 1.0)
    prior = published_components(variance, visible_spread(levels[_lessons(cells)]), count, points)
    classes = _classes(sums, cells)
    n_elements = max(sums.elements, 1.0)
    if not any(pairs.n_cross.sum() for _, pairs in classes):
        return Moments(prior, _fit_unsplit(classes, prior))
    return Moments(prior, np.maximum(_fit(classes, prior, n_elements), FLOOR * prior))


def _lessons(cells: Cells) -> IntArray:
    return np.flatnonzero(cells.cell_of < cells.n_lesson_cells)


Class = tuple[FloatArray, PairSums]


def _classes(sums: CellSums, cells: Cells) -> list[Class]:
    """Per class of pairs: components involved (3, 6), and the products."""
    n_lesson = cells.n_lesson_cells
    unit, spell = cells.cell_unit[:n_lesson], cells.cell_spell
    school, rater = cells.unit_school[unit], cells.unit_rater[unit]
    places, visit = np.unique(school * max(len(cells.rater_ids), 1) + rater, return_inverse=True)
    in_cell = within(sums, np.arange(n_lesson), n_lesson)
    in_spell = within(sums, spell, len(cells.spell_school))
    in_unit = within(sums, unit, len(cells.unit_school))
    in_school = within(sums, school, len(cells.school_ids))
    in_rater = within(sums, rater, len(cells.rater_ids))
    in_visit = within(sums, visit, len(places))
    crossed = in_school.numbers - in_unit.numbers - in_spell.numbers + in_cell.numbers
    culture = np.array([1.0, 0.0, 0.0])
    return [
        (_involves("STRPN", culture, sums.years), PairSums(sums.itself.numbers, in_spell.groups)),
        (
            _involves("STRP", culture),
            PairSums(in_cell.numbers - sums.itself.numbers, in_spell.groups),
        ),
        (_involves("ST", culture), PairSums(in_spell.numbers - in_cell.numbers, in_spell.groups)),
        (_involves("SR", culture), PairSums(in_unit.numbers - in_cell.numbers, in_unit.groups)),
        (_involves("S", culture), PairSums(crossed, in_school.groups)),
        (_involves("R", 0.0 * culture), PairSums(in_rater.numbers - in_visit.numbers, in_rater.groups)),
    ]


def _involves(letters: str, culture: FloatArray, years: FloatArray | None = None) -> FloatArray:
    """0/1 rows for own-own, own-external and external-external pairs. S T R P N in order; culture is fifth."""
    rows = np.zeros((SIDES, 6))
    for letter, column in (("S", 0), ("T", 1), ("R", 2), ("P", 3)):
        rows[:, column] = float(letter in letters)
    rows[:, 4] = culture
    if years is not None:
        rows[[0, 2], 5] = 1.0 + DRIFT_PER_YEAR * years
    return rows


def _fit(classes: list[Class], prior: FloatArray, n_elements: float) -> FloatArray:
    """General components from cross products, specific ones from the difference to same products.

    A sum x of effects over E elements, general variance g and specific s, has mean cross product with variance
    2 (g + s/E)^2 per group, and the difference has 2 s^2 / (E - 1).
    """
    shared = prior[:, 0] + prior[:, 1] / n_elements
    alone = prior[:, 1] / np.sqrt(max(n_elements - 1.0, 1.0))
    rows = np.concatenate([involved for involved, _ in classes])
    same, cross, seen, visits, groups = _stack(classes)
    general = _solve(rows[seen], cross[seen], visits[seen], groups[seen], prior[:, 0], shared)
    specific = _solve(rows[seen], (same - cross)[seen], visits[seen], groups[seen], prior[:, 1], alone)
    return np.stack([general, specific], axis=1)


def _fit_unsplit(classes: list[Class], prior: FloatArray) -> FloatArray:
    """Totals from same products, split as published."""
    total = prior.sum(axis=1)
    rows = np.concatenate([involved for involved, _ in classes])
    n_same = np.concatenate([pairs.n_same for _, pairs in classes])
    seen = n_same > 0
    same = np.concatenate([pairs.same for _, pairs in classes])[seen] / n_same[seen]
    groups = np.concatenate([pairs.groups for _, pairs in classes])[seen]
    fitted = np.maximum(_solve(rows[seen], same, n_same[seen], groups, total, total), FLOOR * total)
    return prior * (fitted / total)[:, None]


def _stack(classes: list[Class]) -> tuple[FloatArray, FloatArray, BoolArray, FloatArray, FloatArray]:
    """Mean same and cross products, which rows have both, pairs of observations, groups."""
    n_same, n_cross, same, cross, visits, groups = (
        np.concatenate([getattr(pairs, name) for _, pairs in classes])
        for name in ("n_same", "n_cross", "same", "cross", "visits", "groups")
    )
    seen = (n_same > 0) & (n_cross > 0)
    return same / np.maximum(n_same, 1.0), cross / np.maximum(n_cross, 1.0), seen, visits, groups


def _solve(
    rows: FloatArray,
    values: FloatArray,
    visits: FloatArray,
    groups: FloatArray,
    prior: FloatArray,
    size: FloatArray,
) -> FloatArray:
    """Non-negative least squares of moments and prior, each weighted by what it is worth.

    A moment's variance is taken as total^2 / pairs of observations + 2 value^2 / groups, with the values `size`
    (6,) that the components have in it.
    """
    spread = size.sum() ** 2 / visits + 2.0 * (rows @ size) ** 2 / np.maximum(groups, 1.0)
    variances = np.concatenate([2.0 * prior**2 / PRIOR_WORTH, spread])
    scale = 1.0 / np.sqrt(variances)
    design = np.concatenate([np.eye(6), rows]) * scale[:, None]
    solution, _ = scipy.optimize.nnls(design, np.concatenate([prior, values]) * scale)
    return np.asarray(solution)
