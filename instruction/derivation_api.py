"""How one figure comes about, over REST: what its page tells, without the ratings behind it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from instruction import queries
from instruction.aims import KINDS
from instruction.filters import CapacityFilters
from instruction.serializers import CapacityPageSerializer, CapacityRowSerializer

_MORE = ("n_external", "reliability")


class StepSerializer(serializers.Serializer[Any]):
    """One step: what it does (observers, teachers, model, or all as one), by how much, and what the figure is then."""

    part = serializers.CharField()
    by = serializers.FloatField()
    to = serializers.FloatField()


class StepsSerializer(serializers.Serializer[Any]):
    """From the mean of the ratings to the estimate. start is null where only a band of the mean is told."""

    start = serializers.FloatField(allow_null=True)
    start_low = serializers.FloatField(allow_null=True)
    start_high = serializers.FloatField(allow_null=True)
    grain = serializers.FloatField(allow_null=True, help_text="what the means are told in multiples of")
    steps = StepSerializer(many=True)
    estimate = serializers.FloatField()


class AimSerializer(serializers.Serializer[Any]):
    """The estimate against one kind of target: gap is target - estimate."""

    kind = serializers.ChoiceField(choices=KINDS)
    target = serializers.FloatField(allow_null=True)
    gap = serializers.FloatField(allow_null=True)
    p_below = serializers.FloatField(allow_null=True)


class DerivationSerializer(CapacityRowSerializer):
    """A row of the map with its derivation; what may not be told is null."""

    run = serializers.UUIDField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    n_external = serializers.IntegerField(allow_null=True)
    reliability = serializers.FloatField(allow_null=True)
    targets = AimSerializer(many=True)
    steps = StepsSerializer(allow_null=True)


class CapacityDerivation(APIView):
    """How the figure of one school on one element comes about."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_CAPACITY

    @extend_schema(
        operation_id="capacity_derivation_retrieve",
        parameters=[
            OpenApiParameter("year", int, description="End year of the school year; default: the current.")
        ],
        responses=DerivationSerializer,
    )
    def get(self, request: Request, school_uid: UUID, element_uid: UUID) -> Response:
        filters = CapacityFilters.from_params(request.query_params)
        scope = scope_for(request)
        page = queries.derivation_page(scope, filters.year, school_uid, element_uid)
        if page is None:
            raise NotFound
        detail = {"element": str(element_uid), "year": filters.year}
        recording.exported(request, "capacity", target=page.school, rows=1, filters=detail, polled=True)
        return Response(_body(page))


def _body(page: queries.DerivationPage) -> dict[str, Any]:
    run = page.standing.run
    line = queries.SchoolLine(
        page.school.pk, str(page.school.uid), page.school.name, page.school.level, None,
        getattr(page.school, "network_name", None),
    )  # fmt: skip
    row = CapacityPageSerializer.row_of(line, page.column, page.cell)
    return {
        **row,
        "run": str(run.uid) if run else None,
        "computed_at": page.standing.computed_at,
        "basis": run.basis if run else None,
        **{name: getattr(page.row, name, None) for name in _MORE},
        "targets": [one._asdict() for one in page.aims],
        "steps": _steps(page.steps) if page.steps else None,
    }


def _steps(steps: queries.Steps) -> dict[str, Any]:
    low, high = steps.band or (None, None)
    return {
        "start": _number(steps.start),
        "start_low": _number(low),
        "start_high": _number(high),
        "grain": _number(steps.grain),
        "steps": [
            {"part": step.part.value, "by": float(step.by), "to": float(step.to)} for step in steps.steps
        ],
        "estimate": float(steps.estimate),
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
