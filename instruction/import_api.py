"""Files of ratings over REST: send one, poll it, fetch what was found, explain the words that rows wait for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash.access.api import MayReach, OwnOfPrograms
from alignment_dash.access.clients.models import ClientToken
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs import upload_api, uploads
from alignment_dash.runs.models import UploadState
from instruction.imports.products import actions, door
from instruction.imports.products.choices import Choices, NotAChoice
from instruction.imports.products.look import may_see_rows, shown, waits_for_others
from instruction.imports.work import OBSERVATION_IMPORTS
from instruction.models import ImportMapping, ObservationImport, UnmatchedValue
from instruction.views.aliases import choices_for
from instruction.views.imports import NEXT

WaitsFor = ObservationImport.WaitsFor
# What a file that waits for a person is called here: the words say what is to be done.
STATES = {WaitsFor.COLUMNS: "needs-mapping", WaitsFor.VALUES: "needs-values"}


class SpreadsheetParser(upload_api.RawParser):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ObservationImportSerializer(upload_api.UploadSerializer):
    """An import of ratings. `next` is the page where a person goes on with a file of another product."""

    next = serializers.SerializerMethodField()
    outlook = serializers.SerializerMethodField()

    def get_state(self, upload: Any) -> str:
        words = super().get_state(upload)
        return words if words == UploadState.FAILED else STATES.get(upload.waits_for, words)

    def get_next(self, upload: Any) -> str | None:
        name = NEXT.get(upload.waits_for)
        return reverse(name, kwargs={"uid": upload.uid}) if name else None

    @extend_schema(responses=serializers.DictField())
    def get_outlook(self, upload: Any) -> dict[str, int]:
        """Numbers of rows of a file of another product: in it, ready, waiting, wrong, left out."""
        return {name: count for name, count in upload.outlook.items() if name.startswith("n_")}


class ObservationImportDetailSerializer(ObservationImportSerializer):
    findings = serializers.SerializerMethodField()

    @extend_schema(responses=upload_api.FindingSerializer(many=True))
    def get_findings(self, upload: Any) -> list[dict[str, Any]]:
        return list(upload.findings[: upload_api.FINDINGS_SHOWN])


class ObservationFileSerializer(upload_api.UploadRequestSerializer):
    mapping = serializers.CharField(required=False, help_text="uid or name of a saved mapping of columns")
    source = serializers.CharField(required=False, help_text="whose ids name people")  # type: ignore[assignment]
    school_year = serializers.IntegerField(required=False, help_text="the one the file is about")


class ObservationImportList(upload_api.UploadList):
    """Imports of ratings, newest first; POST takes a file in, as multipart "file" or as the body.

    A CSV in our own format is imported at once. A file of another product is with `mapping`, and else waits
    with the state "needs-mapping" until its sender says on the page `next` what its columns mean.
    """

    kind = OBSERVATION_IMPORTS
    data = Data.OBSERVATION_IMPORTS
    serializer_class = ObservationImportSerializer
    parser_classes = [MultiPartParser, upload_api.CsvParser, SpreadsheetParser]

    @extend_schema(
        request={"multipart/form-data": ObservationFileSerializer},
        responses={202: ObservationImportSerializer, 200: ObservationImportSerializer},
    )
    def post(self, request: Request) -> Response:
        try:
            content, filename = self._file(request)
            given = request.data if request.FILES else request.query_params
            mapping = str(given.get("mapping", "")).replace("\0", "") if isinstance(given, Mapping) else ""
            if not mapping and not door.is_of_a_product(content):
                for file in request.FILES.values():
                    file.seek(0)
                return super().post(request)
            form = self.kind.options(given if isinstance(given, Mapping) else {})
            if not form.is_valid():
                raise exceptions.ValidationError(
                    {name: [str(text) for text in texts] for name, texts in form.errors.items()}
                )
            upload, is_new = door.receive(
                content=content,
                filename=filename,
                options=form.cleaned_data,
                mapping=mapping,
                by=signed_in(request),
            )
        except uploads.Refused as refused:
            return Response({"detail": refused.message}, status=refused.status)
        return _accepted(request, upload, is_new=is_new)


def _accepted(request: Request, upload: Any, *, is_new: bool) -> Response:
    location = request.build_absolute_uri(reverse(OBSERVATION_IMPORTS.api_detail, kwargs={"uid": upload.uid}))
    code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
    return Response(ObservationImportSerializer(upload).data, status=code, headers={"Location": location})


class ObservationImportDetail(upload_api.UploadDetail):
    """One import of ratings, to be polled."""

    kind = OBSERVATION_IMPORTS
    data = Data.OBSERVATION_IMPORTS

    @extend_schema(responses=ObservationImportDetailSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        found = ObservationImport.objects.defer("content").select_related("run")
        return Response(ObservationImportDetailSerializer(get_object_or_404(found, uid=uid)).data)


class ObservationImportFindings(upload_api.UploadFindings):
    """What was found in one file of ratings, as CSV."""

    kind = OBSERVATION_IMPORTS
    data = Data.OBSERVATION_IMPORTS


class ObservationImportGo(APIView):
    """Import a file of another product that was planned or held, as its preview's button does; a program, its own."""

    permission_classes = [IsAuthenticated, MayReach, OwnOfPrograms]
    data = Data.OBSERVATION_IMPORTS

    @extend_schema(request=None, responses={202: ObservationImportSerializer, 409: upload_api.ERROR})
    def post(self, request: Request, uid: UUID) -> Response:
        upload = get_object_or_404(ObservationImport.objects.defer("content"), uid=uid)
        self.check_object_permissions(request, upload)
        try:
            actions.start_import(upload=upload, by=signed_in(request))
        except actions.Moved:
            detail = "This import does not wait for a go-ahead: ask for its state."
            return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
        upload.refresh_from_db()
        return _accepted(request, upload, is_new=True)


