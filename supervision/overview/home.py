"""Reads of a principal supervisor's home: few queries, as many for one principal as for thirty."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, F, FloatField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, JSONObject

from alignment_dash import schoolyear
from alignment_dash.access.scope import Scope
from alignment_dash.runs.queries import Snapshot, snapshot
from instruction.second_looks.queries import names_of
from schools.names import name_of
from supervision.models import (
    CASELOAD_RUN,
    CaseloadAssignment,
    CaseloadSchool,
    GoalKind,
    NonContactDay,
    TimeGoal,
    VisitState,
)
from supervision.needs import Need
from supervision.overview.rows import WEEKS, WINDOW_WEEKS, Home, PrincipalRow
from supervision.timelog import purposes
from supervision.timelog.account import DEFAULT_VISITS, VISITING, expected_visits
from supervision.timelog.days import monday_of
from supervision.timelog.queries import contact_entries, own_person
from supervision.visits.queries import open_commitments, visible_visits

Place = tuple[int, int]
SATURDAY = 5


@dataclass(slots=True)
class _Seen:
    """What is known of one principal at one school."""

    last: date | None = None
    focus: int | None = None
    days: set[date] = field(default_factory=set)
    minutes: list[float] = field(default_factory=lambda: [0.0] * WEEKS)


def home(scope: Scope) -> Home:
    """Return the caller's principals of today, who is behind on visits first; no rows for who has no caseload.

    Nine queries. A principal of two schools has a row for each. Nothing is told while someone acts as them: what is
    entered of time, and said of visits, is theirs.
    """
    own = own_person(scope) or 0
    day = schoolyear.today()
    year = schoolyear.year_of(day)
    since = max(monday_of(day) - timedelta(weeks=WINDOW_WEEKS - 1), schoolyear.bounds(year)[0])
    found = snapshot(kind=CASELOAD_RUN, school_year=year)
    held = _caseload(own, day, found) if own else []
    if not held:
        return Home([], found, since, day, 0)
    first = monday_of(day) - timedelta(weeks=WEEKS - 1)
    per_month, out = _aims(own, year, first, day)
    seen: dict[Place, _Seen] = defaultdict(_Seen)
    _add_visits(seen, scope, held, own, since, out)
    _add_time(seen, own, first, day, since)
    names = names_of({one.focus for one in seen.values() if one.focus})
    commitments = open_commitments(scope, [one.school_id for one in held])
    days = _contact_days(since, day, out)
    rows = []
    for one in held:
        place = (one.school_id, one.principal_id or 0)
        need, told = _need(one), seen[place]
        here = sum(each >= one.during.lower for each in days)
        promised = commitments.get(place)
        rows.append(
            PrincipalRow(
                school_uid=one.school.uid,
                school=one.school.name,
                principal_uid=one.principal.uid if one.principal else None,
                principal=name_of(one.principal),
                need=need,
                last=told.last,
                visits=len(told.days),
                expected=expected_visits(per_month, need.index if need else None, here),
                focus=names.get(told.focus or 0, ""),
                open=promised.open if promised else 0,
                overdue=promised.overdue if promised else 0,
                minutes=tuple(round(n) for n in told.minutes),
                day=day,
            )
        )
    return Home(sorted(rows, key=_order), found, since, day, len(days))


def _order(row: PrincipalRow) -> tuple[Any, ...]:
    """Who is furthest behind need comes first; vacant positions come last."""
    return (row.principal_uid is None, row.visits - row.expected, row.school, row.principal)


def _caseload(own: int, day: date, found: Snapshot | None) -> Sequence[Any]:
    """Return today's assignments with the need index that stands; one query."""
    parts = ("need", "need_low", "need_high", "part_leadership", "part_tenure", "part_gaps", "part_size")
    computed = CaseloadSchool.objects.filter(
        run=found.run_id if found else 0, school=OuterRef("school"), principal=OuterRef("principal")
    ).values(told=JSONObject(**{part: F(part) for part in parts}))
    held = CaseloadAssignment.objects.on(day).filter(supervisor=own).annotate(told=Subquery(computed[:1]))
    return list(held.select_related("school", "principal__identity"))


def _need(one: Any) -> Need | None:
    told = one.told
    if not told or told["need"] is None:
        return None
    return Need(
        index=told["need"],
        low=told["need_low"],
        high=told["need_high"],
        leadership=told["part_leadership"],
        tenure=told["part_tenure"],
        gaps=told["part_gaps"],
        size=told["part_size"],
    )


def _aims(own: int, year: int, since: date, until: date) -> tuple[float, set[date]]:
    """Return the visits a month that are aimed at, and the days left out; one query for both."""
    goals = TimeGoal.objects.filter(
        Q(supervisor=None) | Q(supervisor=own), school_year=year, kind=GoalKind.VISITS
    ).values_list("supervisor_id", "value", Cast(Value(None), DateField()))
    off = NonContactDay.objects.filter(
        Q(supervisor=None) | Q(supervisor=own), day__range=(since, until)
    ).values_list("supervisor_id", Cast(Value(None), FloatField()), "day")
    aimed: dict[int, float] = {}
    out = set()
    for who, value, day in goals.union(off, all=True):
        if day is not None:
            out.add(day)
        else:
            aimed[who or 0] = value
    return aimed.get(own, aimed.get(0, DEFAULT_VISITS)), out


def _contact_days(since: date, until: date, out: Iterable[date]) -> list[date]:
    gone = set(out)
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [day for day in days if day.weekday() < SATURDAY and day not in gone]


def _add_visits(
    seen: dict[Place, _Seen], scope: Scope, held: Sequence[Any], own: int, since: date, out: set[date]
) -> None:
    """Add the last visit, whoever made it, what was in focus, and the days the caller came; one query."""
    done = visible_visits(scope).filter(school__in=[one.school_id for one in held], state=VisitState.DONE)
    rows = done.order_by("day", "pk").values_list(
        "school_id", "principal_id", "day", "element_id", "supervisor_id"
    )
    for school, principal, day, element, supervisor in rows:
        one = seen[school, principal]
        one.last = day
        one.focus = element or one.focus
        if supervisor == own and day >= since and day not in out:
            one.days.add(day)


def _add_time(seen: dict[Place, _Seen], own: int, first: date, until: date, since: date) -> None:
    """Add the minutes of each week with each principal, and the days of visits that were entered as time; one query.

    An entry's minutes are shared evenly among who took part.
    """
    entries = contact_entries([own], first, until).filter(purpose__in=purposes.WITH_PRINCIPALS)
    rows = list(
        entries.filter(principals__isnull=False).values_list(
            "pk", "day", "minutes", "purpose", "principals__school_id", "principals__principal_id"
        )
    )
    shared: dict[int, int] = defaultdict(int)
    for row in rows:
        shared[row[0]] += 1
    for pk, day, minutes, purpose, school, principal in rows:
        one = seen[school, principal]
        one.minutes[(monday_of(day) - first).days // 7] += minutes / shared[pk]
        if purpose in VISITING:
            one.last = max(one.last or day, day)
            if day >= since:
                one.days.add(day)
