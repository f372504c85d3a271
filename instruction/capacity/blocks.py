"""Lay out the unknowns of the mixed model as an arrowhead: one block per school, and a border they share.

Local to a school are its level S, its rating culture K, raters who rate nowhere else and videos that only
they rated. The border holds the mean, the home-field shift, raters seen in two or more schools and all other
videos. A rater of videos alone gets a block of their own. Blocks of like size are padded to one shape and
handled as one batch.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import group_range, group_size, rank_in_group

BORDER = -1
N_FIXED = 2  # mean and home-field shift lead the border; school and culture lead every block


class Kind(IntEnum):
    """What an unknown stands for; indexes the table of prior precisions."""

    MEAN = 0
    HOME = 1
    SCHOOL = 2
    CULTURE = 3
    RATER = 4
    VIDEO = 5
    PAD = 6


@dataclass(frozen=True, slots=True)
class Unknowns:
    """The block (or BORDER) of each rater and video, and its place there."""

    rater_block: IntArray
    rater_place: IntArray
    video_block: IntArray
    video_place: IntArray
    n_blocks: int
    border_kind: IntArray  # (nb + 1,), the last one is padding


@dataclass(frozen=True, slots=True)
class Batch:
    """n blocks padded to J units, L local and B border unknowns. Unit 0 of a block is its level, mean + S."""

    blocks: IntArray  # (n,)
    design: FloatArray  # (n, J, L + B) 0/1: which unknowns add up to a unit's effect
    kind: IntArray  # (n, L)
    border: IntArray  # (n, B) places in the border; padding points at its last place
    units: slice  # of this batch in the flat array over all batches of shape (n, J)
    pairs: slice  # likewise of shape (n, J, J)

    @property
    def n_local(self) -> int:
        """Padded number of local unknowns."""
        return int(self.kind.shape[1])


@dataclass(frozen=True, slots=True)
class Layout:
    """Blocks in batches, and where units and pairs of units of one block are in the flat arrays."""

    unknowns: Unknowns
    batches: list[Batch]
    unit_at: IntArray  # (units,) flat place of a unit
    unit_row: IntArray  # (units,) its row in its block
    unit_pairs: IntArray  # (units,) flat place of its pair with unit 0 of the block
    level_at: IntArray  # (blocks,) flat place of unit 0
    level_pairs: IntArray  # (blocks,) flat place of the pair of unit 0 with itself
    n_units: int
    n_pairs: int


def build_layout(cells: Cells) -> Layout:
    """Assign the unknowns of `cells` to blocks and border, and pad the blocks."""
    unknowns = _assign(cells)
    unit_block = _unit_blocks(cells, unknowns)
    unit_row = 1 + rank_in_group(unit_block, unknowns.n_blocks)
    unit, block, place = _design_entries(cells, unknowns)
    n_blocks, n_border = unknowns.n_blocks, len(unknowns.border_kind)
    all_block = np.concatenate([unit_block, np.arange(n_blocks)])
    all_row = np.concatenate([unit_row, np.zeros(n_blocks, dtype=np.int64)])

    outer = block == BORDER
    touched = np.unique(all_block[unit[outer]] * n_border + place[outer])
    column = place.copy()
    column[outer] = rank_in_group(touched // n_border, n_blocks)[
        np.searchsorted(touched, all_block[unit[outer]] * n_border + place[outer])
    ]
    kinds = _local_kinds(unknowns)
    sizes = np.stack(
        [
            1 + group_size(unit_block, n_blocks),
            group_size(kinds[0], n_blocks),
            group_size(touched // n_border, n_blocks),
        ]
    )
    entries = (all_block[unit], all_row[unit], column, outer)
    border = (touched // n_border, rank_in_group(touched // n_border, n_blocks), touched % n_border)
    return _pad(unknowns, sizes, entries, kinds, border, unit_block, unit_row)


def _assign(cells: Cells) -> Unknowns:
    n_lesson, n_schools, n_raters = len(cells.unit_school), len(cells.school_ids), len(cells.rater_ids)
    low, high = group_range(cells.unit_rater[:n_lesson], cells.unit_school, n_raters, n_schools)
    rater_block = np.where(low == high, low, BORDER)
    rater_block[high < 0] = n_schools + np.arange(int((high < 0).sum()))
    n_blocks = n_schools + int((high < 0).sum())

    home = rater_block[cells.unit_rater[n_lesson:]]
    low, high = group_range(cells.unit_video, home, cells.n_videos, n_blocks)
    video_block = np.where((low == high) & (low != BORDER), low, BORDER)

    block = np.concatenate([rater_block, video_block])
    place = N_FIXED + rank_in_group(block + 1, n_blocks + 1)
    n_outer_raters, n_outer_videos = int((rater_block < 0).sum()), int((video_block < 0).sum())
    border_kind = np.repeat(
        np.array([Kind.MEAN, Kind.HOME, Kind.RATER, Kind.VIDEO, Kind.PAD], dtype=np.int64),
        [1, 1, n_outer_raters, n_outer_videos, 1],
    )
    return Unknowns(rater_block, place[:n_raters], video_block, place[n_raters:], n_blocks, border_kind)


def _unit_blocks(cells: Cells, unknowns: Unknowns) -> IntArray:
    """Lesson units are in their school's block; a video unit is in any block its rater appears in."""
    n_lesson = len(cells.unit_school)
    seen_in = unknowns.rater_block.copy()
    np.maximum.at(seen_in, cells.unit_rater[:n_lesson], cells.unit_school)
    return np.concatenate([cells.unit_school, seen_in[cells.unit_rater[n_lesson:]]])


