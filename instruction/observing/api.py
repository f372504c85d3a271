"""Observations as they are written, over REST: autosave, and my own records."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from instruction.models import ObservationRecord, Purpose, RecordReply, RecordState
from instruction.observing import actions, content, queries

BIGGEST = 2**31 - 1


class LineSerializer(serializers.Serializer[Any]):
    """A line of notes. The id is made on the device; at: when it was written, by the device's clock."""

    id = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True, max_length=content.TEXT_AT_MOST)
    at = serializers.DateTimeField(allow_null=True, required=False)
    elements = serializers.ListField(child=serializers.UUIDField(), required=False)


class LevelSerializer(serializers.Serializer[Any]):
    """The level of an element; null with not_seen: it was not seen, which is not zero."""

    level = serializers.IntegerField(min_value=1, allow_null=True)
    not_seen = serializers.BooleanField(required=False)
    why = serializers.CharField(allow_blank=True, required=False, max_length=content.TEXT_AT_MOST)


class ContentSerializer(serializers.Serializer[Any]):
    """What is written: lines tagged to elements, and levels by the uid of the element."""

    lines = LineSerializer(many=True)
    levels = serializers.DictField(child=LevelSerializer())


class SaveSerializer(serializers.Serializer[Any]):
    """One save of a record, which may be sent again."""

    save = serializers.UUIDField(help_text="id of this save; sent twice it counts once")  # type: ignore[assignment]
    base = serializers.IntegerField(
        min_value=0, max_value=BIGGEST, help_text="the revision the device last saw; 0: none"
    )
    at = serializers.DateTimeField(help_text="the device's clock when it sends this")
    observed = serializers.UUIDField(allow_null=True, help_text="person; null: a walk without names")
    school = serializers.UUIDField()
    framework_version = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[(one.value, one.label) for one in actions.KINDS])
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    observed_on = serializers.DateField()
    grade = serializers.CharField(allow_blank=True, required=False, default="", max_length=8)
    subject = serializers.CharField(allow_blank=True, required=False, default="", max_length=64)
    content = serializers.JSONField(help_text="lines and levels, as they are answered")

    def sent(self) -> actions.Sent:
        """Return what was sent, for the action."""
        given = dict(self.validated_data)
        return actions.Sent(written=given.pop("content"), **given)


class SavedSerializer(serializers.Serializer[Any]):
    """What stands after a save. merged: it holds more than what was sent."""

    uid = serializers.UUIDField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    is_open = serializers.BooleanField(help_text="its observer may write in it")
    changed_at = serializers.DateTimeField()
    server_time = serializers.DateTimeField()
    content = ContentSerializer()
    merged = serializers.BooleanField()


class ClosedSerializer(serializers.Serializer[Any]):
    """Why nothing more can be written, and what stands."""

    detail = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    content = ContentSerializer()


class ReplySerializer(serializers.Serializer[Any]):
    """What the observed person said; an acknowledgment says that they read it, not that they agree."""

    text = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    is_acknowledgment = serializers.BooleanField()


class RecordSerializer(serializers.Serializer[Any]):
    """One observation as the caller may read it."""

    uid = serializers.UUIDField()
    reader = serializers.ChoiceField(choices=["observer", "observed", "leader"])
    state = serializers.CharField()
    is_open = serializers.BooleanField(help_text="its observer may write in it")
    revision = serializers.IntegerField()
    observed = serializers.UUIDField(allow_null=True)
    school = serializers.UUIDField()
    framework_version = serializers.UUIDField()
    kind = serializers.CharField()
    purpose = serializers.CharField()
    observed_on = serializers.DateField()
    grade = serializers.CharField()
    subject = serializers.CharField()
    changed_at = serializers.DateTimeField()
    shared_at = serializers.DateTimeField(allow_null=True)
    locked_at = serializers.DateTimeField(allow_null=True)
    server_time = serializers.DateTimeField()
    content = ContentSerializer()
    replies = ReplySerializer(many=True)


