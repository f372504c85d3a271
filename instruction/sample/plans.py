"""Step: the school improvement plans of a sample district, and what they ask the district for."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from instruction.models import (
    ActionState,
    Department,
    Element,
    FrameworkKind,
    PlanAction,
    PlanState,
    SchoolPlan,
    SupportKind,
    SupportRequest,
    SupportState,
)
from schools.sample.sample import Sample

_SUMMARY = "Students reason aloud and build on each other. We look at the tasks we set before we look at how we teach them."
_ACTIONS = (
    ("talk", "Teams plan one discussion a week and watch it together", "grade-level teams", ActionState.UNDER_WAY),
    ("task", "Collect a week of tasks each month and sort them by what they ask of students", "instructional leadership team", ActionState.PLANNED),
    ("reasoning", "Leaders visit every classroom twice a month with reasoning in mind", "principal and assistant principals", ActionState.DONE),
)  # fmt: skip
_ASKED = (
    ("task", "Mathematics", SupportKind.PROFESSIONAL_LEARNING, Department.CURRICULUM, "A series on choosing tasks worth talking about.", 12, "6", "6"),
    ("talk", "English", SupportKind.COACHING, Department.CURRICULUM, "A coach alongside two teams for six weeks.", 8, "10", None),
    ("reasoning", "", SupportKind.TIME, Department.HR, "Substitutes, so that teams can visit each other's lessons.", 10, None, "10"),
    (None, "", SupportKind.LEADERSHIP, Department.SUPERVISION, "Walk through classrooms with us and compare what we see.", None, "3", None),
    ("response", "Science", SupportKind.STAFFING, Department.HR, "A science position filled before the second semester.", None, None, None),
)  # fmt: skip
_ANSWERS = (
    (SupportState.ASKED, ""),
    (SupportState.AGREED, "Yes: it begins in January, two sessions a month."),
    (SupportState.GIVEN, "Done in October."),
    (SupportState.DECLINED, "Not this year: the days are given to schools further from their target."),
)


def load_plans(sample: Sample) -> int:
    """Write a plan for nine schools in ten, most of them shared; return how many. Figures follow once jobs have run."""
    rng = sample.rng("school plans")
    today = date.fromordinal(sample.calendar.today)
    schools = [pk for pk in sample.schools.tolist() if rng.random() < 0.9]
    elements = dict(Element.objects.filter(framework__kind=FrameworkKind.TEACHING).values_list("code", "pk"))
    states = [PlanState.SHARED if rng.random() < 0.8 else PlanState.DRAFT for _school in schools]
    plans = SchoolPlan.objects.bulk_create(
        SchoolPlan(school_id=pk, school_year=sample.calendar.year, state=state, summary=_SUMMARY)
        for pk, state in zip(schools, states, strict=True)
    )
    acts, asks = [], []
    for plan in plans:
        for place in sorted(rng.permutation(len(_ACTIONS))[:2].tolist()):
            code, what, who, progress = _ACTIONS[place]
            by_day = today + timedelta(days=int(rng.integers(20, 150)))
            acts.append(
                PlanAction(
                    plan=plan, element_id=elements[code], what=what, who=who, state=progress, by_day=by_day
                )
            )
        for place in sorted(rng.permutation(len(_ASKED))[: rng.integers(1, 4)].tolist()):
            answered = plan.state == PlanState.SHARED and rng.random() < 0.5
            state, answer = _ANSWERS[int(rng.integers(1, len(_ANSWERS)))] if answered else _ANSWERS[0]
            asks.append(_request(plan, place, elements, today, state, answer))
    PlanAction.objects.bulk_create(acts)
    SupportRequest.objects.bulk_create(asks)
    return len(plans)


def _request(
    plan: SchoolPlan, place: int, elements: dict[str, int], today: date, state: SupportState, answer: str
) -> SupportRequest:
    code, subject, kind, department, what, teachers, hours, days = _ASKED[place]
    return SupportRequest(
        plan=plan,
        element_id=elements[code] if code else None,
        subject=subject,
        kind=kind,
        department=department,
        what=what,
        n_teachers=teachers,
        hours=Decimal(hours) if hours else None,
        substitute_days=Decimal(days) if days else None,
        by_day=today + timedelta(days=60 + 10 * place),
        state=state,
        answer=answer,
        answered_at=timezone.now() if answer else None,
    )
