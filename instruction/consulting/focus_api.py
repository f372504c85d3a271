"""The focus of a school year over REST: the district's, and a school's own."""

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

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from instruction.consulting import focus_actions
from instruction.consulting.api import Conflict
from instruction.consulting.focus import FocusLine
from instruction.consulting.focus_views import Asked, asked_of
from instruction.models.defining import LONGEST_NOTE
from schools.models import Org, School

_PARAMETERS = [
    OpenApiParameter("year", int, description="End year of the school year; default: the current."),
    OpenApiParameter("framework", str, description="uid of a framework; default: the first for teaching"),
]


class FocusLineSerializer(serializers.Serializer[Any]):
    """An element in focus, and why."""

    element = serializers.CharField(max_length=40, help_text="code")
    why = serializers.CharField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")


class FocusRequestSerializer(serializers.Serializer[Any]):
    """The whole focus of the year. An empty list lets the framework's own hold."""

    elements = serializers.ListField(child=FocusLineSerializer(), max_length=200)
    seen = serializers.CharField(
        max_length=64, required=False, help_text="`seen` as it was read; where it is another one now, 409"
    )


class FocusSerializer(serializers.Serializer[Any]):
    """What a school year is about."""

    school_year = serializers.IntegerField()
    framework = serializers.UUIDField()
    chosen = serializers.BooleanField(help_text="false: the framework's own focus holds")
    district = FocusLineSerializer(many=True)
    school = FocusLineSerializer(many=True)
    seen = serializers.CharField()


class DistrictFocus(APIView):
    """What a school year is about in the district. PUT chooses all of it."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(operation_id="focus_retrieve", parameters=_PARAMETERS, responses=FocusSerializer)
    def get(self, request: Request) -> Response:
        return Response(_said(_asked(request)))

    @extend_schema(
        operation_id="focus_update",
        parameters=_PARAMETERS,
        request=FocusRequestSerializer,
        responses={200: FocusSerializer, 409: None},
    )
    def put(self, request: Request) -> Response:
        return _put(request)


class SchoolFocus(APIView):
    """What a school year is about at one school, beside the district's. PUT chooses the school's own."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_PLAN

    @extend_schema(operation_id="school_focus_retrieve", parameters=_PARAMETERS, responses=FocusSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_said(_asked(request, _school(request, uid))))

    @extend_schema(
        operation_id="school_focus_update",
        parameters=_PARAMETERS,
        request=FocusRequestSerializer,
        responses={200: FocusSerializer, 409: None},
    )
    def put(self, request: Request, uid: UUID) -> Response:
        return _put(request, _school(request, uid))


def _school(request: Request, uid: UUID) -> Org:
    seen = School.objects.visible_to(scope_for(request).schools(Data.SCHOOL_PLAN))
    school: Org | None = seen.filter(uid=uid).first()
    if school is None:
        raise Http404
    return school


def _asked(request: Request, school: Org | None = None) -> Asked:
    asked = asked_of(scope_for(request), request.query_params, school)
    if asked is None:
        raise Http404
    return asked


def _put(request: Request, school: Org | None = None) -> Response:
    asked = _asked(request, school)
    given = FocusRequestSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    if not asked.may_change:
        raise Http404
    ids = {one.element.code: one.element_id for one in asked.worded}
    reasons: dict[int, str] = {}
    for line in given.validated_data["elements"]:
        if line["element"] not in ids:
            raise exceptions.ValidationError(
                {"elements": [f"{line['element']} is no element of this framework."]}
            )
        reasons[ids[line["element"]]] = line["why"]
    try:
        focus_actions.set_focus(
            version=asked.version, year=asked.year, reasons=reasons, school=school,
            seen=given.validated_data.get("seen"), by=signed_in(request),
        )  # fmt: skip
    except focus_actions.FocusMoved as moved:
        raise Conflict(str(moved)) from None
    except ValidationError as error:
        raise exceptions.ValidationError({"elements": error.messages}) from None
    return Response(_said(_asked(request, school)))


def _said(asked: Asked) -> dict[str, Any]:
    return {
        "school_year": asked.year,
        "framework": str(asked.version.framework.uid),
        "chosen": asked.focus.is_chosen,
        "district": _lines(asked.focus.district),
        "school": _lines(asked.focus.school),
        "seen": focus_actions.seen_of(asked.held),
    }


def _lines(lines: tuple[FocusLine, ...]) -> list[dict[str, str]]:
    return [{"element": line.code, "why": line.why} for line in lines]
