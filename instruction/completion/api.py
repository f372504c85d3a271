"""How often people are to be observed over REST: the rules of a year as a whole, out and in."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.ui.years import year_from
from instruction.completion import actions, queries, words
from instruction.models import ObservationKind, Purpose
from schools.models import Level

_PARAMETERS = [
    OpenApiParameter("year", int, description="End year of the school year; default: the current.")
]
KINDS = [one for one in ObservationKind.choices if one[0] != ObservationKind.CALIBRATION]


class ExpectationSerializer(serializers.Serializer[Any]):
    """One rule: who is to be observed how often, by when."""

    role = serializers.ChoiceField(choices=[(role.value, role.label) for role in queries.ROLES])
    level = serializers.ChoiceField(
        choices=Level.choices, allow_blank=True, required=False, default="", help_text='"": every level'
    )
    kind = serializers.ChoiceField(
        choices=KINDS, allow_blank=True, required=False, default="", help_text='"": any'
    )
    purpose = serializers.ChoiceField(
        choices=Purpose.choices, allow_blank=True, required=False, default="", help_text='"": any'
    )
    at_least = serializers.IntegerField(min_value=1, max_value=50)
    by_day = serializers.DateField(
        allow_null=True, required=False, default=None, help_text="null: the last day of the school year"
    )
    least_days = serializers.IntegerField(
        min_value=0, max_value=366, required=False, default=42,
        help_text="of who was at the school on at least so many days, leave taken off",
    )  # fmt: skip
    people_now = serializers.IntegerField(read_only=True, help_text="how many people it fits today")


class ExpectationsRequestSerializer(serializers.Serializer[Any]):
    """All rules of a year; what is not named is removed."""

    rules = serializers.ListField(child=ExpectationSerializer(), max_length=actions.MOST)
    version = serializers.CharField(
        max_length=40,
        required=False,
        help_text="of the rules as they were read; where others stand, nothing is set",
    )


class ExpectationsSerializer(serializers.Serializer[Any]):
    """The rules of a school year. warnings: rules that fit nobody, and rules that count the same observations."""

    school_year = serializers.IntegerField()
    version = serializers.CharField()
    rules = ExpectationSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())


class Expectations(APIView):
    """How often people are to be observed in a school year. PUT sets all rules, or none."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.EXPECTATIONS

    @extend_schema(parameters=_PARAMETERS, responses=ExpectationsSerializer)
    def get(self, request: Request) -> Response:
        return Response(_said(request))

    @extend_schema(
        parameters=_PARAMETERS,
        request=ExpectationsRequestSerializer,
        responses={200: ExpectationsSerializer, 409: None},
    )
    def put(self, request: Request) -> Response:
        asked = ExpectationsRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        rules = [actions.Wanted(**one) for one in asked.validated_data["rules"]]
        try:
            actions.set_expectations(
                year=year_from(request.query_params),
                rules=rules,
                by=signed_in(request),
                seen=asked.validated_data.get("version"),
            )
        except actions.Moved as moved:
            raise Conflict(str(moved)) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"rules": error.messages}) from None
        return Response(_said(request))


def _said(request: Request) -> dict[str, Any]:
    page = queries.expectations(scope_for(request), year_from(request.query_params))
    return {
        "school_year": page.year,
        "version": actions.version_of(page.rules),
        "rules": [actions.wanted_of(one.rule)._asdict() | {"people_now": one.n_people} for one in page.lines],
        "warnings": [words.nobody_words(one) for one in page.nobody]
        + [words.overlap_words(*pair) for pair in page.overlaps],
    }
