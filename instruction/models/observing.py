"""Observations as they are written: notes first, then levels; a draft, then shared, then locked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models.evidence import Observation, ObservationKind, Purpose
from instruction.models.framework import FrameworkVersion
from schools.models import Org, Person


class RecordState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SHARED = "shared", _("Shared")
    LOCKED = "locked", _("Locked")


class ObservationRecord(models.Model):
    """What an observer writes in and after a lesson, from the first word to the locked record.

    Only sharing makes ratings of it: the `observation` that estimates, pages and files read. A draft is its
    observer's alone. Without `observed` it is a walk without names (school, grade, subject): it never has an
    observation and reaches no estimate. An unlocked record keeps its observation as it was last shared.

    uid: made where it is written, also offline. content: what is written, a document that
    instruction.observing.content reads and checks: lines of notes, each tagged to elements, and levels whose
    reasons are those lines. revision: counts the saves. last_save: id of the last save taken in, so that one sent
    twice is known.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    observer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    observed = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ObservationKind.choices)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    observed_on = models.DateField()
    school_year = models.IntegerField()
    grade = models.CharField(max_length=8, blank=True, default="")
    subject = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=16, choices=RecordState.choices, default=RecordState.DRAFT)
    content = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    last_save = models.UUIDField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    # Since when a shared record is taken back for correction; null: it is not, and nothing is written in it.
    opened_at = models.DateTimeField(null=True, blank=True)
    # How far the clock of the device was from the server's when it last saved, in seconds; more is later.
    clock_skew = models.IntegerField(null=True, blank=True)
    observation = models.OneToOneField(
        Observation, null=True, blank=True, on_delete=models.PROTECT, related_name="record"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(observer=models.F("observed")),
                name="instruction_record_not_self",
                violation_error_message=_("Nobody observes themselves."),
            ),
            models.CheckConstraint(
                condition=Q(observed__isnull=False)
                | Q(observation__isnull=True, kind=ObservationKind.WALKTHROUGH, purpose=Purpose.FORMATIVE),
                name="instruction_record_without_names",
                violation_error_message=_("A walk without names is a formative walkthrough."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=ObservationKind.CALIBRATION),
                name="instruction_record_is_of_a_lesson",
                violation_error_message=_("A calibration video is rated in a calibration exercise."),
            ),
            models.CheckConstraint(
                condition=Q(state=RecordState.DRAFT) | Q(shared_at__isnull=False),
                name="instruction_record_shared_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=RecordState.LOCKED) | Q(locked_at__isnull=False),
                name="instruction_record_locked_at",
            ),
        ]
        indexes = [
            models.Index(fields=["observer", "state"], name="instruction_record_observer"),
            models.Index(fields=["school", "school_year"], name="instruction_record_school_year"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.observed_on}"


class RecordReply(models.Model):
    """What the observed person says to a shared record. Acknowledging says it was read, not that they agree."""

    uid = models.UUIDField(default=new_uid, unique=True)
    record = models.ForeignKey(ObservationRecord, on_delete=models.CASCADE, related_name="replies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_acknowledgment = models.BooleanField(default=False)
    text = models.TextField(blank=True, default="", max_length=20_000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"],
                condition=Q(is_acknowledgment=True),
                name="instruction_recordreply_acknowledged_once",
            ),
            models.CheckConstraint(
                condition=Q(is_acknowledgment=True) | ~Q(text=""),
                name="instruction_recordreply_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.uid}"


class UnlockRequest(models.Model):
    """Someone asks that a locked record be opened for correction; the school's principal or a lead answers."""

    uid = models.UUIDField(default=new_uid, unique=True)
    record = models.ForeignKey(ObservationRecord, on_delete=models.CASCADE, related_name="unlock_requests")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(max_length=2_000)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    is_granted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True, default="", max_length=2_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(answered_at__isnull=True),
                name="instruction_unlockrequest_one_open",
                violation_error_message=_("Someone has asked already; the request waits for an answer."),
            )
        ]

    def __str__(self) -> str:
        return f"unlock request {self.uid}"


class ObservationExpectation(models.Model):
    """How often each person on staff is to be observed in a school year; rules as data, the district's own.

    role: of whom; level: "" for schools of every level. kind "" and purpose "" count any. Who was there fewer than
    `least_days` days of the year so far (leave and days before the assignment taken off) is not counted as missing.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school_year = models.IntegerField()
    role = models.CharField(max_length=32, default="teacher")
    level = models.CharField(max_length=16, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="", choices=ObservationKind.choices)
    purpose = models.CharField(max_length=16, blank=True, default="", choices=Purpose.choices)
    at_least = models.PositiveSmallIntegerField()
    # The last day by which they are expected; null: the last of the school year.
    by_day = models.DateField(null=True, blank=True)
    least_days = models.PositiveSmallIntegerField(default=42)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "role", "level", "kind", "purpose"],
                name="instruction_expectation_once",
                violation_error_message=_("There is such a rule for this school year already."),
            ),
            models.CheckConstraint(
                condition=Q(at_least__gte=1, at_least__lte=50),
                name="instruction_expectation_at_least",
                violation_error_message=_("Between 1 and 50 observations a year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at_least} in {self.school_year}"
