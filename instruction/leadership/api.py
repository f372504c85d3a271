"""Principals' leadership and self-assessments over REST: the same reads and writes as the pages."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
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
from alignment_dash.schoolyear import current_year
from alignment_dash.ui.years import year_from
from instruction.leadership import actions, api_words, pages, queries, saying
from instruction.leadership.actions import Level
from instruction.leadership.api_words import (
    PrincipalGrowthSerializer,
    PrincipalLeadershipSerializer,
    SelfAssessmentNewSerializer,
    SelfAssessmentSaveSerializer,
    SelfAssessmentSeenSerializer,
    SelfAssessmentSerializer,
    SelfAssessmentWholeSerializer,
)
from instruction.revisions import Moved
from instruction.school_plans.api import refusal
from schools.models import Person

_YEAR = [OpenApiParameter("year", int, description="school year, by its end; default: the current one")]


class LeadershipList(APIView):
    """The principals whom the caller supports, or the caller as a principal, with their figures."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.LEADERSHIP_EVIDENCE

    @extend_schema(
        parameters=_YEAR, responses=PrincipalLeadershipSerializer(many=True), operation_id="leadership_list"
    )
    def get(self, request: Request) -> Response:
        scope, year = scope_for(request), year_from(request.query_params)
        led, found = queries.reached(scope), queries.standing(year)
        if found is None:
            return Response([])
        version, snapshot = found
        elements = pages.elements_of(version)
        rows = pages.list_rows(led, elements, snapshot)
        if rows:
            recording.seen(request, "leadership", target=version, people=list(led), year=year)
        return Response([api_words.principal(row, elements, snapshot) for row in rows])


class LeadershipDetail(APIView):
    """One principal: figures, the self-assessment where it is shared, and growth."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.LEADERSHIP_EVIDENCE

    @extend_schema(parameters=_YEAR, responses=PrincipalGrowthSerializer, operation_id="leadership_retrieve")
    def get(self, request: Request, uid: UUID) -> Response:
        scope, year = scope_for(request), year_from(request.query_params)
        led, found = queries.reached_one(scope, uid), queries.standing(year)
        if led is None or found is None:
            raise Http404
        recording.seen(request, "leadership", target=found[0], people=[led.person_id], year=year)
        return Response(api_words.page(pages.principal_page(scope, led, *found)))


class SelfAssessments(APIView):
    """The caller's own self-assessments, the newest first. POST begins one; with the same uid again it is the same."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SELF_ASSESSMENTS

    @extend_schema(responses=SelfAssessmentSerializer(many=True), operation_id="self_assessments_list")
    def get(self, request: Request) -> Response:
        return Response([api_words.assessment(one) for one in saying.mine(scope_for(request))])

    @extend_schema(
        request=SelfAssessmentNewSerializer,
        responses={201: SelfAssessmentWholeSerializer},
        operation_id="self_assessments_create",
    )
    def post(self, request: Request) -> Response:
        scope = scope_for(request)
        person = saying.me(scope, Action.CHANGE)
        if person is None:
            raise Http404
        asked = SelfAssessmentNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        held = {one.uid: one for one in saying.versions_for(scope, current_year())}
        version = held.get(asked.validated_data["version"])
        if version is None:
            raise exceptions.ValidationError({"version": ["No such framework to assess your work by."]})
        try:
            made = actions.begin_assessment(
                person=Person.objects.get(pk=person), version=version, year=current_year(), by=signed_in(request),
                uid=asked.validated_data.get("uid"),
            )  # fmt: skip
        except ValidationError as error:
            raise refusal(error) from None
        return Response(_whole(_mine(request, made.uid)), status=status.HTTP_201_CREATED)


class SelfAssessmentDetail(APIView):
    """One of the caller's own. PUT saves levels, DELETE discards one that is not shared: the revision that was seen."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SELF_ASSESSMENTS

    @extend_schema(responses=SelfAssessmentWholeSerializer, operation_id="self_assessments_retrieve")
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_whole(_mine(request, uid)))

    @extend_schema(
        request=SelfAssessmentSaveSerializer,
        responses={200: SelfAssessmentWholeSerializer, 409: None},
        operation_id="self_assessments_update",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        held = _mine(request, uid, Action.CHANGE)
        asked = SelfAssessmentSaveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            actions.save_assessment(
                assessment=held.row, revision=asked.validated_data["revision"],
                levels=_levels(held, asked.validated_data["levels"]), by=signed_in(request),
            )  # fmt: skip
        except Moved as moved:
            raise _conflict(moved, _whole(_mine(request, uid))) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"levels": error.messages}) from None
        return Response(_whole(_mine(request, uid)))

    @extend_schema(
        parameters=[SelfAssessmentSeenSerializer],
        responses={204: None, 409: None},
        operation_id="self_assessments_discard",
    )
    def delete(self, request: Request, uid: UUID) -> Response:
        held = _mine(request, uid, Action.CHANGE)
        asked = SelfAssessmentSeenSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        try:
            actions.discard_assessment(
                assessment=held.row, revision=asked.validated_data["revision"], by=signed_in(request)
            )
        except Moved as moved:
            raise _conflict(moved, _whole(_mine(request, uid))) from None
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class SelfAssessmentShare(APIView):
    """POST shares one of the caller's own with who supports them, DELETE takes it back."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SELF_ASSESSMENTS

    @extend_schema(
        request=None, responses=SelfAssessmentWholeSerializer, operation_id="self_assessments_share"
    )
    def post(self, request: Request, uid: UUID) -> Response:
        try:
            actions.share_assessment(assessment=_mine(request, uid, Action.CHANGE).row, by=signed_in(request))
        except ValidationError as error:
            raise exceptions.ValidationError({"levels": error.messages}) from None
        return Response(_whole(_mine(request, uid)))

    @extend_schema(responses=SelfAssessmentWholeSerializer, operation_id="self_assessments_take_back")
    def delete(self, request: Request, uid: UUID) -> Response:
        try:
            actions.take_back(assessment=_mine(request, uid, Action.CHANGE).row, by=signed_in(request))
        except ValidationError:  # discarded meanwhile
            raise Http404 from None
        return Response(_whole(_mine(request, uid)))


def _conflict(moved: Moved, now: dict[str, Any]) -> Conflict:
    made = Conflict(str(moved))
    # As it is, and not as texts of an error.
    said: Any = {"detail": str(moved), "now": now}
    made.detail = said
    return made


def _mine(request: Request, uid: UUID, action: Action = Action.VIEW) -> saying.Mine:
    found = saying.one_of_mine(scope_for(request), uid, action)
    if found is None:
        raise Http404
    return found


def _whole(held: saying.Mine) -> dict[str, Any]:
    return api_words.whole(held, saying.worded(held.row.version))


def _levels(held: saying.Mine, sent: list[dict[str, Any]]) -> dict[int, Level]:
    """Return what was sent by element version; 400 for an element the version does not have, or one sent twice."""
    known = {one.element.uid: one.pk for one in saying.worded(held.row.version)}
    found: dict[int, Level] = {}
    for one in sent:
        pk = known.get(one["element"])
        if pk is None or pk in found:
            raise exceptions.ValidationError(
                {"levels": [f"{one['element']}: not in the framework, or sent twice."]}
            )
        found[pk] = Level(one["level"], one.get("why", "").strip())
    return found
