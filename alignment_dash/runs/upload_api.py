"""Uploads over REST: send a file, list imports, poll one, fetch its findings."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Upload
from alignment_dash.ui.spreadsheet import csv_response

FINDINGS_SHOWN = 100
KEY_LENGTH = 255
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Names this delivery: sent again with the same file it is the same import, however often."
    " At most 255 printable characters; yours alone.",
)


class ErrorSerializer(serializers.Serializer[Any]):
    """Why nothing was done."""

    detail = serializers.CharField()


ERROR = ErrorSerializer


class RawParser(BaseParser):
    """A request whose body is the file; subclasses name the media type."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, bytes]:
        return {"file": uploads.read_file(stream)}


class CsvParser(RawParser):
    media_type = "text/csv"


class ZipParser(RawParser):
    media_type = "application/zip"


class UploadSerializer(serializers.Serializer[Upload]):
    """An import: what came in, how far it is, what was found in it."""

    uid = serializers.UUIDField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    options = serializers.DictField()
    state = serializers.SerializerMethodField()
    message = serializers.CharField()
    counts = serializers.DictField()
    findings_total = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    percent = serializers.IntegerField(source="run.percent", allow_null=True, default=None)

    def get_state(self, upload: Upload) -> str:
        return str(uploads.state_of(upload))


class FindingSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    file = serializers.CharField(allow_blank=True)
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()


class UploadDetailSerializer(UploadSerializer):
    findings = serializers.SerializerMethodField()

    @extend_schema(responses=FindingSerializer(many=True))
    def get_findings(self, upload: Upload) -> list[dict[str, Any]]:
        return list(upload.findings[:FINDINGS_SHOWN])


class UploadRequestSerializer(serializers.Serializer[Any]):
    """The multipart form: the file, and the kind's options beside it."""

    file = serializers.FileField()


class UploadList(ListAPIView[Upload]):
    """The imports of one kind, newest first; POST takes a file in. Subclasses set `kind` and the raw parser.

    `fields` are further fields of each import that comes by this door.
    """

    kind: ClassVar[uploads.UploadKind]
    fields: ClassVar[Mapping[str, Any]] = {}
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    costly = ("POST",)
    takes_files = True
    serializer_class = UploadSerializer

    def get_queryset(self) -> Any:
        return uploads.newest(self.kind)

    @extend_schema(
        request={"multipart/form-data": UploadRequestSerializer},
        parameters=[IDEMPOTENCY_KEY],
        responses={202: UploadSerializer, 200: UploadSerializer, 409: ERROR, 422: ERROR},
    )
    def post(self, request: Request) -> Response:
        try:
            content, filename = self._file(request)
            upload, is_new = uploads.receive(
                kind=self.kind,
                content=content,
                filename=filename,
                options=self._options(request),
                by=signed_in(request),
                idempotency_key=_idempotency_key(request),
                fields=self.fields,
            )
        except uploads.Refused as refused:
            return Response({"detail": refused.message}, status=refused.status)
        location = reverse(self.kind.api_detail, kwargs={"uid": upload.uid})
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        headers = {"Location": request.build_absolute_uri(location)}
        return Response(UploadSerializer(upload).data, status=code, headers=headers)

    def _options(self, request: Request) -> dict[str, Any]:
        """Return the options sent as form fields or in the query; ValidationError for one there is not.

        An option that was misspelled and passed over would do what was not asked for.
        """
        sent = _once_each(request)
        given = {name: value for name, value in sent.items() if name not in {"file", "filename"}}
        form = self.kind.options(given)
        if unknown := sorted(set(given) - set(form.fields)):
            raise exceptions.ValidationError({name: [_("There is no such option.")] for name in unknown})
        if not form.is_valid():
            raise exceptions.ValidationError(
                {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            )
        return form.cleaned_data

    def _file(self, request: Request) -> tuple[bytes, str]:
        """Return the bytes and the name of what was sent: a multipart field, or the whole body."""
        _once_each(request)
        given = request.data.get("file") if isinstance(request.data, Mapping) else None
        if isinstance(given, bytes):
            return given, request.query_params.get("filename", "unnamed")
        if given is None or not hasattr(given, "read"):
            raise uploads.Refused('Send the file as the form field "file", or as the body of the request.')
        file: IO[bytes] = given
        return uploads.read_file(file), getattr(given, "name", "") or ""


def _once_each(request: Request) -> dict[str, Any]:
    """Return what was sent by name, in the form and in the query; ValidationError for what is there twice.

    Of two files, or two values of an option, none is the one that was meant.
    """
    sent: dict[str, list[Any]] = {name: list(values) for name, values in request.query_params.lists()}
    if isinstance(request.data, QueryDict):
        for name, values in request.data.lists():
            sent[name] = [*sent.get(name, []), *values]
    if repeated := sorted(name for name, values in sent.items() if len(values) > 1):
        raise exceptions.ValidationError({name: [_("Send this once.")] for name in repeated})
    return {name: values[0] for name, values in sent.items() if values}


def _idempotency_key(request: Request) -> str:
    """Return the sender's name for this delivery, "" where there is none; ValidationError when it is no name."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable() or not key.strip():
        raise exceptions.ValidationError(
            {"Idempotency-Key": [_("Send 1 to %(n)d printable characters.") % {"n": KEY_LENGTH}]}
        )
    return str(key)


class UploadDetail(APIView):
    """One import, to be polled; it holds the first findings."""

    kind: ClassVar[uploads.UploadKind]
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS

    @extend_schema(responses=UploadDetailSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        found = self.kind.model.objects.defer("content").select_related("run")
        return Response(UploadDetailSerializer(get_object_or_404(found, uid=uid)).data)


class UploadFindings(APIView):
    """What was found in a file, as CSV: level, file, row, column, code, message."""

    kind: ClassVar[uploads.UploadKind]
    permission_classes = [IsAuthenticated, MayReach]
    data = Data.IMPORTS
    costly = ("GET",)

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)})
    def get(self, request: Request, uid: UUID) -> HttpResponse:
        upload = get_object_or_404(self.kind.model.objects.defer("content"), uid=uid)
        rows = list(uploads.finding_rows(upload))
        recording.exported(request, "findings", target=upload, rows=len(rows) - 1, filters={})
        return csv_response(f"findings-{upload.uid}.csv", rows)


MULTIPART = MultiPartParser
