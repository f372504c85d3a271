"""How much evidence stands behind each school's figure: counts of ratings of its current roster."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import BoolArray, IntArray
from instruction.capacity.frame import Frame
from instruction.capacity.stacks import summed


@dataclass(frozen=True, slots=True)
class Counts:
    """Per school and element, except `per_spell` (spells, E) and `per_rater` (raters, E; videos included)."""

    ratings: IntArray
    teachers: IntArray
    raters: IntArray
    last_day: IntArray  # -1 = never
    per_spell: IntArray
    per_rater: IntArray


def count_evidence(frame: Frame) -> Counts:
    """Count the ratings of every element."""
    cells, rated = frame.cells, ~np.isnan(frame.levels)
    n_schools, n_raters, n_lesson = len(cells.school_ids), len(cells.rater_ids), cells.n_lesson_cells
    per_cell = summed(cells.cell_of, rated.astype(np.float64), len(cells.cell_unit))
    per_spell = summed(cells.cell_spell, per_cell[:n_lesson], len(cells.spell_school))
    current = current_spells_of(frame)
    counted = current[cells.cell_spell]
    school = cells.spell_school[cells.cell_spell]
    visits, visit = np.unique(
        school * max(n_raters, 1) + cells.unit_rater[cells.cell_unit[:n_lesson]], return_inverse=True
    )
    visited = summed(visit, per_cell[:n_lesson] * counted[:, None], len(visits)) > 0
    ratings = summed(cells.spell_school, per_spell * current[:, None], n_schools)
    seen = (per_spell > 0) & current[:, None]
    return Counts(
        ratings=ratings.astype(np.int64),
        teachers=summed(cells.spell_school, seen.astype(np.float64), n_schools).astype(np.int64),
        raters=summed(visits // max(n_raters, 1), visited.astype(np.float64), n_schools).astype(np.int64),
        last_day=_last_days(frame, rated, current),
        per_spell=per_spell.astype(np.int64),
        per_rater=summed(cells.unit_rater[cells.cell_unit], per_cell, n_raters).astype(np.int64),
    )


def current_spells_of(frame: Frame) -> BoolArray:
    """(spells,) which of the spells are on the roster."""
    current = np.zeros(len(frame.cells.spell_school), dtype=bool)
    current[frame.cells.roster_spell[frame.cells.roster_spell >= 0]] = True
    return current


def _last_days(frame: Frame, rated: BoolArray, current: BoolArray) -> IntArray:
    cells = frame.cells
    last = np.full((len(cells.school_ids), rated.shape[1]), -1, dtype=np.int64)
    rows = np.flatnonzero(cells.cell_of < cells.n_lesson_cells)
    spell = cells.cell_spell[cells.cell_of[rows]]
    rows, school = rows[current[spell]], cells.spell_school[spell[current[spell]]]
    order = np.argsort(school, kind="stable")
    first = np.flatnonzero(np.diff(school[order], prepend=-1))
    if len(first):
        days = np.where(rated[rows[order]], frame.table.day[rows[order], None], -1)
        last[school[order][first]] = np.maximum.reduceat(days, first, axis=0)
    return last
