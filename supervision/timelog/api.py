"""Time over REST: one's own entries, the sums the caller sees, and goals."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
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
from alignment_dash.ui.years import year_from
from instruction.revisions import Moved
from supervision.models import EntrySource, TimeEntry, TimeGoal
from supervision.timelog import account, actions, aims, api_words, district, queries
from supervision.timelog.api_words import (
    TimeEntryChangeSerializer,
    TimeEntryNewSerializer,
    TimeEntryPageSerializer,
    TimeEntrySavedSerializer,
    TimeEntrySerializer,
    TimeGoalSerializer,
    TimeGoalSetSerializer,
    TimeShareSerializer,
)
from supervision.timelog.entry_views import leadership_elements
from supervision.timelog.forms import days_of

_PAGES = [OpenApiParameter("limit", int), OpenApiParameter("offset", int)]
_DAYS = [
    OpenApiParameter("from", str, description="first day, 2026-09-01"),
    OpenApiParameter("to", str, description="last day"),
]
_YEAR = OpenApiParameter("year", int, description="school year by its end; the current one if left out")


class Entries(APIView):
    """The caller's own entries, the newest first. POST enters time; with the same uid again it is the same entry."""

    permission_classes = [IsAuthenticated, MayReach]
    data, action = Data.SUPERVISOR_TIME, Action.CHANGE

    @extend_schema(
        parameters=[*_PAGES, *_DAYS], responses=TimeEntryPageSerializer, operation_id="time_entries_list"
    )
    def get(self, request: Request) -> Response:
        found = queries.own_entries(scope_for(request))
        for name, key in (("from", "day__gte"), ("to", "day__lte")):
            text = request.query_params.get(name)
            if text:
                days = days_of([text])
                if not days:
                    raise exceptions.ValidationError({name: ["A day is written 2026-09-01."]})
                found = found.filter(**{key: days[0]})
        pages = Pages()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([api_words.entry(one) for one in rows])

    @extend_schema(
        request=TimeEntryNewSerializer,
        responses={200: TimeEntrySavedSerializer, 201: TimeEntrySavedSerializer, 409: None},
    )
    def post(self, request: Request) -> Response:
        scope = scope_for(request)
        asked = TimeEntryNewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(scope, asked.validated_data)
        try:
            made = actions.add_entry(scope=scope, by=signed_in(request), source=EntrySource.API, **values)
        except Moved as moved:
            raise Conflict(str(moved)) from None
        except ValidationError as error:
            raise _refused(error) from None
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return Response(api_words.saved(made, _again(scope, made)), status=code)