class RecordLineSerializer(serializers.Serializer[Any]):
    """One of the caller's own records in the list."""

    uid = serializers.UUIDField()
    state = serializers.CharField()
    is_open = serializers.BooleanField()
    observed = serializers.CharField(help_text="name; empty for a walk without names")
    school = serializers.CharField()
    day = serializers.DateField()
    kind = serializers.CharField()
    purpose = serializers.CharField()
    changed_at = serializers.DateTimeField()
    is_acknowledged = serializers.BooleanField()
    n_replies = serializers.IntegerField()
    asks = serializers.BooleanField(help_text="a request to unlock it waits for an answer")


class ShareSerializer(serializers.Serializer[Any]):
    """Share what was read."""

    base = serializers.IntegerField(
        min_value=0, max_value=BIGGEST, required=False, help_text="the revision that was read"
    )


class AnswerSerializer(serializers.Serializer[Any]):
    """A reply, or a word with the acknowledgment. uid: made on the device; sent twice it stands once."""

    text = serializers.CharField(allow_blank=True, required=False, default="", max_length=20_000)
    uid = serializers.UUIDField(required=False)


class WhySerializer(serializers.Serializer[Any]):
    """Why it should be unlocked, without names."""

    why = serializers.CharField(max_length=2_000)


class NothingSerializer(serializers.Serializer[Any]):
    """Nothing is sent."""


@contextmanager
def refusals() -> Iterator[None]:
    """Answer what the actions refuse: 404 for who may not, 400 with the fields."""
    try:
        yield
    except actions.NotYours:
        raise Http404 from None
    except actions.Refused as refused:
        raise exceptions.ValidationError({name: [text] for name, text in refused.errors.items()}) from None


class OfRecords(APIView):
    """What every route of observations shares: people alone write and read them, never programs."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.OBSERVING
    people_decide = True


class RecordList(OfRecords):
    """The caller's own observations, those written in last first."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=RecordState.values, description="only these")],
        responses=RecordLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in RecordState.values:
            raise exceptions.ValidationError({"state": ["One of " + ", ".join(RecordState.values)]})
        lines = queries.my_records(scope_for(request), state)
        return Response(RecordLineSerializer(lines, many=True).data)


