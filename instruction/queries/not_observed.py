"""Which of a school's teachers were not observed there as often as expected, by name, for its leaders."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.completion.expected import Column, Rule, Why
from instruction.completion.expected import Standing as Found
from instruction.completion.reading import rules_by_school, standings
from instruction.queries.standing import Standing
from schools.models import Identity, Org, School


class NotObserved(NamedTuple):
    """A teacher: at the school since when (None: from before there are records), last observed there (None: never).

    n: lessons seen there this school year; missing: how many more are expected; overdue: their day has passed.
    """

    person_id: int
    name: str
    since: date | None
    last: date | None
    n: int
    missing: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class NotObservedPage:
    """longest: those to see first, never observed before longest ago; partly: seen, but not as often as expected.

    new and elsewhere: of whom nothing is expected here so far, as their assignments say. Who is away stands
    nowhere: a school's leaders are not told of leave. n_counted: of how many something is expected.
    """

    school: Org
    longest: list[NotObserved]
    partly: list[NotObserved]
    new: list[NotObserved]
    elsewhere: list[NotObserved]
    n_counted: int
    n_teachers: int
    rules: list[Rule]
    day: date

    @property
    def people(self) -> list[int]:
        """Everyone who is named."""
        named = (*self.longest, *self.partly, *self.new, *self.elsewhere)
        return [line.person_id for line in named]


def not_observed_page(scope: Scope, standing: Standing, uid: UUID) -> NotObservedPage | None:
    """Return the teachers as of today's roster; None where the caller may not see persons there. Ten queries."""
    school = School.objects.visible_to(scope.schools(Data.PERSON_EVIDENCE)).filter(uid=uid).first()
    if school is None:
        return None
    day = schoolyear.roster_day(standing.year)
    with reach.rows_of(schools=[school.pk]):
        found = standings(
            framework=standing.version.framework_id, year=standing.year, day=day, schools=[school.pk]
        )
    told = {one.person.person_id: one for one in found if _is_told(one)}
    named = Identity.objects.filter(person__in=told).order_by("family_name", "given_name", "pk")
    lines = [(told[one.person_id], _line(told[one.person_id], one.display_name)) for one in named]
    open_lines = [line for one, line in lines if one.why is Why.COUNTED and one.column is not Column.PARTLY]
    return NotObservedPage(
        school=school,
        longest=sorted(open_lines, key=lambda line: line.last or date.min),
        partly=[line for one, line in lines if one.column is Column.PARTLY],
        new=[line for one, line in lines if one.why is Why.NEW],
        elsewhere=[line for one, line in lines if one.why is Why.ELSEWHERE],
        n_counted=sum(one.column is not Column.NOT_COUNTED for one in found),
        n_teachers=len(found),
        rules=rules_by_school(standing.year, [school.pk])[school.pk],
        day=day,
    )


def _is_told(one: Found) -> bool:
    return one.column is not Column.DONE and one.why is not Why.AWAY


def _line(one: Found, name: str) -> NotObserved:
    seen = sum(one.person.lessons.values())
    return NotObserved(one.person.person_id, name, one.since, one.person.last, seen, one.missing, one.overdue)
