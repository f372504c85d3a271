"""The sheet to prepare a visit: one principal at one school, all that a supervisor needs on one page."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.leadership.queries import Figure, estimates
from instruction.second_looks.queries import names_of
from schools.models import Org, Person
from schools.names import name_of
from supervision.models import (
    CaseloadAssignment,
    Commitment,
    CommitmentState,
    Visit,
    VisitState,
)
from supervision.timelog.queries import contact_entries, own_person
from supervision.visited import waits
from supervision.visiting import VISITING, Wait
from supervision.visits import queries
from supervision.visits.gaps import Gaps, gaps
from supervision.visits.plans import PlanNow, plan_now
from supervision.visits.since import Since, since

# Without a visit yet, changes are told of this long.
LOOK_BACK = timedelta(days=42)
LAST_VISITS = 6
MOST_COMMITMENTS = 200


@dataclass(frozen=True, slots=True)
class Focus:
    """An element of leadership in focus. on: the visit it was last worked on; None: where the estimate is furthest
    below target."""

    element_id: int
    on: date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of a sheet. principal None: the position is vacant; leads: they are in the caseload for the school today.

    others: (uid, name) of whoever else leads the school; elsewhere: other schools of the principal in the caseload;
    visits: done, the newest first; planned: those to come, the next first. open: commitments, the first due first;
    ended: those that ended on the last visit's day or since. last: the last visit (supervision.visiting), from which
    everything "since" counts; wait: for the next one, None where nobody of today's caseload waits. with_time: visits
    entered as time alone count, as the caller is who entered them.
    """

    school: Org
    principal: Person | None
    leads: bool
    others: list[tuple[UUID, str]]
    elsewhere: list[Org]
    visits: list[Visit]
    planned: list[Visit]
    open: list[Commitment]
    ended: list[Commitment]
    focus: Focus | None
    last: date | None
    wait: Wait | None
    with_time: bool
    gaps: Gaps
    since: Since
    plan: PlanNow
    names: dict[int, str]
    day: date
    year: int
    may_write: bool

    @property
    def principal_name(self) -> str:
        """The principal's name, "" where the position is vacant."""
        return name_of(self.principal)

    @property
    def unlisted(self) -> date | None:
        """The last visit where `visits` does not have it: time alone, or at another school."""
        return None if self.last is None or (self.visits and self.visits[0].day == self.last) else self.last

    @property
    def overdue(self) -> list[Commitment]:
        """The open commitments whose day has passed."""
        return [one for one in self.open if one.due < self.day]


def sheet(scope: Scope, school_uid: UUID, principal_uid: UUID | None = None) -> Sheet | None:
    """Return the sheet of a principal at a school that the caller supports; None for any other. About 30 queries,
    however much there is.

    Without a principal: of the one who leads the school, or of its vacant position.
    """
    school = queries.school_of(scope, school_uid)
    if school is None:
        return None
    led = queries.led_by(scope, school)
    chosen = _chosen(led, principal_uid)
    if chosen is None:
        return None
    principal, day, year = chosen.principal, schoolyear.today(), schoolyear.current_year()
    visits, planned = _visits(scope, school.pk, chosen.principal_id, day)
    with_time = own_person(scope) == chosen.supervisor_id
    wait = _wait(chosen, day, with_time=with_time)
    last = wait.last if wait else _last(chosen, visits, day, with_time=with_time)
    held = _commitments(scope, school.pk, chosen.principal_id)
    focus = _focus(scope, visits, chosen.principal_id, year)
    told, plan = gaps(scope, school.pk, year), plan_now(scope, school.pk, year)
    leading = [one.principal for one in led if one.principal and queries.is_current(one)]
    others = {one.uid: name_of(one) for one in leading if principal and one.pk != principal.pk}
    return Sheet(
        school=school,
        principal=principal,
        leads=queries.is_current(chosen),
        others=list(others.items()),
        elsewhere=_elsewhere(scope, chosen),
        visits=visits[:LAST_VISITS],
        planned=planned,
        open=[one for one in held if one.state == CommitmentState.OPEN],
        ended=[one for one in held if one.ended_on and one.ended_on >= (last or day - LOOK_BACK)],
        focus=focus,
        last=last,
        wait=wait,
        with_time=with_time,
        gaps=told,
        since=since(scope, school.pk, chosen.principal_id, last or day - LOOK_BACK, day),
        plan=plan,
        names=names_of(_elements(visits, held, focus, plan)),
        day=day,
        year=year,
        may_write=principal is not None and school.pk in scope.schools(Data.VISITS, Action.CHANGE),
    )


