"""What the API says of roster imports."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_api import (
    UploadDetailSerializer,
    UploadRequestSerializer,
    UploadSerializer,
)
from schools.imports.turns import possible
from schools.models import RosterImport
from schools.models.imports import Origin
from schools.rosters.table import ENCODINGS


class RosterImportRequestSerializer(UploadRequestSerializer):
    """The multipart form: a zip, how to read it, and how far to go."""

    encoding = serializers.ChoiceField(choices=list(ENCODINGS), required=False, default="utf-8")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=255, required=False, help_text="The system whose ids these are; else the manifest says."
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Plan only: change nothing until someone approves."
    )
    strict = serializers.BooleanField(
        required=False, default=False, help_text="Reject what deviates from the standard."
    )
    override_edits = serializers.BooleanField(
        required=False, default=False, help_text="Set again the fields that people here have set."
    )


class FilterSerializer(serializers.Serializer[Any]):
    """Which imports are listed: every filter given must hold."""

    state = serializers.MultipleChoiceField(
        choices=UploadState.choices, required=False, help_text="May be given more than once."
    )
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    created_since = serializers.DateTimeField(required=False, help_text="Received at this time or later.")
    created_before = serializers.DateTimeField(required=False, help_text="Received before this time.")


class FindingPlaceSerializer(serializers.Serializer[Any]):
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
    first = FindingPlaceSerializer(many=True)


class HoldSerializer(serializers.Serializer[Any]):
    """A rule that speaks against applying a roster unseen, in words and in numbers."""

    code = serializers.CharField()
    type = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.FloatField()
    limit = serializers.IntegerField()
    message = serializers.CharField()


class PlannedTypeSerializer(serializers.Serializer[Any]):
    """What applying does to one type of record; `held` were there before, `mode` is that of its file."""

    held = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    ended = serializers.IntegerField()
    returned = serializers.IntegerField()
    rows = serializers.IntegerField()
    mode = serializers.ChoiceField(choices=["bulk", "delta", "absent"])


class RosterImportRowSerializer(UploadSerializer):
    """One roster import in the list."""

    version = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    origin = serializers.ChoiceField(choices=Origin.choices)
    planned_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    reverted_at = serializers.DateTimeField(allow_null=True)


class RosterImportSerializer(RosterImportRowSerializer, UploadDetailSerializer):
    """One roster import: how far it is, its findings by root cause, its plan in numbers, what can be done now.

    `plan_hash` names the plan; an approval has to quote it. `links` hold the addresses of what is possible at
    this moment and of nothing else. `unmatched` are role words that wait to be matched, with their numbers.
    """

    stage = serializers.SerializerMethodField()
    groups = FindingGroupSerializer(many=True)
    unmatched = serializers.DictField(child=serializers.IntegerField())
    plan = serializers.SerializerMethodField()
    plan_hash = serializers.CharField(allow_blank=True)
    holds = HoldSerializer(many=True)
    received_by = serializers.SerializerMethodField()
    approved_by = serializers.SerializerMethodField()
    approved_at = serializers.DateTimeField(allow_null=True)
    reverted_by = serializers.SerializerMethodField()
    reverted = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    def get_stage(self, upload: RosterImport) -> str:
        """What the worker is doing; empty when it is not at work on it."""
        return upload.run.progress_label if upload.run and upload.run.is_open else ""

    @extend_schema_field(serializers.DictField(child=PlannedTypeSerializer()))
    def get_plan(self, upload: RosterImport) -> Mapping[str, Any]:
        types: Mapping[str, Any] = upload.plan.get("types", {})
        return types

    def get_received_by(self, upload: RosterImport) -> str | None:
        return upload.received_by.name if upload.received_by else None

    def get_approved_by(self, upload: RosterImport) -> str | None:
        return upload.approved_by.name if upload.approved_by else None

    def get_reverted_by(self, upload: RosterImport) -> str | None:
        return upload.reverted_by.name if upload.reverted_by else None

    @extend_schema_field(serializers.DictField(child=serializers.DictField(child=serializers.IntegerField())))
    def get_reverted(self, upload: RosterImport) -> Mapping[str, Any]:
        """By type: rows restored, removed, and kept because something here names them."""
        counts: Mapping[str, Any] = upload.plan.get("reverted", {})
        return counts

    @extend_schema_field(serializers.DictField(child=serializers.URLField()))
    def get_links(self, upload: RosterImport) -> dict[str, str]:
        request = self.context["request"]
        return {
            name: request.build_absolute_uri(reverse(route, kwargs={"uid": upload.uid}))
            for name, route in possible(upload).items()
        }


class PlanSerializer(serializers.Serializer[RosterImport]):
    """The plan of one import: counts by type, up to ten samples of each act, and what holds it."""

    state = serializers.CharField()
    plan_hash = serializers.CharField()
    planned_at = serializers.DateTimeField(allow_null=True)
    types = serializers.DictField(child=PlannedTypeSerializer(), source="plan.types", default=dict)
    samples = serializers.DictField(
        source="plan.samples",
        default=dict,
        help_text="type -> act -> [{id, row, label, changes: [{field, before, after}]}]",
    )
    ids = serializers.DictField(child=serializers.IntegerField(), source="plan.ids", default=dict)
    orgs_ended = serializers.ListField(child=serializers.DictField(), source="plan.orgs_ended", default=list)
    other_sources = serializers.ListField(
        child=serializers.CharField(), source="plan.other_sources", default=list
    )
    users_suspended = serializers.SerializerMethodField()
    users_spared = serializers.SerializerMethodField()
    holds = HoldSerializer(many=True)

    def get_users_suspended(self, upload: RosterImport) -> int:
        """How many could no longer sign in."""
        return len(upload.plan.get("users_suspended", []))

    def get_users_spared(self, upload: RosterImport) -> int:
        """How many would lose their sign-in if they were not the last administrators."""
        return len(upload.plan.get("users_spared", []))


class ApprovalSerializer(serializers.Serializer[Any]):
    """The plan that is approved, by the hash that was shown with it."""

    plan_hash = serializers.CharField(max_length=64)


class BlockedSerializer(serializers.Serializer[Any]):
    """A row that a later change keeps from being as before."""

    table = serializers.CharField()
    row = serializers.IntegerField(source="row_id")
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    why = serializers.CharField()


class RevertSerializer(serializers.Serializer[Any]):
    """What reverting would do, by table, and, page by page, the rows that block it."""

    is_newest = serializers.BooleanField()
    would = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    count = serializers.IntegerField(help_text="Rows that block it.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BlockedSerializer(many=True)


class ConflictSerializer(serializers.Serializer[Any]):
    """Why nothing was done; with a revert, the first of the rows that block it, and where all are listed."""

    detail = serializers.CharField()
    count = serializers.IntegerField(required=False)
    blocked = BlockedSerializer(many=True, required=False)
    blocked_url = serializers.URLField(required=False)
