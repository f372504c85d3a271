"""Reads of a principal supervisor's home: few queries, as many for one principal as for thirty."""

from collections import defaultdict
from collections.abc import Sequence
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
    GoalKind,
    NonContactDay,
    TimeGoal,
    VisitState,
)
from supervision.needs import Need
from supervision.overview.rows import WEEKS, WINDOW_WEEKS, Home, PrincipalRow
from supervision.queries import need_rows
from supervision.timelog import purposes
from supervision.timelog.days import monday_of
from supervision.timelog.queries import contact_entries, own_person
from supervision.visited import first_days
from supervision.visiting import VISITING, VISITS_A_MONTH, contact_days, expected_visits, wait
from supervision.visits.queries import open_commitments, visible_visits

Place = tuple[int, int]


@dataclass(slots=True)
class _Seen:
    """What is known of one principal at one school; days: of visits, whenever; planned: of those to come."""

    focus: int | None = None
    days: set[date] = field(default_factory=set)
    planned: set[date] = field(default_factory=set)
    minutes: list[float] = field(default_factory=lambda: [0.0] * WEEKS)


def home(scope: Scope) -> Home:
    """Return the caller's principals of today, whose visit is due first; no rows for who has no caseload.

    Nine queries. A principal of two schools has a row for each, with the same need and visits. Nothing is told while someone acts as them: what is
    entered of time, and said of visits, is theirs.
    """
    own = own_person(scope) or 0
    day = schoolyear.today()
    year = schoolyear.year_of(day)
    begin = schoolyear.bounds(year)[0]
    since = max(monday_of(day) - timedelta(weeks=WINDOW_WEEKS - 1), begin)
    found = snapshot(kind=CASELOAD_RUN, school_year=year)
    held = _caseload(own, day, found) if own else []
    if not held:
        return Home([], found, since, day, 0)
    first = monday_of(day) - timedelta(weeks=WEEKS - 1)
    goal, out = _aims(own, year, begin, day)
    seen: dict[Place, _Seen] = defaultdict(_Seen)
    _add_visits(seen, scope, own, held, day)
    _add_time(seen, own, first, day)
    visited: dict[int, set[date]] = defaultdict(set)
    planned: dict[int, set[date]] = defaultdict(set)
    for (_school, principal), each in seen.items():
        visited[principal] |= each.days
        planned[principal] |= each.planned
    firsts = first_days(held)
    names = names_of({one.focus for one in seen.values() if one.focus})
    commitments = open_commitments(scope, [one.school_id for one in held])
    days = contact_days(since, day, out)
    rows = []
    for one in held:
        place = (one.school_id, one.principal_id or 0)
        told, came = seen[place], visited[place[1]]
        need = _need(one)
        index, begun = need.index if need else None, firsts.get((own, place[1]), day)
        promised = commitments.get(place)
        rows.append(
            PrincipalRow(
                school_uid=one.school.uid,
                school=one.school.name,
                principal_uid=one.principal.uid if one.principal else None,
                principal=name_of(one.principal),
                need=need,
                wait=wait(
                    begun=max(begin, begun),
                    last=max(came, default=None),
                    day=day,
                    out=out,
                    goal=goal,
                    need=index,
                ),
                planned=min(planned[place[1]], default=None),
                visits=sum(each >= max(since, begun) for each in came),
                expected=expected_visits(goal, index, sum(each >= begun for each in days)),
                focus=names.get(told.focus or 0, ""),
                open=promised.open if promised else 0,
                overdue=promised.overdue if promised else 0,
                minutes=tuple(round(n) for n in told.minutes),
                day=day,
            )
        )
    return Home(sorted(rows, key=_order), found, since, day, len(days))


def _order(row: PrincipalRow) -> tuple[Any, ...]:
    """Who has waited longest beside what need asks comes first; vacant positions come last."""
    return (row.principal_uid is None, -row.wait.beyond, row.visits - row.expected, row.school, row.principal)


def _caseload(own: int, day: date, found: Snapshot | None) -> Sequence[Any]:
    """Return today's assignments with the need index that stands; one query."""
    parts = ("need", "need_low", "need_high", "part_leadership", "part_tenure", "part_gaps", "part_size")
    errors = ("need_se", "need_together")
    computed = (
        need_rows(found)
        .filter(school=OuterRef("school"), principal=OuterRef("principal"))
        .values(told=JSONObject(**{part: F(part) for part in (*parts, *errors)}))
    )
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
        se=told["need_se"] or 0.0,
        together=told["need_together"] or 0.0,
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
    return aimed.get(own, aimed.get(0, VISITS_A_MONTH)), out


def _add_visits(seen: dict[Place, _Seen], scope: Scope, own: int, held: Sequence[Any], today: date) -> None:
    """Add the days of visits that were kept, whoever made them, with what was in focus last, and of those that the
    supervisor herself has planned from today on; one query."""
    done = Q(state=VisitState.DONE, day__lte=today)
    ahead = Q(state=VisitState.PLANNED, day__gte=today, supervisor=own)
    found = visible_visits(scope).filter(done | ahead, school__in=[one.school_id for one in held])
    rows = found.order_by("day", "pk").values_list("school_id", "principal_id", "day", "element_id", "state")
    for school, principal, day, element, state in rows:
        one = seen[school, principal]
        if state == VisitState.PLANNED:
            one.planned.add(day)
            continue
        one.days.add(day)
        one.focus = element or one.focus


def _add_time(seen: dict[Place, _Seen], own: int, first: date, until: date) -> None:
    """Add the minutes of each week from `first` on with each principal, and the days of visits that were ever entered
    as time; one query.

    An entry's minutes are shared evenly among who took part.
    """
    entries = contact_entries([own], date.min, until).filter(purpose__in=purposes.WITH_PRINCIPALS)
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
        if day >= first:
            one.minutes[(monday_of(day) - first).days // 7] += minutes / shared[pk]
        if purpose in VISITING:
            one.days.add(day)
