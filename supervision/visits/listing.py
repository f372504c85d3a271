"""Visits and commitments as lists: filters, the caller's principals with their last visits, and sums of a school year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import bounds, current_year, today
from instruction.second_looks.queries import names_of
from schools.names import name_of
from supervision.models import CaseloadAssignment, Commitment, CommitmentState, Visit, VisitState
from supervision.timelog.queries import own_person as time_of
from supervision.visited import Pair, waits
from supervision.visiting import Wait
from supervision.visits import queries

OVERDUE, ALL = "overdue", "all"
COMMITMENT_STATES = (
    (CommitmentState.OPEN.value, _("Open")),
    (OVERDUE, _("Overdue")),
    (CommitmentState.KEPT.value, _("Kept")),
    (CommitmentState.DROPPED.value, _("Dropped")),
    (ALL, _("All")),
)


@dataclass(frozen=True, slots=True)
class VisitFilters:
    """Which visits are listed; "" for all. What is unknown in an address filters nothing."""

    school: str = ""
    principal: str = ""
    state: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "VisitFilters":
        """Read the filters of an address."""
        state = params.get("state", "")
        return cls(
            _uid(params.get("school", "")),
            _uid(params.get("principal", "")),
            state if state in VisitState.values else "",
        )


@dataclass(frozen=True, slots=True)
class CommitmentFilters:
    """Which commitments are listed; state: one of COMMITMENT_STATES."""

    state: str = CommitmentState.OPEN.value
    school: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "CommitmentFilters":
        """Read the filters of an address."""
        state = params.get("state", "")
        known = {value for value, _label in COMMITMENT_STATES}
        return cls(state if state in known else CommitmentState.OPEN.value, _uid(params.get("school", "")))


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """A principal of the caseload at a school, or its vacant position (principal_uid None)."""

    school_uid: UUID
    school: str
    principal_uid: UUID | None
    principal: str
    last: date | None
    days: int | None
    n_visits: int
    open: int
    overdue: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """The caller's own recorded visits of the school year: how many, to how many principals, with teachers directly.

    ahead: how many are planned from today on; next: the day of the first of them.
    """

    n: int
    principals: int
    with_teachers: int
    ahead: int
    next: date | None


def listed(scope: Scope, filters: VisitFilters, action: Action = Action.VIEW) -> QuerySet[Visit]:
    """Return the visits that fit at the schools the caller supports, the newest first."""
    here = scope.schools(Data.VISITS, action).ids
    found = queries.visible_visits(scope).filter(school__in=here)
    own = queries.own_person(scope) or 0
    found = found.filter(Q(supervisor=own) | ~Q(state=VisitState.PLANNED))
    if filters.school:
        found = found.filter(school__uid=filters.school)
    if filters.principal:
        found = found.filter(principal__uid=filters.principal)
    if filters.state:
        found = found.filter(state=filters.state)
    return found.order_by("-day", "-pk")


def own_visits(scope: Scope, state: str = "") -> list[Visit]:
    """Return the visits that the caller had as a principal, the newest first; canceled ones left out. One query.

    state: planned or done alone.
    """
    found = queries.visible_visits(scope).filter(principal=queries.own_person(scope) or 0)
    found = found.exclude(state=VisitState.CANCELED)
    if state:
        found = found.filter(state=state)
    return list(found.order_by("-day", "-pk")[:200])


def own_places(scope: Scope) -> list[CaseloadAssignment]:
    """Return today's assignments of the caller as a principal: where they may write a commitment. One query."""
    held = CaseloadAssignment.objects.on(today()).filter(principal=queries.own_person(scope) or 0)
    return list(held.select_related("school", "principal", "supervisor__identity").order_by("school__name"))


def named(visits: list[Visit]) -> list[Visit]:
    """Give each visit its element's newest published name, as `element_name`; one query, or none."""
    names = names_of({one.element_id for one in visits if one.element_id})
    for one in visits:
        one.element_name = names.get(one.element_id or 0, "")  # type: ignore[attr-defined]
    return visits


def principals(scope: Scope) -> list[PrincipalRow]:
    """Return the principals of the caller's caseload with their last visits, the longest ago first; fifteen queries.

    The last visit is the principal's, at any school of the caseload, and so is whether one is due (supervision.visiting)."""
    held = queries.caseload_today(scope)
    schools = {one.school_id for one in held}
    first, day = bounds(current_year())[0], today()
    own = queries.own_person(scope) or 0
    waiting = waits(day, [own], with_time=time_of(scope) == own)
    counts = queries.visit_counts(scope, schools, first, day)
    open_ = queries.open_commitments(scope, schools)
    rows = [_row(one, waiting, counts, open_, day) for one in held]
    return sorted(
        rows, key=lambda row: (row.principal_uid is None, row.last or date.min, row.school, row.principal)
    )


def _row(
    one: CaseloadAssignment,
    waiting: Mapping[Pair, Wait],
    counts: Mapping[queries.Place, int],
    open_: Mapping[queries.Place, queries.Commitments],
    day: date,
) -> PrincipalRow:
    key = (one.school_id, one.principal_id or 0)
    wait = waiting.get((one.supervisor_id, key[1]))
    seen = wait.last if wait else None
    held = open_.get(key, queries.Commitments(0, 0))
    return PrincipalRow(
        school_uid=one.school.uid,
        school=one.school.name,
        principal_uid=one.principal.uid if one.principal else None,
        principal=name_of(one.principal),
        last=seen,
        days=(day - seen).days if seen else None,
        n_visits=counts.get(key, 0),
        open=held.open,
        overdue=held.overdue,
        is_due=wait is not None and wait.is_due,
    )


def sums(scope: Scope) -> Sums:
    """Return the sums of the caller's own visits of the school year; one query."""
    first, end = bounds(current_year())
    done = Q(state=VisitState.DONE, day__gte=first, day__lt=end)
    ahead = Q(state=VisitState.PLANNED, day__gte=today())
    found = Visit.objects.filter(supervisor=queries.own_person(scope) or 0).aggregate(
        n=Count("pk", filter=done),
        people=Count("principal", distinct=True, filter=done),
        teachers=Count("pk", filter=done & Q(with_teachers=True)),
        ahead=Count("pk", filter=ahead),
        next=Min("day", filter=ahead),
    )
    return Sums(found["n"], found["people"], found["teachers"], found["ahead"], found["next"])


def listed_commitments(scope: Scope, filters: CommitmentFilters) -> QuerySet[Commitment]:
    """Return the commitments that fit, the first due first; within `queries.opened` alone."""
    found = queries.visible_commitments(scope)
    if filters.school:
        found = found.filter(school__uid=filters.school)
    if filters.state == OVERDUE:
        found = found.filter(state=CommitmentState.OPEN, due__lt=today())
    elif filters.state != ALL:
        found = found.filter(state=filters.state)
    if filters.state in (OVERDUE, CommitmentState.OPEN):
        return found.order_by("due", "pk")
    return found.order_by("-ended_on", "due", "pk")


def commitment_counts(scope: Scope) -> tuple[int, int]:
    """Return how many commitments are open and overdue; within `queries.opened` alone. One query."""
    found = queries.visible_commitments(scope).filter(state=CommitmentState.OPEN)
    counts = found.order_by().aggregate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=today())))
    return counts["n"], counts["late"]


def _uid(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""
