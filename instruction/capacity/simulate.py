"""Simulate a district's classroom ratings with known truth, for tests, benchmarks and the sample district.

Ratings are ordinal: a normal latent score per teacher and element, disturbed by rater, teacher-rater
interaction, lesson and noise, cut at fixed thresholds. The variances have the size of those Ho & Kane (2013)
and Kane & Staiger (2012) report for the Framework for Teaching; the school share, the culture and the spread
of own raters are assumptions.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from instruction.capacity.data import (
    NO_ID,
    BoolArray,
    FloatArray,
    IntArray,
    Ratings,
)
from instruction.capacity.grouping import group_size, group_sum

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Spread:
    """Variance shared by all elements and variance of each element alone, in squared points."""

    general: float
    specific: float

    @property
    def total(self) -> float:
        """Variance on one element."""
        return self.general + self.specific

    def draw(self, rng: np.random.Generator, n: int, n_elements: int) -> FloatArray:
        """Effects (n, elements) with this covariance."""
        shared = rng.standard_normal((n, 1)) * np.sqrt(self.general)
        return np.asarray(shared + rng.standard_normal((n, n_elements)) * np.sqrt(self.specific))


@dataclass(frozen=True, slots=True)
class SimulatedComponents:
    """What the ratings are made of. `noise.general` is the lesson, seen alike by raters who visit together."""

    school: Spread = Spread(0.016, 0.004)
    teacher: Spread = Spread(0.062, 0.016)
    rater: Spread = Spread(0.020, 0.008)
    teacher_rater: Spread = Spread(0.030, 0.008)
    culture: Spread = Spread(0.004, 0.001)
    noise: Spread = Spread(0.070, 0.145)
    home_shift: float = 0.10

    @property
    def around_teacher(self) -> float:
        """Variance of a rating by an outside rater around the teacher's own level."""
        return self.rater.total + self.teacher_rater.total + self.noise.total


@dataclass(frozen=True, slots=True)
class Design:
    """Who is there and how often they are observed. Ids are kept as given; -1 must not be an id.

    A teacher may appear twice, in two schools. A rater with home school -1 only makes external visits. Every
    teacher gets a binomial number of observations with the given mean and maximum; a share of them is made
    by a rater of another school. Each rater rates the first `videos_per_rater` of `videos`.
    """

    teacher: IntArray  # (m,)
    school_of_teacher: IntArray  # (m,)
    rater: IntArray  # (R,)
    home_school_of_rater: IntArray  # (R,)
    elements: IntArray  # (E,)
    videos: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    videos_per_rater: int = 0
    observations_mean: float = 2.5
    observations_max: int = 4
    share_external: float = 0.05
    share_elements_rated: float = 0.75
    years: float = 1.0  # observations are spread evenly over the years before the as-of day
    as_of_day: int = 20000  # days since 1970-01-01
    level_shares: tuple[float, ...] = (0.025, 0.40, 0.52, 0.055)  # of levels 1, 2, ..., summing to 1
    components: SimulatedComponents = SimulatedComponents()


@dataclass(frozen=True, slots=True)
class SimulatedDistrict:
    """Ratings and the truth behind them, on the rating scale: expected level over outside raters, lessons.

    `severity` is positive for strict raters, in latent points, which are close to points of the scale.
    """

    ratings: Ratings
    schools: IntArray  # (S,) sorted ids of the schools with teachers
    capacity: FloatArray  # (S, E) mean over the school's teachers
    teacher_level: FloatArray  # (m, E) in the design's order
    severity: FloatArray  # (R, E) in the design's order


@dataclass(frozen=True, slots=True)
class _Visits:
    """One entry per observation; indices into the design, -1 where there is none."""

    teacher: IntArray
    rater: IntArray
    video: IntArray
    external: BoolArray


def simulate(design: Design, seed: int) -> SimulatedDistrict:
    """Draw one district. The same design and seed give the same district."""
    rng = np.random.default_rng(seed)
    parts, n_elements = design.components, len(design.elements)
    schools, school = np.unique(design.school_of_teacher, return_inverse=True)
    level = parts.school.draw(rng, len(schools), n_elements)[school]
    level = level + parts.teacher.draw(rng, len(school), n_elements)
    leniency = parts.rater.draw(rng, len(design.rater), n_elements)
    culture = parts.culture.draw(rng, len(schools), n_elements)
    video_level = Spread(
        parts.school.general + parts.teacher.general, parts.school.specific + parts.teacher.specific
    ).draw(rng, len(design.videos), n_elements)

    visits = _join(_lesson_visits(design, rng), _video_visits(design))
    lesson = visits.video == NO_ID
    latent = leniency[visits.rater] + _interactions(design, visits, rng)
    latent += parts.noise.draw(rng, len(lesson), n_elements)
    latent[lesson] += level[visits.teacher[lesson]]
    latent[~lesson] += video_level[visits.video[~lesson]]
    own = lesson & ~visits.external
    latent[own] += parts.home_shift + culture[school[visits.teacher[own]]]

    cuts = _thresholds(design)
    truth = 1.0 + sum(ndtr((level - cut) / np.sqrt(parts.around_teacher)) for cut in cuts)
    capacity = np.stack([group_sum(school, column, len(schools)) for column in truth.T], axis=1)
    return SimulatedDistrict(
        ratings=_ratings(design, visits, latent, cuts, rng),
        schools=schools,
        capacity=capacity / group_size(school, len(schools))[:, None],
        teacher_level=truth,
        severity=-leniency,
    )