class ImportMappingSerializer(serializers.ModelSerializer[ImportMapping]):
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]
    purpose = serializers.CharField(source="layout.purpose")
    columns = serializers.DictField(source="layout.columns")

    class Meta:
        model = ImportMapping
        fields = ["uid", "name", "source", "purpose", "columns", "made_at"]


class ImportMappingList(ListAPIView[ImportMapping]):
    """The saved mappings of columns, whose uid or name a file is sent with."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.OBSERVATION_IMPORTS
    serializer_class = ImportMappingSerializer

    def get_queryset(self) -> Any:
        return ImportMapping.objects.select_related("source")


class WaitingSerializer(serializers.Serializer[Any]):
    """A word of an imported file that rows wait for, and what it may mean."""

    uid = serializers.UUIDField()
    upload = serializers.UUIDField(source="upload.uid")
    kind = serializers.CharField()
    text = serializers.SerializerMethodField()
    hint = serializers.SerializerMethodField()
    rows = serializers.ListField(child=serializers.IntegerField())
    choices = serializers.SerializerMethodField()

    def _is_seen(self, value: Any) -> bool:
        return may_see_rows(value.upload, self.context["user"])

    def get_text(self, value: Any) -> str:
        """Return the word as written; to others than who sent the file its shape alone."""
        return shown(value.written, self._is_seen(value))

    def get_hint(self, value: Any) -> str:
        return shown(value.hint, self._is_seen(value))

    @extend_schema(responses=serializers.ListField(child=serializers.DictField()))
    def get_choices(self, value: Any) -> list[dict[str, str]]:
        if not self._is_seen(value):
            return []
        choices: Choices = self.context["choices"]
        held = [int(value.suggestion[4:])] if value.suggestion.startswith("row:") else []
        options = choices.options(value.kind, [*held, *value.candidates])[1:]
        return [{"value": said, "label": label} for said, label in options]


class WaitingList(ListAPIView[UnmatchedValue]):
    """The words that rows of imported files wait for, newest file first."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.OBSERVATION_IMPORTS
    serializer_class = WaitingSerializer

    def get_queryset(self) -> Any:
        return UnmatchedValue.objects.select_related("upload").order_by("-upload", "kind", "pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = self.paginate_queryset(self.get_queryset())
        rows = list(self.get_queryset()) if values is None else values
        context = {"choices": choices_for(list(rows)), "user": signed_in(request)}
        found = WaitingSerializer(rows, many=True, context=context).data
        return Response(found) if values is None else self.get_paginated_response(found)


class WaitingResolve(APIView):
    """Say what a word means, by one of its choices or a person's id; exactly the rows waiting for it come in."""

    permission_classes = [IsAuthenticated, MayReach]
    parser_classes = [JSONParser, MultiPartParser]
    data = Data.OBSERVATION_IMPORTS

    @extend_schema(
        request=inline_serializer(
            "WaitingMeaning",
            {
                "meaning": serializers.CharField(required=False),
                "id": serializers.CharField(required=False),
            },
        ),
        responses={202: ObservationImportSerializer},
    )
    def post(self, request: Request, uid: UUID) -> Response:
        value = get_object_or_404(UnmatchedValue.objects.select_related("upload"), uid=uid)
        if not may_see_rows(value.upload, signed_in(request)):
            raise exceptions.PermissionDenied("Only whoever sent the file may say what its words mean.")
        if isinstance(request.auth, ClientToken) and waits_for_others(value):
            raise exceptions.PermissionDenied("A file of someone else waits for this word, too.")
        given = request.data if isinstance(request.data, Mapping) else {}
        chosen, typed = (str(given.get(name) or "").replace("\0", "") for name in ("meaning", "id"))
        try:
            meaning = choices_for([value]).parse(value.kind, chosen, typed)
        except NotAChoice as error:
            raise exceptions.ValidationError({"meaning": [str(error)]}) from error
        if meaning is None:
            raise exceptions.ValidationError({"meaning": ["Send one of the choices, or a person's id."]})
        actions.resolve(value=value, meaning=meaning, by=signed_in(request))
        upload = ObservationImport.objects.defer("content").select_related("run").get(pk=value.upload_id)
        return _accepted(request, upload, is_new=True)
