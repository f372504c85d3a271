"""What a school's improvement plan says on a visit's sheet: its focus, the actions due, and requests still open."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import (
    ActionState,
    FocusElement,
    PlanAction,
    PlanState,
    SchoolPlan,
    SupportRequest,
    SupportState,
)
from instruction.school_plans.requests import visible_requests


@dataclass(frozen=True, slots=True)
class PlanNow:
    """A plan as shared with the district; row None: none that the caller reads. being_written: it is a draft.

    focus: element ids; actions: not ended, the first due first; n_done: ended well; asked: open requests, the longest
    waiting first.
    """

    row: SchoolPlan | None = None
    being_written: bool = False
    focus: list[int] = field(default_factory=list)
    actions: list[PlanAction] = field(default_factory=list)
    n_done: int = 0
    n_actions: int = 0
    asked: list[SupportRequest] = field(default_factory=list)

    def overdue(self, day: date) -> int:
        """How many actions are past the day they were to be done by."""
        return sum(1 for one in self.actions if one.by_day and one.by_day < day)

    @property
    def elements(self) -> set[int]:
        """The elements that anything here is about."""
        found = {*self.focus, *(one.element_id for one in self.actions)}
        found |= {one.element_id for one in self.asked}
        return {one for one in found if one is not None}


def plan_now(scope: Scope, school_id: int, year: int) -> PlanNow:
    """Return what a school's plan of a year says; at most four queries.

    A draft is read by the school's own people alone; nobody else is told more than that it is being written.
    """
    if school_id not in scope.schools(Data.SCHOOL_PLAN):
        return PlanNow()
    row = SchoolPlan.objects.filter(school=school_id, school_year=year).first()
    if row is None:
        return PlanNow()
    if row.state == PlanState.DRAFT and school_id not in scope.schools(Data.PERSON_EVIDENCE):
        return PlanNow(being_written=True)
    every = list(
        row.actions.exclude(state=ActionState.DROPPED).order_by(F("by_day").asc(nulls_last=True), "pk")
    )
    asked = visible_requests(scope).filter(plan=row, state=SupportState.ASKED)
    focus = FocusElement.objects.filter(school=school_id, school_year=year)
    return PlanNow(
        row=row,
        focus=list(focus.order_by("pk").values_list("element_id", flat=True)),
        actions=[one for one in every if one.state != ActionState.DONE],
        n_done=sum(one.state == ActionState.DONE for one in every),
        n_actions=len(every),
        asked=list(asked.order_by("asked_at", "pk")),
    )
