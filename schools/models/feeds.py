"""Rosters that are fetched: from whom, when, and what came of it."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from alignment_dash.runs.models import UploadState
from schools.models.imports import RosterImport

APPLIED = [UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES]


class FeedKind(models.TextChoices):
    """Where a feed fetches from."""

    PROVIDER_1_2 = "provider-1.2", _("OneRoster 1.2 provider (REST)")
    PROVIDER_1_1 = "provider-1.1", _("OneRoster 1.1 provider (REST)")
    FOLDER = "folder", _("Watched folder")


class FeedAuth(models.TextChoices):
    """How a provider is signed in to."""

    OAUTH2 = "oauth2", _("OAuth 2, client credentials")
    OAUTH1 = "oauth1", _("OAuth 1.0a, HMAC-SHA256 (1.1 only)")
    OAUTH1_SHA1 = "oauth1-sha1", _("OAuth 1.0a, HMAC-SHA1 (1.1 only)")


class RosterFeed(models.Model):
    """A provider or folder that rosters are fetched from.

    `sealed_secret` is what `schools.feeds.sealing` made of the secret: no page and no log shows it. `daily_at` and
    `every_hours` exclude each other; with neither it is fetched when someone asks. `full_weekday` 0 is Monday;
    None: every pull is full. `looks` and `taken` are what a watched folder is remembered by.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16, choices=FeedKind.choices, default=FeedKind.PROVIDER_1_2)
    source = models.CharField(max_length=255)
    base_url = models.CharField(max_length=500, blank=True, default="")
    token_url = models.CharField(max_length=500, blank=True, default="")
    auth = models.CharField(max_length=16, choices=FeedAuth.choices, default=FeedAuth.OAUTH2)
    client_id = models.CharField(max_length=255, blank=True, default="")
    sealed_secret = models.TextField(blank=True, default="")
    scope = models.CharField(max_length=500, blank=True, default="")
    folder = models.CharField(max_length=100, blank=True, default="")
    daily_at = models.TimeField(null=True, blank=True)
    every_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )
    full_weekday = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(6)])
    is_active = models.BooleanField(default=True)
    wants_full = models.BooleanField(default=False)
    looks = models.JSONField(default=dict)
    taken = models.JSONField(default=dict)
    set_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_up_at = models.DateTimeField(auto_now_add=True)
    last_started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_at=None) | Q(every_hours=None), name="schools_rosterfeed_one_rhythm"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_folder(self) -> bool:
        """Say whether it is a watched folder."""
        return self.kind == FeedKind.FOLDER

    @property
    def version(self) -> str:
        """The version of OneRoster that its provider speaks."""
        return "1.1" if self.kind == FeedKind.PROVIDER_1_1 else "1.2"


class PullQuerySet(models.QuerySet["FeedPull"]):
    """What came of fetching."""

    def standing(self) -> "PullQuerySet":
        """Keep pulls whose records are in the district's tables, or that had none to bring."""
        return self.filter(Q(roster_import__state__in=APPLIED) | Q(outcome=FeedPull.Outcome.NOTHING_NEW))

    def last_full(self) -> "FeedPull | None":
        """Return the newest full pull that was applied."""
        return self.standing().filter(is_full=True).order_by("-pk").first()

    def cursor(self) -> datetime | None:
        """Return from when an incremental pull must ask; None when it cannot be one.

        It moves on only with pulls that were applied and saw everything, and starts anew after a revert.
        """
        full = self.last_full()
        if full is None:
            return None
        since = self.filter(pk__gte=full.pk)
        if since.filter(roster_import__state=UploadState.REVERTED).exists():
            return None
        newest = since.standing().exclude(cursor=None).order_by("-pk").first()
        return newest.cursor if newest else None


class FeedPull(models.Model):
    """One fetching of a feed. `cursor`: from when the next one must ask, where this one saw everything.

    modes and rows: what the bundle stated, and of how many records, by file.
    """

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        RECEIVED = "received", _("Received")
        NOTHING_NEW = "nothing-new", _("Nothing new")
        FAILED = "failed", _("Failed: nothing was changed")

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    feed = models.ForeignKey(RosterFeed, on_delete=models.CASCADE, related_name="pulls")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.RUNNING)
    is_full = models.BooleanField(default=True)
    cursor = models.DateTimeField(null=True, blank=True)
    modes = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    message = models.TextField(blank=True, default="")
    roster_import = models.ForeignKey(
        RosterImport, null=True, blank=True, on_delete=models.SET_NULL, related_name="feed_pulls"
    )

    objects = PullQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["feed", "-started_at"], name="schools_feedpull_newest")]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.started_at:%Y-%m-%d %H:%M} {self.outcome}"

    @property
    def counts(self) -> list[str]:
        """Records by file, in words."""
        return [f"{name}: {count:,}" for name, count in self.rows.items() if count]
