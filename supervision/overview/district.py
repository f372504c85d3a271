"""Reads of the view of all principal supervisors, for the cabinet: sums by supervisor, and what waits for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.queries import snapshot
from instruction.models import Department
from schools.models import School
from schools.names import name_of
from supervision import choices
from supervision.models import (
    CASELOAD_RUN,
    BalanceProposal,
    BenchCandidate,
    CaseloadAssignment,
    CaseloadSchool,
    CaseloadSummary,
    ExpectedOpening,
    MoveState,
    NonContactDay,
    ProposalState,
    Readiness,
    Visit,
    VisitState,
)
from supervision.overview.rows import WINDOW_WEEKS, District, Owed, SupervisorRow, Waiting
from supervision.timelog.account import VISITING, contact_days, expected_visits, goals
from supervision.timelog.days import monday_of
from supervision.timelog.queries import Share, contact_entries, reached, shares

Place = tuple[int, int]
_MOST_PROPOSALS = 5


def district(scope: Scope) -> District:
    """Return all principal supervisors as of today, or to a supervisor herself alone. About fifteen queries.

    Time is that of the school year so far, visits those of the last weeks.
    """
    day = schoolyear.today()
    year = schoolyear.year_of(day)
    first = schoolyear.bounds(year)[0]
    since = max(monday_of(day) - timedelta(weeks=WINDOW_WEEKS - 1), first)
    found = snapshot(kind=CASELOAD_RUN, school_year=year)
    run = found.run_id if found else 0
    supervisors: Iterable[Any] = choices.supervisors(day)
    people = [one for one in supervisors if not one.rank]
    ids = reached(scope, [one.pk for one in people])
    held = _held(day)
    seen = _seen(held, ids, run, since, day, year)
    spent = shares(scope, ids, first, day)
    sums = {one.supervisor_id: one for one in CaseloadSummary.objects.filter(run=run)}
    rows = [
        _row(one, held[one.pk], sums.get(one.pk), seen, spent[one.pk]) for one in people if one.pk in spent
    ]
    return District(
        rows=sorted(rows, key=lambda row: (-(row.need or row.n_principals), row.name)),
        owed=_owed(spent.values()),
        schools_without=_schools_without(scope, day),
        snapshot=found,
        since=since,
        day=day,
        **_waiting(scope, year),
    )


def _schools_without(scope: Scope, day: date) -> int:
    if not scope.district_wide(Data.CASELOADS):
        return 0
    return School.objects.on(day).exclude(caseload_assignments__during__contains=day).count()


def _held(day: date) -> dict[int, list[CaseloadAssignment]]:
    held = defaultdict(list)
    for one in CaseloadAssignment.objects.on(day):
        held[one.supervisor_id].append(one)
    return held


def _row(
    person: Any,
    held: Sequence[CaseloadAssignment],
    summed: CaseloadSummary | None,
    seen: dict[int, bool],
    spent: Share,
) -> SupervisorRow:
    told = [seen[one.pk] for one in held if one.pk in seen]
    return SupervisorRow(
        uid=person.uid,
        name=name_of(person),
        n_principals=len({one.principal_id for one in held if one.principal_id}),
        n_vacant=sum(one.principal_id is None for one in held),
        need=summed.need if summed else None,
        need_low=summed.need_low if summed else None,
        need_high=summed.need_high if summed else None,
        seen=sum(told),
        of=len(told),
        with_principals=spent.with_principals,
        on_leadership=spent.on_leadership,
        covered=sum(spent.by_department.values()),
        minutes=spent.minutes,
    )


def _seen(
    held: dict[int, list[CaseloadAssignment]], ids: list[int], run: int, since: date, until: date, year: int
) -> dict[int, bool]:
    """Say of each assignment with a principal whether its visits are no whole one behind its need; five queries."""
    needs = dict(
        CaseloadSchool.objects.filter(run=run, principal__isnull=False).values_list("principal_id", "need")
    )
    aimed = goals(year, ids)
    off: dict[int, list[NonContactDay]] = defaultdict(list)
    for one in NonContactDay.objects.filter(day__range=(since, until)):
        off[one.supervisor_id or 0].append(one)
    came = _came(ids, since, until)
    told = {}
    for supervisor in ids:
        days = contact_days(since, until, off[0] + off[supervisor])
        for each in held[supervisor]:
            if each.principal_id is None:
                continue
            here = sum(day >= each.during.lower for day in days)
            asked = expected_visits(aimed[supervisor].visits, needs.get(each.principal_id), here)
            made = len(came[supervisor, each.school_id, each.principal_id] & set(days))
            told[each.pk] = made > asked - 1
    return told


def _came(ids: list[int], since: date, until: date) -> dict[tuple[int, int, int], set[date]]:
    """Return the days on which each supervisor visited each principal at a school; two queries."""
    came: dict[tuple[int, int, int], set[date]] = defaultdict(set)
    done = Visit.objects.filter(supervisor__in=ids, state=VisitState.DONE, day__range=(since, until))
    entered = contact_entries(ids, since, until).filter(purpose__in=VISITING, principals__isnull=False)
    for rows in (
        done.values_list("supervisor_id", "school_id", "principal_id", "day"),
        entered.values_list("supervisor_id", "principals__school_id", "principals__principal_id", "day"),
    ):
        for supervisor, school, principal, day in rows:
            came[supervisor, school, principal].add(day)
    return came


def _owed(spent: Iterable[Share]) -> list[Owed]:
    minutes: dict[str, int] = defaultdict(int)
    supervisors: dict[str, int] = defaultdict(int)
    for one in spent:
        for department, n in one.by_department.items():
            minutes[department] += n
            supervisors[department] += 1
    rows = [Owed(str(Department(key).label), n, supervisors[key]) for key, n in minutes.items()]
    return sorted(rows, key=lambda row: (-row.minutes, row.department))


def _waiting(scope: Scope, year: int) -> dict[str, Any]:
    """Return what waits for the cabinet: proposals with open moves, and the principal bench in numbers."""
    proposals: list[Waiting] = []
    if scope.may(Data.CASELOADS, Action.CHANGE):
        open_moves = Count("moves", filter=Q(moves__state=MoveState.PROPOSED))
        found = BalanceProposal.objects.filter(school_year=year, state=ProposalState.READY).annotate(
            n=open_moves
        )
        proposals = [
            Waiting(one.uid, one.made_at.date(), one.start, one.n)
            for one in found.filter(n__gt=0).order_by("-made_at")[:_MOST_PROPOSALS]
        ]
    if not scope.district_wide(Data.PRINCIPAL_BENCH):
        return {"proposals": proposals, "openings": 0, "ready_now": 0, "ready_next": 0}
    openings = ExpectedOpening.objects.filter(filled_on=None, withdrawn_on=None).count()
    ready = dict(
        BenchCandidate.objects.filter(withdrawn_on=None, told_on__isnull=False)
        .order_by()
        .values_list("readiness")
        .annotate(n=Count("pk"))
    )
    return {
        "proposals": proposals,
        "openings": openings,
        "ready_now": ready.get(Readiness.NOW, 0),
        "ready_next": ready.get(Readiness.NEXT, 0),
    }
