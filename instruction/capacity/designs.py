"""What a simulated district is made of: who is there, who visits whom, and which assumptions are broken."""

from dataclasses import dataclass, field

import numpy as np

from instruction.capacity.data import NO_ID, FloatArray, IntArray, Ratings, Spread

DAYS_PER_YEAR = 365.25


def _no_ids() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class SimulatedComponents:
    """What the ratings are made of. `noise.general` is the lesson, seen alike by raters who visit together."""

    school: Spread = field(default_factory=lambda: Spread(0.016, 0.004))
    teacher: Spread = field(default_factory=lambda: Spread(0.062, 0.016))
    rater: Spread = field(default_factory=lambda: Spread(0.020, 0.008))
    teacher_rater: Spread = field(default_factory=lambda: Spread(0.030, 0.008))
    culture: Spread = field(default_factory=lambda: Spread(0.004, 0.001))
    noise: Spread = field(default_factory=lambda: Spread(0.070, 0.145))
    home_shift: float = 0.10

    @property
    def around_teacher(self) -> float:
        """Variance of a rating by an outside rater around the teacher's own level."""
        return self.rater.total + self.teacher_rater.total + self.noise.total


@dataclass(frozen=True, slots=True)
class Stress:
    """What the estimator's model does not know of. The defaults break nothing.

    stretch: SD of the log of each rater's factor on what is seen: some use the ends of the scale, some its middle.
    tails: degrees of freedom of teachers, raters and noise; infinite = normal.
    weak_more: how much likelier an observation becomes with each SD that a teacher is below the district.
    kindness: leniency of own raters per point of a school's quality; -0.4 = kinder to weak schools.
    drift: SD of the points by which a rater's severity changes over a year.
    class_bias: points that a rating rises per SD of the class's earlier test scores.
    """

    stretch: float = 0.0
    tails: float = np.inf
    weak_more: float = 0.0
    kindness: float = 0.0
    drift: float = 0.0
    class_bias: float = 0.0


@dataclass(frozen=True, slots=True)
class Design:
    """Who is there and how often they are observed. Ids are kept as given; -1 must not be an id.

    A teacher may appear twice, in two schools. A rater with home school -1 only makes external visits. Every
    teacher gets a binomial number of observations with the given mean and maximum; a share of them is made
    by a rater of another school whose area is the school's. A share of the lessons that an own rater sees is
    seen by such a visitor too. Each rater rates the first `videos_per_rater` of `videos`.
    """

    teacher: IntArray  # (m,)
    school_of_teacher: IntArray  # (m,)
    rater: IntArray  # (R,)
    home_school_of_rater: IntArray  # (R,)
    elements: IntArray  # (E,)
    area_of_teacher: IntArray = field(default_factory=_no_ids)  # (m,), or none: all lie in one area
    area_of_rater: IntArray = field(default_factory=_no_ids)  # (R,) where they visit; -1 = nowhere
    videos: IntArray = field(default_factory=_no_ids)
    videos_per_rater: int = 0
    observations_mean: float = 2.5
    observations_max: int = 4
    share_external: float = 0.05
    share_double: float = 0.0
    share_elements_rated: float = 0.75
    years: float = 1.0  # observations are spread evenly over the years before the as-of day
    as_of_day: int = 20000  # days since 1970-01-01
    level_shares: tuple[float, ...] = (0.025, 0.40, 0.52, 0.055)  # of levels 1, 2, ..., summing to 1
    components: SimulatedComponents = SimulatedComponents()
    stress: Stress = Stress()


@dataclass(frozen=True, slots=True)
class ExtraVisits:
    """Observations made on the as-of day, on top of a district's; ids, all arrays of the same length.

    Several visits may go to one teacher: each is a lesson of its own.
    """

    rater: IntArray
    school: IntArray
    teacher: IntArray  # -1 = the teacher of the school who was observed least
    beside: IntArray  # rater who sees and rates the same lesson; -1 = nobody

    @classmethod
    def none(cls) -> "ExtraVisits":
        """No visit."""
        return cls(_no_ids(), _no_ids(), _no_ids(), _no_ids())


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry per observation; indices into the design, -1 where there is none."""

    teacher: IntArray
    rater: IntArray
    video: IntArray
    lesson: IntArray  # number of the teacher's lesson
    day: IntArray

    @property
    def seen(self) -> IntArray:
        """One key for each teacher and each video."""
        return np.where(self.video == NO_ID, self.teacher, -2 - self.video)


@dataclass(frozen=True, slots=True)
class SimulatedDistrict:
    """Ratings and the truth behind them, on the rating scale: expected level over outside raters, lessons.

    `severity` is positive for strict raters, `culture` where a school's own raters are lenient; both in latent
    points, which are close to points of the scale.
    """

    design: Design
    seed: int
    ratings: Ratings
    schools: IntArray  # (S,) sorted ids of the schools with teachers
    capacity: FloatArray  # (S, E) mean over the school's teachers
    teacher_level: FloatArray  # (m, E) in the design's order
    severity: FloatArray  # (R, E) in the design's order
    culture: FloatArray  # (S, E)
    class_score: FloatArray  # (m,) earlier test scores of the teacher's classes, in SD
    visits: Visits
