"""Leave over REST, for HR: list, add, change, remove."""

from datetime import date
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

from alignment_dash.access.api import Conflict, MayReach, Pages, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.days import FIRST, LAST
from alignment_dash.ui.years import year_from
from schools.leave import actions, queries
from schools.models import District, Leave, Person

_PARAMETERS = [
    OpenApiParameter("year", int, description="End year of the school year; default: the current."),
    OpenApiParameter("limit", int),
    OpenApiParameter("offset", int),
]


class LeaveDaysSerializer(serializers.Serializer[Any]):
    """When a leave begins and ends; why is not kept."""

    first_day = serializers.DateField()
    last_day = serializers.DateField(
        allow_null=True, required=False, default=None, help_text="null: not known yet"
    )

    def validate_first_day(self, day: date) -> date:
        return _plausible(day)

    def validate_last_day(self, day: date | None) -> date | None:
        return day if day is None else _plausible(day)


class LeaveRequestSerializer(LeaveDaysSerializer):
    """A leave of a person."""

    person = serializers.UUIDField(help_text="uid of the person")


class LeaveChangeSerializer(LeaveDaysSerializer):
    """When a leave begins and ends now."""

    version = serializers.CharField(
        max_length=40,
        required=False,
        default="",
        help_text="of the leave as it was read; 409 where it is another",
    )


class LeaveSerializer(LeaveRequestSerializer):
    """A leave as it is kept."""

    uid = serializers.UUIDField()
    version = serializers.CharField()


class LeavePageSerializer(serializers.Serializer[Any]):
    """A page of leaves."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = LeaveSerializer(many=True)


class LeaveList(APIView):
    """The leaves of a school year."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.LEAVE

    @extend_schema(operation_id="leave_list", parameters=_PARAMETERS, responses=LeavePageSerializer)
    def get(self, request: Request) -> Response:
        year = year_from(request.query_params)
        pages = Pages()
        found = pages.paginate_queryset(queries.leaves(scope_for(request), year=year), request, view=self)
        people = [one.person_id for one in found or []]
        if people:
            recording.seen(request, "leave", target=District.objects.get(), people=people, year=year)
        return _closed(pages.get_paginated_response([_said(one) for one in found or []]))

    @extend_schema(request=LeaveRequestSerializer, responses={201: LeaveSerializer})
    def post(self, request: Request) -> Response:
        asked = LeaveRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        person = Person.objects.filter(uid=given["person"]).first()
        if person is None:
            raise exceptions.ValidationError({"person": ["There is no such person."]})
        away = actions.Away(person.pk, given["first_day"], given["last_day"])
        try:
            made = actions.add_leave(away=away, by=signed_in(request))
        except ValidationError as error:
            raise exceptions.ValidationError({"first_day": error.messages}) from None
        return _closed(Response(_said(made), status=201))


class LeaveDetail(APIView):
    """One leave."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.LEAVE

    @extend_schema(responses=LeaveSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        leave = _found(request, uid)
        recording.seen(request, "leave", target=District.objects.get(), people=[leave.person_id])
        return _closed(Response(_said(leave)))

    @extend_schema(request=LeaveChangeSerializer, responses={200: LeaveSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        leave = _found(request, uid)
        asked = LeaveChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        seen = given.pop("version")
        try:
            changed = actions.change_leave(leave=leave, by=signed_in(request), seen=seen, **given)
        except actions.Moved as moved:
            if moved.now is None:
                raise Http404 from None
            raise Conflict(str(moved)) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"first_day": error.messages}) from None
        return _closed(Response(_said(changed)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uid: UUID) -> Response:
        try:
            actions.remove_leave(leave=_found(request, uid), by=signed_in(request))
        except actions.Moved:
            raise Http404 from None
        return Response(status=204)


def _found(request: Request, uid: UUID) -> Leave:
    leave = queries.leave(scope_for(request), uid)
    if leave is None:
        raise Http404
    return leave


def _said(leave: Leave) -> dict[str, Any]:
    last = leave.during.upper
    return {
        "uid": str(leave.uid),
        "version": actions.version_of(leave),
        "person": str(leave.person.uid),
        "first_day": leave.during.lower,
        "last_day": date.fromordinal(last.toordinal() - 1) if last else None,
    }


def _plausible(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise serializers.ValidationError("This day is mistyped.")
    return day


def _closed(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    return response
