"""Runs over REST: ask for one, list them, poll one."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs import actions
from alignment_dash.runs.forms import NOTHING_TO_COMPUTE
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import job_of, jobs


class RunSerializer(serializers.ModelSerializer[Run]):
    percent = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Run
        fields = [
            "uid",
            "kind",
            "school_year",
            "subject",
            "state",
            "reason",
            "queued_at",
            "started_at",
            "ended_at",
            "percent",
            "progress_label",
            "message",
            "method",
            "inputs_as_of",
            "roster_date",
        ]
        read_only_fields = fields


class RunRequestSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=64)
    school_year = serializers.IntegerField(min_value=2000, max_value=2100)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given["subjects"] = list(job_of(given["kind"]).subjects(given["school_year"]))
        if not given["subjects"]:
            raise serializers.ValidationError({"school_year": [NOTHING_TO_COMPUTE]})
        return given

    def validate_kind(self, kind: str) -> str:
        known = [job.kind for job in jobs() if job.publishes]
        if kind not in known:
            raise serializers.ValidationError(f"There is no job of this kind; there are: {', '.join(known)}.")
        return kind


class RunList(ListAPIView[Run]):
    """List the newest runs first; POST asks for a job to be run."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.JOBS
    serializer_class = RunSerializer
    queryset = Run.objects.order_by("-queued_at")

    @extend_schema(request=RunRequestSerializer, responses={202: RunSerializer(many=True)})
    def post(self, request: Request) -> Response:
        asked = RunRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        kind, year = given["kind"], given["school_year"]
        runs = [
            actions.request_run(
                kind=kind, school_year=year, subject=subject, by=signed_in(request), reason="by API"
            )
            for subject in given["subjects"]
        ]
        return Response(RunSerializer(runs, many=True).data, status=status.HTTP_202_ACCEPTED)


class RunDetail(APIView):
    """One run, to be polled."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.JOBS

    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(RunSerializer(get_object_or_404(Run, uid=uid)).data)
