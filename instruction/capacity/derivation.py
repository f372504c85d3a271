"""How an estimate comes from the ratings, one step after the other."""

import numpy as np

from instruction.capacity.counts import current_spells_of
from instruction.capacity.data import BoolArray, Derivation, FloatArray
from instruction.capacity.frame import Frame
from instruction.capacity.joint import Posterior
from instruction.capacity.stacks import summed


def derive_steps(frame: Frame, posterior: Posterior, shown: BoolArray) -> Derivation:
    """Means of the ratings of the current teachers of each school, (schools, E); nan where not `shown`.

    With the observers' effects above the school's level, `R + own * (beta + K)`, at their posterior means.
    """
    cells, n_lesson = frame.cells, frame.cells.n_lesson_cells
    n_cells, n_spells, n_schools = len(cells.cell_unit), len(cells.spell_school), len(cells.school_ids)
    rated = ~np.isnan(frame.levels)
    in_cell = summed(cells.cell_of, rated.astype(np.float64), n_cells)[:n_lesson]
    total = summed(cells.cell_of, np.where(rated, frame.levels, 0.0), n_cells)[:n_lesson]
    adjusted = total - in_cell * _unit_effects(frame, posterior)[cells.cell_unit[:n_lesson]]
    current = current_spells_of(frame)[:, None]
    counts, sums, clean = (
        summed(cells.cell_spell, part, n_spells) * current for part in (in_cell, total, adjusted)
    )
    seen = counts > 0
    of_teachers = clean / np.maximum(counts, 1.0)

    def mean(total: FloatArray, weight: FloatArray) -> FloatArray:
        above, below = (summed(cells.spell_school, part, n_schools) for part in (total, weight))
        return np.where(shown & (below > 0), above / np.maximum(below, 1.0), np.nan)

    return Derivation(mean(sums, counts), mean(clean, counts), mean(of_teachers, seen.astype(float)))


def _unit_effects(frame: Frame, posterior: Posterior) -> FloatArray:
    """(lesson units, E) How much higher a rater rates in a school than an average visitor would."""
    cells = frame.cells
    effects = posterior.raters_of_units()
    own = posterior.home_shift() + posterior.cultures().mean[cells.unit_school]
    return np.asarray(effects + own * cells.unit_own[:, None])
