"""What the ratings of a cell say: the summed precision W of its observations, and their weighted sum b.

An observation with mask m rates |m| elements; its noise is (1 + drift * age) (l J + e I) on them. With
c = l / (e (e + |m| l)), its precision is (diag(m) / e - c m m') / (1 + drift * age) (Sherman-Morrison).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from instruction.capacity.data import Components, FloatArray, IntArray
from instruction.capacity.frame import Frame
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.parts import DEVIATIONS, LEAST, WHOLE, Part
from instruction.capacity.stacks import ranges, summed, summed_runs

DRIFT_PER_YEAR = 0.10
"""Noise added per year of age, as a share of today's: what was seen three years ago counts about a quarter
less. Ranking hardly depends on it; it keeps intervals honest when the evidence is old."""


class Evidence(Protocol):
    """Sums of cells."""

    def sums(self, cells: IntArray) -> tuple[FloatArray, FloatArray]:
        """W (cells, size, size) and b (cells, size, sides) of some cells."""
        ...


def evidence_of(frame: Frame, part: Part, components: Components, offset: FloatArray) -> Evidence:
    """The evidence of a district as `part` sees it; `offset` (E,) is taken off the levels."""
    older = 1.0 / (1.0 + DRIFT_PER_YEAR * frame.table.age)
    general, specific = max(components.noise.general, 0.0), max(components.noise.specific, LEAST)
    if part.name == WHOLE:
        return _whole(frame, older, general, specific, offset)
    values = frame.levels - offset
    if part.name == DEVIATIONS:
        values = values - values.mean(axis=1, keepdims=True)
        precision = older / specific
    else:
        values = values.mean(axis=1, keepdims=True)
        precision = older / (general + specific / part.n_elements)
    n_cells = len(frame.cells.cell_unit)
    return ScalarEvidence(
        group_sum(frame.cells.cell_of, precision, n_cells),
        summed(frame.cells.cell_of, precision[:, None] * values, n_cells),
    )


@dataclass(frozen=True, slots=True)
class ScalarEvidence:
    """Evidence of systems of size 1, summed."""

    weight: FloatArray  # (cells,)
    total: FloatArray  # (cells, sides)

    def sums(self, cells: IntArray) -> tuple[FloatArray, FloatArray]:
        """W (cells, 1, 1) and b (cells, 1, sides)."""
        return self.weight[cells, None, None], self.total[cells, None, :]


@dataclass(frozen=True, slots=True)
class WholeEvidence:
    """Evidence on all elements together. Observations are in order of their cell; W is summed when asked for."""

    first: IntArray  # (cells + 1,) a cell's first observation
    rated: FloatArray  # (observations, E) 0/1
    share: FloatArray  # (observations,) 1 / (1 + drift * age)
    halo: FloatArray  # (observations,) c, times the share
    total: FloatArray  # (observations, E) b of each observation
    specific: float

    def sums(self, cells: IntArray) -> tuple[FloatArray, FloatArray]:
        """W (cells, E, E) and b (cells, E, 1)."""
        first, stop = self.first[cells], self.first[cells + 1]
        rows, starts = ranges(first, stop), np.cumsum(stop - first) - (stop - first)
        rated = self.rated[rows]
        n_elements = rated.shape[1]
        shared = rated * np.sqrt(self.halo[rows])[:, None]
        weight = np.empty((len(cells), n_elements, n_elements))
        length = stop - first
        for n in np.unique(length):
            same = np.flatnonzero(length == n)
            several = shared[starts[same][:, None] + np.arange(n)]
            weight[same] = -(several.transpose(0, 2, 1) @ several)
        diagonal = np.arange(n_elements)
        alone = summed_runs(rated * (self.share[rows] / self.specific)[:, None], starts)
        weight[:, diagonal, diagonal] += alone
        return weight, summed_runs(self.total[rows], starts)[:, :, None]


def _whole(
    frame: Frame, share: FloatArray, general: float, specific: float, offset: FloatArray
) -> WholeEvidence:
    n_cells = len(frame.cells.cell_unit)
    order = np.argsort(frame.cells.cell_of, kind="stable")
    levels = frame.levels[order]
    rated = ~np.isnan(levels)
    values = np.where(rated, levels - offset, 0.0)
    share = share[order]
    halo = share * general / (specific * (specific + rated.sum(axis=1) * general))
    total = values * (share / specific)[:, None] - rated * (halo * values.sum(axis=1))[:, None]
    first = np.concatenate([[0], np.cumsum(group_size(frame.cells.cell_of, n_cells))])
    return WholeEvidence(first, rated.astype(np.float64), share, halo, total, specific)
