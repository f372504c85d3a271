"""A supervisor's own account of a period: shares beside goals, weeks, and each principal against need."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.access.scope import Scope
from schools.names import name_of
from supervision import queries as supervision_queries
from supervision.models import (
    CaseloadAssignment,
    ConfirmedWeek,
    GoalKind,
    NonContactDay,
    TimeEntry,
    TimeGoal,
    VisitState,
)
from supervision.timelog.days import monday_of
from supervision.timelog.queries import Contact, Share, contact_entries, contacts
from supervision.timelog.ranks import correlation
from supervision.visiting import VISITING, VISITS_A_MONTH, contact_days, expected_visits
from supervision.visits.queries import visible_visits

PERIODS = {"4": _("4 weeks"), "12": _("12 weeks"), "year": _("School year")}


@dataclass(frozen=True, slots=True)
class Goals:
    """What is aimed at, by kind: the value that holds, and whether it is the supervisor's own."""

    value: dict[str, float]
    own: frozenset[str] = frozenset()

    @property
    def visits(self) -> float:
        """Visits a month to a principal of average need."""
        return self.value.get(GoalKind.VISITS, VISITS_A_MONTH)


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """A principal of the caseload in a period. need: our index, 1 is average; None: not computed.

    expected: visits, by need and the contact days in the caseload; visits: days of visits since then. Both, and need,
    are the principal's: who leads two schools has the same on both rows.
    """

    principal_id: int
    school_id: int
    name: str
    school: str
    need: float | None
    minutes: int
    contacts: int
    last: date | None
    visits: int
    expected: float


def period(which: str, year: int) -> tuple[date, date]:
    """Return the first and the last day of a choice of PERIODS in a school year, up to today in the current one."""
    first, end = schoolyear.bounds(year)
    last = min(end - timedelta(days=1), max(schoolyear.today(), first))
    if which == "year":
        return first, last
    return max(first, monday_of(last) - timedelta(weeks=int(which) - 1)), last


def goals(year: int, supervisors: list[int]) -> dict[int, Goals]:
    """Return the goals of a year that hold for each supervisor: their own before the district's; one query.

    The district's alone stand under 0.
    """
    rows = TimeGoal.objects.filter(Q(supervisor=None) | Q(supervisor__in=supervisors), school_year=year)
    kept: dict[int, dict[str, float]] = defaultdict(dict)
    for one in rows:
        kept[one.supervisor_id or 0][one.kind] = one.value
    district = kept[0]
    return {one: Goals(district | kept[one], frozenset(kept[one])) for one in supervisors} | {
        0: Goals(district)
    }


def left_out(supervisor: int | None, since: date, until: date) -> list[NonContactDay]:
    """Return the days left out for a supervisor, or for all where it is None, by day; one query."""
    whose = Q(supervisor=None) | Q(supervisor=supervisor) if supervisor else Q(supervisor=None)
    return list(NonContactDay.objects.filter(whose, day__range=(since, until)).order_by("day", "pk"))


def uncounted(supervisor: int, days: Collection[date]) -> list[date]:
    """Return which of these days are left out for a supervisor, and count in no figure of their own; one query."""
    found = left_out(supervisor, min(days), max(days)) if days else []
    return sorted({one.day for one in found} & set(days))


def confirmed(supervisors: list[int], since: date, until: date) -> dict[int, int]:
    """Return how many weeks each supervisor confirmed that ended in the period; one query."""
    rows = ConfirmedWeek.objects.filter(
        supervisor__in=supervisors, monday__gte=monday_of(since), monday__lte=until - timedelta(days=6)
    ).values_list("supervisor_id", flat=True)
    told: dict[int, int] = defaultdict(int)
    for one in rows:
        told[one] += 1
    return told


def weeks_ended(since: date, until: date) -> int:
    """Return how many whole weeks, Monday to Sunday, ended by `until` of those that `since` to `until` touch."""
    return max(0, ((until + timedelta(days=1)) - monday_of(since)).days // 7)


def principals(
    scope: Scope, supervisor: int, share: Share, out: list[NonContactDay], *, year: int, per_month: float
) -> list[PrincipalRow]:
    """Return the caller's principals in a period, who has the most need first; eight queries.

    share: whose period it is. Who is not in the caseload on its last day is left out.
    """
    since, until = share.since, share.until
    held = CaseloadAssignment.objects.on(until).filter(supervisor=supervisor, principal__isnull=False)
    rows = list(held.select_related("principal__identity", "school").order_by("school__name", "pk"))
    needs = supervision_queries.needs_of(year, [one.principal_id for one in rows if one.principal_id])
    seen = contacts(scope, supervisor, since, until)
    days = contact_days(since, until, {one.day for one in out})
    visited = visited_days(scope, supervisor, share)
    firsts: dict[int, date] = {}
    for one in rows:
        pk = one.principal_id or 0
        firsts[pk] = min(one.during.lower, firsts.get(pk, one.during.lower))
    made = []
    for one in rows:
        place = (one.school_id, one.principal_id or 0)
        need, first = needs.get(place[1]), firsts[place[1]]
        here = sum(day >= first for day in days)
        visits = sum(day >= first for day in visited[place[1]])
        made.append(_row(one, seen.get(place), need.index if need else None, visits, per_month, here))
    return sorted(made, key=lambda row: (-(row.need or 0), row.school, row.name))


def _row(
    one: CaseloadAssignment,
    contact: Contact | None,
    need: float | None,
    visits: int,
    per_month: float,
    days: int,
) -> PrincipalRow:
    return PrincipalRow(
        principal_id=one.principal_id or 0,
        school_id=one.school_id,
        name=name_of(one.principal),
        school=one.school.name,
        need=need,
        minutes=round(contact.minutes) if contact else 0,
        contacts=contact.contacts if contact else 0,
        last=contact.last if contact else None,
        visits=visits,
        expected=expected_visits(per_month, need, days),
    )


def visited_days(scope: Scope, supervisor: int, share: Share) -> dict[int, set[date]]:
    """Return the days of visits (see supervision.visiting) to each principal (person ids), at any of their schools.

    By time the caller entered on contact days, or by a visit that was kept, whoever made it; three queries.
    """
    told: dict[int, set[date]] = defaultdict(set)
    found: list[TimeEntry] = list(
        contact_entries([supervisor], share.since, share.until)
        .filter(purpose__in=VISITING)
        .prefetch_related("principals")
    )
    for entry in found:
        for taking in entry.principals.all():
            told[taking.principal_id].add(entry.day)
    visits = visible_visits(scope).filter(state=VisitState.DONE, day__range=(share.since, share.until))
    for principal, day in visits.order_by().values_list("principal_id", "day"):
        told[principal].add(day)
    return told


def neediest_seen_most(rows: list[PrincipalRow]) -> tuple[float | None, int]:
    """Return the rank correlation of need with minutes, and of how many principals; None where it is not told.

    A principal of two schools counts once, with the minutes of both.
    """
    minutes: dict[int, int] = defaultdict(int)
    need: dict[int, float] = {}
    for row in rows:
        minutes[row.principal_id] += row.minutes
        if row.need is not None:
            need[row.principal_id] = row.need
    people = sorted(need)
    return correlation([need[one] for one in people], [float(minutes[one]) for one in people]), len(people)
