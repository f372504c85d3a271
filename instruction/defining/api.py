"""Frameworks over REST: lists, a version as JSON, drafts in, publish and retire."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alignment_dash import schoolyear
from alignment_dash.access.api import MayReach, scope_for
from alignment_dash.access.doors import signed_in
from alignment_dash.access.policy import Data
from instruction.defining import actions, queries
from instruction.defining.publishing import publish_draft, retire_version
from instruction.defining.reading import definition_of, draft_revision
from instruction.frameworks.definition import FrameworkDefinition
from instruction.frameworks.files import as_data
from instruction.frameworks.parsing import framework_from
from instruction.frameworks.values import Unreadable
from instruction.models import FrameworkKind, FrameworkVersion, VersionState


class VersionLineSerializer(serializers.Serializer[Any]):
    """One version of a framework."""

    uid = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=VersionState.choices)
    first_school_year = serializers.IntegerField(help_text="end year of the first school year it holds in")
    in_force = serializers.BooleanField(help_text="whether it holds this school year")
    n_elements = serializers.IntegerField()
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)


class FrameworkSerializer(serializers.Serializer[Any]):
    """A framework with its versions, drafts first, then the newest."""

    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FrameworkKind.choices)
    name = serializers.CharField()
    versions = VersionLineSerializer(many=True)


class FrameworkElementSerializer(serializers.Serializer[Any]):
    """One element. levels: its descriptors from the lowest level up. carries, came_from: codes of earlier elements."""

    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    proximity = serializers.IntegerField(min_value=1, max_value=3)
    levels = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False)
    focus = serializers.BooleanField(required=False)
    grade_levels = serializers.ListField(child=serializers.CharField(), required=False)
    subjects = serializers.ListField(child=serializers.CharField(), required=False)
    roles = serializers.ListField(child=serializers.CharField(), required=False)
    competencies = serializers.ListField(child=serializers.CharField(), required=False)
    carries = serializers.ListField(child=serializers.CharField(), required=False)
    came_from = serializers.ListField(child=serializers.CharField(), required=False)
    origin_note = serializers.CharField(required=False, allow_blank=True)


class FrameworkDimensionSerializer(serializers.Serializer[Any]):
    """A dimension with its elements, in order."""

    name = serializers.CharField(max_length=200)
    elements = FrameworkElementSerializer(many=True)


class FrameworkDefinitionSerializer(serializers.Serializer[Any]):
    """A framework as a whole, as the YAML file has it."""

    kind = serializers.ChoiceField(choices=FrameworkKind.choices)
    name = serializers.CharField(max_length=200)
    label = serializers.CharField(max_length=40)  # type: ignore[assignment]
    first_school_year = serializers.IntegerField(required=False)
    level_names = serializers.ListField(child=serializers.CharField(), min_length=4)
    proficient_level = serializers.IntegerField(required=False)
    dimensions = FrameworkDimensionSerializer(many=True)


class VersionSerializer(VersionLineSerializer):
    """A version in full. revision: of a draft, to be sent back with PUT."""

    framework = serializers.UUIDField()
    revision = serializers.IntegerField()
    definition = FrameworkDefinitionSerializer()


class DraftRequestSerializer(serializers.Serializer[Any]):
    """A draft as a whole, and the revision that was read."""

    revision = serializers.IntegerField()
    definition = FrameworkDefinitionSerializer()


class PublishRequestSerializer(serializers.Serializer[Any]):
    """The revision that was looked at; without it whatever stands is published."""

    revision = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class ReasonsSerializer(serializers.Serializer[Any]):
    """Why something was not done."""

    detail = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


def _refused(reasons: list[str], code: int = status.HTTP_409_CONFLICT) -> Response:
    return Response({"detail": " ".join(reasons), "reasons": reasons}, status=code)


def _definition(given: Any) -> FrameworkDefinition:
    try:
        return framework_from(given)
    except Unreadable as unreadable:
        raise exceptions.ValidationError({"definition": unreadable.faults}) from None


def _line(line: queries.VersionLine) -> dict[str, Any]:
    one = line.version
    return {
        "uid": str(one.uid), "label": one.label, "state": one.state, "first_school_year": one.first_school_year,
        "in_force": line.in_force, "n_elements": line.n_elements, "published_at": one.published_at,
        "retired_at": one.retired_at,
    }  # fmt: skip


def _history(one: queries.History) -> dict[str, Any]:
    framework = one.framework
    versions = [_line(line) for line in one.lines]
    return {"uid": str(framework.uid), "kind": framework.kind, "name": framework.name, "versions": versions}


def _whole(version: FrameworkVersion) -> dict[str, Any]:
    definition = definition_of(version)
    holding = FrameworkVersion.objects.in_force(schoolyear.current_year())
    line = queries.VersionLine(
        version, len(definition.elements), version.pk in {one.pk for one in holding}, is_coming=False
    )
    return _line(line) | {
        "framework": str(version.framework.uid), "revision": draft_revision(version), "definition": as_data(definition),
    }  # fmt: skip


def _version(request: Request, uid: UUID) -> FrameworkVersion:
    found = queries.version_seen(scope_for(request), uid)
    if found is None:
        raise Http404
    return found


class FrameworkList(APIView):
    """Frameworks and their versions. POST begins a draft from a definition; of a new name it begins a framework."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(responses=FrameworkSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([_history(one) for one in queries.versions_seen(scope_for(request))])

    @extend_schema(
        request=FrameworkDefinitionSerializer, responses={201: VersionSerializer, 409: ReasonsSerializer}
    )
    def post(self, request: Request) -> Response:
        definition = _definition(request.data)
        try:
            version = actions.begin_draft(definition=definition, by=signed_in(request), source="api")
        except actions.Refused as refused:
            return _refused(refused.reasons)
        except Unreadable as unreadable:
            raise exceptions.ValidationError({"definition": unreadable.faults}) from None
        return Response(_whole(version), status=status.HTTP_201_CREATED)


