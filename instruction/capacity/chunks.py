"""Cut a district into chunks of schools: each is eliminated, and later finished, by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from instruction.capacity.blocks import Batch, Layout
from instruction.capacity.cells import Cells
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import group_size
from instruction.capacity.stacks import ranges

CHUNK_NUMBERS = 300_000
"""Numbers in the stack of a chunk's cells: a stack of this size stays near the processor."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some blocks of like size, n of them. Cells, spells and units are numbered within the chunk.

    J, L and B are the padded numbers of units, local and border unknowns.
    """

    blocks: IntArray  # (n,)
    design: FloatArray  # (n, J, L + B)
    kind: IntArray  # (n, L)
    border: IntArray  # (n, B)
    cells: IntArray  # lesson cells, by spell
    spells: IntArray
    spell: IntArray  # (cells,)
    first: IntArray  # (spells,) first cell
    unit: IntArray  # (cells,) block * J + row
    level: IntArray  # (spells,) unit 0 of the block
    left: IntArray  # two cells of one spell, each pair once
    right: IntArray
    videos: IntArray  # video cells
    video_at: IntArray  # (2, videos) block * (L + B) + column of the rater and of the video

    @property
    def n_local(self) -> int:
        """Padded number of local unknowns."""
        return int(self.kind.shape[1])


@dataclass(frozen=True, slots=True)
class _Index:
    """Where blocks' spells, spells' cells and blocks' video cells begin."""

    spell: IntArray
    cell: IntArray
    video: IntArray
    video_order: IntArray


def cut(cells: Cells, layout: Layout, size: int) -> list[Chunk]:
    """Chunks for a system of `size` numbers per unknown, in an order that depends on the district alone."""
    n_blocks, n_spells = layout.unknowns.n_blocks, len(cells.spell_school)
    index = _Index(
        spell=_starts(cells.spell_school, n_blocks),
        cell=_starts(cells.cell_spell, n_spells),
        video=_starts(layout.video_block, n_blocks),
        video_order=np.argsort(layout.video_block, kind="stable"),
    )
    per_block = index.cell[index.spell[1:]] - index.cell[index.spell[:-1]] + np.diff(index.video)
    return [
        _chunk(cells, layout, index, batch, rows)
        for batch in layout.batches
        for rows in _slices(batch, per_block[batch.blocks], size)
    ]


def _starts(group: IntArray, n_groups: int) -> IntArray:
    return np.concatenate([[0], np.cumsum(group_size(group, n_groups))])


def _slices(batch: Batch, n_cells: IntArray, size: int) -> Iterator[slice]:
    """Runs of blocks with about as many numbers as a chunk may have, in cells or in equations."""
    width = batch.design.shape[2]
    heavy = np.maximum(n_cells, (width**2) // 4) * size**2
    number = (np.cumsum(heavy) - heavy) // CHUNK_NUMBERS
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    for start, stop in zip(starts, np.append(starts[1:], len(heavy)), strict=True):
        yield slice(int(start), int(stop))


def _chunk(cells: Cells, layout: Layout, index: _Index, batch: Batch, rows: slice) -> Chunk:
    blocks, design = batch.blocks[rows], batch.design[rows]
    n, n_units, width = design.shape
    spells = ranges(index.spell[blocks], index.spell[blocks + 1])
    here = ranges(index.cell[spells], index.cell[spells + 1])
    per_spell = index.cell[spells + 1] - index.cell[spells]
    first = np.cumsum(per_spell) - per_spell
    spell = np.repeat(np.arange(len(spells)), per_spell)
    block_of_spell = np.repeat(np.arange(n), index.spell[blocks + 1] - index.spell[blocks])
    rank = np.arange(len(here)) - first[spell]
    left = np.repeat(np.arange(len(here)), rank)
    place = np.arange(len(left)) - np.repeat(np.cumsum(rank) - rank, rank)
    units = cells.cell_unit[here]
    videos = index.video_order[ranges(index.video[blocks], index.video[blocks + 1])]
    block_of_video = np.repeat(np.arange(n), index.video[blocks + 1] - index.video[blocks])
    return Chunk(
        blocks=blocks,
        design=design,
        kind=batch.kind[rows],
        border=batch.border[rows],
        cells=here,
        spells=spells,
        spell=spell,
        first=first,
        unit=block_of_spell[spell] * n_units + layout.unit_row[units],
        level=block_of_spell * n_units,
        left=left,
        right=first[spell[left]] + place,
        videos=cells.n_lesson_cells + videos,
        video_at=block_of_video * width + layout.video_columns[:, videos],
    )
