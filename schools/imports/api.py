"""Roster imports over REST: send a bundle, list imports, poll one, read its plan and its findings."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach
from alignment_dash.access.policy import Data
from alignment_dash.runs.upload_api import (
    ERROR,
    IDEMPOTENCY_KEY,
    MULTIPART,
    FindingSerializer,
    UploadDetail,
    UploadFindings,
    UploadList,
    UploadSerializer,
    ZipParser,
)
from schools.imports.importing import KIND
from schools.imports.serializers import (
    FilterSerializer,
    PlanSerializer,
    RosterImportRequestSerializer,
    RosterImportRowSerializer,
    RosterImportSerializer,
)
from schools.models import RosterImport
from schools.models.imports import Origin

_ZIP = {"type": "string", "format": "binary"}
_PEOPLE = ("received_by", "approved_by", "reverted_by")


class OctetParser(ZipParser):
    """A zip that is sent without saying so, as many clients do."""

    media_type = "application/octet-stream"


class WindowsZipParser(ZipParser):
    """A zip as Windows names it."""

    media_type = "application/x-zip-compressed"


def detail(request: Request, upload: RosterImport) -> dict[str, Any]:
    """Return one import as the API shows it, as it now is."""
    found = RosterImport.objects.defer("content").select_related("run", *_PEOPLE).get(pk=upload.pk)
    return RosterImportSerializer(found, context={"request": request}).data


class RosterImportList(UploadList):
    """Roster imports, newest first. POST takes a OneRoster 1.1 or 1.2 bundle in and answers with its URL."""

    kind = KIND
    fields = {"origin": Origin.API}
    parser_classes = [MULTIPART, ZipParser, OctetParser, WindowsZipParser]
    serializer_class = RosterImportRowSerializer

    def get_queryset(self) -> QuerySet[RosterImport]:
        found: QuerySet[RosterImport] = super().get_queryset().defer("content", "findings", "groups", "plan")
        asked = FilterSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if given.get("state"):
            found = found.filter(state__in=given["state"])
        if "source" in given:
            found = found.filter(source=given["source"])
        if "created_since" in given:
            found = found.filter(received_at__gte=given["created_since"])
        if "created_before" in given:
            found = found.filter(received_at__lt=given["created_before"])
        return found

    @extend_schema(parameters=[FilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List imports, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request={"multipart/form-data": RosterImportRequestSerializer, "application/zip": _ZIP},
        parameters=[
            IDEMPOTENCY_KEY,
            OpenApiParameter("encoding", str, description="utf-8 or cp1252."),
            OpenApiParameter("source", str, description="Whose ids these are; else the manifest says."),
            OpenApiParameter("dry_run", bool, description="Plan only."),
            OpenApiParameter("strict", bool, description="Reject what deviates from the standard."),
            OpenApiParameter("override_edits", bool, description="Set again what people here have set."),
            OpenApiParameter("filename", str, description="With a body that is the zip: its name."),
        ],
        responses={202: UploadSerializer, 200: UploadSerializer, 413: ERROR, 422: ERROR},
    )
    def post(self, request: Request) -> Response:
        """Take a bundle in; the same bytes again are the same import."""
        return super().post(request)


class RosterImportDetail(UploadDetail):
    """One roster import, to be polled: state, stage, percent, plan in numbers, findings by root cause."""

    kind = KIND

    @extend_schema(responses=RosterImportSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(detail(request, get_object_or_404(RosterImport.objects.only("pk"), uid=uid)))


class RosterImportPlan(APIView):
    """What applying a bundle does, type by type, with samples; 404 until there is a plan."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS

    @extend_schema(responses={200: PlanSerializer, 404: ERROR})
    def get(self, request: Request, uid: UUID) -> Response:
        upload = get_object_or_404(RosterImport.objects.defer("content", "findings"), uid=uid)
        if not upload.plan_hash:
            raise exceptions.NotFound(_("There is no plan: the bundle is being checked, or was rejected."))
        return Response(PlanSerializer(upload).data)


class RosterImportFindings(ListAPIView[RosterImport]):
    """What was found in a bundle, page by page: errors first, root causes before their consequences."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    serializer_class = FindingSerializer

    @extend_schema(responses=FindingSerializer(many=True))
    def get(self, request: Request, uid: UUID) -> Response:
        upload = get_object_or_404(RosterImport.objects.only("findings"), uid=uid)
        page = self.paginate_queryset(upload.findings)
        return self.get_paginated_response(FindingSerializer(page, many=True).data)


class RosterImportFindingsCsv(UploadFindings):
    """The kept findings of a bundle as CSV."""

    kind = KIND
