"""Decide who teaches where, and since when: of last year's teachers about 84 % stay, 8 % move, 8 % leave."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from schools.sample.calendar import Calendar
from schools.sample.plan_places import Ints, Places

CLASSROOM, SPECIAL_EDUCATION = "Classroom", "Special Education"
SUBJECTS = [
    "English Language Arts",
    "Mathematics",
    "Science",
    "Social Studies",
    "Arts",
    "Physical Education",
    "World Languages",
    "Career and Technical Education",
]
_ELA, _MATH, _SCIENCE, _SOCIAL, _ARTS, _PE, _LANGUAGES, _CAREER = SUBJECTS
_SECONDARY = {
    _ELA: 0.17, _MATH: 0.17, _SCIENCE: 0.14, _SOCIAL: 0.13, _ARTS: 0.08, _PE: 0.08, _LANGUAGES: 0.08,
    _CAREER: 0.07, SPECIAL_EDUCATION: 0.08,
}  # fmt: skip
_FIELDS = {
    "elementary": {CLASSROOM: 0.78, _ARTS: 0.07, _PE: 0.06, SPECIAL_EDUCATION: 0.09},
    "k8": {
        CLASSROOM: 0.54, _ELA: 0.07, _MATH: 0.07, _SCIENCE: 0.06, _SOCIAL: 0.06, _ARTS: 0.07, _PE: 0.06,
        SPECIAL_EDUCATION: 0.07,
    },
    "middle": _SECONDARY,
    "high": _SECONDARY,
    "other": _SECONDARY,
}  # fmt: skip
_MOVED, _LEFT, _MID_YEAR, _TWO_SCHOOLS, _ALSO_COACH = 0.08, 0.08, 0.015, 0.02, 0.015

Spell = tuple[int, int, str, str, int, int, bool]


@dataclass(frozen=True, slots=True)
class Teachers:
    """Current teachers are people 0 to N - 1; those who left in the summer follow, up to `people`.

    school, start: (N,) where each teaches today and since which day. moved_from, moved_on: (N,) where they
    taught before (-1: nowhere here) and the first day in the new school. field: what each teaches.
    left_from: school of each who left. second: (k, 2) teacher and further school. coaches: teachers who
    also coach in their school.
    """

    first_school: int
    school: Ints
    start: Ints
    hired: Ints
    moved_from: Ints
    field: list[str]
    left_from: Ints
    left_on: Ints
    left_hired: Ints
    second: Ints
    coaches: Ints

    @property
    def people(self) -> int:
        """How many people have been numbered."""
        return len(self.school) + len(self.left_from)

    def spells(self) -> Iterator[Spell]:
        """Yield person, org, role, title, start, end and whether it is the person's first place of work."""
        columns = zip(self.school, self.start, self.hired, self.moved_from, self.field, strict=True)
        for person, (school, start, hired, before, taught) in enumerate(columns):
            title = f"{taught} teacher"
            if before >= 0:
                yield person, self._org(before), "teacher", title, int(hired), int(start), True
            yield person, self._org(school), "teacher", title, int(start), 0, True
        leavers = zip(self.left_from, self.left_hired, self.left_on, strict=True)
        for person, (school, hired, left) in enumerate(leavers, start=len(self.school)):
            yield person, self._org(school), "teacher", "Teacher", int(hired), int(left), True
        for person, school in self.second.tolist():
            title = f"{self.field[person]} teacher"
            yield person, self._org(school), "teacher", title, int(self.start[person]), 0, False
        for person in self.coaches.tolist():
            org, start = self._org(self.school[person]), int(self.start[person])
            yield person, org, "coach", "Teacher leader", start, 0, False

    def _org(self, school: np.int64 | int) -> int:
        return self.first_school + int(school)


def plan_teachers(places: Places, calendar: Calendar, rng: np.random.Generator) -> Teachers:
    """Return the teachers of last year and this one."""
    school = np.repeat(np.arange(len(places.schools)), places.teachers)
    n = len(school)
    free = rng.permutation(np.flatnonzero(~np.isin(school, list(places.closed))))
    cuts = np.cumsum([round(share * n) for share in (_MOVED, _LEFT, _MID_YEAR, _MID_YEAR)])
    summer_movers, new, midyear, midyear_last, stay = np.split(free, cuts)
    tenure = np.minimum(rng.geometric(0.12, n), 32)
    first_days = np.array([calendar.first_day(calendar.year - back) for back in range(33)])
    hired = first_days[tenure]
    start = hired.copy()
    start[summer_movers] = calendar.this_year
    start[new] = hired[new] = _hired_this_year(len(new), calendar, rng)
    moved_from = np.full(n, -1)
    for movers, year in ((midyear, calendar.year), (midyear_last, calendar.year - 1)):
        day = _mid_year(len(movers), year, calendar, rng)
        moved = movers[: len(day)]
        start[moved] = day
        moved_from[moved] = np.roll(school[moved], 1)
    moved_from[summer_movers] = np.roll(school[summer_movers], 1)
    same = moved_from == school
    moved_from[same], start[same] = -1, hired[same]
    left_on = np.full(len(new), calendar.this_year)
    early = rng.random(len(new)) < 0.1
    left_on[early] = calendar.first_day(calendar.year - 1) + rng.integers(90, 300, int(early.sum()))
    return Teachers(
        first_school=places.first_school,
        school=school,
        start=start,
        hired=hired,
        moved_from=moved_from,
        field=_fields(places),
        left_from=school[new],
        left_on=left_on,
        left_hired=first_days[np.minimum(rng.geometric(0.2, len(new)), 32)],
        second=_second_schools(places, school, stay[: round(_TWO_SCHOOLS * n)]),
        coaches=stay[round(_TWO_SCHOOLS * n) : round((_TWO_SCHOOLS + _ALSO_COACH) * n)],
    )


def _hired_this_year(count: int, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """First days of those who are new: most in the summer, some late, none after today."""
    late = rng.random(count) < 0.2
    day = calendar.this_year + np.where(late, rng.integers(50, 110, count), 0)
    return np.minimum(day, calendar.today)


def _mid_year(count: int, year: int, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """Days of moves within a school year, up to today; none while the year is too young."""
    first = calendar.first_day(year) + 75
    last = min(first + 150, calendar.today)
    return rng.integers(first, last, count) if last > first else np.empty(0, np.int64)


def _fields(places: Places) -> list[str]:
    """Spread each school's teachers over what is taught there, in the shares of its level."""
    fields: list[str] = []
    for level, teachers in zip(places.level, places.teachers.tolist(), strict=True):
        shares = _FIELDS[level]
        edges = np.cumsum(list(shares.values())) / sum(shares.values())
        at = np.searchsorted(edges, (np.arange(teachers) + 0.5) / teachers)
        kinds = list(shares)
        fields.extend(kinds[place] for place in at.tolist())
    return fields


def _second_schools(places: Places, school: Ints, chosen: Ints) -> Ints:
    """Give the chosen teachers a second school: the next one of their network (of the district without any)."""
    pairs = []
    for person in chosen.tolist():
        own = int(school[person])
        near = np.flatnonzero(places.network == places.network[own]).tolist()
        others = [s for s in near if s != own and s not in places.closed]
        if others:
            pairs.append((person, others[person % len(others)]))
    return np.array(pairs, np.int64).reshape(-1, 2)
