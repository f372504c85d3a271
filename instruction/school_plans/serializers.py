"""How plans and requests are said, and what is taken, over REST."""

from typing import Any

from rest_framework import serializers

from instruction.models import (
    ActionState,
    Department,
    PlanAction,
    PlanStanding,
    SupportKind,
    SupportRequest,
    SupportState,
)
from instruction.models.school_plans import LONGEST_TEXT
from instruction.school_plans.adding_up import WAYS
from instruction.school_plans.forms import MOST_TEACHERS
from instruction.school_plans.queries import Plan, StandingLine
from instruction.school_plans.requests import RequestsPage

ANSWERS = [(one.value, one.label) for one in (SupportState.AGREED, SupportState.DECLINED, SupportState.GIVEN)]


class PlanViewSerializer(serializers.Serializer[Any]):
    """What the school says of one element's figure."""

    element = serializers.UUIDField()
    agrees = serializers.BooleanField(allow_null=True, required=False, default=None)
    own_view = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, default="")


class PlanMomentSerializer(serializers.Serializer[Any]):
    """What a plan says at a moment. text left out: as it is. close: end the plan with its year-end result."""

    revision = serializers.IntegerField(min_value=0)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    views = serializers.ListField(child=PlanViewSerializer(), max_length=500, required=False, default=list)
    close = serializers.BooleanField(required=False, default=False)


class PlanActionSerializer(serializers.Serializer[Any]):
    """Something that the school does; it names no single teacher. revision: the plan's, where one is changed."""

    uid = serializers.UUIDField(read_only=True)
    element = serializers.UUIDField(allow_null=True, required=False)
    what = serializers.CharField(max_length=500)
    who = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    by_day = serializers.DateField(allow_null=True, required=False, default=None)
    state = serializers.ChoiceField(choices=ActionState.choices, required=False, default=ActionState.PLANNED)
    note = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, default="")
    revision = serializers.IntegerField(min_value=0, required=False, write_only=True)


class SupportRequestSerializer(serializers.Serializer[Any]):
    """Support asked of the district; it names no single teacher. revision: the request's, where one is changed."""

    uid = serializers.UUIDField(read_only=True)
    school = serializers.UUIDField(read_only=True)
    element = serializers.UUIDField(allow_null=True, required=False)
    subject = serializers.CharField(max_length=64, allow_blank=True, required=False, default="")
    kind = serializers.ChoiceField(choices=SupportKind.choices)
    department = serializers.ChoiceField(choices=Department.choices)
    what = serializers.CharField(max_length=2_000)
    n_teachers = serializers.IntegerField(
        min_value=1, max_value=MOST_TEACHERS, allow_null=True, required=False, default=None
    )
    hours = serializers.DecimalField(
        max_digits=6,
        decimal_places=1,
        min_value=0,
        coerce_to_string=False,
        allow_null=True,
        required=False,
        default=None,
    )
    substitute_days = serializers.DecimalField(
        max_digits=6,
        decimal_places=1,
        min_value=0,
        coerce_to_string=False,
        allow_null=True,
        required=False,
        default=None,
    )
    by_day = serializers.DateField(allow_null=True, required=False, default=None)
    state = serializers.ChoiceField(choices=SupportState.choices, read_only=True)
    answer = serializers.CharField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True, allow_null=True)
    revision = serializers.IntegerField(min_value=0, required=False)


class SupportAnswerSerializer(serializers.Serializer[Any]):
    """What the district answers; revision: the request's, as it was read."""

    state = serializers.ChoiceField(choices=ANSWERS)
    answer = serializers.CharField(max_length=2_000, allow_blank=True, required=False, default="")
    revision = serializers.IntegerField(min_value=0)


class PlanStandingSerializer(serializers.Serializer[Any]):
    """An element at one moment. estimate null: not enough evidence, or (untold) not told beside a newer figure."""

    moment = serializers.CharField()
    as_of = serializers.DateField()
    estimate = serializers.FloatField(allow_null=True)
    se = serializers.FloatField(allow_null=True)
    n_teachers = serializers.IntegerField(allow_null=True)
    evidence = serializers.IntegerField(help_text="0 not enough, 1 weak, 2 estimated")
    target = serializers.FloatField(allow_null=True)
    agrees = serializers.BooleanField(allow_null=True)
    own_view = serializers.CharField()
    untold = serializers.BooleanField()
    change = serializers.FloatField(allow_null=True, help_text="since the start of the year")
    change_low = serializers.FloatField(allow_null=True)
    change_high = serializers.FloatField(allow_null=True)
    call = serializers.CharField(help_text="risen, fallen, unclear, or empty where nothing can be compared")


