"""What the API says of roster imports."""

from typing import Any

from rest_framework import serializers

from alignment_dash.runs.upload_api import UploadDetailSerializer, UploadRequestSerializer
from schools.rosters.table import ENCODINGS


class RosterImportRequestSerializer(UploadRequestSerializer):
    """The multipart form: a zip and how to read it."""

    encoding = serializers.ChoiceField(choices=list(ENCODINGS), required=False, default="utf-8")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=255, required=False, help_text="The system whose ids these are; else the manifest says."
    )


class PlaceSerializer(serializers.Serializer[Any]):
    file = serializers.CharField(allow_blank=True)
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)


class FindingGroupSerializer(serializers.Serializer[Any]):
    """All findings with one root cause."""

    code = serializers.CharField()
    level = serializers.CharField()
    message = serializers.CharField()
    count = serializers.IntegerField()
    files = serializers.DictField(child=serializers.IntegerField())
    first = PlaceSerializer(many=True)


class RosterImportSerializer(UploadDetailSerializer):
    """One roster import with its findings by root cause and the role words that wait to be matched."""

    version = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    groups = FindingGroupSerializer(many=True)
    unmatched = serializers.DictField(child=serializers.IntegerField())
