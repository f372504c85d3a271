"""Balancing over REST: limits, what-if, proposals and what becomes of their moves. For people: programs decide none."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, Pages, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace.recording import seen
from alignment_dash.schoolyear import today
from instruction.revisions import Moved
from supervision import actions as supervision
from supervision.balancing import actions, api_words, conflicts, queries, shown, views, words
from supervision.balancing.api_words import (
    BalanceAskSerializer,
    BalanceDecisionSerializer,
    BalanceProposalPageSerializer,
    BalanceProposalSerializer,
    CaseloadLimitsChangeSerializer,
    CaseloadLimitsSerializer,
    CaseloadSpanNewSerializer,
    CaseloadSpanSerializer,
    WhatIfAskSerializer,
    WhatIfSerializer,
)
from supervision.balancing.picture import Picture
from supervision.balancing.settings import Settings
from supervision.balancing.what_if import collected
from supervision.models import BalanceProposal
from supervision.needs import Bounds
from supervision.spans import standing_span


class _Balancing(APIView):
    """Who changes the district's caseloads, and nobody else."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CASELOADS
    action = Action.CHANGE
    people_decide = True


class Limits(_Balancing):
    """Every supervisor's limits."""

    @extend_schema(responses=CaseloadLimitsSerializer(many=True), operation_id="caseload_limits_list")
    def get(self, request: Request) -> Response:
        found = _seen(request)
        networks = {one.pk: one.uid for one in queries.networks()}
        return Response([api_words.limits(row, networks) for row in shown.load_rows(found)])


class LimitsDetail(_Balancing):
    """One supervisor's limits, by the supervisor's uid. PUT sets them, with the revision that was read."""

    @extend_schema(
        request=CaseloadLimitsChangeSerializer, responses={200: CaseloadLimitsSerializer, 409: None}
    )
    def put(self, request: Request, uid: UUID) -> Response:
        person = queries.supervisor(scope_for(request), uid, today())
        if person is None:
            raise Http404
        asked = CaseloadLimitsChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        networks = {one.uid: one.pk for one in queries.networks()}
        values = asked.validated_data
        if unknown := [str(one) for one in values["networks"] if one not in networks]:
            raise serializers.ValidationError({"networks": [f"No network has the uid {unknown[0]}."]})
        values["networks"] = [networks[one] for one in values["networks"]]
        values["levels"] = list(dict.fromkeys(values["levels"]))
        try:
            held = actions.set_limits(supervisor=person, by=signed_in(request), **values)
        except Moved as moved:
            raise Conflict(str(moved)) from None
        except ValidationError as refused:
            raise _refused(refused) from None
        names = {pk: uid for uid, pk in networks.items()}
        by_post = _seen(request).networks_by_post(person.pk)
        answer = {name: getattr(held, name) for name in ("least", "most", "levels", "leaves_on", "revision")}
        answer |= {"networks": [names[pk] for pk in held.networks if pk in names]}
        answer |= {"networks_by_post": [uid for pk, uid in names.items() if pk in by_post]}
        return Response(answer | {"supervisor": person.uid, "name": shown.name_of(person), "is_own": True})


class Span(_Balancing):
    """How many principals a supervisor without limits of their own has. PUT has another span hold from now on."""

    @extend_schema(responses=CaseloadSpanSerializer)
    def get(self, request: Request) -> Response:
        return Response(api_words.span(standing_span()))

    @extend_schema(request=CaseloadSpanNewSerializer, responses={200: CaseloadSpanSerializer, 409: None})
    def put(self, request: Request) -> Response:
        asked = CaseloadSpanNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        span = Bounds(values["low"], values["high"])
        try:
            held = supervision.set_span(span=span, seen=values["seen"], by=signed_in(request))
        except Moved as moved:
            raise Conflict(str(moved)) from None
        return Response(api_words.span(held))


class WhatIf(_Balancing):
    """Every caseload before and after the changes that the address names; nothing is written."""

    @extend_schema(
        parameters=[
            OpenApiParameter("start", str, description="first day of the changes; today where left out"),
            OpenApiParameter(
                "move",
                str,
                many=True,
                description="a change: <principal's or vacant school's uid>~<supervisor's uid>",
            ),
        ],
        responses=WhatIfSerializer,
    )
    def get(self, request: Request) -> Response:
        found = _seen(request, _day(request))
        moved = _collected(request.query_params, found)
        if found.needs:
            people = {one for uid in moved for one in found.units_by_uid[uid].positions if one > 0}
            seen(request, "need", target=signed_in(request), people=people)
        rows = [api_words.caseload(row) for row in shown.load_rows(found, moved)]
        return Response({"start": found.day, "need_known": bool(found.needs), "caseloads": rows})


