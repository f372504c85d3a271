"""Lessons that could be visited: what the two ratings of each would be sums of.

A rating of teacher t by a unit v (a rater in a school) that already rated t is f (v + T) plus noise, where
f = 1 / (1 + teacher-rater variance x weight of the earlier ratings): part of their interaction is known.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import find
from instruction.capacity.planning.knowledge import Basis, on_basis
from instruction.capacity.planning.situation import Situation
from instruction.capacity.planning.system import school_rows


@dataclass(frozen=True, slots=True)
class Lessons:
    """Lessons, each a teacher and who comes along. Ratings are the visitor's (0) and the companion's (1).

    The visitor's leniency, which comes on top, is not in `loading`. Without a companion the second rating is a
    sum of nothing: it tells nothing.
    """

    school: IntArray  # (n,) among the basis' schools
    teacher: IntArray  # (n,) row of the roster
    companion: IntArray  # (n,) among the basis' persons; -1 = nobody
    loading: tuple[csr_array, csr_array]  # each (n, levels + shifts + leniencies)
    rest: FloatArray  # (n, 2) factor of the teacher's rest
    noise: FloatArray  # (n, 2)
    teacher_variance: FloatArray  # (n,) of the rest
    share: FloatArray  # (n,) of the teacher in the school's capacity

    @property
    def n_ratings(self) -> IntArray:
        """Two with a companion, else one."""
        return np.where(self.companion >= 0, 2, 1)


def lessons_of(situation: Situation, basis: Basis, teacher: IntArray, companion: IntArray) -> Lessons:
    """Lessons of `teacher` (n,), rows of the roster, with `companion` (n,) of the basis' persons."""
    teachers, parts, cells = situation.teachers, situation.parts, situation.cells
    school, n = teachers.school[teacher], len(teacher)
    taught = teachers.loading[teacher]
    visit = on_basis(situation, basis, csr_array(school_rows(cells, school, False) + taught))
    there = companion >= 0
    rater = np.where(there, find(cells.rater_ids, basis.persons[companion]), -1)
    share = np.where(there, _known_share(situation, teachers.spell[teacher], school, rater), 0.0)
    own = on_basis(situation, basis, csr_array(school_rows(cells, school, True) + taught))
    at = np.flatnonzero(there), basis.first_person + companion[there]
    own = csr_array(own + csr_array((np.ones(len(at[0])), at), shape=own.shape)).multiply(share[:, None])
    noise = np.where(there, parts.teacher_rater * share + parts.noise, 1.0)
    first = np.full(n, parts.teacher_rater + parts.noise)
    return Lessons(
        school=find(basis.schools, school),
        teacher=teacher,
        companion=companion,
        loading=(visit, csr_array(own)),
        rest=np.stack([np.ones(n), share], axis=1),
        noise=np.stack([first, noise], axis=1),
        teacher_variance=teachers.variance[teacher],
        share=1.0 / teachers.size[teacher],
    )


def have_met(situation: Situation, teacher: IntArray, rater: IntArray) -> IntArray:
    """Cell of each teacher (row of the roster) and visitor (index of the cells' raters); -1 = never met."""
    return _cell(
        situation, situation.teachers.spell[teacher], situation.teachers.school[teacher], rater, False
    )


def _known_share(situation: Situation, spell: IntArray, school: IntArray, rater: IntArray) -> FloatArray:
    cell = _cell(situation, spell, school, rater, True)
    share = np.ones(len(cell))
    share[cell >= 0] = 1.0 - situation.parts.teacher_rater * situation.sums.weight[cell[cell >= 0]]
    return share


def _cell(situation: Situation, spell: IntArray, school: IntArray, rater: IntArray, own: bool) -> IntArray:
    cells, n = situation.cells, situation.cells.n_lesson_cells
    n_units, n_raters = len(cells.unit_school), max(len(cells.rater_ids), 1)
    known = (cells.unit_school * n_raters + cells.unit_rater[:n_units]) * 2 + ~cells.unit_own
    unit = np.where(rater >= 0, find(known, (school * n_raters + rater) * 2 + (not own)), -1)
    cell = find(cells.cell_spell * max(n_units, 1) + cells.cell_unit[:n], spell * max(n_units, 1) + unit)
    return np.where((spell >= 0) & (unit >= 0), cell, -1)
