"""Group ratings into observations, cells and units. Done once; every element shares the result.

A *unit* is a rater in a school (own or external), a *spell* a teacher in a school, a *cell* a spell rated by
a unit; each calibration video rated by a rater is a cell and a unit too. Cells and units of lessons come
first, those of videos after.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import (
    NO_ID,
    BoolArray,
    FloatArray,
    IntArray,
    Ratings,
    Roster,
)
from instruction.capacity.grouping import find

MOST_CODES = 10_000_000
"""Ids below it are looked up in a table, which is faster than a search."""


@dataclass(frozen=True, slots=True)
class Observations:
    """One row per observation."""

    rater: IntArray
    teacher: IntArray
    school: IntArray
    video: IntArray
    external: BoolArray
    age: FloatArray
    day: IntArray

    def take(self, keep: BoolArray) -> "Observations":
        """The observations where `keep` is true."""
        return Observations(*(getattr(self, name)[keep] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Cells:
    """Who rated whom where, as indices. Schools and raters are indexed in order of their ids."""

    school_ids: IntArray
    rater_ids: IntArray
    cell_of: IntArray  # (observations,)
    cell_unit: IntArray  # (cells,)
    cell_spell: IntArray  # (lesson cells,)
    spell_school: IntArray  # (spells,)
    unit_school: IntArray  # (lesson units,)
    unit_own: BoolArray  # (lesson units,)
    unit_rater: IntArray  # (units,)
    unit_video: IntArray  # (video units,)
    n_videos: int
    roster_spell: IntArray  # (m,) spell of each current teacher-in-school; -1 = never rated
    roster_school: IntArray  # (m,) index of school

    @property
    def n_lesson_cells(self) -> int:
        """Cells of lessons; the cells after them are of videos."""
        return len(self.cell_spell)


def tabulate(ratings: Ratings, elements: IntArray) -> tuple[Observations, FloatArray]:
    """Return one row per observation, in order of id, and their levels (observations, E), nan where not rated.

    Ratings of other elements are dropped. Raises ValueError when the rows of one observation disagree, or rate
    an element twice.
    """
    column = _columns(ratings.element, elements)
    order = _order(ratings.observation, column)
    if order is not None:
        ratings = Ratings(*(getattr(ratings, name)[order] for name in Ratings.__slots__))
        column = column[order]
    ids = ratings.observation
    fresh = np.ones(len(ids), dtype=bool)
    np.not_equal(ids[1:], ids[:-1], out=fresh[1:])
    table = _one_row_each(ratings, fresh)
    levels = np.full((len(table.rater), len(elements)), np.nan)
    levels[np.cumsum(fresh) - 1, column] = ratings.level
    if np.count_nonzero(~np.isnan(levels)) != len(ids):
        raise ValueError("an observation rates an element twice")
    return table, levels


def _order(ids: IntArray, column: IntArray) -> IntArray | None:
    """Rows of known elements by observation; None where the rows are so as they are."""
    known = column != NO_ID
    if known.all():
        sorted_already = bool((ids[1:] >= ids[:-1]).all())
        return None if sorted_already else np.argsort(ids, kind="stable")
    rows = np.flatnonzero(known)
    return rows[np.argsort(ids[rows], kind="stable")]


def _columns(element: IntArray, elements: IntArray) -> IntArray:
    """Place of each rating's element among `elements`; -1 where it is not there."""
    if len(element) and len(elements) and 0 <= element.min() <= element.max() < MOST_CODES:
        place_of = np.full(int(element.max()) + 1, NO_ID)
        inside = np.flatnonzero((elements >= 0) & (elements < len(place_of)))
        place_of[elements[inside]] = inside
        return np.asarray(place_of[element])
    order = np.argsort(elements, kind="stable")
    place = find(elements[order], element)
    return np.where(place == NO_ID, NO_ID, order[place]) if len(elements) else place


def _one_row_each(ratings: Ratings, fresh: BoolArray) -> Observations:
    """The rows that begin an observation, once all others agree with the row before them."""
    columns = {}
    again, first = ~fresh[1:], np.flatnonzero(fresh)
    for name in Observations.__slots__:
        every = getattr(ratings, name)
        if ((every[1:] != every[:-1]) & again).any():
            raise ValueError(f"rows of one observation disagree about its {name}")
        columns[name] = every[first]
    return Observations(**{**columns, "day": columns["day"].astype(np.int64)})


def build_cells(table: Observations, roster: Roster) -> Cells:
    """Index spells, units and cells. Schools are those of lessons and of the roster."""
    lesson = table.video == NO_ID
    school_ids = np.unique(np.concatenate([table.school[lesson], roster.school]))
    teacher_ids = np.unique(np.concatenate([table.teacher[lesson], roster.teacher]))
    rater_ids, rater = np.unique(table.rater, return_inverse=True)
    video_ids, video = np.unique(table.video[~lesson], return_inverse=True)
    school = np.searchsorted(school_ids, table.school[lesson])
    teacher = np.searchsorted(teacher_ids, table.teacher[lesson])
    n_teachers, n_raters = max(len(teacher_ids), 1), max(len(rater_ids), 1)

    spells, spell = np.unique(school * n_teachers + teacher, return_inverse=True)
    units, unit = np.unique(
        (school * n_raters + rater[lesson]) * 2 + table.external[lesson], return_inverse=True
    )
    cells, cell = np.unique(spell * max(len(units), 1) + unit, return_inverse=True)
    video_units, video_unit = np.unique(video * n_raters + rater[~lesson], return_inverse=True)

    cell_of = np.empty(len(lesson), dtype=np.int64)
    cell_of[lesson] = cell
    cell_of[~lesson] = len(cells) + video_unit
    n_units = max(len(units), 1)
    roster_code = np.unique(
        np.searchsorted(school_ids, roster.school) * n_teachers + np.searchsorted(teacher_ids, roster.teacher)
    )
    return Cells(
        school_ids=school_ids,
        rater_ids=rater_ids,
        cell_of=cell_of,
        cell_unit=np.concatenate([cells % n_units, len(units) + np.arange(len(video_units))]),
        cell_spell=cells // n_units,
        spell_school=spells // n_teachers,
        unit_school=units // (2 * n_raters),
        unit_own=units % 2 == 0,
        unit_rater=np.concatenate([units // 2 % n_raters, video_units % n_raters]),
        unit_video=video_units // n_raters,
        n_videos=len(video_ids),
        roster_spell=find(spells, roster_code),
        roster_school=roster_code // n_teachers,
    )


def current_spells(roster: Roster) -> tuple[IntArray, IntArray]:
    """Teacher and school of each current spell, once each, by school, then teacher: the order of rows."""
    pairs = np.unique(np.stack([roster.school, roster.teacher], axis=1), axis=0)
    return pairs[:, 1], pairs[:, 0]
