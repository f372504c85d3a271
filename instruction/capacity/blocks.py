"""Lay out the mixed model as an arrowhead: one block of equations per school, and a border they share.

Blocks of like size are padded to one shape and handled as one batch.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.capacity.grouping import group_size, rank_in_group
from instruction.capacity.unknowns import BORDER, Kind, Unknowns, assign, local_kinds, summands, unit_blocks


@dataclass(frozen=True, slots=True)
class Batch:
    """n blocks padded to J units, L local and B border unknowns. Unit 0 of a block is its level, mean + S."""

    blocks: IntArray  # (n,)
    design: FloatArray  # (n, J, L + B) 0/1: which unknowns add up to a unit's effect
    kind: IntArray  # (n, L)
    border: IntArray  # (n, B) places in the border; padding points at its last place

    @property
    def n_local(self) -> int:
        """Padded number of local unknowns."""
        return int(self.kind.shape[1])


@dataclass(frozen=True, slots=True)
class Layout:
    """Blocks in batches, and where units are in them.

    Units here are those of lessons. A video unit is a rater and a video: it goes straight into the normal
    equations of a block, at the columns of both.
    """

    unknowns: Unknowns
    batches: list[Batch]
    unit_row: IntArray  # (units,) a unit's row in its block
    video_block: IntArray  # (video units,)
    video_columns: IntArray  # (2, video units) columns of the rater and of the video, among L + B


@dataclass(frozen=True, slots=True)
class _Ones:
    """Where the ones of the design stand: block and row of the unit, column among local or border."""

    block: IntArray
    row: IntArray
    column: IntArray
    outer: BoolArray

    def part(self, keep: BoolArray | slice) -> "_Ones":
        return _Ones(self.block[keep], self.row[keep], self.column[keep], self.outer[keep])


Triple = tuple[IntArray, IntArray, IntArray]


def build_layout(cells: Cells, most_linking: int) -> Layout:
    """Assign the unknowns of `cells` to blocks and border, and pad the blocks.

    At most `most_linking` raters are in the border (see persons.py).
    """
    unknowns = assign(cells, most_linking)
    n_blocks, n_lesson, n_units = unknowns.n_blocks, len(cells.unit_school), len(cells.unit_rater)
    unit_block = unit_blocks(cells, unknowns)
    unit_row = 1 + rank_in_group(unit_block[:n_lesson], n_blocks)
    unit, block, place = summands(cells, unknowns)
    ones, border = _ones(unit, block, place, unit_block, unit_row, unknowns)
    kinds = local_kinds(unknowns)
    sizes = np.stack(
        [
            1 + group_size(unit_block[:n_lesson], n_blocks),
            group_size(kinds[0], n_blocks),
            group_size(border[0], n_blocks),
        ]
    )
    of_lessons = (unit < n_lesson) | (unit >= n_units)
    batches = _pad(sizes, ones.part(of_lessons), kinds, border, len(unknowns.border_kind) - 1)
    raters, videos = ones.part(slice(n_lesson, n_units)), ones.part(slice(n_units, 2 * n_units - n_lesson))
    return Layout(
        unknowns=unknowns,
        batches=batches,
        unit_row=unit_row,
        video_block=raters.block,
        video_columns=_video_columns(batches, n_blocks, raters, videos),
    )


def _ones(
    unit: IntArray,
    block: IntArray,
    place: IntArray,
    unit_block: IntArray,
    unit_row: IntArray,
    unknowns: Unknowns,
) -> tuple[_Ones, Triple]:
    """The design's ones, and (block, column, place in the border) of the border unknowns blocks touch."""
    n_blocks, n_border = unknowns.n_blocks, len(unknowns.border_kind)
    owner = np.concatenate([unit_block, np.arange(n_blocks)])[unit]
    row = np.zeros(len(unit_block) + n_blocks, dtype=np.int64)
    row[: len(unit_row)] = unit_row
    outer = block == BORDER
    touched, which = np.unique(owner[outer] * n_border + place[outer], return_inverse=True)
    rank = rank_in_group(touched // n_border, n_blocks)
    column = place.copy()
    column[outer] = rank[which]
    return _Ones(owner, row[unit], column, outer), (touched // n_border, rank, touched % n_border)


def _pad(sizes: IntArray, ones: _Ones, kinds: Triple, border: Triple, padding: int) -> list[Batch]:
    """Batch blocks whose largest side is alike, within two fifths, and fill the padded arrays."""
    n_blocks = sizes.shape[1]
    size_class = np.ceil(2.0 * np.log2(np.maximum(sizes[0], sizes[1] + sizes[2]))).astype(np.int64)
    batches: list[Batch] = []
    for value in np.unique(size_class):
        blocks = np.flatnonzero(size_class == value)
        row_of = np.full(n_blocks, -1)
        row_of[blocks] = np.arange(len(blocks))
        n_units, n_local, n_border = (int(side) for side in sizes[:, blocks].max(axis=1))
        batches.append(
            Batch(
                blocks,
                _fill_design(ones, row_of, (len(blocks), n_units, n_local + n_border), n_local),
                _fill(kinds, row_of, (len(blocks), n_local), Kind.PAD),
                _fill(border, row_of, (len(blocks), n_border), padding),
            )
        )
    return batches


def _video_columns(batches: list[Batch], n_blocks: int, raters: _Ones, videos: _Ones) -> IntArray:
    """Columns of (rater, video) of each video unit in its block."""
    n_local = np.zeros(n_blocks, dtype=np.int64)
    for batch in batches:
        n_local[batch.blocks] = batch.n_local
    return np.stack([one.column + n_local[one.block] * one.outer for one in (raters, videos)])


def _fill_design(ones: _Ones, row_of: IntArray, shape: tuple[int, int, int], n_local: int) -> FloatArray:
    here = ones.part(row_of[ones.block] >= 0)
    design = np.zeros(shape)
    design[row_of[here.block], here.row, here.column + n_local * here.outer] = 1.0
    return design


def _fill(triple: Triple, row_of: IntArray, shape: tuple[int, int], padding: int) -> IntArray:
    block, place, value = triple
    here = row_of[block] >= 0
    filled = np.full(shape, padding, dtype=np.int64)
    filled[row_of[block[here]], place[here]] = value[here]
    return filled
