"""School improvement plans and the support they ask for over REST: the same reads and writes as the pages."""

from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.years import year_from
from instruction.models import Element, Moment, PlanAction, SupportRequest
from instruction.school_plans import actions
from instruction.school_plans.queries import Plan, plan_of, school_of_plan
from instruction.school_plans.request_views import filters_of
from instruction.school_plans.requests import may_answer, request_of, requests_page
from instruction.school_plans.serializers import (
    PlanActionSerializer,
    PlanMomentSerializer,
    SchoolPlanSerializer,
    SupportAnswerSerializer,
    SupportRequestSerializer,
    SupportRequestsSerializer,
    said,
    said_action,
    said_request,
    said_requests,
)

_YEAR = [OpenApiParameter("year", int, description="End year of the school year; default: the current.")]


def refusal(error: ValidationError) -> exceptions.ValidationError:
    """Return a model's or an action's refusal as the API says it, by field."""
    found = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
    return exceptions.ValidationError({name: list(texts) for name, texts in found.items()})


def _plan(request: Request, uid: UUID, action: Action = Action.VIEW, *, begun: bool = True) -> Plan:
    scope = scope_for(request)
    school = school_of_plan(scope, uid, action)
    if school is None:
        raise Http404
    plan = plan_of(scope, school, year_from(request.query_params))
    if begun and plan.row is None:
        raise Http404
    return plan


