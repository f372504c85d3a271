"""The caller's own notices over REST: the list, marking as read, and how they want to hear. For people's tokens."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Pages, scope_for
from alignment_dash.access.clients.models import ClientToken
from alignment_dash.access.doors import signed_in
from alignment_dash.notices import actions, queries
from alignment_dash.notices.mailing.server import mail_server
from alignment_dash.notices.models import Delivery, Notice
from alignment_dash.notices.queries import Choice


class IsPerson(BasePermission):
    """Close what is a person's own to programs, which get 404."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, ClientToken):
            raise Http404
        return True


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ["uid", "kind", "text", "path", "is_urgent", "made_at", "read_at", "mailed_at", "ended_at"]
        read_only_fields = fields


class NoticePageSerializer(serializers.Serializer[Any]):
    """A page of notices."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NoticeSerializer(many=True)


class NoticesReadSerializer(serializers.Serializer[Any]):
    """How many were not read before."""

    read = serializers.IntegerField()


class NoticeChoiceSerializer(serializers.Serializer[Any]):
    """How the caller hears of a kind; `is_own`: they chose it."""

    kind = serializers.CharField(max_length=40)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    delivery = serializers.ChoiceField(Delivery.choices)
    is_own = serializers.BooleanField(read_only=True)


class NoticePreferencesSerializer(serializers.Serializer[Any]):
    """The kinds that the caller's roles open; mail_is_set_up: whether this installation sends mail at all."""

    mail_is_set_up = serializers.BooleanField(read_only=True)
    kinds = NoticeChoiceSerializer(many=True)


class _Own(APIView):
    permission_classes = [IsAuthenticated, IsPerson]


class NoticeList(_Own):
    """The caller's notices, the newest first."""

    @extend_schema(
        operation_id="notices_list",
        parameters=[
            OpenApiParameter("open", bool, description="true: what is so now; false: what has ended"),
            OpenApiParameter("limit", int),
            OpenApiParameter("offset", int),
        ],
        responses=NoticePageSerializer,
    )
    def get(self, request: Request) -> Response:
        found = queries.notices_of(signed_in(request), scope_for(request))
        asked = request.query_params.get("open", "").lower()
        if asked in {"true", "false"}:
            found = found.filter(ended_at__isnull=asked == "true")
        elif asked:
            raise serializers.ValidationError({"open": ["Write true or false."]})
        pages = Pages()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response(NoticeSerializer(rows, many=True).data)


class NoticesRead(_Own):
    """Mark all of the caller's notices as read."""

    @extend_schema(operation_id="notices_read", request=None, responses=NoticesReadSerializer)
    def post(self, request: Request) -> Response:
        return Response({"read": actions.mark_read(by=signed_in(request))})


class NoticeRead(_Own):
    """Mark one of the caller's notices as read."""

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeSerializer)
    def post(self, request: Request, uid: UUID) -> Response:
        user = signed_in(request)
        found = queries.notices_of(user, scope_for(request)).filter(uid=uid)
        if not found.exists():
            raise Http404
        actions.mark_read(by=user, uid=uid)
        return Response(NoticeSerializer(found.get()).data)


class NoticePreferences(_Own):
    """How the caller hears of each kind. PUT sets the kinds that are named and leaves the others."""

    @extend_schema(operation_id="notice_preferences", responses=NoticePreferencesSerializer)
    def get(self, request: Request) -> Response:
        return Response(_preferences(queries.choices_of(signed_in(request), scope_for(request))))

    @extend_schema(
        operation_id="notice_preferences_set",
        request=NoticePreferencesSerializer,
        responses=NoticePreferencesSerializer,
    )
    def put(self, request: Request) -> Response:
        user, scope = signed_in(request), scope_for(request)
        asked = NoticePreferencesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = {one["kind"]: one["delivery"] for one in asked.validated_data["kinds"]}
        known = {one.kind.key for one in queries.choices_of(user, scope)}
        unknown = sorted(set(wanted) - known)
        if unknown:
            raise serializers.ValidationError({"kinds": [f"There is no such kind: {', '.join(unknown)}."]})
        actions.choose(by=user, deliveries=wanted)
        return Response(_preferences(queries.choices_of(user, scope)))


def _preferences(choices: list[Choice]) -> dict[str, Any]:
    rows = [
        {"kind": one.kind.key, "label": str(one.kind.label), "delivery": one.delivery, "is_own": one.is_own}
        for one in choices
    ]
    return {"mail_is_set_up": mail_server() is not None, "kinds": rows}