def _thresholds(design: Design) -> FloatArray:
    """Cuts that give the design's shares of levels among ratings by own raters."""
    parts = design.components
    spread = parts.school.total + parts.teacher.total + parts.around_teacher + parts.culture.total
    below = np.cumsum(design.level_shares)[:-1]
    return np.asarray(parts.home_shift * (1.0 - design.share_external) + np.sqrt(spread) * ndtri(below))


def _lesson_visits(design: Design, rng: np.random.Generator) -> _Visits:
    """Observations per teacher, each by a random own rater or, for the external share, one from elsewhere.

    Where a school has no rater, or no other school has one, the observation falls to those there are.
    """
    most = design.observations_max
    n = rng.binomial(most, min(design.observations_mean / max(most, 1), 1.0), size=len(design.teacher))
    teacher = np.repeat(np.arange(len(design.teacher)), n)
    if not len(design.rater):
        teacher = teacher[:0]
    order = np.argsort(design.home_school_of_rater, kind="stable")
    home = design.home_school_of_rater[order]
    school = design.school_of_teacher[teacher]
    first = np.searchsorted(home, school)
    n_own = np.searchsorted(home, school, side="right") - first
    n_other = len(home) - n_own
    external = ((rng.random(len(teacher)) < design.share_external) & (n_other > 0)) | (n_own == 0)
    pick = (rng.random(len(teacher)) * np.where(external, n_other, n_own)).astype(np.int64)
    # Own raters lie together in `home`; others are counted around that stretch.
    place = np.where(external, np.where(pick < first, pick, pick + n_own), first + pick)
    return _Visits(teacher, order[place], np.full(len(teacher), NO_ID), external)


def _video_visits(design: Design) -> _Visits:
    n_videos = min(design.videos_per_rater, len(design.videos))
    rater = np.repeat(np.arange(len(design.rater)), n_videos)
    video = np.tile(np.arange(n_videos), len(design.rater))
    return _Visits(np.full(len(rater), NO_ID), rater, video, np.zeros(len(rater), dtype=bool))


def _join(first: _Visits, second: _Visits) -> _Visits:
    return _Visits(
        *(np.concatenate([getattr(first, name), getattr(second, name)]) for name in _Visits.__slots__)
    )


def _interactions(design: Design, visits: _Visits, rng: np.random.Generator) -> FloatArray:
    """One effect per teacher (or video) and rater, the same in all their observations."""
    seen = np.where(visits.video == NO_ID, visits.teacher, len(design.teacher) + visits.video)
    pairs, pair = np.unique(seen * max(len(design.rater), 1) + visits.rater, return_inverse=True)
    return design.components.teacher_rater.draw(rng, len(pairs), len(design.elements))[pair]


def _ratings(
    design: Design, visits: _Visits, latent: FloatArray, cuts: FloatArray, rng: np.random.Generator
) -> Ratings:
    n, n_elements = latent.shape
    rated = rng.random((n, n_elements)) < design.share_elements_rated
    blank = np.flatnonzero(~rated.any(axis=1)) if n_elements else np.empty(0, dtype=np.int64)
    rated[blank, rng.integers(0, max(n_elements, 1), size=len(blank))] = True
    day = np.round(design.as_of_day - rng.random(n) * design.years * DAYS_PER_YEAR).astype(np.int32)
    observation, element = np.nonzero(rated)
    lesson = visits.video == NO_ID
    teacher = np.full(n, NO_ID)
    teacher[lesson] = design.teacher[visits.teacher[lesson]]
    school = np.full(n, NO_ID)
    school[lesson] = design.school_of_teacher[visits.teacher[lesson]]
    video = np.full(n, NO_ID)
    video[~lesson] = design.videos[visits.video[~lesson]]
    return Ratings(
        observation=observation + 1,
        rater=design.rater[visits.rater][observation],
        teacher=teacher[observation],
        school=school[observation],
        video=video[observation],
        element=design.elements[element],
        level=(1 + np.searchsorted(cuts, latent[rated])).astype(np.float64),
        age=((design.as_of_day - day) / DAYS_PER_YEAR)[observation],
        external=visits.external[observation],
        day=day[observation],
    )
