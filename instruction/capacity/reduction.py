"""Elimination of teacher-rater interactions and teachers: from ratings to equations of schools and raters.

Henderson's mixed-model equations (Henderson 1975, Biometrics 31, 423-447), for vectors over the elements. With
W and b of a cell (teacher t, unit j: a rater in a school):

    interaction out     W~ = W - W (P^-1 + W)^-1 W,             b~ = b - W (P^-1 + W)^-1 b
    teacher out         V_t = (T^-1 + sum W~)^-1,               g_t = sum b~
    per school          Q_jk = [j = k] sum W~ - sum_t W~_tj V_t W~_tk,   q_j = sum (b~_tj - W~_tj V_t g_t)

Units' equations become those of the unknowns by the 0/1 design of the block.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.chunks import Chunk
from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.evidence import Evidence
from instruction.capacity.parts import Variances
from instruction.capacity.stacks import inverse, summed, summed_runs


@dataclass(frozen=True, slots=True)
class Current:
    """The roster: which spells are on it, and how many teachers of each block are, with and without ratings."""

    spells: FloatArray  # (spells,) 0/1
    size: IntArray  # (blocks,)
    unrated: IntArray  # (blocks,)


@dataclass(frozen=True, slots=True)
class Equations:
    """A chunk after elimination; b is the system's size, r its sides, W = L + B.

    A capacity is `constant` + `row` @ unknowns, and varies by `leftover` around that.
    """

    chunk: Chunk
    matrix: FloatArray  # (n, W b, W b)
    side: FloatArray  # (n, W b, r)
    row: FloatArray  # (n, b, W b)
    constant: FloatArray  # (n, b, r)
    leftover: FloatArray  # (n, b, b)
    hats: FloatArray  # (cells, b, b) V W~
    spread: FloatArray  # (spells, b, b) V
    pull: FloatArray  # (spells, b, r) V g


def eliminate(chunk: Chunk, evidence: Evidence, variances: Variances, current: Current) -> Equations:
    """Reduce a chunk to the equations of its unknowns."""
    weight, total = _without_interactions(
        *evidence.sums(np.concatenate([chunk.cells, chunk.videos])), variances.interaction_precision
    )
    n = len(chunk.cells)
    weight, of_videos = weight[:n], weight[n:]
    total, said_of_videos = total[:n], total[n:]
    spread = inverse(variances.teacher_precision + summed_runs(weight, chunk.first))
    pull = spread @ summed_runs(total, chunk.first)
    hats = spread[chunk.spell] @ weight
    left = total - weight @ pull[chunk.spell]
    constant, leftover, row = _capacity(chunk, hats, spread, pull, variances, current)
    return Equations(
        chunk=chunk,
        matrix=_matrix(chunk, weight, hats, of_videos),
        side=_side(chunk, left, said_of_videos),
        row=row,
        constant=constant,
        leftover=leftover,
        hats=hats,
        spread=spread,
        pull=pull,
    )


def _without_interactions(
    weight: FloatArray, total: FloatArray, precision: FloatArray
) -> tuple[FloatArray, FloatArray]:
    explained = inverse(precision + weight) @ weight
    across = explained.transpose(0, 2, 1)
    return weight - weight @ explained, total - across @ total


def _matrix(chunk: Chunk, weight: FloatArray, hats: FloatArray, of_videos: FloatArray) -> FloatArray:
    """The normal matrix of the unknowns, (n, W b, W b)."""
    n, n_units, width = chunk.design.shape
    size = weight.shape[-1]
    row = chunk.unit % n_units
    shape = (n, n_units, n_units, size, size)
    inner = summed(chunk.unit * n_units + row, weight - weight @ hats, n * n_units**2).reshape(shape)
    if len(chunk.left):
        tied = weight[chunk.left] @ hats[chunk.right]
        lower = summed(chunk.unit[chunk.left] * n_units + row[chunk.right], tied, n * n_units**2)
        lower = lower.reshape(shape)
        inner -= lower
        inner -= lower.transpose(0, 2, 1, 4, 3)
    across = chunk.design.transpose(0, 2, 1)
    half = (across @ inner.reshape(n, n_units, -1)).reshape(n, width, n_units, -1)
    turned = np.ascontiguousarray(half.transpose(0, 2, 1, 3)).reshape(n, n_units, -1)
    matrix = (across @ turned).reshape(n, width, width, size, size)
    if len(chunk.videos):
        rater, video = chunk.video_at
        pairs = [a * width + b % width for a in (rater, video) for b in (rater, video)]
        added = summed(np.concatenate(pairs), np.concatenate([of_videos] * 4), n * width**2)
        matrix += added.reshape(matrix.shape)
    return np.ascontiguousarray(matrix.transpose(0, 2, 3, 1, 4)).reshape(n, width * size, width * size)


def _side(chunk: Chunk, left: FloatArray, of_videos: FloatArray) -> FloatArray:
    n, n_units, width = chunk.design.shape
    size, sides = left.shape[1:]
    units = summed(chunk.unit, left, n * n_units).reshape(n, n_units, -1)
    result = (chunk.design.transpose(0, 2, 1) @ units).reshape(n * width, size, sides)
    if len(chunk.videos):
        result += summed(chunk.video_at.ravel(), np.concatenate([of_videos] * 2), n * width)
    return result.reshape(n, width * size, sides)


def _capacity(
    chunk: Chunk,
    hats: FloatArray,
    spread: FloatArray,
    pull: FloatArray,
    variances: Variances,
    current: Current,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean of level + T over the current roster: its constant, its own variance, its row over the unknowns."""
    n, n_units, width = chunk.design.shape
    size = hats.shape[-1]
    roster = np.maximum(current.size[chunk.blocks], 1).astype(np.float64)[:, None, None]
    here = np.flatnonzero(current.spells[chunk.spells])
    block = chunk.level[here] // n_units
    constant = summed(block, pull[here], n) / roster
    unrated = current.unrated[chunk.blocks].astype(np.float64)[:, None, None]
    leftover = (summed(block, spread[here], n) + unrated * variances.teacher) / roster**2
    counted = np.flatnonzero(current.spells[chunk.spells[chunk.spell]])
    units = summed(chunk.unit[counted], hats[counted], n * n_units).reshape(n, n_units, size, size)
    units /= -roster[:, :, :, None]
    units[:, 0] += np.eye(size)
    row = (chunk.design.transpose(0, 2, 1) @ units.reshape(n, n_units, -1)).reshape(n, width, size, size)
    return constant, leftover, np.ascontiguousarray(row.transpose(0, 2, 1, 3)).reshape(n, size, width * size)
