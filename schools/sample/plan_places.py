"""Decide a sample district's places: departments, networks, schools and how large each is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schools.sample import names
from schools.sample.profiles import Profile

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

GRADES = ["KG", *(f"{grade:02d}" for grade in range(1, 13))]
GRADES_OF = {
    "elementary": range(6),
    "k8": range(9),
    "middle": range(6, 9),
    "high": range(9, 13),
    "other": range(9, 13),
}
_SHARE_OF_LEVEL = {"elementary": 0.54, "k8": 0.10, "middle": 0.17, "high": 0.14, "other": 0.05}
_TEACHERS_OF_LEVEL = {"elementary": 1.0, "k8": 1.3, "middle": 1.25, "high": 2.3, "other": 0.45}
_STUDENTS_PER_TEACHER = {"elementary": 1.0, "k8": 1.0, "middle": 1.04, "high": 1.08, "other": 0.7}
TINY = 4
SMALLEST_NETWORK, LARGEST_NETWORK = 8, 14
TIER_CORRELATION = 0.30
"""Of a school's intake with its teaching; cutting it to three tiers leaves a little less."""

DEPARTMENTS = [
    "Curriculum and Instruction",
    "Human Resources",
    "School Leadership",
    "Special Education",
    "Student Services",
    "Research and Assessment",
    "Technology",
    "Finance",
    "Operations",
]
SMALL_DEPARTMENTS = ["Superintendent's Office", "Teaching and Learning", "Business Office"]


@dataclass(frozen=True, slots=True)
class Places:
    """Schools (length S) and what is above them. `network` is -1 where there are none.

    strength: general quality of teaching, standard normal; intake: what test scores mostly measure, standard
    normal, correlated with strength only by TIER_CORRELATION; tier: 1 (lowest scores) to 3.
    tiny, unlinked: places of the two odd schools in the arrays, -1 where there is none.
    """

    district: str
    departments: list[str]
    networks: list[str]
    schools: list[str]
    level: list[str]
    network: Ints
    teachers: Ints
    students: Ints
    strength: Floats
    intake: Floats
    tier: Ints
    tiny: int
    unlinked: int

    @property
    def first_network(self) -> int:
        """Place of the first network among all orgs: the district, departments, networks, schools."""
        return 1 + len(self.departments)

    @property
    def first_school(self) -> int:
        """Place of the first school among all orgs."""
        return self.first_network + len(self.networks)

    @property
    def closed(self) -> set[int]:
        """The odd schools: nobody moves in or out, so that they stay as they are meant."""
        return {self.tiny, self.unlinked} - {-1}


def plan_places(profile: Profile, rng: np.random.Generator) -> Places:
    """Return the places of a district of this profile."""
    level = _levels(profile.schools, rng)
    tiny = level.index("other") if profile.odd_schools else -1
    teachers = _teachers(profile, level, tiny, rng)
    # The lonely school is a small one, or its principal could not have seen its teachers alone.
    order = np.argsort(teachers, kind="stable").tolist()
    unlinked = next(s for s in order if teachers[s] >= 9 and s != tiny) if profile.odd_schools else -1
    per_teacher = np.array([_STUDENTS_PER_TEACHER[code] for code in level])
    pull = teachers * per_teacher * rng.uniform(0.92, 1.08, profile.schools)
    strength, intake = _qualities(profile.schools, rng)
    return Places(
        district=profile.district,
        departments=DEPARTMENTS if profile.networks else SMALL_DEPARTMENTS,
        networks=names.networks(profile.networks, rng),
        schools=names.schools(level, rng),
        level=level,
        network=_networks(profile, rng),
        teachers=teachers,
        students=apportion(pull, profile.students),
        strength=strength,
        intake=intake,
        tier=_tiers(intake),
        tiny=tiny,
        unlinked=unlinked,
    )


def apportion(weights: Floats, total: int) -> Ints:
    """Return whole numbers proportional to `weights` that sum to `total` (largest remainders)."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def _levels(count: int, rng: np.random.Generator) -> list[str]:
    if count < 5:
        return ["k8", "high", "elementary", "middle"][:count]
    shares = apportion(np.array(list(_SHARE_OF_LEVEL.values())), count)
    levels = [code for code, n in zip(_SHARE_OF_LEVEL, shares.tolist(), strict=True) for _ in range(n)]
    return [levels[at] for at in rng.permutation(count).tolist()]


def _teachers(profile: Profile, level: list[str], tiny: int, rng: np.random.Generator) -> Ints:
    weights = np.array([_TEACHERS_OF_LEVEL[code] for code in level])
    weights *= rng.lognormal(0.0, 0.22, profile.schools) if profile.networks else 1.0
    if tiny < 0:
        return apportion(weights, profile.teachers)
    weights[tiny] = 0.0
    teachers = apportion(weights, profile.teachers - TINY)
    teachers[tiny] = TINY
    return teachers


def _networks(profile: Profile, rng: np.random.Generator) -> Ints:
    if not profile.networks:
        return np.full(profile.schools, -1)
    sizes = np.zeros(1, np.int64)
    while sizes.min() < SMALLEST_NETWORK or sizes.max() > LARGEST_NETWORK:
        sizes = apportion(rng.uniform(0.8, 1.25, profile.networks), profile.schools)
    return rng.permutation(np.repeat(np.arange(profile.networks), sizes))


def _qualities(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    strength = rng.standard_normal(count)
    other = rng.standard_normal(count)
    intake = TIER_CORRELATION * strength + np.sqrt(1 - TIER_CORRELATION**2) * other
    if count > 2:  # a school with low scores and strong teaching, whatever the draw
        strength[np.argsort(intake)[1]] = 1.4
    return strength, intake


def _tiers(intake: Floats) -> Ints:
    rank = np.argsort(np.argsort(intake)) / len(intake)
    return 1 + (rank >= 0.2).astype(np.int64) + (rank >= 0.5)
