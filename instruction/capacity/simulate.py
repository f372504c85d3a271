"""Simulate a district's classroom ratings with known truth, for tests, benchmarks and the sample district.

Ratings are ordinal: a normal latent score per teacher and element, disturbed by rater, teacher-rater
interaction, lesson and noise, cut at fixed thresholds. The variances have the size of those Ho & Kane (2013)
and Kane & Staiger (2012) report for the Framework for Teaching; the school share, the culture and the spread
of own raters are assumptions.
"""

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np
from scipy.special import ndtr, ndtri

from instruction.capacity.chance import Chance
from instruction.capacity.data import NO_ID, FloatArray, IntArray, Ratings, Spread
from instruction.capacity.designs import (
    DAYS_PER_YEAR,
    Design,
    ExtraVisits,
    SimulatedComponents,
    SimulatedDistrict,
    Stress,
    Visits,
)
from instruction.capacity.grouping import group_size, group_sum
from instruction.capacity.visiting import Stream as VisitStream
from instruction.capacity.visiting import extra_visits, join, lesson_visits, video_visits

__all__ = [
    "Design",
    "ExtraVisits",
    "SimulatedComponents",
    "SimulatedDistrict",
    "Stress",
    "observe",
    "simulate",
]

_CLASSES_WITHIN_SCHOOL = 0.7  # share of the variance of classes' earlier scores; an assumption
_GRID = 241
_DRAWS = 20_000


class _Stream(IntEnum):
    """Where keyed draws come from; after those of the visits."""

    SCHOOL = len(VisitStream) + 1
    TEACHER = auto()
    RATER = auto()
    TEACHER_RATER = auto()
    CULTURE = auto()
    NOISE = auto()
    VIDEO = auto()
    STRETCH = auto()
    DRIFT = auto()
    CLASS = auto()
    RATED = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class _Truth:
    """What ratings are drawn from, in latent points; schools are numbered in sorted order."""

    schools: IntArray
    school: IntArray  # (m,)
    level: FloatArray  # (m, E)
    class_score: FloatArray  # (m,)
    culture: FloatArray  # (S, E)
    leniency: FloatArray  # (R, E)
    video: FloatArray  # (V, E)


def simulate(design: Design, seed: int) -> SimulatedDistrict:
    """Draw one district. The same design and seed give the same district.

    Designs that differ in their visits alone share teachers, raters, videos and the lessons both have.
    """
    chance = Chance(seed)
    truth = _truth(design, chance)
    visits = join(
        lesson_visits(design, chance, _chance_of_lesson(design, truth)), video_visits(design, chance)
    )
    cuts = _thresholds(design)
    level = _expected_level(design, truth.level, cuts, chance)
    n_schools = len(truth.schools)
    capacity = np.stack([group_sum(truth.school, column, n_schools) for column in level.T], axis=1)
    return SimulatedDistrict(
        design=design,
        seed=seed,
        ratings=_ratings(design, chance, truth, visits, cuts),
        schools=truth.schools,
        capacity=capacity / group_size(truth.school, n_schools)[:, None],
        teacher_level=level,
        severity=-truth.leniency,
        culture=truth.culture,
        class_score=truth.class_score,
        visits=visits,
    )


def observe(district: SimulatedDistrict, visits: ExtraVisits) -> Ratings:
    """The district's ratings with those of further visits after them.

    The same visit gives the same ratings whatever other visits are made, so that two plans can be compared on
    one district. A lesson seen by two raters gives two observations. Raises ValueError for unknown ids.
    """
    design, chance = district.design, Chance(district.seed)
    extended = join(district.visits, extra_visits(design, chance, district.visits, visits))
    return _ratings(design, chance, _truth(design, chance), extended, _thresholds(design))


def _truth(design: Design, chance: Chance) -> _Truth:
    parts, stress, n_elements = design.components, design.stress, len(design.elements)
    schools, school = np.unique(design.school_of_teacher, return_inverse=True)
    each_school, each_teacher = np.arange(len(schools)), np.arange(len(school))

    def effects(stream: int, spread: Spread, keys: IntArray, tails: float = np.inf) -> FloatArray:
        return chance.effects(stream, spread, n_elements, keys, tails=tails)

    quality = effects(_Stream.SCHOOL, parts.school, each_school)
    person = effects(_Stream.TEACHER, parts.teacher, each_teacher, stress.tails)
    video = Spread(
        parts.school.general + parts.teacher.general, parts.school.specific + parts.teacher.specific
    )
    within = _CLASSES_WITHIN_SCHOOL
    classes = np.sqrt(1.0 - within) * chance.normal(_Stream.CLASS, each_school, 0)[school]
    return _Truth(
        schools=schools,
        school=school,
        level=quality[school] + person,
        class_score=classes + np.sqrt(within) * chance.normal(_Stream.CLASS, each_teacher, 1),
        culture=effects(_Stream.CULTURE, parts.culture, each_school) + stress.kindness * quality,
        leniency=effects(_Stream.RATER, parts.rater, np.arange(len(design.rater)), stress.tails),
        video=effects(_Stream.VIDEO, video, np.arange(len(design.videos))),
    )


def _thresholds(design: Design) -> FloatArray:
    """Cuts that give about the design's shares of levels among all ratings of lessons."""
    parts = design.components
    spread = parts.school.total + parts.teacher.total + parts.around_teacher + parts.culture.total
    below = np.cumsum(design.level_shares)[:-1]
    return np.asarray(parts.home_shift * (1.0 - design.share_external) + np.sqrt(spread) * ndtri(below))


