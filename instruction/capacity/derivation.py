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
    cells = frame.cells
    rows = np.flatnonzero(cells.cell_of < cells.n_lesson_cells)
    current = current_spells_of(frame)
    rows = rows[current[cells.cell_spell[cells.cell_of[rows]]]]
    cell = cells.cell_of[rows]
    spell = cells.cell_spell[cell]
    levels = frame.levels[rows]
    rated = ~np.isnan(levels)
    plain = np.where(rated, levels, 0.0)
    adjusted = np.where(rated, levels - _unit_effects(frame, posterior)[cells.cell_unit[cell]], 0.0)
    n_spells, n_schools = len(cells.spell_school), len(cells.school_ids)
    counts, sums, clean = (summed(spell, part, n_spells) for part in (rated.astype(float), plain, adjusted))
    seen = counts > 0
    of_teachers = clean / np.maximum(counts, 1.0)

    def mean(total: FloatArray, weight: FloatArray) -> FloatArray:
        above, below = (summed(cells.spell_school, part, n_schools) for part in (total, weight))
        return np.where(shown & (below > 0), above / np.maximum(below, 1.0), np.nan)

    return Derivation(mean(sums, counts), mean(clean, counts), mean(of_teachers, seen.astype(float)))


def _unit_effects(frame: Frame, posterior: Posterior) -> FloatArray:
    """(lesson units, E) How much higher a rater rates in a school than an average visitor would."""
    cells = frame.cells
    n_lesson = len(cells.unit_school)
    effects = posterior.raters().mean[cells.unit_rater[:n_lesson]]
    own = posterior.home_shift() + posterior.cultures().mean[cells.unit_school]
    return np.asarray(effects + own * cells.unit_own[:, None])
