"""Everything of a district that does not depend on variance components: who rated whom where, and the layout."""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.blocks import Layout, build_layout
from instruction.capacity.cells import Cells, Observations, build_cells
from instruction.capacity.data import BoolArray, FloatArray, IntArray, Roster, Targets
from instruction.capacity.grouping import find, group_size


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
        layout=build_layout(cells),
        size=group_size(cells.roster_school, n_schools),
        row=row,
        asked=asked,
        target=target,
        groups=groups,
        points=targets.scale_max - targets.scale_min,
    )
