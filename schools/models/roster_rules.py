"""What the district decides about rosters: when to hold one, what its words mean, what stays as edited here."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from schools.models.imports import RosterImport
from schools.models.people import Person
from schools.models.places import Org
from schools.models.sources import Kind, SourceSystem

_PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class HoldLimits(models.Model):
    """From where on a roster is held for a person to look at; the one row of the district.

    Percentages are of the records held before. A floor keeps small numbers from holding every roster: fewer
    than that many endings never do.
    """

    end_percent = models.PositiveSmallIntegerField(_("ended, percent"), default=10, validators=_PERCENT)
    end_floor = models.PositiveIntegerField(_("ended, at least"), default=5)
    update_percent = models.PositiveSmallIntegerField(_("changed, percent"), default=75, validators=_PERCENT)
    update_floor = models.PositiveIntegerField(_("changed, at least"), default=5)
    shrink_percent = models.PositiveSmallIntegerField(_("shrunk, percent"), default=20, validators=_PERCENT)
    unknown_percent = models.PositiveSmallIntegerField(
        _("unknown ids, percent"), default=50, validators=_PERCENT
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days until a held roster is aborted"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="schools_holdlimits_one")]

    def __str__(self) -> str:
        return "hold limits"


class RoleRule(models.Model):
    """What a role word of the roster means here, for whom: the first rule that fits, by place, decides.

    `word` "" is any word; `column` "" is everyone, else a column of users.csv ("username", "identifier",
    "email" or "metadata...") whose value is compared with `values`. `role` is a staff role, "student" or
    "ignore". See `schools.rosters.role_rules`.
    """

    class Test(models.TextChoices):
        IS = "is", _("is")
        CONTAINS = "contains", _("contains")
        ONE_OF = "one-of", _("is one of")

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    place = models.PositiveIntegerField(default=0)
    word = models.CharField(max_length=64, blank=True, default="")
    org_type = models.CharField(max_length=16, blank=True, default="")
    column = models.CharField(max_length=255, blank=True, default="")
    test = models.CharField(max_length=8, choices=Test.choices, default=Test.IS)
    values = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    role = models.CharField(max_length=32)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return f"{self.word or 'any'} is {self.role}"


class WaitingRole(models.Model):
    """A role of a person that the roster names by a word without a counterpart here, until someone says what it is.

    `role` is "" while it waits, then a staff role or "ignore"; later rosters use what was decided.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    system = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="waiting_roles")
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=64)
    is_primary = models.BooleanField(default=False)
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    role = models.CharField(max_length=32, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    seen_in = models.ForeignKey(RosterImport, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "external_id"], name="schools_waitingrole_once")
        ]
        indexes = [models.Index(fields=["role", "word"], name="schools_waitingrole_word")]

    def __str__(self) -> str:
        return f"{self.word} of {self.person_id}"


class HandEdit(models.Model):
    """A field of a rostered row that someone here has set: rosters leave it alone unless told otherwise."""

    kind = models.CharField(max_length=16, choices=Kind.choices)
    row_id = models.BigIntegerField()
    field = models.CharField(max_length=64)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "row_id", "field"], name="schools_handedit_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} {self.field}"