class Proposals(_Balancing):
    """The proposals, the newest first. POST asks for one: a job computes it, look again at its address."""

    @extend_schema(
        parameters=[OpenApiParameter("limit", int), OpenApiParameter("offset", int)],
        responses=BalanceProposalPageSerializer,
        operation_id="balance_proposals_list",
    )
    def get(self, request: Request) -> Response:
        pages = Pages()
        found = queries.proposals(scope_for(request))
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([_told(one, whole=False) for one in rows])

    @extend_schema(request=BalanceAskSerializer, responses={201: BalanceProposalSerializer})
    def post(self, request: Request) -> Response:
        asked = BalanceAskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        start, by_hand = values.pop("start"), values.pop("moves", None)
        by = signed_in(request)
        try:
            if by_hand is None:
                values["pinned"] = _pinned(request, values["pinned"], start)
                made = actions.propose(settings=Settings(**values), start=start, by=by)
            else:
                params = QueryDict(mutable=True)
                params.setlist("move", by_hand)
                moved = _collected(params, _seen(request, max(start, today())))
                made = actions.propose_by_hand(moved=moved, start=start, by=by)
        except ValidationError as refused:
            raise _refused(refused) from None
        return Response(_told(_proposal(request, made.uid)), status=status.HTTP_201_CREATED)


class ProposalDetail(_Balancing):
    """One proposal with its moves."""

    @extend_schema(responses=BalanceProposalSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        one = _proposal(request, uid)
        if one.facts.get("need_known"):
            people = one.moves.filter(principal__isnull=False).values_list("principal", flat=True)
            seen(request, "need", target=one, people=[pk for pk in people if pk])
        return Response(_told(one))


class Decisions(_Balancing):
    """Accept or decline groups of moves: all of them, or 409 and none."""

    @extend_schema(request=BalanceDecisionSerializer, responses={200: BalanceProposalSerializer, 409: None})
    def post(self, request: Request, uid: UUID) -> Response:
        one = _proposal(request, uid)
        asked = BalanceDecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        write = actions.accept if asked.validated_data["decision"] == "accept" else actions.decline
        try:
            outcome = write(proposal=one, groups=set(asked.validated_data["groups"]), by=signed_in(request))
        except ValidationError as refused:
            raise _refused(refused) from None
        if outcome.refused:
            held = {move.pk for move in outcome.refused}
            named = [move for move in queries.moves(one) if move.pk in held]
            raise Conflict(" ".join(views.refusals(actions.Outcome([], named))))
        return Response(_told(_proposal(request, uid)))


def _seen(request: Request, day: Any = None) -> Picture:
    found = queries.seen(scope_for(request), day or today())
    if found is None:
        raise Http404
    return found


def _day(request: Request) -> date:
    """Return the day asked about, today where none is; 400 for one that is none or has passed."""
    asked = WhatIfAskSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    day: date = asked.validated_data.get("start", today())
    if day < today():
        raise serializers.ValidationError({"start": ["This day has passed. Choose today or a day to come."]})
    return day


def _pinned(request: Request, asked: list[UUID], start: date) -> tuple[str, ...]:
    """Return who stays as settings keep it; 400 for a uid that no principal or vacant school has then."""
    known = _seen(request, max(start, today())).units_by_uid if asked else {}
    if unknown := [one for one in asked if one not in known]:
        raise serializers.ValidationError(
            {"pinned": [f"No principal or vacant school has the uid {unknown[0]}."]}
        )
    return tuple(dict.fromkeys(str(known[one].uid) for one in asked))


def _collected(params: QueryDict, found: Picture) -> dict[UUID, int]:
    moved, problems = collected(params, found)
    if problems:
        raise serializers.ValidationError({"move": problems})
    return moved


def _proposal(request: Request, uid: UUID) -> BalanceProposal:
    found = queries.proposal(scope_for(request), uid)
    if found is None:
        raise Http404
    return found


def _told(one: BalanceProposal, *, whole: bool = True) -> dict[str, Any]:
    """Return a proposal; without its moves in a list."""
    said = ""
    nearest: list[dict[str, Any]] = []
    if "conflict" in one.facts and whole:
        people = {each.pk: each for each in views.supervisors_in(one)}
        said, nearest = conflicts.told(one, people)
    elif "conflict" in one.facts:
        said = words.conflict_sentence(one.facts["conflict"], {})
    elif "objective" in one.facts:
        said = words.bound_sentence(one.facts)
    return api_words.proposal(one, queries.moves(one) if whole else [], said, nearest)


def _refused(error: ValidationError) -> serializers.ValidationError:
    if hasattr(error, "error_dict"):
        return serializers.ValidationError(error.message_dict)
    return serializers.ValidationError({"non_field_errors": error.messages})
