"""Which of a school's teachers were not observed there this school year, by name, for its leaders."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.queries.standing import Standing
from instruction.snapshots.completing import WHEN_SEEN, when_seen_values
from schools.models import Identity, Org, School


class NotObserved(NamedTuple):
    """A teacher: at the school since when (None: from before there are records), last observed there (None: never)."""

    person_id: int
    name: str
    since: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class NotObservedPage:
    """longest: those to see first, never observed before longest ago; new: assigned within six weeks."""

    school: Org
    longest: list[NotObserved]
    new: list[NotObserved]
    n_teachers: int


def not_observed_page(scope: Scope, standing: Standing, uid: UUID) -> NotObservedPage | None:
    """Return the teachers as of today's roster; None where the caller may not see persons there. Three queries."""
    school = School.objects.visible_to(scope.schools(Data.PERSON_EVIDENCE)).filter(uid=uid).first()
    if school is None:
        return None
    day = schoolyear.roster_day(standing.year)
    values = when_seen_values(framework=standing.version.framework_id, day=day, year=standing.year)
    with reach.rows_of(schools=[school.pk]), connection.cursor() as cursor:
        cursor.execute(WHEN_SEEN, values | {"schools": [school.pk]})
        rows = cursor.fetchall()
    missing = {
        person: (since, last) for _school, person, since, last in rows if not last or last < values["first"]
    }
    named = Identity.objects.filter(person__in=missing).order_by("family_name", "given_name", "pk")
    lines = [NotObserved(one.person_id, one.display_name, *missing[one.person_id]) for one in named]
    new = [one for one in lines if one.last is None and one.since and one.since > values["recent"]]
    return NotObservedPage(
        school=school,
        longest=sorted((one for one in lines if one not in new), key=lambda one: one.last or date.min),
        new=new,
        n_teachers=len(rows),
    )