def _chance_of_lesson(design: Design, truth: _Truth) -> FloatArray:
    """Probability (m,) that a teacher is observed on each of the occasions there are."""
    usual = design.observations_mean / max(design.observations_max, 1)
    spread = design.components.school.general + design.components.teacher.general
    strength = (
        truth.level.mean(axis=1) / np.sqrt(spread) if len(design.elements) else np.zeros(len(truth.level))
    )
    return np.asarray(np.clip(usual * (1.0 - design.stress.weak_more * strength), 0.0, 1.0))


def _expected_level(design: Design, level: FloatArray, cuts: FloatArray, chance: Chance) -> FloatArray:
    """Expected rating of teachers at these latent levels over outside raters and lessons.

    Exact for normal effects; else by simulation of the disturbance, which changes all teachers alike.
    """
    parts, stress = design.components, design.stress
    if np.isinf(stress.tails) and not stress.stretch:
        return np.asarray(1.0 + sum(ndtr((level - cut) / np.sqrt(parts.around_teacher)) for cut in cuts))
    one, tails = np.arange(_DRAWS), stress.tails
    # Keys below zero: no rater and no teacher has them.
    leniency = chance.effects(_Stream.RATER, parts.rater, 1, -2 - one, tails=tails)
    seen = chance.effects(_Stream.TEACHER_RATER, parts.teacher_rater, 1, -2 - one, tails=tails)
    seen = seen + chance.effects(_Stream.NOISE, parts.noise, 1, -2 - one, tails=tails)
    factor = np.exp(stress.stretch * chance.normal(_Stream.STRETCH, -2 - one))[:, None]
    grid = np.linspace(level.min(), level.max(), _GRID) if level.size else np.zeros(1)
    rated = leniency + factor * (grid + seen)
    expected = 1.0 + sum(np.mean(rated > cut, axis=0) for cut in cuts)
    return np.asarray(np.interp(level, grid, expected))


def _latent(design: Design, chance: Chance, truth: _Truth, visits: Visits) -> FloatArray:
    """What each observation sees on each element (n, E), before the cuts."""
    parts, stress, n_elements = design.components, design.stress, len(design.elements)
    lesson = visits.video == NO_ID
    seen = chance.effects(
        _Stream.TEACHER_RATER, parts.teacher_rater, n_elements, visits.seen, visits.rater, tails=stress.tails
    )
    # The lesson belongs to all who see it, the rest to each rater.
    shared = Spread(parts.noise.general, 0.0)
    own = Spread(0.0, parts.noise.specific)
    # Two raters of one video may halo differently; two in one lesson see the same one.
    who = np.where(lesson, NO_ID, visits.rater)
    seen += chance.effects(
        _Stream.NOISE, shared, n_elements, visits.seen, visits.lesson, who, tails=stress.tails
    )
    seen += chance.effects(
        _Stream.NOISE, own, n_elements, visits.seen, visits.lesson, visits.rater, tails=stress.tails
    )
    seen[lesson] += truth.level[visits.teacher[lesson]]
    seen[lesson] += stress.class_bias * truth.class_score[visits.teacher[lesson], None]
    seen[~lesson] += truth.video[visits.video[~lesson]]
    seen *= np.exp(stress.stretch * chance.normal(_Stream.STRETCH, visits.rater))[:, None]
    own_visit = lesson & ~_external(design, visits)
    seen[own_visit] += parts.home_shift + truth.culture[truth.school[visits.teacher[own_visit]]]
    year = design.years / 2 - (design.as_of_day - visits.day) / DAYS_PER_YEAR
    moved = stress.drift * chance.normal(_Stream.DRIFT, visits.rater) * year
    return np.asarray(seen + truth.leniency[visits.rater] + moved[:, None])


def _external(design: Design, visits: Visits) -> np.ndarray:
    """Which observations are lessons seen by a rater of another school."""
    lesson = visits.video == NO_ID
    elsewhere = design.home_school_of_rater[visits.rater] != design.school_of_teacher[visits.teacher]
    return np.asarray(lesson & elsewhere)


def _ratings(design: Design, chance: Chance, truth: _Truth, visits: Visits, cuts: FloatArray) -> Ratings:
    n, n_elements = len(visits.rater), len(design.elements)
    keys = (visits.seen, visits.lesson, visits.rater)
    rated = chance.uniform(_Stream.RATED, *[key[:, None] for key in keys], np.arange(n_elements)[None, :]) < (
        design.share_elements_rated
    )
    blank = np.flatnonzero(~rated.any(axis=1)) if n_elements else np.empty(0, dtype=np.int64)
    pick = chance.uniform(_Stream.BLANK, *keys)[blank] * n_elements
    rated[blank, pick.astype(np.int64)] = True
    observation, element = np.nonzero(rated)
    lesson = visits.video == NO_ID

    def ids(of: IntArray, at: IntArray, there: np.ndarray) -> IntArray:
        found = np.full(n, NO_ID)
        found[there] = of[at[there]]
        return found[observation]

    latent = _latent(design, chance, truth, visits)
    return Ratings(
        observation=observation + 1,
        rater=design.rater[visits.rater][observation],
        teacher=ids(design.teacher, visits.teacher, lesson),
        school=ids(design.school_of_teacher, visits.teacher, lesson),
        video=ids(design.videos, visits.video, ~lesson),
        element=design.elements[element],
        level=(1 + np.searchsorted(cuts, latent[rated])).astype(np.float64),
        age=((design.as_of_day - visits.day) / DAYS_PER_YEAR)[observation],
        external=_external(design, visits)[observation],
        day=visits.day.astype(np.int32)[observation],
    )
