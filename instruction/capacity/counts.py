"""How much evidence stands behind each school's figure: counts of ratings of its current roster."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells, ElementRatings, Observations
from instruction.capacity.data import IntArray
from instruction.capacity.grouping import group_size, group_sum


@dataclass(frozen=True, slots=True)
class Counts:
    """Per school of `Cells`, except `per_spell` (spells,) and `per_rater` (raters,; videos included)."""

    ratings: IntArray
    observations: IntArray
    teachers: IntArray
    raters: IntArray
    last_day: IntArray  # -1 = never
    per_spell: IntArray
    per_rater: IntArray


def count_evidence(table: Observations, ratings: ElementRatings, cells: Cells) -> Counts:
    """Count the ratings of one element. `ratings` are in order of observation."""
    n_schools, n_raters, n_lesson = len(cells.school_ids), len(cells.rater_ids), cells.n_lesson_cells
    cell = cells.cell_of[ratings.observation]
    per_cell = group_size(cell, len(cells.cell_unit)).astype(np.float64)
    per_spell = group_sum(cells.cell_spell, per_cell[:n_lesson], len(cells.spell_school))
    current = np.zeros(len(cells.spell_school), dtype=bool)
    current[cells.roster_spell[cells.roster_spell >= 0]] = True

    lesson = cell < n_lesson
    observation, spell = ratings.observation[lesson], cells.cell_spell[cell[lesson]]
    observation, spell = observation[current[spell]], spell[current[spell]]
    school = cells.spell_school[spell]
    fresh = np.diff(observation, prepend=-1) != 0
    last_day = np.full(n_schools, -1)
    np.maximum.at(last_day, school, table.day[observation])

    counted = current[cells.cell_spell] & (per_cell[:n_lesson] > 0)
    visits = np.unique(
        cells.spell_school[cells.cell_spell[counted]] * max(n_raters, 1)
        + cells.unit_rater[cells.cell_unit[:n_lesson][counted]]
    )
    seen = current & (per_spell > 0)
    return Counts(
        ratings=group_size(school, n_schools),
        observations=group_size(school[fresh], n_schools),
        teachers=group_size(cells.spell_school[seen], n_schools),
        raters=group_size(visits // max(n_raters, 1), n_schools),
        last_day=last_day,
        per_spell=per_spell.astype(np.int64),
        per_rater=group_sum(cells.unit_rater[cells.cell_unit], per_cell, n_raters).astype(np.int64),
    )
