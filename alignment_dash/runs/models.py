"""Runs of jobs (the durable queue), which run is published, and files taken in to be imported."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")


class RunQuerySet(models.QuerySet["Run"]):
    def open(self) -> "RunQuerySet":
        """Keep what waits or runs."""
        return self.filter(state__in=[State.QUEUED, State.RUNNING])

    def due(self) -> "RunQuerySet":
        """Keep what waits and may start now, oldest first."""
        return self.filter(state=State.QUEUED, not_before__lte=timezone.now()).order_by("queued_at")

    def quiet_since(self, moment: Any) -> "RunQuerySet":
        """Keep what is said to run but has not been heard of since `moment`."""
        return self.filter(state=State.RUNNING, heartbeat_at__lt=moment)


class Run(models.Model):
    """One execution of a job for one school year and subject; the message that wakes a worker is only a doorbell."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    kind = models.CharField(max_length=64)
    school_year = models.IntegerField()
    # What the job is about within the year, such as a framework's uid; "" when there is one a year.
    subject = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    queued_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_label = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)

    # What it saw and how it computed, so that a number can be traced.
    inputs_as_of = models.DateTimeField(null=True, blank=True)
    roster_date = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=16, blank=True)
    method = models.CharField(max_length=64, blank=True)
    code_version = models.CharField(max_length=64, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "school_year", "subject"],
                condition=Q(state=State.QUEUED),
                name="runs_run_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["kind", "school_year", "subject"],
                condition=Q(state=State.RUNNING),
                name="runs_run_one_running",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="runs_run_due"),
            models.Index(fields=["kind", "school_year", "-queued_at"], name="runs_run_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.school_year} {self.state}"

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100; None while the total is unknown."""
        if not self.progress_total:
            return None
        return min(100, round(100 * self.progress_done / self.progress_total))

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.state in {State.QUEUED, State.RUNNING}


class Publication(models.Model):
    """Which run of a kind stands for a school year and subject, and since when its inputs have changed."""

    kind = models.CharField(max_length=64)
    school_year = models.IntegerField()
    subject = models.CharField(max_length=64, blank=True, default="")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "school_year", "subject"], name="runs_publication_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.school_year} {self.subject}"


class UploadState(models.TextChoices):
    RECEIVED = "received", _("Received")
    VALIDATING = "validating", _("Checking")
    REJECTED = "rejected", _("Rejected: nothing was changed")
    PLANNED = "planned", _("Planned: nothing is changed yet")
    HELD = "held", _("Held: waits for an approval")
    APPLYING = "applying", _("Applying")
    APPLIED = "applied", _("Applied")
    APPLIED_WITH_MESSAGES = "applied-with-messages", _("Applied, with messages")
    FAILED = "failed", _("Failed: nothing was changed")
    ABORTED = "aborted", _("Aborted: nothing was changed")
    REVERTED = "reverted", _("Reverted: what it changed is as before")


class Upload(models.Model):
    """A file taken in to be imported: what it was, how far it is, what was found in it.

    `counts` maps a type of row to {"created", "updated", "unchanged", ...}; `findings` is a list of
    dictionaries with level, file, row, column, code, message, the gravest first and at most as many as the
    importer keeps; `findings_total` is how many there were. The bytes are in `content`, so that any worker
    host can read them, and only until the import has ended: they hold more about people than is kept. An
    import that is planned or held has not ended.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    content = models.BinaryField()
    options = models.JSONField(default=dict)
    # What a sender named this delivery by (the header Idempotency-Key); the same key is the same import.
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=32, choices=UploadState.choices, default=UploadState.RECEIVED)
    message = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    findings_total = models.PositiveIntegerField(default=0)
    run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["received_by", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="%(app_label)s_%(class)s_key",
            )
        ]

    def __str__(self) -> str:
        # Not by the file's name, which may name a person: the audit would keep it.
        return f"import {self.uid}"

    @property
    def is_open(self) -> bool:
        """Say whether it is still to be worked on."""
        return self.state in {UploadState.RECEIVED, UploadState.VALIDATING, UploadState.APPLYING}


class DeliveryKey(models.Model):
    """A further Idempotency-Key of an upload: the same bytes were sent again under another name.

    `model` is the upload's model ("app.model"), `upload` its uid.
    """

    model = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    upload = models.UUIDField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "model", "key"], name="runs_deliverykey_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.upload}"
