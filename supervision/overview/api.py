"""The supervisor's home and the view of all supervisors over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.policy import Data
from supervision.overview.district import district
from supervision.overview.home import home
from supervision.overview.rows import District, Home, PrincipalRow, SupervisorRow


class PrincipalRowSerializer(serializers.Serializer[Any]):
    """One principal at one school of the caller's caseload."""

    school = serializers.UUIDField()
    school_name = serializers.CharField()
    principal = serializers.UUIDField(allow_null=True, help_text="null: the position is vacant")
    principal_name = serializers.CharField(allow_blank=True)
    need = serializers.FloatField(allow_null=True, help_text="our need index, 1 is the district's average")
    need_low = serializers.FloatField(allow_null=True)
    need_high = serializers.FloatField(allow_null=True)
    last_visit = serializers.DateField(allow_null=True)
    planned_visit = serializers.DateField(
        allow_null=True, help_text="the next one that the caller has planned, today's included"
    )
    visits = serializers.IntegerField(help_text="days with a visit since visits_since")
    visits_expected = serializers.FloatField()
    visit_due = serializers.BooleanField(
        help_text="more contact days have passed since the last visit than need lets pass between two"
    )
    element_in_focus = serializers.CharField(allow_blank=True)
    open_commitments = serializers.IntegerField()
    overdue_commitments = serializers.IntegerField()
    minutes_by_week = serializers.ListField(
        child=serializers.IntegerField(), help_text="the oldest week first"
    )


class MyPrincipalsSerializer(serializers.Serializer[Any]):
    """The caller's caseload today."""

    as_of = serializers.DateField()
    visits_since = serializers.DateField()
    need_computed_at = serializers.DateTimeField(allow_null=True)
    principals = PrincipalRowSerializer(many=True)


class SupervisorRowSerializer(serializers.Serializer[Any]):
    """One principal supervisor: sums alone."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    principals = serializers.IntegerField()
    vacant_positions = serializers.IntegerField()
    need = serializers.FloatField(allow_null=True, help_text="as many principals of average need")
    need_low = serializers.FloatField(allow_null=True)
    need_high = serializers.FloatField(allow_null=True)
    visited_as_need_asks = serializers.IntegerField(
        allow_null=True, help_text="null: of too few principals to be told"
    )
    visited_of = serializers.IntegerField()
    with_principals = serializers.FloatField(allow_null=True, help_text="share of time, 0 to 1")
    on_leadership = serializers.FloatField(allow_null=True, help_text="share of time, 0 to 1")
    covering_minutes = serializers.IntegerField()
    minutes = serializers.IntegerField()


class OwedSerializer(serializers.Serializer[Any]):
    """Work of one department that principal supervisors did this school year."""

    department = serializers.CharField()
    minutes = serializers.IntegerField()
    supervisors = serializers.IntegerField()


class PrincipalSupervisorsSerializer(serializers.Serializer[Any]):
    """All principal supervisors today."""

    as_of = serializers.DateField()
    time_since = serializers.DateField(help_text="the Monday of the school year from which time is added up")
    time_until = serializers.DateField(
        help_text="the Sunday of the last week that has ended, up to which it is"
    )
    need_computed_at = serializers.DateTimeField(allow_null=True)
    schools_without = serializers.IntegerField()
    supervisors = SupervisorRowSerializer(many=True)
    covered = OwedSerializer(many=True)


class MyPrincipals(APIView):
    """The caller's principals: need, visits, focus, commitments and time."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPERVISOR_TIME

    @extend_schema(responses=MyPrincipalsSerializer, operation_id="my_principals")
    def get(self, request: Request) -> Response:
        found = home(scope_for(request))
        return Response(
            _frame(found)
            | {"visits_since": found.since, "principals": [_principal(row) for row in found.rows]}
        )


class PrincipalSupervisors(APIView):
    """All principal supervisors as sums, for the cabinet."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.SUPERVISOR_TIME

    @extend_schema(responses=PrincipalSupervisorsSerializer, operation_id="principal_supervisors")
    def get(self, request: Request) -> Response:
        found = district(scope_for(request))
        told = {
            "schools_without": found.schools_without,
            "supervisors": [_supervisor(row) for row in found.rows],
            "covered": [
                {"department": one.department, "minutes": one.minutes, "supervisors": one.supervisors}
                for one in found.owed
            ],
        }
        return Response(_frame(found) | {"time_since": found.since, "time_until": found.until} | told)


def _frame(found: Home | District) -> dict[str, Any]:
    return {
        "as_of": found.day,
        "need_computed_at": found.snapshot.computed_at if found.snapshot else None,
    }


def _principal(row: PrincipalRow) -> dict[str, Any]:
    return {
        "school": row.school_uid,
        "school_name": row.school,
        "principal": row.principal_uid,
        "principal_name": row.principal,
        "need": row.need.index if row.need else None,
        "need_low": row.need.low if row.need else None,
        "need_high": row.need.high if row.need else None,
        "last_visit": row.last,
        "planned_visit": row.planned,
        "visits": row.visits,
        "visits_expected": round(row.expected, 2),
        "visit_due": row.is_due,
        "element_in_focus": row.focus,
        "open_commitments": row.open,
        "overdue_commitments": row.overdue,
        "minutes_by_week": row.minutes,
    }


def _supervisor(row: SupervisorRow) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "name": row.name,
        "principals": row.n_principals,
        "vacant_positions": row.n_vacant,
        "need": row.need,
        "need_low": row.need_low,
        "need_high": row.need_high,
        "visited_as_need_asks": row.seen,
        "visited_of": row.of,
        "with_principals": row.with_principals,
        "on_leadership": row.on_leadership,
        "covering_minutes": row.covered,
        "minutes": row.minutes,
    }
