"""What goes into the capacity estimate and what comes out: arrays, nothing else.

Shapes: N ratings, S schools, E elements, m current teachers-in-school, R raters. Levels, capacities and
standard errors are in points of the rating scale. Undefined is nan, never zero.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
EvidenceArray = npt.NDArray[np.int8]

NO_ID = -1


def _no_groups() -> BoolArray:
    return np.zeros((0, 0), dtype=bool)


@dataclass(frozen=True, slots=True)
class Ratings:
    """One entry per rating; all arrays have the same length N. The order of the entries does not matter.

    Rows with the same `observation` must agree in everything except `element` and `level`, and an observation
    rates an element once.
    """

    observation: IntArray
    rater: IntArray
    teacher: IntArray  # -1 for a calibration video
    school: IntArray  # school of the lesson; -1 for a video
    video: IntArray  # -1 for a lesson
    element: IntArray
    level: FloatArray
    age: FloatArray  # years before the as-of date, 0 or more
    external: BoolArray  # the rater is not on this school's staff; ignored for videos
    day: DayArray  # days since 1970-01-01 of the observation


@dataclass(frozen=True, slots=True)
class Roster:
    """One entry per current teacher-in-school spell; a teacher may teach in two schools."""

    teacher: IntArray
    school: IntArray


@dataclass(frozen=True, slots=True)
class Targets:
    """The elements and schools to estimate, in the order of the results, and the district's targets."""

    elements: IntArray  # (E,)
    schools: IntArray  # (S,)
    target: FloatArray  # (S, E); nan = no target set
    scale_min: float = 1.0
    scale_max: float = 4.0
    groups: BoolArray = field(default_factory=_no_groups)  # (G, S) which schools each group holds


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances of one element in squared points; `home_shift` and `mean` in points.

    `residual` is the noise of a rating made today; it grows with the rating's age.
    All are nan for an element without a single rated lesson.
    """

    school: float
    teacher: float
    rater: float
    teacher_rater: float
    culture: float
    residual: float
    home_shift: float
    mean: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Variance shared by all elements and variance of each element alone, in squared points."""

    general: float
    specific: float

    @property
    def total(self) -> float:
        """Variance on one element."""
        return self.general + self.specific


@dataclass(frozen=True, slots=True)
class Kindness:
    """Leniency of own raters per point of their school's level, and how well it is known.

    Below zero, own raters are kinder where teaching is weaker, and their ratings hide part of what schools lack.
    """

    mean: float = 0.0
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Components:
    """Variance components of a framework, in squared points; over the elements each is general * J + specific * I.

    `noise` is that of a rating made today: what all elements of an observation share, and each one's own.
    `culture` is what `kindness` leaves of own raters' shared leniency.
    """

    school: Spread
    teacher: Spread
    rater: Spread
    teacher_rater: Spread
    culture: Spread
    noise: Spread
    kindness: Kindness = Kindness()


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an estimate comes from the ratings, one step after the other; (S, E), points, nan where no figure is shown.

    ratings: plain mean of the current teachers' ratings; observers: the same after taking each observer's
    estimated severity, the home-field shift and the rating culture away; teachers: the mean over the teachers
    observed, each counted once. What remains to `CapacityEstimate.estimate` is what the model does where evidence
    is thin: it draws toward the district and takes in the other elements and the teachers nobody has seen.
    """

    ratings: FloatArray
    observers: FloatArray
    teachers: FloatArray


@dataclass(frozen=True, slots=True)
class Ranks:
    """Place of each school among those with a figure on the element, 1 = neediest; (S, E), nan where none is shown.

    Needier is a lower capacity. `low` and `high` bound the middle 90 % of its places; `neediest` is the
    probability of being among the neediest fifth.
    """

    low: FloatArray
    high: FloatArray
    neediest: FloatArray


@dataclass(frozen=True, slots=True)
class TeacherEstimates:
    """One row per current teacher-in-school spell, by school, then teacher; nan where never rated."""

    teacher: IntArray  # (m,)
    school: IntArray  # (m,)
    estimate: FloatArray  # (m, E) expected level over average raters and over lessons
    se: FloatArray  # (m, E)
    n_ratings: IntArray  # (m, E)


@dataclass(frozen=True, slots=True)
class RaterEstimates:
    """Severity of each rater: points below (positive) or above (negative) what an average rater gives."""

    rater: IntArray  # (R,)
    severity: FloatArray  # (R, E); nan where the rater has no rating on the element
    se: FloatArray  # (R, E)
    n_ratings: IntArray  # (R, E), calibration videos included


@dataclass(frozen=True, slots=True)
class DistrictEstimate:
    """Roster-weighted mean over the schools, of all or of a group, that have enough evidence; nan when there is none.

    Schools without enough evidence are left out, so that they cannot be recovered by subtraction.
    """

    estimate: float
    se: float
    n_schools: int
    n_teachers: int  # on the rosters of those schools


@dataclass(frozen=True, slots=True)
class CapacityEstimate:
    """Capacity of every school on every element, with its evidence.

    Where `evidence` is NOT_ENOUGH all modeled figures are nan; the counts are always there. Counts are of
    ratings of the current roster in that school.
    """

    schools: IntArray  # (S,)
    elements: IntArray  # (E,)
    estimate: FloatArray  # (S, E) like all arrays down to `last_day`
    se: FloatArray  # against a fixed target
    se_contrast: FloatArray  # against the mean of the schools that are shown; nan with fewer than two
    gap: FloatArray  # target - capacity
    p_below: FloatArray  # probability that capacity is below target
    expected_below: FloatArray  # expected number of current teachers below target
    reliability: FloatArray  # of differences between schools, 0-1; nan with fewer than two
    n_ratings: IntArray
    n_observations: IntArray  # equal to n_ratings: an observation rates an element once
    n_teachers: IntArray
    n_raters: IntArray
    last_day: IntArray  # days since 1970-01-01; -1 = never
    evidence: EvidenceArray  # values of rules.Evidence
    roster_size: IntArray  # (S,)
    linked: BoolArray  # (S,)
    teachers: TeacherEstimates
    raters: RaterEstimates
    components: list[VarianceComponents]  # one per element, over its general and specific part
    spread: Components | None  # those parts; None without a single rating
    district: list[DistrictEstimate]  # one per element
    groups: list[list[DistrictEstimate]]  # one per element and group of the targets
    derivation: Derivation
    ranks: Ranks
    method: str
    version: str
