"""Visits, their notes and commitments over REST: the same reads and writes as the pages."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from supervision.models import Visit, VisitState
from supervision.visits import actions, listing, queries, writing
from supervision.visits.api_asked import author, checked, element_of, written
from supervision.visits.api_words import (
    NewVisitNoteSerializer,
    NewVisitSerializer,
    VisitChangeSerializer,
    VisitDoneSerializer,
    VisitNoteChangeSerializer,
    VisitNoteSerializer,
    VisitSerializer,
)

AT_MOST = 500
_PLACE = [
    OpenApiParameter("school", str, description="uid of a school"),
    OpenApiParameter("principal", str, description="uid of a principal"),
]


class VisitList(APIView):
    """Up to 500 visits that the caller sees, the newest first; POST plans one."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(
        parameters=[*_PLACE, OpenApiParameter("state", str, enum=VisitState.values)],
        responses=VisitSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        scope = scope_for(request)
        filters = listing.VisitFilters.from_params(request.query_params)
        found = (
            list(listing.listed(scope, filters)[:AT_MOST])
            if scope.schools(Data.VISITS)
            else listing.own_visits(scope, filters.state)
        )
        return Response(VisitSerializer(found, many=True, context=_own(scope)).data)

    @extend_schema(request=NewVisitSerializer, responses={201: VisitSerializer})
    def post(self, request: Request) -> Response:
        scope, given = scope_for(request), checked(NewVisitSerializer(data=request.data))
        place = queries.place_of(scope, given["school"], given["principal"])
        if place is None:
            raise exceptions.ValidationError(
                {"principal": ["No such principal and school are in your caseload."]}
            )
        made = written(
            lambda: actions.plan_visit(
                supervisor=author(scope), school=place[0], principal=place[1], day=given["day"],
                element=element_of(given["element"]), by=signed_in(request), uid=given.get("uid"),
            ),
            lambda now: VisitSerializer(now, context=_own(scope)),
        )  # fmt: skip
        return Response(VisitSerializer(made, context=_own(scope)).data, status=201)


class VisitDetail(APIView):
    """One visit. PATCH changes or cancels it, with the revision that was seen."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(responses=VisitSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        return Response(VisitSerializer(_visit(scope, uid), context=_own(scope)).data)

    @extend_schema(request=VisitChangeSerializer, responses={200: VisitSerializer, 409: None})
    def patch(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        visit, given = _visit(scope, uid, Action.CHANGE), checked(VisitChangeSerializer(data=request.data))
        revision, cancel = given.pop("revision"), given.pop("cancel")
        if "element" in given:
            given["element"] = element_of(given["element"], visit.element)

        def act() -> Visit:
            if cancel:
                return actions.cancel_visit(visit=visit, revision=revision, by=signed_in(request))
            return actions.change_visit(visit=visit, revision=revision, by=signed_in(request), **given)

        changed = written(act, lambda now: VisitSerializer(now, context=_own(scope)))
        return Response(VisitSerializer(changed, context=_own(scope)).data)


class VisitDone(APIView):
    """That a visit took place; its time goes into the log once, however often this is sent."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(request=VisitDoneSerializer, responses={200: VisitSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        visit, given = _visit(scope, uid, Action.CHANGE), checked(VisitDoneSerializer(data=request.data))
        revision = given.pop("revision")
        took = actions.Took(**given | {"element": element_of(given["element"], visit.element)})
        changed = written(
            lambda: actions.finish_visit(
                scope=scope, visit=visit, took=took, revision=revision, by=signed_in(request)
            ),
            lambda now: VisitSerializer(now, context=_own(scope)),
        )
        return Response(VisitSerializer(changed, context=_own(scope)).data)


class VisitNotes(APIView):
    """The notes of a visit, for its two people alone; POST writes one."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(responses=VisitNoteSerializer(many=True))
    def get(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        visit = _visit(scope, uid)
        notes = queries.notes_of(scope, visit)
        if notes and queries.own_person(scope) != visit.principal_id:
            recording.seen(request, "visit-notes", target=visit, people=[visit.principal_id])
        return Response(VisitNoteSerializer(notes, many=True).data)

    @extend_schema(request=NewVisitNoteSerializer, responses={201: VisitNoteSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        visit, given = _visit(scope, uid), checked(NewVisitNoteSerializer(data=request.data))
        person = author(scope)
        if person.pk not in (visit.supervisor_id, visit.principal_id):
            raise Http404
        note = written(
            lambda: writing.write_note(
                visit=visit, author=person, text=given["text"], by=signed_in(request), uid=given.get("uid")
            ),
            VisitNoteSerializer,
        )
        return Response(VisitNoteSerializer(note).data, status=201)


class VisitNoteDetail(APIView):
    """One of the caller's own notes; PUT writes it anew, with the revision that was seen."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(request=VisitNoteChangeSerializer, responses={200: VisitNoteSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        note = queries.note_of(scope, uid, to_change=True)
        if note is None:
            raise Http404
        given = checked(VisitNoteChangeSerializer(data=request.data))
        changed = written(
            lambda: writing.change_note(note=note, author=author(scope), by=signed_in(request), **given),
            VisitNoteSerializer,
        )
        return Response(VisitNoteSerializer(changed).data)


def _own(scope: Scope) -> dict[str, Any]:
    return {"own": queries.own_person(scope)}


def _visit(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Visit:
    visit = queries.visit_of(scope, uid, action)
    if visit is None:
        raise Http404
    return visit
