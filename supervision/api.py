"""Caseloads over REST: all of them, one, who is in which from when, and the weights of our need index."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.schoolyear import today
from alignment_dash.ui.years import year_from
from schools.models import School
from supervision import actions, api_words, choices, district, queries
from supervision.api_words import (
    CaseloadAssignmentMadeSerializer,
    CaseloadAssignmentNewSerializer,
    CaseloadAssignmentSerializer,
    CaseloadDetailSerializer,
    CaseloadEndSerializer,
    CaseloadsSerializer,
    NeedWeightsNewSerializer,
    NeedWeightsSerializer,
)
from supervision.balance.index import NAMES, Weights
from supervision.fullness import fullness_with

_YEAR = [OpenApiParameter("year", int, description="school year by its end: 2026 is 2025-26")]


class WeightsConflict(Conflict):
    """Somebody else has set weights meanwhile; the answer holds those that stand."""

    def __init__(self, moved: actions.WeightsMoved) -> None:
        super().__init__(str(moved))
        # As it is, and not as texts of an error.
        said: Any = {"detail": str(moved), "now": api_words.weights(moved.now)}
        self.detail = said


class CaseloadList(APIView):
    """The caseloads of a year; to who sees the district also what they lack."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS

    @extend_schema(parameters=_YEAR, responses=CaseloadsSerializer, operation_id="caseloads_list")
    def get(self, request: Request) -> Response:
        scope, year = scope_for(request), year_from(request.query_params)
        found = api_words.caseloads(queries.caseloads(scope, year), district.lacks(scope, year), year)
        return Response(CaseloadsSerializer(found).data)


class CaseloadDetail(APIView):
    """One supervisor's caseload with its schools and each principal's need index. Looking at it is recorded."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS

    @extend_schema(parameters=_YEAR, responses=CaseloadDetailSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        year = year_from(request.query_params)
        found = queries.caseload(scope_for(request), year, uid)
        if found is None:
            raise Http404
        if found.people:
            recording.seen(request, "caseload", target=found.supervisor, people=found.people)
        return Response(CaseloadDetailSerializer(api_words.caseload(found, year)).data)


class CaseloadAssignments(APIView):
    """The assignments that hold today or later. POST puts a school into a caseload; above its most with a warning."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS

    @extend_schema(
        responses=CaseloadAssignmentSerializer(many=True), operation_id="caseload_assignments_list"
    )
    def get(self, request: Request) -> Response:
        found = queries.assignments(scope_for(request), today())
        return Response(_told(found))

    @extend_schema(
        request=CaseloadAssignmentNewSerializer,
        responses={201: CaseloadAssignmentMadeSerializer(many=True)},
        operation_id="caseload_assignments_create",
    )
    def post(self, request: Request) -> Response:
        asked = CaseloadAssignmentNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        day, end = values["start"], values.get("end")
        supervisor = choices.supervisors(today()).filter(uid=values["supervisor"]).first()
        school = School.objects.on(today()).filter(uid=values["school"]).first()
        if supervisor is None:
            raise exceptions.ValidationError({"supervisor": ["Nobody who may have a caseload has this uid."]})
        if school is None:
            raise exceptions.ValidationError({"school": ["No school of today has this uid."]})
        full = fullness_with(supervisor, school, DateRange(day, end)) if end is None or day < end else None
        try:
            made = actions.assign_school(
                supervisor=supervisor, school=school, start=day, end=end, by=signed_in(request)
            )
        except ValidationError as refused:
            raise exceptions.ValidationError({"start": refused.messages}) from None
        warning = full.is_now() if full and full.is_above else ""
        return Response([row | {"warning": warning} for row in _told(made)], status=status.HTTP_201_CREATED)


class CaseloadAssignmentEnd(APIView):
    """POST ends an assignment; the school closes to the supervisor on the same day."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS

    @extend_schema(request=CaseloadEndSerializer, responses=CaseloadAssignmentSerializer)
    def post(self, request: Request, uid: UUID) -> Response:
        held = queries.assignments(scope_for(request), None, Action.CHANGE).filter(uid=uid).first()
        if held is None:
            raise Http404
        asked = CaseloadEndSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            ended = actions.end_assignment(
                assignment=held, end=asked.validated_data["end"], by=signed_in(request)
            )
        except ValidationError as refused:
            raise exceptions.ValidationError({"end": refused.messages}) from None
        return Response(_told([ended])[0])


class NeedWeightsDetail(APIView):
    """The weights of our need index that hold. PUT has others hold from now on."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS

    @extend_schema(responses=NeedWeightsSerializer)
    def get(self, request: Request) -> Response:
        known = queries.all_weights()
        return Response(NeedWeightsSerializer(api_words.weights(known[0] if known else None)).data)

    @extend_schema(request=NeedWeightsNewSerializer, responses={200: NeedWeightsSerializer, 409: None})
    def put(self, request: Request) -> Response:
        asked = NeedWeightsNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        weights = Weights(**{name: values[name] for name in NAMES})
        try:
            held = actions.set_weights(weights=weights, seen=values["seen"], by=signed_in(request))
        except actions.WeightsMoved as moved:
            raise WeightsConflict(moved) from None
        except ValidationError as refused:
            raise exceptions.ValidationError({"detail": refused.messages}) from None
        return Response(NeedWeightsSerializer(api_words.weights(held)).data)


def _told(found: Any) -> Any:
    rows = [api_words.assignment(one) for one in found]
    return CaseloadAssignmentSerializer(rows, many=True).data
