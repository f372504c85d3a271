"""Decide who observes whom, when and for what purpose in a sample district."""

from dataclasses import dataclass

import numpy as np

from schools.sample.plan_places import Ints
from schools.sample.plan_staff import OPEN
from schools.sample.sample import Sample

FORMAL, INFORMAL, WALKTHROUGH, CALIBRATION = range(4)
_KINDS = [FORMAL, INFORMAL, WALKTHROUGH]
_SHARES_OWN, _SHARES_CROSS = [0.38, 0.20, 0.42], [0.30, 0.40, 0.30]
SHARE_CROSS_SCHOOL = 0.10
VIDEOS_PER_RATER = 8
_NEVER_OBSERVED = 0.04
NONE = -1


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry per observation, by numbers of people and schools as in the plan; NONE where there is none.

    day: ordinals. kind: one of the constants above.
    """

    rater: Ints
    teacher: Ints
    school: Ints
    video: Ints
    day: Ints
    kind: Ints
    evaluative: Ints  # 0 or 1
    cross_school: Ints  # 0 or 1


@dataclass(frozen=True, slots=True)
class _Leaders:
    """Who may observe in one school year: sorted by school, with the school of each."""

    person: Ints
    school: Ints
    is_coach: Ints

    def own(self, school: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Return one of each school's own raters, and whether it is a coach; every school has a principal."""
        first, last = np.searchsorted(self.school, school), np.searchsorted(self.school, school, side="right")
        at = first + (rng.random(len(school)) * (last - first)).astype(np.int64)
        return self.person[at], self.is_coach[at]


def plan_visits(sample: Sample, rng: np.random.Generator) -> Visits:
    """Return every observation of last year and this one: lessons in order of teachers, then videos."""
    lessons = _lessons(sample, rng)
    parts = [_visit_year(sample, lessons, year, rng) for year in (0, 1)] + [
        _videos(sample, year, rng) for year in (0, 1)
    ]
    return Visits(*(np.concatenate([getattr(part, name) for part in parts]) for name in Visits.__slots__))


def _lessons(sample: Sample, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return teacher, school and day of each lesson seen, spread evenly over the days each taught there."""
    spells = sample.staff.spells
    chosen = spells.where("teacher")
    person, school = (
        np.array(spells.person)[chosen],
        np.array(spells.org)[chosen] - sample.places.first_school,
    )
    days = sample.calendar.days_so_far()
    end = np.array(spells.end)[chosen]
    first = np.searchsorted(days, np.array(spells.start)[chosen])
    last = np.searchsorted(days, np.where(end == OPEN, sample.calendar.today + 1, end))
    seen = rng.random(len(sample.staff.names)) >= _NEVER_OBSERVED
    share = np.where(np.array(spells.primary)[chosen], 1.0, 0.5) * seen[person]
    expected = sample.profile.observations * share * (last - first) / len(days)
    # Fewer extremes than chance alone would give: visits are planned.
    count = rng.binomial(10, np.clip(expected / 10, 0, 1))
    spell = np.repeat(np.arange(len(person)), count)
    at = first[spell] + (rng.random(len(spell)) * (last - first)[spell]).astype(np.int64)
    return person[spell], school[spell], days[at]


def leaders_of(sample: Sample, year: int) -> _Leaders:
    """Return who observed in schools last year (0) or does this year (1)."""
    spells, summer = sample.staff.spells, sample.calendar.this_year
    start, end = np.array(spells.start), np.array(spells.end)
    held = (end == OPEN) if year else (start < summer)
    chosen = [
        at
        for at in spells.where("principal", "assistant-principal", "coach").tolist()
        if held[at] and spells.title[at] != "Teacher leader"
    ]
    school = np.array(spells.org)[chosen] - sample.places.first_school
    order = np.argsort(school, kind="stable")
    is_coach = np.array([spells.role[at] == "coach" for at in chosen], np.int64)
    return _Leaders(np.array(spells.person)[chosen][order], school[order], is_coach[order])


def _visit_year(
    sample: Sample, lessons: tuple[Ints, Ints, Ints], year: int, rng: np.random.Generator
) -> Visits:
    of_year = (lessons[2] >= sample.calendar.this_year) == bool(year)
    teacher, school, day = (column[of_year] for column in lessons)
    leaders = leaders_of(sample, year)
    rater, is_coach = leaders.own(school, rng)
    cross = (rng.random(len(teacher)) < SHARE_CROSS_SCHOOL) & (school != sample.places.unlinked)
    rater[cross] = _visitors(sample, leaders, school[cross], rng)
    kind = np.where(
        cross, rng.choice(_KINDS, len(rater), p=_SHARES_CROSS), rng.choice(_KINDS, len(rater), p=_SHARES_OWN)
    )
    kind = np.where((kind == FORMAL) & ~cross & (is_coach == 1), INFORMAL, kind)
    counts = (kind == INFORMAL) & ~cross & (is_coach == 0) & (rng.random(len(rater)) < 0.5)
    evaluative = (kind == FORMAL) | counts
    none = np.full(len(rater), NONE)
    return Visits(
        rater, teacher, school, none, day, kind, evaluative.astype(np.int64), cross.astype(np.int64)
    )


def _visitors(sample: Sample, leaders: _Leaders, school: Ints, rng: np.random.Generator) -> Ints:
    """Return an observer from elsewhere for each visit: half the time the principal supervisor."""
    network = np.maximum(sample.places.network[school], 0)
    rater = np.array(sample.staff.supervisor)[network]
    free = np.flatnonzero((leaders.is_coach == 0) & (leaders.school != sample.places.unlinked))
    pick = free[rng.integers(0, len(free), len(school))]
    by_leader = (rng.random(len(school)) < 0.5) & (leaders.school[pick] != school)
    return np.where(by_leader, leaders.person[pick], rater)


def _videos(sample: Sample, year: int, rng: np.random.Generator) -> Visits:
    """Return the ratings of calibration videos: half of them each year, in its first four weeks."""
    days = sample.calendar.school_days(sample.calendar.year - 1 + year)[:20]
    days = days[days <= sample.calendar.today]
    leaders = leaders_of(sample, year)
    linked = leaders.person[leaders.school != sample.places.unlinked]
    people = np.unique(np.concatenate([linked, sample.staff.supervisor])) if len(days) else linked[:0]
    half = VIDEOS_PER_RATER // 2
    rater = np.repeat(people, half)
    video = np.tile(np.arange(half) + half * year, len(people))
    day = days[rng.integers(0, len(days), len(rater))] if len(days) else rater
    none, zero = np.full(len(rater), NONE), np.zeros(len(rater), np.int64)
    return Visits(rater, none, none, video, day, zero + CALIBRATION, zero, zero)
