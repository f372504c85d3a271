"""The strategic plan's targets over REST: those of a year as a whole, out and in."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import Conflict, MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from instruction import actions
from instruction.filters import CapacityFilters
from instruction.queries.targets import TargetTable, target_table
from schools.models import Level

AT_MOST = 2_000
_PARAMETERS = [
    OpenApiParameter("year", int, description="End year of the school year; default: the current."),
    OpenApiParameter("framework", str, description="uid of a framework; default: the first for teaching"),
]


class TargetSerializer(serializers.Serializer[Any]):
    """One target: of an element, for a level of schools, "" for all of them."""

    element = serializers.CharField(max_length=40, help_text="code of the element")
    level = serializers.ChoiceField(choices=Level.choices, allow_blank=True, required=False, default="")
    value = serializers.FloatField(min_value=1, help_text="on the framework's levels")


class TargetsRequestSerializer(serializers.Serializer[Any]):
    """All targets of a year. What is not named is removed; `seen` makes sure that nobody is overwritten."""

    targets = serializers.ListField(child=TargetSerializer(), max_length=AT_MOST)
    seen = serializers.ListField(
        child=TargetSerializer(),
        max_length=AT_MOST,
        required=False,
        help_text="the targets as they were read; where someone has changed one since, nothing is set",
    )


class TargetsSerializer(serializers.Serializer[Any]):
    """The targets of a framework in a school year."""

    school_year = serializers.IntegerField()
    framework = serializers.UUIDField(allow_null=True)
    framework_target = serializers.FloatField(
        allow_null=True, help_text="the framework's own, for all elements"
    )
    targets = TargetSerializer(many=True)


class Targets(APIView):
    """The strategic plan's targets of a school year. PUT sets all of them, or none."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.TARGETS

    @extend_schema(parameters=_PARAMETERS, responses=TargetsSerializer)
    def get(self, request: Request) -> Response:
        year, table = _table(request)
        return Response(_said(year, table))

    @extend_schema(
        parameters=_PARAMETERS,
        request=TargetsRequestSerializer,
        responses={200: TargetsSerializer, 409: None},
    )
    def put(self, request: Request) -> Response:
        asked = TargetsRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        year, table = _table(request)
        if table is None:
            raise Http404
        try:
            actions.change_targets(
                version=table.version, year=year, settings=_settings(asked, table), by=signed_in(request)
            )
        except actions.TargetsMoved as moved:
            raise Conflict(str(moved)) from None
        except ValidationError as error:
            raise exceptions.ValidationError({"targets": error.messages}) from None
        return Response(_said(*_table(request)))


def _table(request: Request) -> tuple[int, TargetTable | None]:
    filters = CapacityFilters.from_params(request.query_params)
    return filters.year, target_table(scope_for(request), filters.year, filters.framework)


def _settings(asked: TargetsRequestSerializer, table: TargetTable) -> list[actions.Setting]:
    """Return what is to be set: what is named, and none for what stands and is not. ValidationError where wrong."""
    given = _values(asked.validated_data["targets"], table)
    seen = asked.validated_data.get("seen")
    stood = None if seen is None else _values(seen, table)
    places = {(line.code, level) for line in table.lines for level in line.values} | given.keys()
    return [
        actions.Setting(
            code, given.get((code, level)), level, ... if stood is None else stood.get((code, level))
        )
        for code, level in sorted(places | (stood or {}).keys())
    ]


def _values(rows: list[dict[str, Any]], table: TargetTable) -> dict[tuple[str, str], Decimal]:
    codes = {line.code for line in table.lines}
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        place = row["element"], row["level"]
        if row["element"] not in codes:
            raise exceptions.ValidationError(
                {"targets": [f"{row['element']} is no element of this framework."]}
            )
        if place in found:
            raise exceptions.ValidationError({"targets": [f"{row['element']} is named twice for a level."]})
        found[place] = Decimal(str(row["value"]))
    return found


def _said(year: int, table: TargetTable | None) -> dict[str, Any]:
    if table is None:
        return {"school_year": year, "framework": None, "framework_target": None, "targets": []}
    return {
        "school_year": year,
        "framework": str(table.version.framework.uid),
        "framework_target": float(table.version.proficient_level),
        "targets": [
            {"element": line.code, "level": level, "value": float(value)}
            for line in table.lines
            for level, value in sorted(line.values.items())
        ],
    }
