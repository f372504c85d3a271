"""Visits, their notes and commitments over REST: the same reads and writes as the pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from alignment_dash import schoolyear
from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from instruction.models import Element
from instruction.revisions import Moved
from instruction.school_plans.api import refusal
from schools.models import Person
from supervision.models import Visit, VisitState
from supervision.visits import actions, listing, queries, writing
from supervision.visits.api_words import (
    CommitmentChangeSerializer,
    CommitmentSerializer,
    NewCommitmentSerializer,
    NewVisitNoteSerializer,
    NewVisitSerializer,
    VisitChangeSerializer,
    VisitDoneSerializer,
    VisitNoteChangeSerializer,
    VisitNoteSerializer,
    VisitSerializer,
)
from supervision.visits.forms import leadership_elements

AT_MOST = 500
_PLACE = [
    OpenApiParameter("school", str, description="uid of a school"),
    OpenApiParameter("principal", str, description="uid of a principal"),
]
_STATES = [value for value, _label in listing.COMMITMENT_STATES]


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
            else listing.own_visits(scope)
        )
        return Response(VisitSerializer(found, many=True, context=_own(scope)).data)

    @extend_schema(request=NewVisitSerializer, responses={201: VisitSerializer})
    def post(self, request: Request) -> Response:
        scope, given = scope_for(request), _given(NewVisitSerializer(data=request.data))
        place = queries.place_of(scope, given["school"], given["principal"])
        if place is None:
            raise exceptions.ValidationError(
                {"principal": ["No such principal and school are in your caseload."]}
            )
        made = _written(
            lambda: actions.plan_visit(
                supervisor=_author(scope), school=place[0], principal=place[1], day=given["day"],
                element=_element(given["element"]), by=signed_in(request), uid=given.get("uid"),
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
        visit, given = _visit(scope, uid, Action.CHANGE), _given(VisitChangeSerializer(data=request.data))
        revision, cancel = given.pop("revision"), given.pop("cancel")
        if "element" in given:
            given["element"] = _element(given["element"], visit.element)

        def act() -> Visit:
            if cancel:
                return actions.cancel_visit(visit=visit, revision=revision, by=signed_in(request))
            return actions.change_visit(visit=visit, revision=revision, by=signed_in(request), **given)

        changed = _written(act, lambda now: VisitSerializer(now, context=_own(scope)))
        return Response(VisitSerializer(changed, context=_own(scope)).data)


class VisitDone(APIView):
    """That a visit took place; its time goes into the log once, however often this is sent."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(request=VisitDoneSerializer, responses={200: VisitSerializer, 409: None})
    def put(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        visit, given = _visit(scope, uid, Action.CHANGE), _given(VisitDoneSerializer(data=request.data))
        revision = given.pop("revision")
        took = actions.Took(**given | {"element": _element(given["element"], visit.element)})
        changed = _written(
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
        visit, given = _visit(scope, uid), _given(NewVisitNoteSerializer(data=request.data))
        person = _author(scope)
        if person.pk not in (visit.supervisor_id, visit.principal_id):
            raise Http404
        note = _written(
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
        given = _given(VisitNoteChangeSerializer(data=request.data))
        changed = _written(
            lambda: writing.change_note(note=note, author=_author(scope), by=signed_in(request), **given),
            VisitNoteSerializer,
        )
        return Response(VisitNoteSerializer(changed).data)


class CommitmentList(APIView):
    """Up to 500 commitments that the caller sees, by default the open ones; POST writes one down."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(
        parameters=[_PLACE[0], OpenApiParameter("state", str, enum=_STATES)],
        responses=CommitmentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        scope = scope_for(request)
        with queries.opened(scope):
            found = listing.listed_commitments(
                scope, listing.CommitmentFilters.from_params(request.query_params)
            )
            held = list(found[:AT_MOST])
        return Response(CommitmentSerializer(held, many=True).data)

    @extend_schema(request=NewCommitmentSerializer, responses={201: CommitmentSerializer})
    def post(self, request: Request) -> Response:
        scope, given = scope_for(request), _given(NewCommitmentSerializer(data=request.data))
        place = queries.place_to_commit(scope, given["school"], given["principal"])
        if place is None:
            raise exceptions.ValidationError(
                {"principal": ["No such principal and school are yours to write of."]}
            )
        visit = queries.visit_of(scope, given["visit"]) if given["visit"] else None
        fits = visit is None or (visit.school_id, visit.principal_id) == (place[0].pk, place[1].pk)
        if given["visit"] and (visit is None or not fits):
            raise exceptions.ValidationError({"visit": ["No such visit to this principal at this school."]})
        made = _written(
            lambda: writing.commit_to(
                principal=place[1], school=place[0], writer=_author(scope), commitment_by=given["by"],
                text=given["text"], due=given["due"], element=_element(given["element"]), visit=visit,
                by=signed_in(request), uid=given.get("uid"),
            ),
            CommitmentSerializer,
        )  # fmt: skip
        return Response(CommitmentSerializer(made).data, status=201)


class CommitmentDetail(APIView):
    """One commitment. PATCH changes it, puts it off, or with `state` says what became of it."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(responses=CommitmentSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(CommitmentSerializer(_commitment(scope_for(request), uid)).data)

    @extend_schema(request=CommitmentChangeSerializer, responses={200: CommitmentSerializer, 409: None})
    def patch(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        one, given = _commitment(scope, uid), _given(CommitmentChangeSerializer(data=request.data))
        ends = "state" in given
        if not (queries.may_end(scope, one) if ends else queries.may_change(scope, one)):
            raise Http404
        outcome, revision, by = given.pop("outcome"), given.pop("revision"), signed_in(request)
        if "element" in given:
            given["element"] = _element(given["element"], one.element)
        person = _author(scope)

        def act() -> Any:
            if ends:
                return writing.end_commitment(
                    commitment=one,
                    person=person,
                    state=given["state"],
                    outcome=outcome,
                    revision=revision,
                    by=by,
                )
            return writing.change_commitment(commitment=one, person=person, revision=revision, by=by, **given)

        return Response(CommitmentSerializer(_written(act, CommitmentSerializer)).data)


def _own(scope: Scope) -> dict[str, Any]:
    return {"own": queries.own_person(scope)}


def _given(asked: BaseSerializer[Any]) -> dict[str, Any]:
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _author(scope: Scope) -> Person:
    person = queries.person_of(scope, Action.CHANGE)
    if person is None:
        raise Http404
    return person


def _visit(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Visit:
    visit = queries.visit_of(scope, uid, action)
    if visit is None:
        raise Http404
    return visit


def _commitment(scope: Scope, uid: UUID) -> Any:
    found = queries.commitment_of(scope, uid)
    if found is None:
        raise Http404
    return found


def _element(uid: UUID | None, also: Element | None = None) -> Element | None:
    """Return an element of leadership in force, or the one that the row has already."""
    if uid is None or (also is not None and also.uid == uid):
        return also if uid is not None else None
    found = leadership_elements(schoolyear.current_year()).get(str(uid))
    if found is None:
        raise exceptions.ValidationError({"element": ["No element of leadership in force has this uid."]})
    return found[0]


def _written(act: Callable[[], Any], shown: Callable[[Any], BaseSerializer[Any]]) -> Any:
    """Do it; 409 with what stands where someone else was first, 400 by field where it is refused."""
    try:
        return act()
    except Moved as moved:
        raise Conflict({"detail": str(moved), "now": shown(moved.now).data}) from None
    except ValidationError as error:
        raise refusal(error) from None
