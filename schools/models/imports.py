"""Rosters taken in: what came, what it would do or did, and the way back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.runs.models import Upload


class Intent(models.TextChoices):
    """What the worker is asked to do with an import the next time it takes it up."""

    APPLY = "apply", _("Apply unless a hold rule speaks against it")
    PLAN = "plan", _("Plan only")
    REVERT = "revert", _("Revert")


class Origin(models.TextChoices):
    """The door a bundle came in by."""

    PAGE = "page", _("Uploaded on the page")
    API = "api", _("Sent over REST")
    FEED = "feed", _("Fetched by a feed")


class RosterImportQuerySet(models.QuerySet["RosterImport"]):
    def standing(self) -> "RosterImportQuerySet":
        """Keep what was applied and not reverted, the last applied first."""
        applied = self.filter(applied_at__isnull=False, reverted_at__isnull=True)
        return applied.order_by("-applied_at", "-pk")


class RosterImport(Upload):
    """A OneRoster bundle taken in.

    `groups` are the findings by root cause, errors first: dictionaries with code, level, message, count,
    files (file -> count) and first (file, row, column of the first places). `unmatched` maps role words
    without a counterpart here to how often they came.

    `plan` says by type of record what applying does (see `schools.rosters.plan`); `plan_hash` names exactly
    that change to exactly that state of the district, and an approval holds for no other. `holds` are the
    rules that speak against applying it unseen.
    """

    objects = RosterImportQuerySet.as_manager()  # type: ignore[misc]

    version = models.CharField(max_length=8, blank=True, default="")
    source = models.CharField(max_length=255, blank=True, default="")
    groups = models.JSONField(default=list)
    unmatched = models.JSONField(default=dict)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.PAGE)
    feed = models.CharField(max_length=64, blank=True, default="")  # uid of the feed that fetched it
    intent = models.CharField(max_length=8, choices=Intent.choices, default=Intent.APPLY)
    plan = models.JSONField(default=dict)
    plan_hash = models.CharField(max_length=64, blank=True, default="")
    planned_at = models.DateTimeField(null=True, blank=True)
    holds = models.JSONField(default=list)
    approved_hash = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reverted_at = models.DateTimeField(null=True, blank=True)


class RosterWrite(models.Model):
    """What one import wrote to one row, or to one run of rows: kept so that it can be undone.

    `act` "create" has no images and covers the rows from `first_id` to `last_id`, both included; the others are
    about one row, with the written columns as they were (`before`) and as they became (`after`). Row security
    closes it: images hold what is closed elsewhere.
    """

    class Act(models.TextChoices):
        CREATE = "create", _("Created")
        UPDATE = "update", _("Changed")
        DELETE = "delete", _("Removed before it began")

    roster_import = models.ForeignKey(
        RosterImport, on_delete=models.CASCADE, related_name="writes", db_index=False
    )
    table = models.CharField(max_length=64)
    act = models.CharField(max_length=8, choices=Act.choices)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_id__lte=models.F("last_id")), name="schools_write_order")
        ]
        indexes = [
            models.Index(fields=["roster_import", "table"], name="schools_write_import"),
            models.Index(fields=["table", "first_id"], name="schools_write_row"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.table} {self.first_id}"