def _design_entries(cells: Cells, unknowns: Unknowns) -> tuple[IntArray, IntArray, IntArray]:
    """(unit, block of the unknown, its place) for every 1 in the design; unit 0 of the blocks come last."""
    n_lesson, n_units = len(cells.unit_school), len(cells.unit_rater)
    units, own = np.arange(n_units), np.flatnonzero(cells.unit_own)
    lesson, video, level = units[:n_lesson], units[n_lesson:], n_units + np.arange(unknowns.n_blocks)
    rater = cells.unit_rater
    parts: list[tuple[IntArray, IntArray | int, IntArray | int]] = [
        (units, unknowns.rater_block[rater], unknowns.rater_place[rater]),
        (video, unknowns.video_block[cells.unit_video], unknowns.video_place[cells.unit_video]),
        (lesson, BORDER, 0),
        (own, BORDER, 1),
        (lesson, cells.unit_school, 0),
        (own, cells.unit_school[own], 1),
        (level, BORDER, 0),
        (level, level - n_units, 0),
    ]
    unit, block, place = (
        np.concatenate([np.broadcast_to(part[i], part[0].shape) for part in parts]) for i in range(3)
    )
    return unit, block, place


def _local_kinds(unknowns: Unknowns) -> tuple[IntArray, IntArray, IntArray]:
    """(block, place, kind) of every local unknown."""
    blocks = np.arange(unknowns.n_blocks)
    raters = unknowns.rater_block != BORDER
    videos = unknowns.video_block != BORDER
    counts = [len(blocks), len(blocks), int(raters.sum()), int(videos.sum())]
    return (
        np.concatenate([blocks, blocks, unknowns.rater_block[raters], unknowns.video_block[videos]]),
        np.concatenate(
            [0 * blocks, 0 * blocks + 1, unknowns.rater_place[raters], unknowns.video_place[videos]]
        ),
        np.repeat(np.array([Kind.SCHOOL, Kind.CULTURE, Kind.RATER, Kind.VIDEO], dtype=np.int64), counts),
    )


Triple = tuple[IntArray, IntArray, IntArray]


def _pad(
    unknowns: Unknowns,
    sizes: IntArray,
    entries: tuple[IntArray, IntArray, IntArray, IntArray],
    kinds: Triple,
    border: Triple,
    unit_block: IntArray,
    unit_row: IntArray,
) -> Layout:
    """Batch blocks whose largest side falls into the same power of two and fill the padded arrays."""
    n_blocks = unknowns.n_blocks
    size_class = np.ceil(np.log2(np.maximum(sizes[0], sizes[1] + sizes[2]))).astype(np.int64)
    level_at, level_pairs, width = (np.zeros(n_blocks, dtype=np.int64) for _ in range(3))
    batches: list[Batch] = []
    units = pairs = 0
    for value in np.unique(size_class):
        blocks = np.flatnonzero(size_class == value)
        row_of = np.full(n_blocks, -1)
        row_of[blocks] = np.arange(len(blocks))
        n_units, n_local, n_border = (int(side) for side in sizes[:, blocks].max(axis=1))
        batch = Batch(
            blocks=blocks,
            design=_fill_design(entries, row_of, (len(blocks), n_units, n_local + n_border), n_local),
            kind=_fill(kinds, row_of, (len(blocks), n_local), Kind.PAD),
            border=_fill(border, row_of, (len(blocks), n_border), len(unknowns.border_kind) - 1),
            units=slice(units, units + len(blocks) * n_units),
            pairs=slice(pairs, pairs + len(blocks) * n_units**2),
        )
        level_at[blocks] = units + np.arange(len(blocks)) * n_units
        level_pairs[blocks] = pairs + np.arange(len(blocks)) * n_units**2
        width[blocks] = n_units
        units, pairs = batch.units.stop, batch.pairs.stop
        batches.append(batch)
    return Layout(
        unknowns=unknowns,
        batches=batches,
        unit_at=level_at[unit_block] + unit_row,
        unit_row=unit_row,
        unit_pairs=level_pairs[unit_block] + unit_row * width[unit_block],
        level_at=level_at,
        level_pairs=level_pairs,
        n_units=units,
        n_pairs=pairs,
    )


def _fill_design(
    entries: tuple[IntArray, IntArray, IntArray, IntArray],
    row_of: IntArray,
    shape: tuple[int, int, int],
    n_local: int,
) -> FloatArray:
    block, row, column, outer = entries
    here = row_of[block] >= 0
    design = np.zeros(shape)
    design[row_of[block[here]], row[here], column[here] + n_local * outer[here]] = 1.0
    return design


def _fill(triple: Triple, row_of: IntArray, shape: tuple[int, int], padding: int) -> IntArray:
    block, place, value = triple
    here = row_of[block] >= 0
    filled = np.full(shape, padding, dtype=np.int64)
    filled[row_of[block[here]], place[here]] = value[here]
    return filled