class RecordDetail(OfRecords):
    """One observation. PUT creates it or saves what is written; the uid is made on the device."""

    @extend_schema(responses=RecordSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        page = queries.record_page(scope_for(request), uid)
        if page is None:
            raise Http404
        if page.people:
            recording.seen(request, "record", target=page.record, people=page.people)
        return Response(_read(page))

    @extend_schema(
        request=SaveSerializer,
        responses={200: SavedSerializer, 201: SavedSerializer, 409: ClosedSerializer},
    )
    def put(self, request: Request, uid: UUID) -> Response:
        asked = SaveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            with refusals():
                saved = actions.save_record(
                    scope=scope_for(request), uid=uid, sent=asked.sent(), by=signed_in(request)
                )
        except actions.Closed as closed:
            return closed_answer(closed)
        return Response(said(saved.record) | {"merged": saved.merged}, status=201 if saved.is_new else 200)

    @extend_schema(responses={204: None, 409: ClosedSerializer})
    def delete(self, request: Request, uid: UUID) -> Response:
        try:
            with refusals():
                actions.discard_draft(scope=scope_for(request), uid=uid, by=signed_in(request))
        except actions.Closed as closed:
            return closed_answer(closed)
        return Response(status=204)


class RecordAct(OfRecords):
    """Something that its observer does with an observation."""

    act: Callable[..., ObservationRecord]

    def post(self, request: Request, uid: UUID) -> Response:
        try:
            with refusals():
                record = type(self).act(scope=scope_for(request), uid=uid, by=signed_in(request))
        except actions.Closed as closed:
            return closed_answer(closed)
        return Response(said(record) | {"merged": False})


_ACTED = {200: SavedSerializer, 409: ClosedSerializer}


@extend_schema(request=NothingSerializer, responses=_ACTED)
class RecordOpen(RecordAct):
    """Take a shared observation back for correction."""

    act = staticmethod(actions.open_record)


@extend_schema(request=NothingSerializer, responses=_ACTED)
class RecordLock(RecordAct):
    """Lock a shared observation: nothing in it changes any more."""

    act = staticmethod(actions.lock_record)


class RecordShare(OfRecords):
    """Share an observation with the observed: its levels become ratings."""

    @extend_schema(request=ShareSerializer, responses=_ACTED)
    def post(self, request: Request, uid: UUID) -> Response:
        asked = ShareSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        base = asked.validated_data.get("base")
        try:
            with refusals():
                record = actions.share_record(
                    scope=scope_for(request), uid=uid, base=base, by=signed_in(request)
                )
        except actions.Closed as closed:
            return closed_answer(closed)
        return Response(said(record) | {"merged": False})


class RecordUnlockRequest(OfRecords):
    """Ask that a locked observation be unlocked."""

    @extend_schema(request=WhySerializer, responses={201: None, 409: ClosedSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        asked = WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            with refusals():
                actions.ask_unlock(
                    scope=scope_for(request), uid=uid, why=asked.validated_data["why"], by=signed_in(request)
                )
        except actions.Closed as closed:
            return closed_answer(closed)
        return Response(status=201)


class RecordAcknowledge(OfRecords):
    """Say that I have read what was written of me, not that I agree; once."""

    @extend_schema(request=AnswerSerializer, responses={201: ReplySerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        asked = AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        text = asked.validated_data["text"]
        with refusals():
            made = actions.acknowledge(scope=scope_for(request), uid=uid, text=text, by=signed_in(request))
        return _replied(made)


class RecordReplies(OfRecords):
    """Reply to what was written of me."""

    @extend_schema(request=AnswerSerializer, responses={201: ReplySerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        asked = AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        with refusals():
            made = actions.reply(
                scope=scope_for(request), uid=uid, text=given["text"], reply_uid=given.get("uid"),
                by=signed_in(request),
            )  # fmt: skip
        return _replied(made)


def _replied(made: RecordReply) -> Response:
    said = {"text": made.text, "at": made.written_at, "is_acknowledgment": made.is_acknowledgment}
    return Response(ReplySerializer(said).data, status=201)


def _read(page: queries.RecordPage) -> dict[str, Any]:
    """Return a record as its reader may have it; while it is corrected, others get it as it was shared."""
    record = page.record
    shown = content.shown(record.content)
    if page.is_correcting and page.reader != "observer":
        levels = {one.uid: {"level": one.level, "not_seen": False, "why": one.why} for one in page.elements}
        shown = {"lines": [], "levels": levels}
    return {
        **said(record),
        "content": shown,
        "reader": page.reader,
        "observed": record.observed and str(record.observed.uid),
        "school": str(record.school.uid),
        "framework_version": str(record.version.uid),
        **{name: getattr(record, name) for name in _PLAIN},
        "replies": ReplySerializer(page.replies, many=True).data,
    }


_PLAIN = ("kind", "purpose", "observed_on", "grade", "subject", "shared_at", "locked_at")


def said(record: ObservationRecord) -> dict[str, Any]:
    """Return what stands, as a device needs it to go on."""
    return {
        "uid": str(record.uid),
        "revision": record.revision,
        "state": record.state,
        "is_open": actions.is_open(record),
        "changed_at": record.changed_at,
        "server_time": timezone.now(),
        "content": content.shown(record.content),
    }


def closed_answer(closed: actions.Closed) -> Response:
    """Answer 409 with why, and what stands."""
    record = closed.record
    stands = {"state": record.state, "revision": record.revision, "content": content.shown(record.content)}
    return Response({"detail": str(closed), **stands}, status=409)
