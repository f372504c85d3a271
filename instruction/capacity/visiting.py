"""Who visits whom in a simulated district: lessons by own raters and visitors, videos, and visits added later."""

from enum import IntEnum, auto

import numpy as np

from instruction.capacity.chance import Chance
from instruction.capacity.data import NO_ID, BoolArray, FloatArray, IntArray
from instruction.capacity.designs import DAYS_PER_YEAR, Design, ExtraVisits, Visits


class Stream(IntEnum):
    """Where keyed draws come from."""

    HAPPENS = auto()
    EXTERNAL = auto()
    OWN = auto()
    VISITOR = auto()
    DOUBLE = auto()
    DAY = auto()
    NEXT = auto()


def join(*parts: Visits) -> Visits:
    """The visits of all parts, one after the other."""
    return Visits(*(np.concatenate([getattr(part, name) for part in parts]) for name in Visits.__slots__))


def lesson_visits(design: Design, chance: Chance, likely: FloatArray) -> Visits:
    """Observations per teacher, each by a random own rater or, for the external share, one from elsewhere.

    `likely` (m,) is the probability that a teacher is observed on each occasion. Where a school has no rater,
    or no visitor, the observation falls to those there are; without raters there are none.
    """
    occasions = np.arange(design.observations_max)
    happens = chance.uniform(Stream.HAPPENS, np.arange(len(likely))[:, None], occasions[None, :])
    teacher, lesson = np.nonzero(happens < likely[:, None]) if len(design.rater) else np.zeros((2, 0), int)
    own, visitor = _own_rater(design, chance, teacher, lesson), _visitor(design, chance, teacher, lesson)
    wanted = chance.uniform(Stream.EXTERNAL, teacher, lesson) < design.share_external
    external = (wanted & (visitor != NO_ID)) | (own == NO_ID)
    rater = np.where(external, visitor, own)
    double = chance.uniform(Stream.DOUBLE, teacher, lesson) < design.share_double
    double &= ~external & (visitor != NO_ID)
    seen = join(
        _lessons(design, chance, teacher, lesson, rater),
        _lessons(design, chance, teacher[double], lesson[double], visitor[double]),
    )
    return _where(seen, seen.rater != NO_ID)


def video_visits(design: Design, chance: Chance) -> Visits:
    """Each rater's ratings of the calibration videos."""
    n_videos = min(design.videos_per_rater, len(design.videos))
    rater = np.repeat(np.arange(len(design.rater)), n_videos)
    video = np.tile(np.arange(n_videos), len(design.rater))
    none = np.full(len(rater), NO_ID)
    return Visits(none, rater, video, none, _day(design, chance, -2 - video, rater))


def extra_visits(design: Design, chance: Chance, before: Visits, visits: ExtraVisits) -> Visits:
    """Visits on the as-of day, to the teachers named or, of the school named, those observed least.

    Raises ValueError for a rater, teacher or school that the design does not have.
    """
    n_seen = np.bincount(before.teacher[before.teacher != NO_ID], minlength=len(design.teacher))
    tie = chance.uniform(Stream.NEXT, np.arange(len(design.teacher)))
    n_new = np.zeros(len(design.teacher), dtype=np.int64)
    teacher, lesson = np.zeros((2, len(visits.rater)), dtype=np.int64)
    for number, (school, wanted) in enumerate(
        zip(visits.school.tolist(), visits.teacher.tolist(), strict=True)
    ):
        there = np.flatnonzero(design.school_of_teacher == school)
        if wanted != NO_ID:
            there = there[design.teacher[there] == wanted]
        if not len(there):
            raise ValueError(f"school {school} has no teacher {wanted}")
        chosen = there[np.argmin((n_seen + n_new + tie)[there])]
        teacher[number], lesson[number] = chosen, design.observations_max + n_new[chosen]
        n_new[chosen] += 1
    rater, beside = _places(design.rater, visits.rater), _places(design.rater, visits.beside)
    if (rater == NO_ID).any() or ((beside == NO_ID) & (visits.beside != NO_ID)).any():
        raise ValueError("a visit names a rater that the design does not have")
    both = beside != NO_ID
    made = (np.concatenate([one, one[both]]) for one in (teacher, lesson))
    at, number_of = made
    rater = np.concatenate([rater, beside[both]])
    return Visits(
        at, rater, np.full(len(at), NO_ID), number_of, np.full(len(at), design.as_of_day, dtype=np.int64)
    )


def _lessons(design: Design, chance: Chance, teacher: IntArray, lesson: IntArray, rater: IntArray) -> Visits:
    return Visits(teacher, rater, np.full(len(teacher), NO_ID), lesson, _day(design, chance, teacher, lesson))


def _where(visits: Visits, kept: BoolArray) -> Visits:
    return Visits(*(getattr(visits, name)[kept] for name in Visits.__slots__))


def _day(design: Design, chance: Chance, seen: IntArray, number: IntArray) -> IntArray:
    ago = chance.uniform(Stream.DAY, seen, number) * design.years * DAYS_PER_YEAR
    return np.round(design.as_of_day - ago).astype(np.int64)


def _own_rater(design: Design, chance: Chance, teacher: IntArray, lesson: IntArray) -> IntArray:
    """A rater of the teacher's school; -1 where it has none."""
    order = np.argsort(design.home_school_of_rater, kind="stable")
    home, school = design.home_school_of_rater[order], design.school_of_teacher[teacher]
    first = np.searchsorted(home, school)
    n_own = np.searchsorted(home, school, side="right") - first
    pick = (chance.uniform(Stream.OWN, teacher, lesson) * n_own).astype(np.int64)
    return _take(order, first + pick, n_own > 0)


def _visitor(design: Design, chance: Chance, teacher: IntArray, lesson: IntArray) -> IntArray:
    """A rater of another school who visits the teacher's area; -1 where there is none."""
    area = design.area_of_teacher if len(design.area_of_teacher) else np.zeros(len(design.teacher), dtype=int)
    visits = design.area_of_rater if len(design.area_of_rater) else np.zeros(len(design.rater), dtype=int)
    homes, home = np.unique(
        np.concatenate([design.home_school_of_rater, design.school_of_teacher]), return_inverse=True
    )
    rater_key = visits * len(homes) + home[: len(design.rater)]
    order = np.argsort(rater_key, kind="stable")
    key = rater_key[order]
    start = area[teacher] * len(homes)
    own = start + home[len(design.rater) :][teacher]
    begin, end = np.searchsorted(key, start), np.searchsorted(key, start + len(homes))
    own_begin, own_end = np.searchsorted(key, own), np.searchsorted(key, own, side="right")
    n_other = end - begin - (own_end - own_begin)
    pick = begin + (chance.uniform(Stream.VISITOR, teacher, lesson) * n_other).astype(np.int64)
    # A school's own raters lie together; the others are counted around that stretch.
    return _take(order, np.where(pick < own_begin, pick, pick + own_end - own_begin), n_other > 0)


def _take(values: IntArray, at: IntArray, there: BoolArray) -> IntArray:
    """`values[at]`, and -1 where nothing is there."""
    found = np.full(len(at), NO_ID)
    found[there] = values[at[there]]
    return found


def _places(ids: IntArray, wanted: IntArray) -> IntArray:
    """Place of each wanted id; -1 where it is not among the ids."""
    order = np.argsort(ids, kind="stable")
    at = np.minimum(np.searchsorted(ids[order], wanted), max(len(ids) - 1, 0))
    there = ids[order][at] == wanted if len(ids) else np.zeros(len(wanted), dtype=bool)
    return _take(order, at, there)
