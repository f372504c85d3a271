"""Observations as they are written, over REST: autosave, and my own records."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from instruction.models import ObservationRecord, Purpose
from instruction.observing import actions, content

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


class RecordDetail(APIView):
    """One observation that the caller writes. PUT creates it or saves it; the uid is made on the device."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.OBSERVING
    people_decide = True

    @extend_schema(
        request=SaveSerializer,
        responses={200: SavedSerializer, 201: SavedSerializer, 409: ClosedSerializer},
    )
    def put(self, request: Request, uid: UUID) -> Response:
        asked = SaveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            saved = actions.save_record(
                scope=scope_for(request), uid=uid, sent=asked.sent(), by=signed_in(request)
            )
        except actions.NotYours:
            raise Http404 from None
        except actions.Closed as closed:
            return closed_answer(closed)
        except actions.Refused as refused:
            raise exceptions.ValidationError(
                {name: [text] for name, text in refused.errors.items()}
            ) from None
        return Response(said(saved.record) | {"merged": saved.merged}, status=201 if saved.is_new else 200)


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
