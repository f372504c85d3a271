"""All supervisors' sums for the cabinet: never an entry, a day or a principal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from schools.models import Person
from schools.names import name_of
from supervision.choices import supervisors
from supervision.models import GoalKind, TimeEntry
from supervision.timelog import account
from supervision.timelog.queries import Share, Week, own_person, shares, together, told_period, weekly


@dataclass(frozen=True, slots=True)
class SupervisorRow:
    """One supervisor in a period. confirmed of weeks: weeks they went through, of those that ended in it."""

    uid: UUID
    name: str
    share: Share
    weeks: list[Week]
    goals: account.Goals
    confirmed: int
    n_weeks: int

    @property
    def percents(self) -> tuple[int | None, ...]:
        """The shares with principals, on leadership and covering, in percent."""
        found = (self.share.with_principals, self.share.on_leadership, self.share.covering)
        return tuple(None if one is None else round(100 * one) for one in found)

    @property
    def goal(self) -> float | None:
        """The share with principals aimed at, in percent."""
        return self.goals.value.get(GoalKind.WITH_PRINCIPALS)

    @property
    def meets_goal(self) -> bool | None:
        """Say whether the share with principals reaches the goal; None without either."""
        if self.goal is None or self.share.with_principals is None:
            return None
        return 100 * self.share.with_principals >= self.goal


@dataclass(frozen=True, slots=True)
class Everyone:
    """All supervisors the caller sees, by name, their sum, and the district's goals."""

    rows: list[SupervisorRow]
    total: Share
    goals: account.Goals

    @property
    def n_writing(self) -> int:
        """How many entered any time."""
        return sum(row.share.minutes > 0 for row in self.rows)


def people(scope: Scope, since: date, until: date) -> list[Person]:
    """Return the supervisors of today, and who entered time in the period, by name, as far as the caller sees them."""
    if not scope.district_wide(Data.SUPERVISOR_TIME):
        own = own_person(scope)
        return list(Person.objects.filter(pk=own).select_related("identity")) if own else []
    writing = TimeEntry.objects.filter(day__range=(since, until)).values("supervisor")
    chosen = [one for one in supervisors(scope.day) if not one.rank]  # type: ignore[attr-defined]
    there = {one.pk for one in chosen}
    former = Person.objects.filter(pk__in=writing).exclude(pk__in=there).select_related("identity")
    return sorted([*chosen, *former], key=lambda one: (_sorting(one), one.pk))


def everyone(scope: Scope, year: int, since: date, until: date) -> Everyone:
    """Return each supervisor's sums of what is told of a period (queries.told_period); seven queries."""
    since, until = told_period(scope, since, until)
    found = people(scope, since, until)
    ids = [one.pk for one in found]
    told = shares(scope, ids, since, until)
    trend = weekly(scope, ids, until=until)
    aims = account.goals(year, ids)
    done = account.confirmed(ids, since, until)
    n_weeks = account.weeks_ended(since, until)
    rows = [
        SupervisorRow(
            one.uid, name_of(one), told[one.pk], trend[one.pk], aims[one.pk], done.get(one.pk, 0), n_weeks
        )
        for one in found
    ]
    return Everyone(rows, together(told.values(), since, until), aims[0])


def _sorting(one: Person) -> tuple[str, str]:
    identity = getattr(one, "identity", None)
    return (identity.family_name, identity.given_name) if identity else ("", "")
