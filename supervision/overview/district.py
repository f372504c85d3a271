"""Reads of the view of all principal supervisors, for the cabinet: sums by supervisor, and what waits for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.models import Department
from schools.models import School
from schools.names import name_of
from supervision import choices
from supervision.models import (
    BalanceProposal,
    CaseloadAssignment,
    CaseloadSummary,
    ExpectedOpening,
    MoveState,
    ProposalState,
    Readiness,
)
from supervision.needs import Bounds
from supervision.overview.rows import District, Owed, SupervisorRow, Waiting
from supervision.principal_bench.queries import candidates
from supervision.queries import need_snapshot
from supervision.spans import district_span
from supervision.timelog.queries import Share, own_person, reached, shares, told_period
from supervision.visited import Pair, waits
from supervision.visiting import Wait

_MOST_PROPOSALS = 5
# Of fewer principals, how many were visited would tell of single ones; it is told to the supervisor alone.
FEWEST_PRINCIPALS = 5


def district(scope: Scope) -> District:
    """Return all principal supervisors as of today, or to a supervisor herself alone. About fifteen queries.

    Time is what the caller is told of the school year so far, waits are those of today.
    """
    day = schoolyear.today()
    year = schoolyear.year_of(day)
    since, until = told_period(scope, schoolyear.bounds(year)[0], day)
    found = need_snapshot(year)
    run = found.run_id if found else 0
    supervisors: Iterable[Any] = choices.supervisors(day)
    people = [one for one in supervisors if not one.rank]
    ids = reached(scope, [one.pk for one in people])
    held = _held(day)
    waiting, own = waits(day, ids, told_to=scope), own_person(scope)
    span = district_span()
    spent = shares(scope, ids, since, until)
    sums = {one.supervisor_id: one for one in CaseloadSummary.objects.filter(run=run)}
    rows = [
        _row(one, held[one.pk], sums.get(one.pk), waiting, spent[one.pk], span, is_own=one.pk == own)
        for one in people
        if one.pk in spent
    ]
    return District(
        rows=sorted(rows, key=lambda row: (-(row.need or row.n_principals), row.name)),
        owed=_owed(spent.values()),
        schools_without=_schools_without(scope, day),
        snapshot=found,
        since=since,
        until=until,
        day=day,
        span=span,
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
    waiting: Mapping[Pair, Wait],
    spent: Share,
    span: Bounds,
    *,
    is_own: bool,
) -> SupervisorRow:
    told = [one for (supervisor, _principal), one in waiting.items() if supervisor == person.pk]
    return SupervisorRow(
        uid=person.uid,
        name=name_of(person),
        n_principals=len({one.principal_id for one in held if one.principal_id}),
        n_vacant=sum(one.principal_id is None for one in held),
        need=summed.need if summed else None,
        need_low=summed.need_low if summed else None,
        need_high=summed.need_high if summed else None,
        seen=sum(not one.is_due for one in told) if is_own or len(told) >= FEWEST_PRINCIPALS else None,
        of=len(told),
        with_principals=spent.with_principals,
        on_leadership=spent.on_leadership,
        covered=sum(spent.by_department.values()),
        minutes=spent.minutes,
        bounds=span,
        is_few=spent.is_few,
    )


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
            Waiting(one.uid, timezone.localdate(one.made_at), one.start, one.n)
            for one in found.filter(n__gt=0).order_by("-made_at")[:_MOST_PROPOSALS]
        ]
    if not scope.district_wide(Data.PRINCIPAL_BENCH):
        return {"proposals": proposals, "openings": 0, "ready_now": 0, "ready_next": 0}
    openings = ExpectedOpening.objects.filter(filled_on=None, withdrawn_on=None).count()
    named = candidates(scope).order_by().values_list("readiness")
    ready = dict(named.annotate(n=Count("pk")))
    return {
        "proposals": proposals,
        "openings": openings,
        "ready_now": ready.get(Readiness.NOW, 0),
        "ready_next": ready.get(Readiness.NEXT, 0),
    }
