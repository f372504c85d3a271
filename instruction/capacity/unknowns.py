"""The unknowns of the mixed model besides teachers: which are local to a school, which are shared.

Local to a school are its level S, its rating culture K, raters who rate nowhere else and videos that only
they rated. The border holds the mean, the home-field shift, raters seen in two or more schools and all other
videos. A rater of videos alone gets a block of their own.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from instruction.capacity.cells import Cells
from instruction.capacity.data import IntArray
from instruction.capacity.grouping import group_range, rank_in_group
from instruction.capacity.persons import Persons, persons_of

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
    """The block (or BORDER) of each rater, as `persons` has them, and of each video; and its place there."""

    persons: Persons
    rater_block: IntArray
    rater_place: IntArray
    video_block: IntArray
    video_place: IntArray
    n_blocks: int
    border_kind: IntArray  # (nb + 1,), the last one is padding


def assign(cells: Cells, most_linking: int) -> Unknowns:
    """Give every rater and video its block and its place there; at most `most_linking` raters are shared."""
    persons = persons_of(cells, most_linking)
    n_lesson, n_schools, n_raters = len(cells.unit_school), len(cells.school_ids), persons.n
    low, high = group_range(persons.of_unit[:n_lesson], cells.unit_school, n_raters, n_schools)
    rater_block = np.where(low == high, low, BORDER)
    nowhere = np.ones(n_raters, dtype=bool)
    nowhere[persons.of_unit[:n_lesson]] = False
    rater_block[nowhere] = n_schools + np.arange(int(nowhere.sum()))
    # One block without anything, so that nothing is a special case.
    n_blocks = max(n_schools + int(nowhere.sum()), 1)

    home = rater_block[persons.of_unit[n_lesson:]]
    low, high = group_range(cells.unit_video, home, cells.n_videos, n_blocks)
    video_block = np.where((low == high) & (low != BORDER), low, BORDER)

    block = np.concatenate([rater_block, video_block])
    place = N_FIXED + rank_in_group(block + 1, n_blocks + 1)
    n_outer_raters, n_outer_videos = int((rater_block < 0).sum()), int((video_block < 0).sum())
    border_kind = np.repeat(
        np.array([Kind.MEAN, Kind.HOME, Kind.RATER, Kind.VIDEO, Kind.PAD], dtype=np.int64),
        [1, 1, n_outer_raters, n_outer_videos, 1],
    )
    return Unknowns(
        persons, rater_block, place[:n_raters], video_block, place[n_raters:], n_blocks, border_kind
    )


def unit_blocks(cells: Cells, unknowns: Unknowns) -> IntArray:
    """Lesson units are in their school's block; a video unit is in any block its rater appears in."""
    n_lesson = len(cells.unit_school)
    seen_in, person = unknowns.rater_block.copy(), unknowns.persons.of_unit
    np.maximum.at(seen_in, person[:n_lesson], cells.unit_school)
    return np.concatenate([cells.unit_school, seen_in[person[n_lesson:]]])


def summands(cells: Cells, unknowns: Unknowns) -> tuple[IntArray, IntArray, IntArray]:
    """What adds up to each unit's effect: (unit, block of the unknown, its place), one entry per summand.

    First every unit's rater, then every video unit's video, then the rest. Numbers after the units' stand
    for the blocks' levels.
    """
    n_lesson, n_units = len(cells.unit_school), len(cells.unit_rater)
    units, own = np.arange(n_units), np.flatnonzero(cells.unit_own)
    lesson, video, level = units[:n_lesson], units[n_lesson:], n_units + np.arange(unknowns.n_blocks)
    rater = unknowns.persons.of_unit
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


def local_kinds(unknowns: Unknowns) -> tuple[IntArray, IntArray, IntArray]:
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
