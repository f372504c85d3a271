"""Roster imports over REST."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from alignment_dash.access.api import MayReach
from alignment_dash.access.policy import Data
from alignment_dash.runs.upload_api import (
    MULTIPART,
    FindingSerializer,
    UploadDetail,
    UploadFindings,
    UploadList,
    UploadSerializer,
    ZipParser,
)
from schools.models import RosterImport
from schools.roster_imports import KIND
from schools.serializers import RosterImportRequestSerializer, RosterImportSerializer

_ZIP = {"type": "string", "format": "binary"}


class OctetParser(ZipParser):
    """A zip that is sent without saying so, as many clients do."""

    media_type = "application/octet-stream"


class WindowsZipParser(ZipParser):
    """A zip as Windows names it."""

    media_type = "application/x-zip-compressed"


class RosterImportList(UploadList):
    """Roster imports, newest first. POST takes a OneRoster 1.1 or 1.2 bundle in and answers with its URL."""

    kind = KIND
    parser_classes = [MULTIPART, ZipParser, OctetParser, WindowsZipParser]

    @extend_schema(
        request={"multipart/form-data": RosterImportRequestSerializer, "application/zip": _ZIP},
        parameters=[
            OpenApiParameter("encoding", str, description="With a body that is the zip: utf-8 or cp1252."),
            OpenApiParameter("source", str, description="With a body that is the zip: whose ids these are."),
            OpenApiParameter("filename", str, description="With a body that is the zip: its name."),
        ],
        responses={202: UploadSerializer, 200: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take a bundle in; the same bytes again are the same import."""
        return super().post(request)


class RosterImportDetail(UploadDetail):
    """One roster import, to be polled: state, percent, counts by file, findings by root cause."""

    kind = KIND

    @extend_schema(responses=RosterImportSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        found = RosterImport.objects.defer("content").select_related("run")
        return Response(RosterImportSerializer(get_object_or_404(found, uid=uid)).data)


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
