"""Role words that wait to be matched, over REST: list them, say what they are, take it back."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from schools.models import WaitingRole
from schools.role_words import queries as words
from schools.role_words.decisions import Decided, decide_roles, undo_decision
from schools.role_words.rules import decide_word

AT_ONCE = 1000
Done = TypeVar("Done")


def answer_of(action: Callable[[], Done]) -> Done:
    """Do an action; what it refuses is a 400 that says why, by field where it is about one."""
    try:
        return action()
    except ValidationError as refused:
        if hasattr(refused, "error_dict"):
            raise exceptions.ValidationError(refused.message_dict) from refused
        raise exceptions.ValidationError({"detail": " ".join(refused.messages)}) from refused


class PersonSerializer(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    name = serializers.CharField(source="identity.display_name", default="")


class PlaceSerializer(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()


class WaitingRoleSerializer(serializers.Serializer[WaitingRole]):
    """A role whose word has no counterpart here: whose, where and when; `role` is "" until it is decided."""

    uid = serializers.UUIDField()
    word = serializers.CharField()
    system = serializers.CharField(source="system.code")
    external_id = serializers.CharField()
    person = PersonSerializer()
    place = PlaceSerializer(source="org")
    is_primary = serializers.BooleanField()
    begins = serializers.DateField(allow_null=True)
    ends = serializers.DateField(allow_null=True)
    role = serializers.CharField(allow_blank=True)
    decided_by = serializers.CharField(source="decided_by.name", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True)
    seen_in = serializers.UUIDField(source="seen_in.uid", allow_null=True, default=None)


class OrgTypeCountSerializer(serializers.Serializer[Any]):
    org_type = serializers.CharField()
    people = serializers.IntegerField()


class WordSerializer(serializers.Serializer[Any]):
    """A word of one source with how many wait by it."""

    word = serializers.CharField()
    system = serializers.CharField()
    people = serializers.IntegerField(source="n_people")
    places = serializers.IntegerField(source="n_places")
    by_org_type = serializers.SerializerMethodField()

    @extend_schema(responses=OrgTypeCountSerializer(many=True))
    def get_by_org_type(self, word: words.Word) -> list[dict[str, Any]]:
        return [{"org_type": org_type, "people": n} for org_type, n in word.by_org_type]


class DecisionSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=words.DECISIONS, help_text="A staff role, or ignore.")


class NamedDecisionSerializer(DecisionSerializer):
    uid = serializers.UUIDField()


class DecisionsSerializer(serializers.Serializer[Any]):
    """Either `decisions`, each about one role, or a `word` and the `role` that all who wait by it have."""

    decisions = NamedDecisionSerializer(many=True, required=False)
    word = serializers.CharField(max_length=64, required=False)
    system = serializers.CharField(max_length=255, required=False, default="")
    org_type = serializers.ChoiceField(
        choices=list(words.ORG_TYPES), required=False, allow_blank=True, default=""
    )
    role = serializers.ChoiceField(choices=words.DECISIONS, required=False)
    make_rule = serializers.BooleanField(
        required=False, default=False, help_text="Let the word mean this in later rosters, too."
    )

    def validate_decisions(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not 0 < len(given) <= AT_ONCE:
            raise serializers.ValidationError(f"Send 1 to {AT_ONCE} decisions.")
        roles: dict[UUID, str] = {}
        for one in given:
            if roles.setdefault(one["uid"], one["role"]) != one["role"]:
                raise serializers.ValidationError(f"Two different roles are given for {one['uid']}.")
        return given

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("decisions" in given) == ("word" in given and "role" in given):
            raise serializers.ValidationError({"detail": "Send decisions, or a word and a role."})
        return given


class DecidedSerializer(serializers.Serializer[Decided]):
    """What came of it: roles that people hold now, of these the ones that were there, and roles ignored."""

    held = serializers.IntegerField()
    were_there = serializers.IntegerField()
    ignored = serializers.IntegerField()


class WaitingRoleList(ListAPIView[WaitingRole]):
    """Roles that wait to be matched, one by one, by name. POST, for people, decides several, or all of a word."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    people_decide = True
    serializer_class = WaitingRoleSerializer

    def get_queryset(self) -> QuerySet[WaitingRole]:
        return words.roles(words.WordFilters.from_params(self.request.query_params.dict()))

    @extend_schema(
        parameters=[
            OpenApiParameter("word", str, description="Only this word of the roster."),
            OpenApiParameter("system", str, description="Only this source."),
            OpenApiParameter("org_type", str, enum=list(words.ORG_TYPES), description="Only at such places."),
            OpenApiParameter(
                "state", str, enum=[words.WAITING, words.DECIDED], description="Default: waiting."
            ),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="roster_unmatched_decide", request=DecisionsSerializer, responses=DecidedSerializer
    )
    def post(self, request: Request) -> Response:
        asked = DecisionsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given, by = asked.validated_data, signed_in(request)
        if "decisions" in given:
            decisions = {one["uid"]: one["role"] for one in given["decisions"]}
            done = answer_of(lambda: decide_roles(decisions=decisions, by=by))
        else:
            filters = words.WordFilters(given["word"], given["system"], given["org_type"])
            done = answer_of(
                lambda: decide_word(filters=filters, role=given["role"], make_rule=given["make_rule"], by=by)
            )
        return Response(DecidedSerializer(done).data)


class WaitingWordList(APIView):
    """The words that wait to be matched, with how many people and places; those of most people first."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS

    @extend_schema(responses=WordSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(WordSerializer(words.waiting_words(), many=True).data)


class WaitingRoleDetail(APIView):
    """One role: POST says what it is, DELETE takes that back; both are for people."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    people_decide = True

    @extend_schema(responses=WaitingRoleSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return _answer(uid)

    @extend_schema(
        operation_id="roster_unmatched_decide_one",
        request=DecisionSerializer,
        responses=WaitingRoleSerializer,
    )
    def post(self, request: Request, uid: UUID) -> Response:
        found = get_object_or_404(WaitingRole, uid=uid)
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        decisions = {found.uid: asked.validated_data["role"]}
        answer_of(lambda: decide_roles(decisions=decisions, by=signed_in(request)))
        return _answer(uid)

    @extend_schema(request=None, responses={200: WaitingRoleSerializer})
    def delete(self, request: Request, uid: UUID) -> Response:
        found = get_object_or_404(WaitingRole, uid=uid)
        answer_of(lambda: undo_decision(waiting_role=found, by=signed_in(request)))
        return _answer(uid)


def _answer(uid: UUID) -> Response:
    return Response(
        WaitingRoleSerializer(get_object_or_404(words.shown(WaitingRole.objects.all()), uid=uid)).data
    )
