"""Support that principal supervisors receive, and the principal bench: openings expected and who is ready."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models import Element
from schools.models import Level, Org, Person


class SupportForm(models.TextChoices):
    COACHING = "coaching", _("Coaching")
    COMMUNITY = "community", _("Supervisors' learning community")
    SHADOWING = "shadowing", _("Visit together or shadowing")
    TRAINING = "training", _("Training")


class SupervisorSupport(models.Model):
    """Support that a principal supervisor received for their own growth; element: of the supervisors' standards."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=16, choices=SupportForm.choices)
    given_by = models.CharField(max_length=200, blank=True, default="")
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "supervisor support"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60),
                name="supervision_supervisorsupport_minutes",
                violation_error_message=_("Between 1 minute and 24 hours."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} on {self.day}"


class OpeningReason(models.TextChoices):
    RETIREMENT = "retirement", _("Retirement")
    MOVE = "move", _("Move to another role")
    NEW_SCHOOL = "new-school", _("New school")
    INTERIM = "interim", _("Held by an interim principal")
    OTHER = "other", _("Another reason")


class ExpectedOpening(models.Model):
    """A principal's position that is expected to open. It says nothing about how the present principal works."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    opens_on = models.DateField()
    reason = models.CharField(max_length=16, choices=OpeningReason.choices)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    filled_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(filled_on__isnull=True, withdrawn_on__isnull=True),
                name="supervision_opening_one_a_school",
                violation_error_message=_("An opening at this school is expected already."),
            )
        ]

    def __str__(self) -> str:
        return f"opening on {self.opens_on}"


class Readiness(models.TextChoices):
    NOW = "now", _("Ready now")
    NEXT = "next-year", _("Ready in a year")
    LATER = "later", _("In two years or more")


class BenchCandidate(models.Model):
    """Someone named as ready to become a principal: by role, license and experience, never by a score.

    levels: of schools they would lead, empty for any. experience: what they have led, in the namer's words. The
    person is told and may ask to be taken off.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    readiness = models.CharField(max_length=16, choices=Readiness.choices)
    levels = ArrayField(models.CharField(max_length=16, choices=Level.choices), default=list, blank=True)
    has_license = models.BooleanField(default=False)
    experience = models.CharField(max_length=1_000, blank=True, default="")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_on = models.DateField()
    # When they were told that they are named; null: not yet, and then nobody but who named them sees it.
    told_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Among those who were told: a refusal must not tell that someone else has named them.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(withdrawn_on__isnull=True, told_on__isnull=False),
                name="supervision_benchcandidate_once",
                violation_error_message=_("This person is on the bench already."),
            ),
            models.UniqueConstraint(
                fields=["person", "named_by"],
                condition=Q(withdrawn_on__isnull=True),
                name="supervision_benchcandidate_once_by_one",
                violation_error_message=_("You have named this person already."),
            ),
        ]

    def __str__(self) -> str:
        return f"candidate {self.uid}"
