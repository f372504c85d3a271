"""Read who is expected to be observed at schools on a day: assignments, leave and lessons; a query for each."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from alignment_dash import schoolyear
from instruction.completion.expected import Days, Person, Rule, Standing, standing_of
from instruction.models import ObservationExpectation
from schools.models import Org, StaffRole

# What is taken where no rule of the year fits a school's teachers.
DEFAULT_AT_LEAST, DEFAULT_LEAST_DAYS = 1, 42

_ASSIGNED = """
SELECT a.person_id, a.org_id, lower(a.during), upper(a.during), a.during @> %(day)s::date
FROM schools_staffassignment a
WHERE a.role = %(role)s AND a.org_id = ANY (%(schools)s) AND a.during && daterange(%(first)s, %(day)s, '[]')
ORDER BY a.person_id, a.org_id, lower(a.during) NULLS FIRST
"""
# Who teaches at several schools is expected once: where their main assignment is, else their earliest.
_MAIN = """
SELECT DISTINCT ON (a.person_id) a.person_id, a.org_id
FROM schools_staffassignment a JOIN schools_org o ON o.id = a.org_id
WHERE a.role = %(role)s AND a.during @> %(day)s::date AND o.type = 'school' AND a.person_id IN (
    SELECT b.person_id FROM schools_staffassignment b
    WHERE b.role = %(role)s AND b.during @> %(day)s::date AND b.org_id = ANY (%(schools)s)
)
ORDER BY a.person_id, a.is_primary DESC, lower(a.during) NULLS FIRST, a.id
"""
_AWAY = """
SELECT l.person_id, lower(l.during), upper(l.during) FROM schools_leave l
WHERE l.during && daterange(%(first)s, %(day)s, '[]') AND l.person_id IN (
    SELECT a.person_id FROM schools_staffassignment a
    WHERE a.role = %(role)s AND a.during @> %(day)s::date AND a.org_id = ANY (%(schools)s)
)
"""
# A lesson counts for the school it was seen at, whatever its kind and purpose; a calibration video for nobody. One
# that several observers rated in an exercise is one lesson.
_LESSONS = """
SELECT o.school_id, o.observed_id, o.observed_on >= %(first)s AS is_of_year,
    CASE WHEN o.observed_on >= %(first)s THEN o.kind ELSE '' END AS seen_kind,
    CASE WHEN o.observed_on >= %(first)s THEN o.purpose ELSE '' END AS seen_purpose,
    count(i.id IS NULL OR NULL) + count(DISTINCT i.exercise_id), max(o.observed_on)
FROM instruction_observation o JOIN instruction_frameworkversion v ON v.id = o.version_id
LEFT JOIN instruction_calibrationinvitation i ON i.observation_id = o.id
WHERE (%(framework)s::bigint IS NULL OR v.framework_id = %(framework)s) AND o.observed_on <= %(day)s AND o.role = %(role)s
    AND o.school_id = ANY (%(schools)s)
GROUP BY 1, 2, 3, 4, 5
"""


def standings(
    *, year: int, day: date, schools: Collection[int], framework: int | None, role: str = StaffRole.TEACHER
) -> list[Standing]:
    """Return where everyone with a role at these schools counts on a day of a school year; six queries.

    framework: whose observations count; None: of any. Protected rows must be open: the caller says which
    (access.reach).
    """
    first = schoolyear.bounds(year)[0]
    rules = rules_by_school(year, schools, role)
    values = {"framework": framework, "first": first, "day": day, "schools": list(schools), "role": role}
    people = _people(values)
    return [standing_of(one, rules[one.school_id], first=first, as_of=day) for one in people]


def rules_by_school(
    year: int, schools: Collection[int], role: str = StaffRole.TEACHER
) -> dict[int, list[Rule]]:
    """Return the rules for a role at each school: those of its level and of all levels; two queries."""
    held = list(ObservationExpectation.objects.filter(school_year=year, role=role))
    levels = Org.objects.filter(pk__in=schools).values_list("pk", "level")
    is_teacher = role == StaffRole.TEACHER
    return {pk: rules_at(level, held, year) or is_teacher * [default(year)] for pk, level in levels}


def default(year: int) -> Rule:
    """Return what is taken where no rule fits a school's teachers."""
    last = schoolyear.bounds(year)[1].toordinal() - 1
    return Rule(DEFAULT_AT_LEAST, date.fromordinal(last), DEFAULT_LEAST_DAYS)


def rules_at(level: str, held: Collection[ObservationExpectation], year: int) -> list[Rule]:
    """Return those of a year's rules for a role that fit a level of schools."""
    last = schoolyear.bounds(year)[1].toordinal() - 1
    return [
        Rule(one.at_least, one.by_day or date.fromordinal(last), one.least_days, one.kind, one.purpose)
        for one in held
        if one.level in ("", level)
    ]


Key = tuple[int, int]  # person, school


def _people(values: dict[str, Any]) -> list[Person]:
    with connection.cursor() as cursor:
        spells, there = _assigned(cursor, values)
        cursor.execute(_MAIN, values)
        main = dict(cursor.fetchall())
        away = _away(cursor, values)
        lessons, last = _lessons(cursor, values)
    return [
        Person(
            person_id=key[0],
            school_id=key[1],
            spells=spells[key],
            leaves=away.get(key[0], ()),
            lessons=lessons.get(key, {}),
            last=last.get(key),
            is_main=main.get(key[0]) == key[1],
        )
        for key in there
    ]


def _away(cursor: Any, values: dict[str, Any]) -> dict[int, list[Days]]:
    """Return the leaves of people; a page that counts with them must not tell whose they are."""
    found: dict[int, list[Days]] = defaultdict(list)
    cursor.execute(_AWAY, values)
    for person, start, end in cursor.fetchall():
        found[person].append(Days(start, end))
    return found


def _assigned(cursor: Any, values: dict[str, Any]) -> tuple[dict[Key, list[Days]], list[Key]]:
    """Return the spells of each person at each school, and who of them is there on the day."""
    cursor.execute(_ASSIGNED, values)
    spells: dict[Key, list[Days]] = defaultdict(list)
    there: dict[Key, None] = {}
    for person, school, start, end, is_there in cursor.fetchall():
        spells[person, school].append(Days(start, end))
        if is_there:
            there[person, school] = None
    return spells, list(there)


def _lessons(
    cursor: Any, values: dict[str, Any]
) -> tuple[dict[Key, dict[tuple[str, str], int]], dict[Key, date]]:
    """Return the lessons of the year of each person at each school by kind and purpose, and the last day of all."""
    cursor.execute(_LESSONS, values)
    lessons: dict[Key, dict[tuple[str, str], int]] = defaultdict(dict)
    last: dict[Key, date] = {}
    for school, person, of_year, kind, purpose, n, day in cursor.fetchall():
        key = person, school
        if of_year:
            lessons[key][kind, purpose] = n
        last[key] = max(day, last.get(key, day))
    return lessons, last
