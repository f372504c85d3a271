"""Visits, notes and commitments as the API writes and reads them."""

from typing import Any

from rest_framework import serializers

from schools.names import name_of
from supervision.models import Commitment, CommitmentBy, CommitmentState, TimePurpose, Visit, VisitNote
from supervision.visits.forms import LONGEST_COMMITMENT, LONGEST_NOTE, LONGEST_WHY


class VisitSerializer(serializers.ModelSerializer[Visit]):
    """A visit. why_teachers is for its two people alone, and empty for others."""

    school = serializers.UUIDField(source="school.uid")
    principal = serializers.UUIDField(source="principal.uid")
    principal_name = serializers.SerializerMethodField()
    supervisor = serializers.UUIDField(source="supervisor.uid")
    element = serializers.UUIDField(source="element.uid", allow_null=True, default=None)
    why_teachers = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = [
            "uid", "school", "principal", "principal_name", "supervisor", "day", "state", "element", "with_teachers",
            "why_teachers", "revision",
        ]  # fmt: skip

    def get_principal_name(self, one: Visit) -> str:
        """Return the principal's name."""
        return name_of(one.principal)

    def get_why_teachers(self, one: Visit) -> str:
        """Return why teachers were worked with directly, to the visit's two people."""
        return one.why_teachers if self.context.get("own") in (one.supervisor_id, one.principal_id) else ""


class HowItWentSerializer(serializers.Serializer[Any]):
    """How a visit went. With minutes, they go into the time log once."""

    day = serializers.DateField()
    minutes = serializers.IntegerField(
        min_value=1, max_value=24 * 60, required=False, allow_null=True, default=None
    )
    purpose = serializers.ChoiceField(
        choices=TimePurpose.choices, required=False, default=TimePurpose.ONE_ON_ONE
    )
    element = serializers.UUIDField(required=False, allow_null=True, default=None)
    with_teachers = serializers.BooleanField(required=False, default=False)
    why_teachers = serializers.CharField(max_length=LONGEST_WHY, required=False, allow_blank=True, default="")


class NewVisitSerializer(serializers.Serializer[Any]):
    """A visit to plan. The same uid again is the same visit."""

    school = serializers.UUIDField()
    principal = serializers.UUIDField()
    day = serializers.DateField()
    element = serializers.UUIDField(required=False, allow_null=True, default=None)
    uid = serializers.UUIDField(required=False)


class VisitDoneSerializer(HowItWentSerializer):
    """That a planned visit took place."""

    revision = serializers.IntegerField(min_value=0)


class VisitChangeSerializer(serializers.Serializer[Any]):
    """What is changed of a visit; cancel: it does not take place."""

    revision = serializers.IntegerField(min_value=0)
    day = serializers.DateField(required=False)
    element = serializers.UUIDField(required=False, allow_null=True)
    with_teachers = serializers.BooleanField(required=False)
    why_teachers = serializers.CharField(max_length=LONGEST_WHY, required=False, allow_blank=True)
    cancel = serializers.BooleanField(required=False, default=False)


class VisitNoteSerializer(serializers.ModelSerializer[VisitNote]):
    """A note of a visit, for its two people alone."""

    visit = serializers.UUIDField(source="visit.uid")
    author = serializers.UUIDField(source="author.uid")

    class Meta:
        model = VisitNote
        fields = ["uid", "visit", "author", "text", "written_at", "changed_at", "revision"]


class NewVisitNoteSerializer(serializers.Serializer[Any]):
    """A note. The same uid again is the same note."""

    text = serializers.CharField(max_length=LONGEST_NOTE)
    uid = serializers.UUIDField(required=False)


class VisitNoteChangeSerializer(serializers.Serializer[Any]):
    """A note written over what the sender read."""

    text = serializers.CharField(max_length=LONGEST_NOTE)
    revision = serializers.IntegerField(min_value=0)


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """A commitment as it stands."""

    school = serializers.UUIDField(source="school.uid")
    principal = serializers.UUIDField(source="principal.uid")
    visit = serializers.UUIDField(source="visit.uid", allow_null=True, default=None)
    element = serializers.UUIDField(source="element.uid", allow_null=True, default=None)

    class Meta:
        model = Commitment
        fields = [
            "uid", "school", "principal", "visit", "by", "text", "element", "made_on", "due", "first_due", "state",
            "ended_on", "outcome", "revision",
        ]  # fmt: skip


class NewCommitmentSerializer(serializers.Serializer[Any]):
    """A commitment of a principal, or of their supervisor. The same uid again is the same one."""

    school = serializers.UUIDField()
    principal = serializers.UUIDField()
    by = serializers.ChoiceField(choices=CommitmentBy.choices)
    text = serializers.CharField(max_length=LONGEST_COMMITMENT)
    due = serializers.DateField()
    element = serializers.UUIDField(required=False, allow_null=True, default=None)
    visit = serializers.UUIDField(required=False, allow_null=True, default=None)
    uid = serializers.UUIDField(required=False)


class CommitmentChangeSerializer(serializers.Serializer[Any]):
    """What is changed of a commitment; with state, what became of it and nothing else."""

    revision = serializers.IntegerField(min_value=0)
    text = serializers.CharField(max_length=LONGEST_COMMITMENT, required=False)
    due = serializers.DateField(required=False)
    element = serializers.UUIDField(required=False, allow_null=True)
    state = serializers.ChoiceField(choices=CommitmentState.choices, required=False)
    outcome = serializers.CharField(
        max_length=LONGEST_COMMITMENT, required=False, allow_blank=True, default=""
    )
