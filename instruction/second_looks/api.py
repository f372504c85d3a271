"""Second looks over REST: the list, one, what was found and what came of it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash import schoolyear
from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from instruction.models import SecondLook
from instruction.school_plans.api import refusal
from instruction.second_looks import actions, queries
from instruction.second_looks.forms import LONGEST
from instruction.second_looks.views import filters_of

AT_MOST = 500


class SecondLookSerializer(serializers.ModelSerializer[SecondLook]):
    """A second look as it stands."""

    school = serializers.UUIDField(source="school.uid")
    element = serializers.UUIDField(source="element.uid")
    by = serializers.CharField(source="by.name")

    class Meta:
        model = SecondLook
        fields = [
            "uid", "school", "element", "school_year", "looked_on", "found", "hypothesis", "leverage", "by", "outcome",
            "outcome_on", "revision",
        ]  # fmt: skip


class FoundSerializer(serializers.Serializer[Any]):
    """What closer looking found; it names no person."""

    looked_on = serializers.DateField()
    found = serializers.CharField(max_length=LONGEST)
    hypothesis = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    leverage = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class NewSecondLookSerializer(FoundSerializer):
    """A new second look at a school's element."""

    school = serializers.UUIDField()
    element = serializers.UUIDField()
    year = serializers.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="end year; default: the current"
    )


class ChangedSecondLookSerializer(FoundSerializer):
    """What was found, written over what the sender read."""

    revision = serializers.IntegerField(min_value=0)


class SecondLookOutcomeSerializer(serializers.Serializer[Any]):
    """What came of it."""

    outcome = serializers.CharField(max_length=LONGEST, allow_blank=True)
    outcome_on = serializers.DateField()
    revision = serializers.IntegerField(min_value=0)


class SecondLookList(APIView):
    """Second looks, the newest first; POST records one."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SECOND_LOOKS

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=[queries.OPEN, queries.WITH_OUTCOME]),
            OpenApiParameter("school", str, description="uid of a school"),
            OpenApiParameter("element", str, description="uid of an element"),
            OpenApiParameter("year", int, description="End year of the school year; default: all"),
        ],
        responses=SecondLookSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        found = queries.listed(scope_for(request), filters_of(request.query_params))[:AT_MOST]
        return Response(SecondLookSerializer(found, many=True).data)

    @extend_schema(request=NewSecondLookSerializer, responses={201: SecondLookSerializer})
    def post(self, request: Request) -> Response:
        asked = NewSecondLookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        cell = queries.cell_of(scope_for(request), values.pop("school"), values.pop("element"), Action.CHANGE)
        if cell is None:
            raise exceptions.ValidationError({"school": ["No such school and element are yours to look at."]})
        year = values.pop("year", schoolyear.current_year())
        try:
            look = actions.record_look(
                school=cell[0], element=cell[1], year=year, values=values, by=signed_in(request)
            )
        except ValidationError as error:
            raise refusal(error) from None
        return Response(SecondLookSerializer(look).data, status=201)


class SecondLookDetail(APIView):
    """One second look; PUT writes what was found."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SECOND_LOOKS

    @extend_schema(responses=SecondLookSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(SecondLookSerializer(_look(request, uid, Action.VIEW)).data)

    @extend_schema(request=ChangedSecondLookSerializer, responses={200: SecondLookSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        look = _look(request, uid, Action.CHANGE)
        asked = ChangedSecondLookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        try:
            changed = actions.change_look(
                look=look, revision=values.pop("revision"), values=values, by=signed_in(request)
            )
        except actions.Moved as moved:
            raise Conflict({"detail": str(moved), "now": SecondLookSerializer(moved.now).data}) from None
        except ValidationError as error:
            raise refusal(error) from None
        return Response(SecondLookSerializer(changed).data)


class SecondLookOutcome(APIView):
    """What came of a second look."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SECOND_LOOKS

    @extend_schema(request=SecondLookOutcomeSerializer, responses={200: SecondLookSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        look = _look(request, uid, Action.CHANGE)
        asked = SecondLookOutcomeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            changed = actions.say_outcome(look=look, by=signed_in(request), **asked.validated_data)
        except actions.Moved as moved:
            raise Conflict({"detail": str(moved), "now": SecondLookSerializer(moved.now).data}) from None
        except ValidationError as error:
            raise refusal(error) from None
        return Response(SecondLookSerializer(changed).data)


def _look(request: Request, uid: UUID, action: Action) -> SecondLook:
    look = queries.look_of(scope_for(request), uid, action)
    if look is None:
        raise Http404
    return look