def _written(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except actions.Moved as moved:
        _tell(moved)
    except actions.Closed as closed:
        raise Conflict(str(closed)) from None
    except ValidationError as error:
        raise refusal(error) from None


def _tell(moved: actions.Moved) -> NoReturn:
    raise Conflict({"detail": str(moved), "revision": moved.now.revision}) from None


def _values(asked: Any) -> tuple[dict[str, Any], int | None]:
    """Return what is to be written by the models' fields, and the revision that the sender saw."""
    asked.is_valid(raise_exception=True)
    values = dict(asked.validated_data)
    revision = values.pop("revision", None)
    uid = values.pop("element", None)
    values["element"] = None
    if uid is not None:
        values["element"] = Element.objects.filter(uid=uid).first()
        if values["element"] is None:
            raise exceptions.ValidationError({"element": ["No element has this uid."]})
    return values, revision


class SchoolPlanDetail(APIView):
    """A school's plan of a year; POST begins it with what the published snapshot tells."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(parameters=_YEAR, responses=SchoolPlanSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(said(_plan(request, uid, begun=False)))

    @extend_schema(parameters=_YEAR, request=None, responses=SchoolPlanSerializer)
    def post(self, request: Request, uid: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE, begun=False)
        actions.begin_plan(school=plan.school, year=plan.year, by=signed_in(request))
        return Response(said(_plan(request, uid)))


class SchoolPlanShare(APIView):
    """Share a plan with the district."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(parameters=_YEAR, request=None, responses={200: SchoolPlanSerializer, 409: None})
    def post(self, request: Request, uid: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        _written(lambda: actions.share_plan(plan=plan.row, by=signed_in(request)))  # type: ignore[arg-type]
        return Response(said(_plan(request, uid)))


class SchoolPlanMoment(APIView):
    """What a plan keeps and says of a moment. POST takes over the published snapshot; PUT writes the school's view."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(parameters=_YEAR, request=None, responses={200: SchoolPlanSerializer, 409: None})
    def post(self, request: Request, uid: UUID, moment: str) -> Response:
        plan, which = _plan(request, uid, Action.CHANGE), _moment(moment)
        _written(lambda: actions.fill_standings(plan=plan.row, moment=which, by=signed_in(request)))  # type: ignore[arg-type]
        return Response(said(_plan(request, uid)))

    @extend_schema(
        parameters=_YEAR, request=PlanMomentSerializer, responses={200: SchoolPlanSerializer, 409: None}
    )
    def put(self, request: Request, uid: UUID, moment: str) -> Response:
        plan, which = _plan(request, uid, Action.CHANGE), _moment(moment)
        asked = PlanMomentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        known = {str(line.uid): found.element_id for line in plan.lines if (found := line.at(which))}
        views = {}
        for one in given["views"]:
            if str(one["element"]) not in known:
                raise exceptions.ValidationError({"views": [f"{one['element']} has no figure in this plan."]})
            views[known[str(one["element"])]] = actions.View(one["agrees"], one["own_view"])
        _written(
            lambda: actions.write_moment(
                plan=plan.row,  # type: ignore[arg-type]
                moment=which,
                views=views,
                text=given.get("text"),
                revision=given["revision"],
                close=given["close"],
                by=signed_in(request),
            )
        )
        return Response(said(_plan(request, uid)))


class SchoolPlanActions(APIView):
    """Add something that the school does."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(
        parameters=_YEAR, request=PlanActionSerializer, responses={201: PlanActionSerializer, 409: None}
    )
    def post(self, request: Request, uid: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        values, _seen = _values(PlanActionSerializer(data=request.data))
        row = _written(
            lambda: actions.write_action(plan=plan.row, values=values, by=signed_in(request))  # type: ignore[arg-type]
        )
        return Response(said_action(row), status=201)


class SchoolPlanAction(APIView):
    """Change something that the school does; revision: the plan's."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(
        parameters=_YEAR, request=PlanActionSerializer, responses={200: PlanActionSerializer, 409: None}
    )
    def put(self, request: Request, uid: UUID, action: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        held: PlanAction = _among(plan.actions, action)
        values, seen = _values(PlanActionSerializer(data=request.data))
        row = _written(
            lambda: actions.write_action(
                plan=plan.row,  # type: ignore[arg-type]
                values=values,
                by=signed_in(request),
                action=held,
                revision=-1 if seen is None else seen,
            )
        )
        return Response(said_action(row))


class SchoolPlanRequests(APIView):
    """Ask the district for support."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(
        parameters=_YEAR,
        request=SupportRequestSerializer,
        responses={201: SupportRequestSerializer, 409: None},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        values, _seen = _values(SupportRequestSerializer(data=request.data))
        row = _written(
            lambda: actions.write_request(plan=plan.row, values=values, by=signed_in(request))  # type: ignore[arg-type]
        )
        return Response(said_request(row), status=201)


class SchoolPlanRequest(APIView):
    """Change what is asked while it is unanswered, or withdraw it (DELETE, with ?revision=)."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(
        parameters=_YEAR,
        request=SupportRequestSerializer,
        responses={200: SupportRequestSerializer, 409: None},
    )
    def put(self, request: Request, uid: UUID, support: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        held: SupportRequest = _among(plan.requests, support)
        values, seen = _values(SupportRequestSerializer(data=request.data))
        row = _written(
            lambda: actions.write_request(
                plan=plan.row,  # type: ignore[arg-type]
                values=values,
                by=signed_in(request),
                request=held,
                revision=-1 if seen is None else seen,
            )
        )
        return Response(said_request(row))

    @extend_schema(
        parameters=[*_YEAR, OpenApiParameter("revision", int, required=True)],
        responses={200: SupportRequestSerializer, 409: None},
    )
    def delete(self, request: Request, uid: UUID, support: UUID) -> Response:
        plan = _plan(request, uid, Action.CHANGE)
        held: SupportRequest = _among(plan.requests, support)
        text = request.query_params.get("revision", "")
        seen = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        row = _written(lambda: actions.withdraw_request(request=held, revision=seen, by=signed_in(request)))
        return Response(said_request(row))


class SupportRequestList(APIView):
    """What schools ask the district for, and what it adds up to."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPPORT_REQUESTS

    @extend_schema(
        parameters=[
            *_YEAR,
            OpenApiParameter("department", str),
            OpenApiParameter("kind", str),
            OpenApiParameter("state", str),
            OpenApiParameter("school", str, description="uid of a school"),
        ],
        responses=SupportRequestsSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(said_requests(requests_page(scope_for(request), filters_of(request.query_params))))


class SupportRequestAnswer(APIView):
    """Agree to a request, decline it, or say that it was given."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPPORT_REQUESTS

    @extend_schema(request=SupportAnswerSerializer, responses={200: SupportRequestSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        held = request_of(scope, uid)
        if held is None or not may_answer(scope, held):
            raise Http404
        asked = SupportAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = _written(
            lambda: actions.answer_request(request=held, by=signed_in(request), **asked.validated_data)
        )
        return Response(said_request(row))


def _moment(text: str) -> Moment:
    if text not in Moment.values:
        raise Http404
    return Moment(text)


def _among(rows: list[Any], uid: UUID) -> Any:
    found = next((row for row in rows if row.uid == uid), None)
    if found is None:
        raise Http404
    return found
