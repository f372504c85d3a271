"""Step after the first jobs: where schools of a sample district stood, what they see otherwise, what meetings looked at."""

from collections import Counter
from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from alignment_dash.runs.models import Run
from instruction.models import (
    Meeting,
    MeetingState,
    Moment,
    PlanCheck,
    PlanStanding,
    PlanState,
    SchoolCapacity,
    SchoolPlan,
    SchoolTarget,
)
from instruction.queries.standing import standing
from instruction.snapshots import KIND
from schools.models import StaffAssignment, StaffRole

_OWN_VIEWS = (
    "The lessons seen were those of two new teams; our own walks in October show pairs that reason aloud.",
    "The figure is right for the upper grades. In the lower ones the tasks changed this fall.",
)
_CHECK = "Talk moves where teams plan it together. We keep the weekly discussion, and drop the task collection until spring."


def stand_plans() -> int:
    """Write the standings of this year's plans, and the snapshot that held meetings looked at; return how many rows.

    The start is the last snapshot that may be told beside today's; most shared plans have a mid-year check. Nothing
    where nothing is computed, or where plans have standings already.
    """
    year = schoolyear.current_year()
    now = getattr(standing(year), "run", None)
    start = _earlier(now) if now else None
    if now is None or start is None or PlanStanding.objects.exists():
        return 0
    targets = {
        (one.school_id, one.element_id): one.value for one in SchoolTarget.objects.filter(school_year=year)
    }
    leads = _leads()
    plans = list(SchoolPlan.objects.filter(school_year=year).order_by("pk"))
    plans.sort(key=lambda plan: plan.school_id not in leads)  # whose principal signs in has all of it to show
    checked = [plan for place, plan in enumerate(plans) if plan.state == PlanState.SHARED and place % 3 < 2]
    rows = [*_rows(plans, Moment.START, start, targets), *_rows(checked, Moment.MID_YEAR, now, targets)]
    PlanStanding.objects.bulk_create(rows)
    held = Meeting.objects.filter(state=MeetingState.HELD, run=None).update(run=now)
    checks = PlanCheck.objects.bulk_create(
        PlanCheck(plan=plan, moment=Moment.MID_YEAR, text=_CHECK, by=leads[plan.school_id])
        for plan in checked
        if plan.school_id in leads
    )
    return len(rows) + held + len(checks)


def _earlier(now: Run) -> Run | None:
    """Return the capacity run that most cells of today's may be told beside."""
    beside: Counter[int] = Counter()
    for runs in SchoolCapacity.objects.filter(run=now).values_list("told_beside", flat=True):
        beside.update(runs or ())
    known = Run.objects.filter(kind=KIND, school_year__lt=now.school_year).in_bulk(list(beside))
    return max(known.values(), key=lambda run: (beside[run.pk], run.pk), default=None)


def _rows(plans: list[SchoolPlan], moment: Moment, run: Run, targets: dict[Any, Any]) -> list[PlanStanding]:
    """Return what the run told of the plans' schools; every fifth school began by seeing its least otherwise."""
    by_school: dict[int, list[SchoolCapacity]] = {}
    for cell in SchoolCapacity.objects.filter(run=run, school__in=[plan.school_id for plan in plans]):
        by_school.setdefault(cell.school_id, []).append(cell)
    found = []
    for place, plan in enumerate(plans):
        cells = by_school.get(plan.school_id, [])
        least = min((cell.estimate for cell in cells if cell.estimate is not None), default=None)
        for cell in cells:
            sees_other = moment == Moment.START and place % 5 == 0
            differs = sees_other and least is not None and cell.estimate == least
            found.append(
                PlanStanding(
                    plan=plan, element_id=cell.element_id, moment=moment, run=run,
                    as_of=run.roster_date or schoolyear.today(), estimate=cell.estimate, se=cell.se,
                    n_teachers=None if cell.estimate is None else cell.n_teachers, evidence=cell.evidence,
                    target=targets.get((plan.school_id, cell.element_id)), agrees=False if differs else None,
                    own_view=_OWN_VIEWS[place // 5 % len(_OWN_VIEWS)] if differs else "",
                )
            )  # fmt: skip
    return found


def _leads() -> dict[int, User]:
    """Return the principals who sign in, by school."""
    held = StaffAssignment.objects.on(schoolyear.today()).filter(
        role=StaffRole.PRINCIPAL, person__user__isnull=False
    )
    return {one.org_id: one.person.user for one in held.select_related("person__user")}
