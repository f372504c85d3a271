"""Who counts as one rater: in very large districts, a rater of several schools may stand for several.

Raters seen in two or more schools tie all schools together, in a border that is factorized as one matrix. Its
cost grows with the cube of its size. Where more raters than `most` work in several schools, those in fewest
schools are taken for another rater in each: what is then lost is only that it is the same person who was strict
there; each still has the variance of a rater.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import BoolArray, IntArray
from instruction.capacity.grouping import group_size


@dataclass(frozen=True, slots=True)
class Persons:
    """Raters as the model knows them."""

    of_unit: IntArray  # (units,)
    of_rater: IntArray  # (raters,) where the rater has most ratings
    n: int


def persons_of(cells: Cells, most: int) -> Persons:
    """All raters as they are, if at most `most` of them work in several schools."""
    n_raters, n_lesson = len(cells.rater_ids), len(cells.unit_school)
    themselves = np.arange(n_raters)
    n_schools = max(len(cells.school_ids), 1)
    visits = np.unique(cells.unit_rater[:n_lesson] * n_schools + cells.unit_school)
    in_schools = group_size(visits // n_schools, n_raters)
    if np.count_nonzero(in_schools > 1) <= most:
        return Persons(cells.unit_rater, themselves, n_raters)
    by_schools = np.lexsort((themselves, -in_schools))
    several = in_schools > 1
    several[by_schools[:most]] = False
    apart = visits[several[visits // n_schools]]
    return _split(cells, several, apart, n_schools)


def _split(cells: Cells, several: BoolArray, apart: IntArray, n_schools: int) -> Persons:
    """One person for each of the visits `apart` (rater * schools + school); all others as they are."""
    n_raters, n_lesson = len(cells.rater_ids), len(cells.unit_school)
    of_unit = cells.unit_rater.copy()
    split = np.flatnonzero(several[cells.unit_rater[:n_lesson]])
    codes = cells.unit_rater[split] * n_schools + cells.unit_school[split]
    of_unit[split] = n_raters + np.searchsorted(apart, codes)
    observations = group_size(cells.cell_unit[cells.cell_of], len(of_unit))[:n_lesson]
    of_rater = np.arange(n_raters)
    busiest_last = split[np.argsort(observations[split], kind="stable")]
    of_rater[cells.unit_rater[busiest_last]] = of_unit[busiest_last]
    of_unit[n_lesson:] = of_rater[cells.unit_rater[n_lesson:]]
    return Persons(of_unit, of_rater, n_raters + len(apart))