class EntryDetail(APIView):
    """One of the caller's own entries. PATCH changes and DELETE removes it, with the revision that was read."""

    permission_classes = [IsAuthenticated, MayReach]
    data, action = Data.SUPERVISOR_TIME, Action.CHANGE

    @extend_schema(responses=TimeEntrySerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(api_words.entry(_entry(scope_for(request), uid)))

    @extend_schema(request=TimeEntryChangeSerializer, responses={200: TimeEntrySavedSerializer, 409: None})
    def patch(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        held = _entry(scope, uid)
        asked = TimeEntryChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(scope, asked.validated_data)
        try:
            made = actions.change_entry(scope=scope, by=signed_in(request), entry=held, **values)
        except Moved as moved:
            raise Conflict(str(moved)) from None
        except ValidationError as error:
            raise _refused(error) from None
        return Response(api_words.saved(made, _again(scope, made)))

    @extend_schema(
        parameters=[OpenApiParameter("revision", int, required=True)], responses={204: None, 409: None}
    )
    def delete(self, request: Request, uid: UUID) -> Response:
        scope = scope_for(request)
        held = _entry(scope, uid)
        text = request.query_params.get("revision", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise exceptions.ValidationError({"revision": ["The revision that was read."]})
        try:
            actions.remove_entry(scope=scope, by=signed_in(request), entry=held, revision=int(text))
        except Moved as moved:
            raise Conflict(str(moved)) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class Shares(APIView):
    """Sums of a period by supervisor: all to the cabinet, one's own to a supervisor. No entries, no principals.

    Others' are of whole weeks that have ended. Days left out for all count in them, unless all weekdays of a week are.
    """

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPERVISOR_TIME

    @extend_schema(
        parameters=[_YEAR, OpenApiParameter("period", str, enum=api_words.PERIODS)],
        responses=TimeShareSerializer(many=True),
        operation_id="time_shares_list",
    )
    def get(self, request: Request) -> Response:
        scope = scope_for(request)
        which = request.query_params.get("period", "12")
        if which not in account.PERIODS:
            raise exceptions.ValidationError({"period": [f"One of {', '.join(account.PERIODS)}."]})
        year = year_from(request.query_params)
        found = district.everyone(scope, year, *account.period(which, year))
        return Response([api_words.share(row) for row in found.rows])


class Goals(APIView):
    """The district's goals of a school year and the caller's own. PUT sets one."""

    permission_classes = [IsAuthenticated, MayReach]
    data, action = Data.SUPERVISOR_TIME, Action.VIEW

    @extend_schema(
        parameters=[_YEAR], responses=TimeGoalSerializer(many=True), operation_id="time_goals_list"
    )
    def get(self, request: Request) -> Response:
        own = queries.own_person(scope_for(request)) or 0
        year = year_from(request.query_params)
        found = TimeGoal.objects.filter(Q(supervisor=None) | Q(supervisor=own), school_year=year)
        return Response([_goal(one) for one in found.order_by("supervisor", "kind", "pk")])

    @extend_schema(
        parameters=[_YEAR],
        request=TimeGoalSetSerializer,
        responses={200: TimeGoalSerializer, 204: None, 409: None},
    )
    def put(self, request: Request) -> Response:
        asked = TimeGoalSetSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        year = year_from(request.query_params)
        try:
            made = aims.set_goal(
                scope=scope_for(request), by=signed_in(request), school_year=year, **asked.validated_data
            )
        except Moved as moved:
            raise Conflict(str(moved)) from None
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            raise _refused(error) from None
        return Response(_goal(made)) if made else Response(status=status.HTTP_204_NO_CONTENT)


def _goal(one: TimeGoal) -> dict[str, Any]:
    return {
        "school_year": one.school_year,
        "kind": one.kind,
        "value": one.value,
        "is_own": one.supervisor_id is not None,
        "revision": one.revision,
    }


def _entry(scope: Scope, uid: UUID) -> TimeEntry:
    found = queries.own_entry(scope, uid)
    if found is None:
        raise Http404
    return found


def _again(scope: Scope, made: actions.Saved) -> list[TimeEntry]:
    """Return what was saved as it stands, in order of days."""
    return list(queries.own_entries(scope).filter(pk__in=[one.pk for one in made.entries]).order_by("day"))


def _values(scope: Scope, data: dict[str, Any]) -> dict[str, Any]:
    """Return what the actions take: rows for the ids and codes that were sent."""
    values = dict(data)
    if "element" in values:
        code = values["element"]
        known = {one.element.code: one.element for one in leadership_elements(year_from({}))}
        if code and code not in known:
            raise exceptions.ValidationError(
                {"element": ["No element of the leadership framework in force has this code."]}
            )
        values["element"] = known.get(code)
    if "principals" in values:
        values["principals"] = _with(scope, values["principals"])
    return values


def _with(scope: Scope, asked: list[dict[str, Any]]) -> list[actions.With]:
    own = queries.own_person(scope, Action.CHANGE) or 0
    known = queries.caseload_by(own, scope.day)
    found: list[actions.With] = []
    for one in asked:
        school = one.get("school")
        fits = [
            held
            for held in known
            if held.principal and held.principal.uid == one["principal"] and school in (None, held.school.uid)
        ]
        if not fits or fits[0].principal_id is None:
            raise exceptions.ValidationError(
                {"principals": ["No principal of your caseload has this uid, or not at this school."]}
            )
        found.append((fits[0].principal_id, fits[0].school_id))
    return found


def _refused(error: ValidationError) -> serializers.ValidationError:
    if hasattr(error, "error_dict"):
        return serializers.ValidationError(error.message_dict)
    return serializers.ValidationError({"non_field_errors": error.messages})