class PlanLineSerializer(serializers.Serializer[Any]):
    """An element of the plan."""

    element = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    came_from = serializers.CharField()
    moments = PlanStandingSerializer(many=True)


class SchoolPlanSerializer(serializers.Serializer[Any]):
    """A plan as the caller is told it; state empty: not begun, or not shared with the caller yet."""

    school = serializers.UUIDField()
    school_year = serializers.IntegerField()
    state = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    checks = serializers.DictField(child=serializers.CharField())
    elements = PlanLineSerializer(many=True)
    actions = PlanActionSerializer(many=True)
    requests = SupportRequestSerializer(many=True)


class SupportSumSerializer(serializers.Serializer[Any]):
    """What requests add up to."""

    by = serializers.ChoiceField(choices=WAYS)
    of = serializers.CharField()
    schools = serializers.IntegerField()
    requests = serializers.IntegerField()
    waiting = serializers.IntegerField()
    teachers = serializers.IntegerField()
    hours = serializers.FloatField()
    substitute_days = serializers.FloatField()
    schools_with_figure = serializers.IntegerField(allow_null=True)
    very_likely_below = serializers.IntegerField(allow_null=True)
    expected_below = serializers.FloatField(allow_null=True)


class SupportRequestsSerializer(serializers.Serializer[Any]):
    """What schools ask for."""

    school_year = serializers.IntegerField()
    requests = SupportRequestSerializer(many=True)
    sums = SupportSumSerializer(many=True)


def said(plan: Plan) -> dict[str, Any]:
    """Return a plan as SchoolPlanSerializer has it."""
    row = plan.row
    return {
        "school": str(plan.school.uid),
        "school_year": plan.year,
        "state": row.state if row else "",
        "revision": row.revision if row else None,
        "summary": row.summary if row else "",
        "checks": {moment: check.text for moment, check in plan.checks.items()},
        "elements": [_line(line) for line in plan.lines],
        "actions": [said_action(one) for one in plan.actions],
        "requests": [said_request(one, plan=plan) for one in plan.requests],
    }


def _line(line: StandingLine) -> dict[str, Any]:
    return {
        "element": str(line.uid),
        "code": line.code,
        "name": line.name,
        "came_from": line.came_from,
        "moments": [_standing(line, moment, row) for moment, row in line.by_moment.items()],
    }


def _standing(line: StandingLine, moment: str, row: PlanStanding) -> dict[str, Any]:
    untold, since = moment in line.untold, line.since.get(moment)
    return {
        "moment": moment,
        "as_of": row.as_of,
        **{name: None if untold else getattr(row, name) for name in ("estimate", "se", "n_teachers")},
        "evidence": row.evidence,
        "target": None if row.target is None else float(row.target),
        "agrees": row.agrees,
        "own_view": row.own_view,
        "untold": untold,
        "change": since.by if since else None,
        "change_low": round(since.low, 2) if since else None,
        "change_high": round(since.high, 2) if since else None,
        "call": since.call if since else "",
    }


def said_action(one: PlanAction) -> dict[str, Any]:
    """Return an action as PlanActionSerializer has it."""
    names = ("what", "who", "by_day", "state", "note")
    element = str(one.element.uid) if one.element else None
    return {"uid": str(one.uid), "element": element} | {name: getattr(one, name) for name in names}


def said_request(one: SupportRequest, plan: Plan | None = None) -> dict[str, Any]:
    """Return a request as SupportRequestSerializer has it."""
    names = (
        "subject", "kind", "department", "what", "n_teachers", "hours", "substitute_days", "by_day", "state", "answer",
        "answered_at", "revision",
    )  # fmt: skip
    school = plan.school if plan else one.plan.school
    element = str(one.element.uid) if one.element else None
    return {"uid": str(one.uid), "school": str(school.uid), "element": element} | {
        name: getattr(one, name) for name in names
    }


def said_requests(page: RequestsPage) -> dict[str, Any]:
    """Return the requests and their sums as SupportRequestsSerializer has them."""
    return {
        "school_year": page.year,
        "requests": [said_request(one) for one in page.requests],
        "sums": [_sum(page, way, one) for way in WAYS for one in page.sums[way]],
    }


def _sum(page: RequestsPage, way: str, one: Any) -> dict[str, Any]:
    gap = page.gaps.get(one.key) if way == "element" else None
    return {
        "by": way,
        "of": one.label,
        "schools": len(one.schools),
        "requests": one.requests,
        "waiting": one.unanswered,
        "teachers": one.teachers,
        "hours": float(one.hours),
        "substitute_days": float(one.substitute_days),
        "schools_with_figure": gap.known if gap else None,
        "very_likely_below": gap.below if gap else None,
        "expected_below": gap.expected if gap else None,
    }
