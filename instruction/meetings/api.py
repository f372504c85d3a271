"""Meetings over REST: the list, the pack of one, and its decisions."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, Pages, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.aims import KINDS
from instruction.meetings import actions, api_words, queries
from instruction.meetings.api_words import (
    MeetingDecisionChangeSerializer,
    MeetingDecisionNewSerializer,
    MeetingDecisionSerializer,
    MeetingPageSerializer,
    PackSerializer,
)
from instruction.meetings.filters import ORDERS, PackFilters
from instruction.meetings.pack import pack
from instruction.models import Decision, Meeting

_PACK = [
    OpenApiParameter("network", str, description="uid of a network: its schools alone"),
    OpenApiParameter("level", str, description="level of schools: those alone"),
    OpenApiParameter("order", str, enum=list(ORDERS), description="order of the schools"),
    OpenApiParameter("against", str, enum=list(KINDS), description="the kind of target"),
]
_PAGES = [OpenApiParameter("limit", int), OpenApiParameter("offset", int)]


class Changed(Conflict):
    """Someone else has changed it meanwhile; the answer holds what stands."""

    def __init__(self, moved: actions.Moved, now: Decision | None) -> None:
        said = {"detail": str(moved)}
        super().__init__(said if now is None else said | {"now": api_words.decision(now)})
        # As it is, and not as texts of an error.
        self.detail = said if now is None else said | {"now": api_words.decision(now)}  # type: ignore[assignment]


class Meetings(APIView):
    """The meetings the caller sees, the newest first."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.MEETINGS

    @extend_schema(parameters=_PAGES, responses=MeetingPageSerializer, operation_id="meetings_list")
    def get(self, request: Request) -> Response:
        found = queries.meetings(scope_for(request)).order_by("-held_on", "-pk")
        pages = Pages()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([api_words.meeting(one) for one in rows])


class MeetingPack(APIView):
    """A meeting with its pack: what it opens with, and school by school what the caller may see."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.MEETINGS

    @extend_schema(parameters=_PACK, responses=PackSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        found = pack(scope, _meeting(scope, uid), PackFilters.from_params(request.query_params))
        return Response(api_words.pack(found))


class Decisions(APIView):
    """The decisions of a meeting. POST records one; with the same uid again it is the same one."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.MEETINGS

    @extend_schema(responses=MeetingDecisionSerializer(many=True))
    def get(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        found = queries.decisions(scope).filter(meeting=_meeting(scope, uid))
        return Response([api_words.decision(one) for one in found])

    @extend_schema(
        request=MeetingDecisionNewSerializer,
        responses={200: MeetingDecisionSerializer, 201: MeetingDecisionSerializer, 409: None},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        one = _meeting(scope, uid, Action.CHANGE)
        asked = MeetingDecisionNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(asked.validated_data, scope, one)
        try:
            made, is_new = actions.decide(meeting=one, by=signed_in(request), **values)
        except actions.Moved as moved:
            raise Changed(moved, _seen(scope, moved.now)) from None
        except ValidationError as error:
            raise _refused(error) from None
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(api_words.decision(_seen(scope, made) or made), status=code)


class DecisionDetail(APIView):
    """One decision. PATCH changes it, or records what became of it, with the revision that was seen."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.MEETINGS

    @extend_schema(responses=MeetingDecisionSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(api_words.decision(_decision(scope_for(request), uid)))

    @extend_schema(
        request=MeetingDecisionChangeSerializer, responses={200: MeetingDecisionSerializer, 409: None}
    )
    def patch(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        held = _decision(scope, uid, Action.CHANGE)
        asked = MeetingDecisionChangeSerializer(data=request.data, partial=False)
        asked.is_valid(raise_exception=True)
        values = _values(asked.validated_data, scope, held.meeting)
        revision = values.pop("revision")
        try:
            changed = actions.change_decision(
                decision=held, revision=revision, by=signed_in(request), **values
            )
        except actions.Moved as moved:
            raise Changed(moved, _seen(scope, moved.now)) from None
        except ValidationError as error:
            raise _refused(error) from None
        return Response(api_words.decision(_seen(scope, changed) or changed))


def _meeting(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Meeting:
    found = queries.meeting(scope, uid, action)
    if found is None:
        raise Http404
    return found


def _decision(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Decision:
    found = queries.decisions(scope, action).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _seen(scope: Scope, decision: Decision) -> Decision | None:
    """Return a decision as it stands, where the caller sees it."""
    return queries.decisions(scope).filter(pk=decision.pk).first()


def _values(data: dict[str, Any], scope: Scope, one: Meeting) -> dict[str, Any]:
    """Return what the actions take: rows for the ids and codes that were sent."""
    values = dict(data)
    if values.get("school"):
        school = queries.schools(scope, one).filter(uid=values["school"]).first()
        if school is None:
            raise exceptions.ValidationError({"school": ["No school of this meeting has this uid."]})
        values["school"] = school
    if values.get("owner"):
        owner = queries.owners().filter(uid=values["owner"]).first()
        if owner is None:
            raise exceptions.ValidationError({"owner": ["Nobody with this uid sees meetings."]})
        values["owner"] = owner
    if "element" in values:
        code = values["element"]
        worded = queries.elements(one).filter(element__code=code).first() if code else None
        if code and worded is None:
            raise exceptions.ValidationError(
                {"element": ["No element of the framework in force has this code."]}
            )
        values["element"] = worded.element if worded else None
    return values


def _refused(error: ValidationError) -> serializers.ValidationError:
    if hasattr(error, "error_dict"):
        return serializers.ValidationError(error.message_dict)
    return serializers.ValidationError({"non_field_errors": error.messages})
