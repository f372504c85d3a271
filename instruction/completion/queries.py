"""Reads: the rules of a year and whom they fit, how observations are written, and one's own."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.completion.checklist import Facts, chances, facts
from instruction.completion.written import read_written
from instruction.models import ChecklistCount, ObservationExpectation
from instruction.queries.completion import Count, told
from instruction.queries.standing import Standing
from schools.models import Level, StaffRole

LAST = 12
"""So many of their last observations observers are told of."""

# Who can be observed at a school.
ROLES = (StaffRole.TEACHER, StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL, StaffRole.COACH)

_PEOPLE = """
SELECT a.role, o.level, count(DISTINCT a.person_id) FROM schools_staffassignment a
JOIN schools_org o ON o.id = a.org_id
WHERE a.during @> %(day)s::date AND o.type = 'school' AND o.during @> %(day)s::date AND a.role = ANY (%(roles)s)
GROUP BY GROUPING SETS ((a.role, o.level), (a.role))
"""


class ChecklistLine(NamedTuple):
    """How the observations of a school year were written, in a network or ("") the district."""

    name: str
    year: int
    n: int
    n_bare: int
    n_long: int
    n_even: int
    by_chance: float

    @property
    def year_label(self) -> str:
        """The school year as people write it."""
        return schoolyear.label(self.year)

    @property
    def bare_percent(self) -> int:
        """Share with a level without a note."""
        return round(100 * self.n_bare / self.n) if self.n else 0

    @property
    def even_percent(self) -> int | None:
        """Share with one level for all elements, of those with four or more; None without any."""
        return round(100 * self.n_even / self.n_long) if self.n_long else None


def checklists(scope: Scope, run_id: int) -> list[ChecklistLine]:
    """Return how observations were written: the district by year, the newest first, then the newest by network.

    For who sees every school: who sees some would learn of the others. One query.
    """
    if not scope.district_wide(Data.SCHOOL_CAPACITY):
        return []
    rows = ChecklistCount.objects.filter(run=run_id).order_by(
        F("network__name").asc(nulls_first=True), "-school_year"
    )
    found = [
        ChecklistLine(
            one.network.name if one.network else "",
            one.school_year,
            one.n_observations,
            one.n_bare,
            one.n_long,
            one.n_even,
            one.by_chance,
        )
        for one in rows.select_related("network")
    ]
    newest = max((one.year for one in found), default=0)
    return [one for one in found if not one.name or one.year == newest]


def own_facts(scope: Scope, standing: Standing) -> Facts | None:
    """Return how the caller wrote their last observations; None without any. One query more than opening the rows."""
    person = scope.own_id(Data.OBSERVING)
    if person is None:
        return None
    day = schoolyear.roster_day(standing.year)
    with reach.rows_of(person=person):
        found = read_written(version=standing.version, year=standing.year, day=day, observer=person)
    if not len(found.observer):
        return None
    newest = found.year == found.year  # all of them, as a mask
    newest[LAST:] = False
    return facts(found.where(newest), chances(found)[newest])


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule of a year and how many people it fits now."""

    rule: ObservationExpectation
    n_people: int


@dataclass(frozen=True, slots=True)
class Expectations:
    """The rules of a school year, what is worth a warning, and how it stands with other roles than teachers.

    overlaps: pairs of rules that count some of the same observations of the same people. other_roles: (role, of how
    many, numbers by column) of the whole district.
    """

    year: int
    lines: list[RuleLine]
    overlaps: list[tuple[ObservationExpectation, ObservationExpectation]]
    last_year: list[ObservationExpectation]

    @property
    def rules(self) -> list[ObservationExpectation]:
        """The rules alone."""
        return [line.rule for line in self.lines]

    @property
    def nobody(self) -> list[ObservationExpectation]:
        """Rules that fit nobody."""
        return [line.rule for line in self.lines if not line.n_people]


def expectations(scope: Scope, year: int) -> Expectations:
    """Return the rules of a year, with those of the year before; none for who may not see them. Two queries."""
    if not scope.may(Data.EXPECTATIONS):
        return Expectations(year, [], [], [])
    held = list(ObservationExpectation.objects.filter(school_year__in=(year, year - 1)))
    held.sort(key=_order)
    here = [one for one in held if one.school_year == year]
    people = people_by_role(year)
    return Expectations(
        year=year,
        lines=[RuleLine(one, people[one.role, one.level]) for one in here],
        overlaps=overlaps(here),
        last_year=[one for one in held if one.school_year == year - 1],
    )


def people_by_role(year: int) -> Counter[tuple[str, str]]:
    """Return how many people have a role at schools of a level ("": any) on the year's day; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"day": schoolyear.roster_day(year), "roles": list(ROLES)})
        return Counter({(role, level or ""): n for role, level, n in cursor.fetchall()})


def overlaps(
    rules: list[ObservationExpectation],
) -> list[tuple[ObservationExpectation, ObservationExpectation]]:
    """Return each two rules of which one observation of one person can count for both."""
    return [
        (one, other)
        for place, one in enumerate(rules)
        for other in rules[place + 1 :]
        if one.role == other.role
        and all(
            not getattr(one, name) or not getattr(other, name) or getattr(one, name) == getattr(other, name)
            for name in ("level", "kind", "purpose")
        )
    ]


def teacher_rules(year: int) -> list[ObservationExpectation]:
    """Return the rules for teachers in their order; one query. They are definitions, and tell of nobody."""
    held = ObservationExpectation.objects.filter(school_year=year, role=StaffRole.TEACHER)
    return sorted(held, key=_order)


class OtherRole(NamedTuple):
    """People of a role in the whole district: how many, and their numbers by column where told; none where hidden."""

    role: str
    n: int
    counts: tuple[Count, ...]


def other_roles(scope: Scope, standing: Standing | None) -> list[OtherRole]:
    """Return what the run counted of people in other roles than teachers, for who sees the whole district."""
    if standing is None or standing.run is None or not scope.district_wide(Data.SCHOOL_CAPACITY):
        return []
    held = standing.run.facts.get("other_roles", {})
    return [
        OtherRole(str(StaffRole(role).label), sum(counts), told(counts) if sum(counts) >= 5 else ())
        for role, counts in held.items()
        if role in StaffRole.values
    ]


def _order(rule: ObservationExpectation) -> tuple[int, ...]:
    levels = ["", *Level.values]
    return (
        ROLES.index(StaffRole(rule.role)) if rule.role in ROLES else len(ROLES),
        levels.index(rule.level) if rule.level in levels else len(levels),
        rule.pk or 0,
    )
