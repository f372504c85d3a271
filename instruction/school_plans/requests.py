"""The support that schools ask for, as one caller sees it, beside how far the asking schools are from their targets."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from alignment_dash.access.policy import Action, Data, Reach, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from instruction.models import Department, PlanState, SupportKind, SupportRequest, SupportState
from instruction.queries.cells import Cell, cells
from instruction.queries.standing import Standing, standing
from instruction.school_plans.adding_up import WAYS, Sum, add_up
from schools.models import School

ANSWERS: dict[Role, frozenset[str]] = {
    Role.CI_ADMINISTRATOR: frozenset({Department.CURRICULUM, Department.OTHER}),
    Role.HR: frozenset({Department.HR, Department.OTHER}),
    Role.SUPERVISOR: frozenset({Department.SUPERVISION, Department.OTHER}),
}
"""Which departments' requests a role answers; what is another department's, whichever of them sees to it first."""

OPEN, ANSWERED = "open", "answered"


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """Which requests are listed; "" for all. state: open, answered, or one of SupportState."""

    year: int
    department: str = ""
    kind: str = ""
    state: str = ""
    school: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """How the schools that ask about an element stand on it.

    known: of how many a figure is told against a target; below: very likely below it; expected: the sum of the
    probabilities of a shortfall.
    """

    schools: int
    known: int
    below: int
    expected: float


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Requests in order of day, sums by each way of adding up, and the gaps of elements by id."""

    year: int
    standing: Standing | None
    requests: list[SupportRequest]
    sums: dict[str, list[Sum]]
    gaps: dict[int, Gap]
    names: dict[int, str]
    schools: list[tuple[UUID, str]]

    @property
    def total(self) -> Sum:
        """All listed requests that count, in one."""
        found = add_up(self.requests, lambda one: (0, ""))
        return found[0] if found else Sum(0, "")


def visible_requests(scope: Scope, action: Action = Action.VIEW) -> QuerySet[SupportRequest]:
    """Keep the requests that the caller sees: of shared plans, and of drafts for the school's own people."""
    schools = School.objects.visible_to(scope.schools(Data.SUPPORT_REQUESTS, action))
    own = scope.schools(Data.PERSON_EVIDENCE)
    draft_too = Q() if own.everywhere else Q(plan__school__in=own.ids)
    return SupportRequest.objects.filter(
        ~Q(plan__state=PlanState.DRAFT) | draft_too, plan__school__in=schools
    )


def requests_page(scope: Scope, filters: RequestFilters) -> RequestsPage:
    """Return what is asked for in a year, added up; seven queries."""
    of_year = visible_requests(scope).filter(plan__school_year=filters.year)
    every = list(
        of_year.select_related("plan__school", "element", "answered_by").order_by(
            "by_day", "plan__school__name", "pk"
        )
    )
    shown = [one for one in every if _fits(one, filters)]
    found = standing(filters.year)
    worded = found.version.elements.values_list("element_id", "name") if found else ()
    names = {one.element.pk: one.element.code for one in every if one.element} | dict(worded)
    sums = {way: add_up(shown, _way(way, names)) for way in WAYS}
    places = sorted({(one.plan.school.name, one.plan.school.uid) for one in every})
    return RequestsPage(
        year=filters.year,
        standing=found,
        requests=shown,
        sums=sums,
        gaps=_gaps(scope, found, sums["element"]),
        names=names,
        schools=[(uid, name) for name, uid in places],
    )


def _fits(one: SupportRequest, filters: RequestFilters) -> bool:
    is_open = one.state == SupportState.ASKED
    return (
        filters.department in ("", one.department)
        and filters.kind in ("", one.kind)
        and filters.school in ("", str(one.plan.school.uid))
        and (
            filters.state in ("", one.state)
            or (filters.state == OPEN and is_open)
            or (filters.state == ANSWERED and not is_open and one.state != SupportState.WITHDRAWN)
        )
    )


def _way(way: str, names: dict[int, str]) -> Any:
    ways = {
        "department": lambda one: (one.department, str(Department(one.department).label)),
        "kind": lambda one: (one.kind, str(SupportKind(one.kind).label)),
        "element": lambda one: (one.element_id, names.get(one.element_id or 0, _("Several elements"))),
        "subject": lambda one: (one.subject.casefold(), one.subject or _("Every subject")),
    }
    return ways[way]


def _gaps(scope: Scope, found: Standing | None, sums: Iterable[Sum]) -> dict[int, Gap]:
    """Return, by element, how the asking schools stand; one query."""
    asking = {one.key: one.schools for one in sums if isinstance(one.key, int)}
    if found is None or found.run is None or not asking:
        return {}
    schools: Collection[int] = set().union(*asking.values())
    held = cells(scope, run_id=found.run.pk, school_ids=schools, element_ids=list(asking))
    by_place = {(cell.element_id, cell.school_id): cell for cell in held}
    return {
        element: _gap([by_place.get((element, school)) for school in places])
        for element, places in asking.items()
    }


def _gap(held: list[Cell | None]) -> Gap:
    known = [one for one in held if one is not None and one.p_below is not None]
    below = sum(one.call == "below" for one in known)
    return Gap(len(held), len(known), below, round(sum(one.p_below or 0.0 for one in known), 1))


def may_answer(scope: Scope, request: SupportRequest) -> bool:
    """Say whether the caller answers this request: it is to their department, and of a school that they reach."""
    school = request.plan.school_id
    if school not in scope.schools(Data.SUPPORT_REQUESTS, Action.CHANGE):
        return False
    for role in scope.roles:
        if request.department not in ANSWERS.get(role, ()):
            continue
        reach = reach_of(role, Data.SUPPORT_REQUESTS, Action.CHANGE)
        if reach is Reach.DISTRICT or (reach is Reach.CASELOAD and school in scope.caseload_ids):
            return True
    return False


def request_of(scope: Scope, uid: UUID) -> SupportRequest | None:
    """Return one request where the caller sees it; one query."""
    found = visible_requests(scope).select_related("plan__school", "element", "answered_by")
    return found.filter(uid=uid).first()
