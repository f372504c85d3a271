"""Role rules over REST: list, add, change, move, remove."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from schools.models import RoleRule
from schools.role_words import queries as words
from schools.role_words import rules as actions
from schools.role_words.api import answer_of


class RoleRuleRequestSerializer(serializers.Serializer[Any]):
    """What a rule says. `place`, 0 for the first, moves it among the others."""

    role = serializers.ChoiceField(choices=words.RULE_ROLES)
    word = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    org_type = serializers.ChoiceField(
        choices=list(words.ORG_TYPES), required=False, allow_blank=True, default=""
    )
    column = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    test = serializers.ChoiceField(choices=RoleRule.Test.choices, required=False, default=RoleRule.Test.IS)
    values = serializers.ListField(
        child=serializers.CharField(max_length=255), max_length=actions.VALUES_KEPT, required=False
    )
    place = serializers.IntegerField(min_value=0, max_value=100_000, required=False)

    def meaning(self) -> actions.Meaning:
        """Return what the rule is to say."""
        given = {name: value for name, value in self.validated_data.items() if name != "place"}
        return actions.Meaning(**given | {"values": tuple(given.get("values", ()))})


class RoleRuleSerializer(serializers.Serializer[RoleRule]):
    """A rule, whom it is about in words, and how many waiting roles it fits (null: the next roster tells)."""

    uid = serializers.UUIDField()
    place = serializers.IntegerField()
    word = serializers.CharField()
    org_type = serializers.CharField()
    column = serializers.CharField()
    test = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())
    role = serializers.CharField()
    says = serializers.SerializerMethodField()
    fits_now = serializers.SerializerMethodField()

    def get_says(self, rule: RoleRule) -> str:
        return words.sentence(rule)

    def get_fits_now(self, rule: RoleRule) -> int | None:
        fits: dict[int, int | None] = self.context["fits"]
        return fits.get(rule.pk)


def _said(rules: list[RoleRule]) -> list[dict[str, Any]]:
    context = {"fits": words.fits_now(rules)}
    return [RoleRuleSerializer(rule, context=context).data for rule in rules]


class RoleRuleList(APIView):
    """The rules in the order in which they are asked. POST, for people, adds one, last unless `place` says."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    people_decide = True

    @extend_schema(responses=RoleRuleSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(_said(list(RoleRule.objects.all())))

    @extend_schema(request=RoleRuleRequestSerializer, responses={201: RoleRuleSerializer})
    def post(self, request: Request) -> Response:
        asked = RoleRuleRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            rule = answer_of(lambda: actions.add_rule(meaning=asked.meaning(), by=signed_in(request)))
            _move(request, rule, asked)
        return Response(_said([rule])[0], status=status.HTTP_201_CREATED)


class RoleRuleDetail(APIView):
    """One rule; what changes it is for people."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    people_decide = True

    @extend_schema(responses=RoleRuleSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_said([get_object_or_404(RoleRule, uid=uid)])[0])

    @extend_schema(request=RoleRuleRequestSerializer, responses=RoleRuleSerializer)
    def put(self, request: Request, uid: UUID) -> Response:
        found = get_object_or_404(RoleRule, uid=uid)
        asked = RoleRuleRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            rule = answer_of(
                lambda: actions.change_rule(rule=found, meaning=asked.meaning(), by=signed_in(request))
            )
            _move(request, rule, asked)
        return Response(_said([rule])[0])

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, uid: UUID) -> Response:
        actions.remove_rule(rule=get_object_or_404(RoleRule, uid=uid), by=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _move(request: Request, rule: RoleRule, asked: RoleRuleRequestSerializer) -> None:
    if "place" in asked.validated_data:
        actions.place_rule(rule=rule, place=asked.validated_data["place"], by=signed_in(request))
