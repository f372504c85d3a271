"""Commitments over REST: the same reads and writes as the pages."""

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
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from supervision.models import Commitment
from supervision.visits import listing, queries, writing
from supervision.visits.api_asked import author, checked, element_of, written
from supervision.visits.api_words import (
    CommitmentChangeSerializer,
    CommitmentSerializer,
    NewCommitmentSerializer,
)

AT_MOST = 500
_STATES = [value for value, _label in listing.COMMITMENT_STATES]


class CommitmentList(APIView):
    """Up to 500 commitments that the caller sees, by default the open ones; POST writes one down."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.VISITS

    @extend_schema(
        parameters=[
            OpenApiParameter("school", str, description="uid of a school"),
            OpenApiParameter("state", str, enum=_STATES),
        ],
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
        scope, given = scope_for(request), checked(NewCommitmentSerializer(data=request.data))
        place = queries.place_to_commit(scope, given["school"], given["principal"])
        if place is None:
            raise exceptions.ValidationError(
                {"principal": ["No such principal and school are yours to write of."]}
            )
        visit = queries.visit_of(scope, given["visit"]) if given["visit"] else None
        fits = visit is None or (visit.school_id, visit.principal_id) == (place[0].pk, place[1].pk)
        if given["visit"] and (visit is None or not fits):
            raise exceptions.ValidationError({"visit": ["No such visit to this principal at this school."]})
        made = written(
            lambda: writing.commit_to(
                principal=place[1], school=place[0], writer=author(scope), commitment_by=given["by"],
                text=given["text"], due=given["due"], element=element_of(given["element"]), visit=visit,
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
        one, given = _commitment(scope, uid), checked(CommitmentChangeSerializer(data=request.data))
        ends = "state" in given
        if not (queries.may_end(scope, one) if ends else queries.may_change(scope, one)):
            raise Http404
        outcome, revision, by = given.pop("outcome"), given.pop("revision"), signed_in(request)
        if "element" in given:
            given["element"] = element_of(given["element"], one.element)
        person = author(scope)

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

        return Response(CommitmentSerializer(written(act, CommitmentSerializer)).data)


def _commitment(scope: Scope, uid: UUID) -> Commitment:
    found = queries.commitment_of(scope, uid)
    if found is None:
        raise Http404
    return found
