"""Whose plan is ready: the plans of a year as one caller sees them, and what was answered."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.models import PlanState, SchoolPlan, SupportState
from schools.models import School


@dataclass(frozen=True, slots=True)
class PlanOfSchool:
    """A school with its plan's state; "" where it is not begun. Of a draft the district is told no more than that."""

    school_id: int
    uid: UUID
    name: str
    state: str
    requests: int = 0
    waiting: int = 0
    may_change: bool = False

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(PlanState(self.state).label) if self.state else ""


def plans_of(scope: Scope, year: int) -> list[PlanOfSchool]:
    """Return every school whose plan the caller may read, by name; two queries."""
    schools = School.objects.visible_to(scope.schools(Data.SCHOOL_PLAN))
    places = list(schools.order_by("name", "pk").values_list("pk", "uid", "name"))
    counted = ~Q(support_requests__state=SupportState.WITHDRAWN)
    plans = SchoolPlan.objects.filter(
        school_year=year, school__in=[pk for pk, _uid, _name in places]
    ).annotate(
        asked=Count("support_requests", filter=counted),
        waiting=Count("support_requests", filter=Q(support_requests__state=SupportState.ASKED)),
    )
    held = {one.school_id: one for one in plans}
    own, changes = scope.schools(Data.PERSON_EVIDENCE), scope.schools(Data.SCHOOL_PLAN, Action.CHANGE)
    found = []
    for pk, uid, name in places:
        plan, may = held.get(pk), pk in changes
        told = plan is not None and (plan.state != PlanState.DRAFT or may or pk in own)
        counts = (plan.asked, plan.waiting) if plan is not None and told else (0, 0)
        found.append(PlanOfSchool(pk, uid, name, plan.state if plan else "", *counts, may))
    return found
