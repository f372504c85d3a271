"""Everything of a district that does not depend on variance components: who rated whom where, and the layout."""

from dataclasses import dataclass, replace

import numpy as np

from instruction.capacity.blocks import Layout, build_layout
from instruction.capacity.cells import Cells, Observations, build_cells
from instruction.capacity.data import BoolArray, FloatArray, IntArray, Roster, Targets
from instruction.capacity.grouping import find, group_size

BORDER_NUMBERS = 4000
"""Most numbers that schools may share: a matrix of 130 MB, factorized in two seconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A district's ratings, indexed. Schools, raters and spells are those of `cells`."""

    table: Observations
    levels: FloatArray  # (observations, E), nan where not rated
    cells: Cells
    layout: Layout
    size: IntArray  # (schools,) current roster
    row: IntArray  # (S,) school of each school of the targets; -1 = neither roster nor ratings
    asked: BoolArray  # (schools,) is in the targets
    target: FloatArray  # (schools, E)
    groups: BoolArray  # (G, schools)
    points: float  # length of the scale


def build_frame(table: Observations, levels: FloatArray, roster: Roster, targets: Targets) -> Frame:
    """Index a district. `levels` (observations, E) has the columns of `targets.elements`."""
    cells = build_cells(table, roster)
    n_schools = len(cells.school_ids)
    row = find(cells.school_ids, targets.schools)
    known = row >= 0
    asked = np.zeros(n_schools, dtype=bool)
    asked[row[known]] = True
    target = np.full((n_schools, len(targets.elements)), np.nan)
    target[row[known]] = targets.target[known]
    groups = np.zeros((len(targets.groups), n_schools), dtype=bool)
    if len(groups):
        groups[:, row[known]] = targets.groups[:, known]
    return Frame(
        table=table,
        levels=levels,
        cells=cells,
        layout=_layout(cells, levels, BORDER_NUMBERS),
        size=group_size(cells.roster_school, n_schools),
        row=row,
        asked=asked,
        target=target,
        groups=groups,
        points=targets.scale_max - targets.scale_min,
    )


def with_smaller_border(frame: Frame, numbers: int) -> Frame:
    """The same district, its schools sharing at most `numbers` numbers: a step of expectation-maximization
    needs no more, and takes the time of the border."""
    if len(frame.layout.unknowns.border_kind) * _numbers_each(frame.levels) <= numbers:
        return frame
    return replace(frame, layout=_layout(frame.cells, frame.levels, numbers))


def _layout(cells: Cells, levels: FloatArray, numbers: int) -> Layout:
    return build_layout(cells, numbers // _numbers_each(levels))


def _numbers_each(levels: FloatArray) -> int:
    """Numbers to a rater in the border: one for each element unless the ratings are complete (see parts.py)."""
    return max(levels.shape[1], 1) if np.isnan(levels).any() else 1