class FrameworkDetail(APIView):
    """One framework and its versions; drafts only for who may read them."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(responses=FrameworkSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        found = next(
            (one for one in queries.versions_seen(scope_for(request)) if one.framework.uid == uid), None
        )
        if found is None:
            raise Http404
        return Response(_history(found))


class FrameworkVersionDetail(APIView):
    """One version in full. PUT replaces a draft as a whole, where nobody has changed it since `revision` was read."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_whole(_version(request, uid)))

    @extend_schema(request=DraftRequestSerializer, responses={200: VersionSerializer, 409: ReasonsSerializer})
    def put(self, request: Request, uid: UUID) -> Response:
        given, version = request.data, _version(request, uid)
        revision = given.get("revision") if isinstance(given, dict) else None
        if isinstance(revision, bool) or not isinstance(revision, int):
            raise exceptions.ValidationError({"revision": ["The revision that was read, a whole number."]})
        definition = _definition(given.get("definition") if isinstance(given, dict) else None)
        try:
            actions.replace_draft(
                version=version, revision=revision, definition=definition, by=signed_in(request)
            )
        except actions.Moved as moved:
            return _refused([str(moved)])
        except actions.Refused as refused:
            return _refused(refused.reasons)
        except Unreadable as unreadable:
            raise exceptions.ValidationError({"definition": unreadable.faults}) from None
        return Response(_whole(_version(request, uid)))


class FrameworkPublish(APIView):
    """Publish a draft; 409 with every reason where it is not complete, or has changed since `revision` was read."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(
        request=PublishRequestSerializer, responses={200: VersionSerializer, 409: ReasonsSerializer}
    )
    def post(self, request: Request, uid: UUID) -> Response:
        asked = PublishRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version, revision = _version(request, uid), asked.validated_data.get("revision")
        try:
            published = publish_draft(version=version, by=signed_in(request), revision=revision)
        except actions.Moved as moved:
            return _refused([str(moved)])
        except actions.Refused as refused:
            return _refused(refused.reasons)
        return Response(_whole(published))


class FrameworkRetire(APIView):
    """Retire a published version; 409 with every reason while it is in use."""

    permission_classes = [IsAuthenticated, MayReach]
    data = Data.DEFINITIONS

    @extend_schema(request=None, responses={200: VersionSerializer, 409: ReasonsSerializer})
    def post(self, request: Request, uid: UUID) -> Response:
        try:
            retired = retire_version(version=_version(request, uid), by=signed_in(request))
        except actions.Refused as refused:
            return _refused(refused.reasons)
        return Response(_whole(retired))
