"""Instruction over REST."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
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
from instruction.serializers import CapacityPageSerializer

SCHOOLS_AT_MOST = 100


class Capacity(APIView):
    """The capacity map's rows: schools by elements of the snapshot that stands, blanked as on the page."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SCHOOL_CAPACITY

    @extend_schema(
        parameters=[
            OpenApiParameter("year", int, description="End year of the school year; default: the current."),
            OpenApiParameter("network", str, description="uid of a network"),
            OpenApiParameter("level", str, description="level of schools, such as elementary"),
            OpenApiParameter(
                "against", str, enum=KINDS, description="kind of target that gaps are to; default: strategic"
            ),
            OpenApiParameter("element", str, description="uid of one element"),
            OpenApiParameter("page", int, description=f"from 1; {SCHOOLS_AT_MOST} schools each"),
        ],
        responses=CapacityPageSerializer,
    )
    def get(self, request: Request) -> Response:
        filters = CapacityFilters.from_params(request.query_params)
        standing = queries.standing(filters.year, filters.framework)
        if standing is None:
            return Response(CapacityPageSerializer.nothing(filters.year, filters.against))
        found = queries.capacity_map(scope_for(request), standing, filters, limit=SCHOOLS_AT_MOST)
        if filters.page > found.filters.page:
            raise NotFound(f"There is no page {filters.page}; the last one is {found.filters.page}.")
        rows = list(_rows(found))
        recording.exported(
            request, "capacity", target=standing.version, rows=len(rows), filters=asdict(filters), polled=True
        )
        return Response(CapacityPageSerializer.page_of(found, rows))


def _rows(found: queries.CapacityMap) -> Iterator[dict[str, Any]]:
    """Yield a row for each school of the page and each element that applies to it."""
    for line in found.schools:
        for column in found.columns:
            cell = found.cells.get((line.school_id, column.element_id))
            if cell or line.hidden:
                yield CapacityPageSerializer.row_of(line, column, cell)