def _wait(chosen: CaseloadAssignment, day: date, *, with_time: bool) -> Wait | None:
    """Return the wait of a principal of today's caseload; None of who left, and of a vacant position. Eight queries.

    Visits entered as time alone are told to nobody who acts as the supervisor.
    """
    if chosen.principal_id is None or not queries.is_current(chosen):
        return None
    found = waits(day, [chosen.supervisor_id], with_time=with_time)
    return found.get((chosen.supervisor_id, chosen.principal_id))


def _last(chosen: CaseloadAssignment, visits: list[Visit], day: date, *, with_time: bool) -> date | None:
    """Return the last visit to who left the caseload, of those the caller is told of, the newest first, and of the time
    they entered; None of a vacant position. One query.
    """
    if chosen.principal_id is None:
        return None
    days = [one.day for one in visits[:1]]
    if with_time:
        entries = contact_entries([chosen.supervisor_id], date.min, day).filter(purpose__in=VISITING)
        days += entries.filter(principals__principal=chosen.principal_id).values_list("day", flat=True)
    return max(days, default=None)


def _chosen(led: list[CaseloadAssignment], principal_uid: UUID | None) -> CaseloadAssignment | None:
    """Return the assignment the sheet is about: that of the principal named, else today's."""
    if principal_uid is not None:
        return next((one for one in led if one.principal and one.principal.uid == principal_uid), None)
    today = [one for one in led if queries.is_current(one)]
    return next((one for one in today if one.principal), today[0] if today else None)


def _visits(
    scope: Scope, school_id: int, principal_id: int | None, day: date
) -> tuple[list[Visit], list[Visit]]:
    found = queries.visible_visits(scope).filter(school=school_id, principal=principal_id)
    own = queries.own_person(scope)
    rows = list(found.exclude(state=VisitState.CANCELED).order_by("-day", "-pk")[:60])
    done = [one for one in rows if one.state == VisitState.DONE]
    planned = [one for one in rows if one.state == VisitState.PLANNED and one.supervisor_id == own]
    return done, sorted(planned, key=lambda one: one.day)


def _commitments(scope: Scope, school_id: int, principal_id: int | None) -> list[Commitment]:
    """Return the commitments at a school: the open ones by due day, then the ended ones, the newest first."""
    with queries.opened(scope):
        found = queries.visible_commitments(scope).filter(school=school_id, principal=principal_id)
        # Those without an end come first, as PostgreSQL sorts.
        return list(found.order_by("-ended_on", "due", "pk")[:MOST_COMMITMENTS])


def _focus(scope: Scope, visits: list[Visit], principal_id: int | None, year: int) -> Focus | None:
    """Return the element of the last visit that had one, else the one furthest below target as estimated."""
    worked = next((one for one in visits if one.element_id), None)
    if worked is not None and worked.element_id:
        return Focus(worked.element_id, worked.day)
    if principal_id is None:
        return None
    told = [
        one for one in estimates(scope, [principal_id], year).get(principal_id, []) if _short(one) is not None
    ]
    widest = max(told, key=lambda one: _short(one) or 0.0, default=None)
    return Focus(widest.element_id, None) if widest is not None else None


def _short(figure: Figure) -> float | None:
    if figure.estimate is None or figure.target is None:
        return None
    return figure.target - figure.estimate


def _elsewhere(scope: Scope, chosen: CaseloadAssignment) -> list[Org]:
    if chosen.principal_id is None:
        return []
    return [
        one.school
        for one in queries.caseload_today(scope)
        if one.principal_id == chosen.principal_id and one.school_id != chosen.school_id
    ]


def _elements(visits: list[Visit], held: list[Commitment], focus: Focus | None, plan: PlanNow) -> set[int]:
    found = {one.element_id for one in visits} | {one.element_id for one in held} | plan.elements
    if focus is not None:
        found.add(focus.element_id)
    return {one for one in found if one is not None}
