"""Where the evidence stands before the plan: what is known of schools and of teachers."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from instruction.capacity.cells import Cells, tabulate
from instruction.capacity.components import estimate_components
from instruction.capacity.data import (
    BoolArray,
    Components,
    FloatArray,
    IntArray,
    Ratings,
    Roster,
    Targets,
)
from instruction.capacity.frame import build_frame
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.planning.composite import (
    Parts,
    composite_components,
    composite_home_shift,
    composite_ratings,
)
from instruction.capacity.planning.system import (
    Cellwise,
    Solution,
    school_rows,
    solve_system,
    sum_cells,
    unit_rows,
)


@dataclass(frozen=True, slots=True)
class Teachers:
    """Current teachers: each is `loading` @ unknowns plus a rest of its own."""

    school: IntArray  # (m,)
    spell: IntArray  # (m,) -1 = never rated
    loading: csr_array  # (m, unknowns)
    variance: FloatArray  # (m,) of the rest
    size: IntArray  # (m,) roster of the school


@dataclass(frozen=True, slots=True)
class Situation:
    """The posterior of the composite. Schools and raters are those of `cells`."""

    cells: Cells
    parts: Parts
    sums: Cellwise
    solution: Solution
    teachers: Teachers
    capacity: csr_array  # (schools, unknowns) less the teachers' rests
    rests: FloatArray  # (schools,) variance of the mean of the teachers' rests
    mean: FloatArray  # (schools,)
    asked: BoolArray  # (schools,) in the targets and with a teacher


def situation_of(
    ratings: Ratings, roster: Roster, targets: Targets, components: Components | None
) -> Situation | None:
    """Solve the composite of the district; None without a rated lesson.

    Without `components` they are estimated, as for the capacity estimate.
    """
    table, levels = tabulate(ratings, targets.elements)
    rated = ~np.isnan(levels).all(axis=0)
    some = replace(targets, elements=targets.elements[rated], target=targets.target[:, rated])
    frame = build_frame(table, levels[:, rated], roster, some)
    cells, n_elements = frame.cells, len(some.elements)
    if not cells.n_lesson_cells:
        return None
    composite = composite_ratings(frame.levels)
    parts = composite_components(components or estimate_components(frame), n_elements, composite.n_rated)
    sums = sum_cells(table, composite, cells, parts)
    home = composite_home_shift(n_elements, frame.points)
    solution = solve_system(cells, sums, parts, home)
    teachers = _teachers(cells, sums, parts)
    return _situation(cells, parts, sums, solution, teachers, frame.asked)


def _teachers(cells: Cells, sums: Cellwise, parts: Parts) -> Teachers:
    n_lesson, n_spells, n_units = cells.n_lesson_cells, len(cells.spell_school), len(cells.unit_rater)
    pull = -sums.teacher_var[cells.cell_spell] * sums.weight[:n_lesson]
    by_unit = csr_array((pull, (cells.cell_spell, cells.cell_unit[:n_lesson])), shape=(n_spells + 1, n_units))
    rated = cells.roster_spell >= 0
    variance = np.full(len(rated), parts.teacher)
    variance[rated] = sums.teacher_var[cells.roster_spell[rated]]
    # A teacher nobody rated is the row past the last spell: empty.
    loading = csr_array((by_unit @ unit_rows(cells))[np.where(rated, cells.roster_spell, n_spells)])
    size = group_size(cells.roster_school, len(cells.school_ids))
    return Teachers(cells.roster_school, cells.roster_spell, loading, variance, size[cells.roster_school])


def _situation(
    cells: Cells,
    parts: Parts,
    sums: Cellwise,
    solution: Solution,
    teachers: Teachers,
    asked: BoolArray,
) -> Situation:
    n_schools, m = len(cells.school_ids), len(teachers.school)
    share = 1.0 / teachers.size
    average = csr_array((share, (teachers.school, np.arange(m))), shape=(n_schools, m))
    capacity = csr_array(school_rows(cells, np.arange(n_schools), False) + average @ teachers.loading)
    rated = teachers.spell >= 0
    constant = np.zeros(m)
    spell = teachers.spell[rated]
    constant[rated] = (sums.teacher_var * sums.teacher_sum)[spell]
    return Situation(
        cells=cells,
        parts=parts,
        sums=sums,
        solution=solution,
        teachers=teachers,
        capacity=capacity,
        rests=group_sum(teachers.school, share**2 * teachers.variance, n_schools),
        mean=capacity @ solution.mean + average @ constant,
        asked=asked & (group_size(teachers.school, n_schools) > 0),
    )
