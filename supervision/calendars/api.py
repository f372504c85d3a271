"""A supervisor's own calendar over REST: its address, files, and weeks to confirm."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Action, Data
from schools.feeds.failures import FeedFailed
from schools.models import Person
from supervision.calendars import actions, api_words, confirming, queries
from supervision.calendars.api_words import (
    CalendarAddressSerializer,
    CalendarAnswersSerializer,
    CalendarFeedSerializer,
    CalendarFileSerializer,
    CalendarReadSerializer,
    CalendarWeekSerializer,
)
from supervision.calendars.fetching import clean_address, read_feed
from supervision.calendars.reading import NotACalendar
from supervision.calendars.suggesting import Choice
from supervision.calendars.views import keep_file
from supervision.calendars.weeks import week_of
from supervision.models import CaseloadAssignment
from supervision.timelog.days import monday_of
from supervision.timelog.queries import caseload_by


class _OwnCalendar(APIView):
    """What every route of one's own calendar shares."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.CALENDARS

    def owner(self, action: Action = Action.VIEW) -> Person:
        """Return the caller, who is a principal supervisor; 404 for others."""
        found = queries.owner(scope_for(self.request), action)
        person = Person.objects.filter(pk=found).first() if found else None
        if person is None:
            raise Http404
        return person


class Feed(_OwnCalendar):
    """Where the caller's calendar is read from each hour. PUT keeps an address, DELETE forgets it."""

    @extend_schema(responses={200: CalendarFeedSerializer, 404: None})
    def get(self, request: Request) -> Response:
        feed = queries.feed_of(self.owner().pk)
        if feed is None:
            raise Http404
        return Response(CalendarFeedSerializer(feed).data)

    @extend_schema(request=CalendarAddressSerializer, responses=CalendarFeedSerializer)
    def put(self, request: Request) -> Response:
        supervisor = self.owner(Action.CHANGE)
        asked = CalendarAddressSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            address = clean_address(asked.validated_data["address"])
        except FeedFailed as failure:
            raise exceptions.ValidationError({"address": [str(failure)]}) from failure
        feed = actions.set_feed(supervisor=supervisor, address=address, by=signed_in(request))
        return Response(CalendarFeedSerializer(feed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        actions.remove_feed(supervisor=self.owner(Action.CHANGE), by=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FeedReading(_OwnCalendar):
    """Reads the feed now; where it cannot be read, 400 says why."""

    costly = ("POST",)

    @extend_schema(request=None, responses={200: CalendarReadSerializer, 404: None})
    def post(self, request: Request) -> Response:
        feed = queries.feed_of(self.owner(Action.CHANGE).pk)
        if feed is None:
            raise Http404
        try:
            told = read_feed(feed, by=signed_in(request))
        except (FeedFailed, NotACalendar) as failure:
            raise exceptions.ValidationError({"address": [str(failure)]}) from failure
        return Response(asdict(told or actions.Read(0, 0, 0, 0)))


class File(_OwnCalendar):
    """Takes an exported calendar; its events of the last four weeks are kept, the file is not."""

    parser_classes = [MultiPartParser]
    takes_files = True
    costly = ("POST",)

    @extend_schema(
        request={"multipart/form-data": CalendarFileSerializer}, responses={200: CalendarReadSerializer}
    )
    def post(self, request: Request) -> Response:
        supervisor = self.owner(Action.CHANGE)
        asked = CalendarFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            told = keep_file(asked.validated_data["file"], supervisor, signed_in(request))
        except NotACalendar as failure:
            raise exceptions.ValidationError({"file": [str(failure)]}) from failure
        return Response(asdict(told))


class Week(_OwnCalendar):
    """The week that a day lies in. POST confirms it with answers to its events, DELETE opens it again."""

    @extend_schema(responses=CalendarWeekSerializer)
    def get(self, request: Request, day: date) -> Response:
        return self._week(self.owner(), day)

    @extend_schema(request=CalendarAnswersSerializer, responses={200: CalendarWeekSerializer, 409: None})
    def post(self, request: Request, day: date) -> Response:
        supervisor, monday = self.owner(Action.CHANGE), monday_of(day)
        asked = CalendarAnswersSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        answers = _answers(asked.validated_data["answers"], caseload_by(supervisor.pk, day))
        try:
            confirming.confirm_week(
                scope=scope_for(request), supervisor=supervisor, monday=monday, answers=answers, by=signed_in(request)
            )  # fmt: skip
        except confirming.WeekMoved as moved:
            raise Conflict(
                _("Something in this week changed since it was read. Nothing was saved.")
            ) from moved
        except confirming.NotEntered as refused:
            raise exceptions.ValidationError(
                {"answers": {str(uid): said for uid, said in refused.errors.items()}}
            ) from refused
        except ValidationError as error:
            raise exceptions.ValidationError({"day": error.messages}) from error
        return self._week(supervisor, day)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, day: date) -> Response:
        supervisor = self.owner(Action.CHANGE)
        confirming.reopen_week(supervisor=supervisor, monday=monday_of(day), by=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _week(self, supervisor: Person, day: date) -> Response:
        return Response(api_words.week(week_of(scope_for(self.request), supervisor.pk, monday_of(day))))


def _answers(sent: list[dict[str, Any]], caseload: list[CaseloadAssignment]) -> dict[UUID, confirming.Answer]:
    pairs = {
        (one.principal.uid, one.school.uid): (one.principal_id or 0, one.school_id)
        for one in caseload
        if one.principal is not None
    }
    found: dict[UUID, confirming.Answer] = {}
    for one in sent:
        if one["event"] in found:
            raise exceptions.ValidationError({"answers": [_("Answer each event once.")]})
        named = [(each["person"], each["school"]) for each in one["principals"]]
        if any(each not in pairs for each in named):
            raise exceptions.ValidationError({"answers": [_("This principal is not in your caseload.")]})
        choice = Choice(one["purpose"], one["department"], frozenset(pairs[each] for each in named))
        found[one["event"]] = confirming.Answer(choice, one.get("minutes"), one.get("seen"))
    return found
