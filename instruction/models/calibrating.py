"""Calibration: several observers rate one lesson blind, see their levels together, and talk about them."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models.evidence import CalibrationVideo, Observation
from instruction.models.framework import ElementVersion, FrameworkVersion
from schools.models import Org, Person


class ExerciseState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Open for rating")
    RELEASED = "released", _("Released")
    CANCELED = "canceled", _("Canceled")


class CalibrationExercise(models.Model):
    """One lesson that several observers rate blind: a video, or a lesson they saw together (school and observed).

    Nobody sees another's levels before the release, the lead included. Released, what they rated becomes
    observations of the video, or of the lesson, that feed the raters' part of the estimate; always formative.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=200)
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    elements = models.ManyToManyField(ElementVersion, related_name="+", blank=True)
    video = models.ForeignKey(
        CalibrationVideo, null=True, blank=True, on_delete=models.PROTECT, related_name="exercises"
    )
    school = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    observed = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=16, choices=ExerciseState.choices, default=ExerciseState.DRAFT)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(video__isnull=False, observed__isnull=True, school__isnull=True)
                | Q(video__isnull=True, observed__isnull=False, school__isnull=False, seen_on__isnull=False),
                name="instruction_exercise_video_or_lesson",
                violation_error_message=_("An exercise is about a video, or about a lesson seen together."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ExerciseState.RELEASED) | Q(released_at__isnull=False),
                name="instruction_exercise_released_at",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReferenceLevel(models.Model):
    """The level that experts agreed on for an element of an exercise, and why; kept from observers till the release."""

    exercise = models.ForeignKey(
        CalibrationExercise, on_delete=models.CASCADE, related_name="reference_levels"
    )
    element_version = models.ForeignKey(ElementVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    why = models.TextField(blank=True, default="", max_length=10_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "element_version"], name="instruction_referencelevel_once"
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="instruction_referencelevel_at_least_1"),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class CalibrationInvitation(models.Model):
    """An observer invited to an exercise; submitted_at: when they handed in their levels for good."""

    exercise = models.ForeignKey(CalibrationExercise, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    excused_at = models.DateTimeField(null=True, blank=True)
    # Counts the saves of the draft, so that a second window that is still open does not write over it.
    revision = models.PositiveIntegerField(default=0)
    # What the release made of their levels; null before it, where they submitted none, and where an observation that
    # they wrote of the same lesson stands for it.
    observation = models.OneToOneField(
        Observation, null=True, blank=True, on_delete=models.PROTECT, related_name="invitation"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exercise", "person"], name="instruction_invitation_once")
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def handed_in_on(self) -> date | None:
        """The day of handing in as the district's clocks have it."""
        return timezone.localtime(self.submitted_at).date() if self.submitted_at else None


class CalibrationRating(models.Model):
    """One observer's level for one element of an exercise; level null: not seen, which is no level.

    is_decided is false in a draft whose notes wait for a level.

    Row security closes it: before the release to everyone but its observer, after it to who was not invited.
    """

    exercise = models.ForeignKey(CalibrationExercise, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    element_version = models.ForeignKey(ElementVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.TextField(blank=True, default="", max_length=20_000)
    is_decided = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "person", "element_version"], name="instruction_calibrationrating_once"
            ),
            models.CheckConstraint(
                condition=Q(is_decided=True) | Q(level__isnull=True),
                name="instruction_calibrationrating_decided",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__gte=1),
                name="instruction_calibrationrating_at_least_1",
            ),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class CalibrationComment(models.Model):
    """What is said about an exercise (element_version null) or one of its elements after the release."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    exercise = models.ForeignKey(CalibrationExercise, on_delete=models.CASCADE, related_name="comments")
    element_version = models.ForeignKey(
        ElementVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"comment {self.uid}"


class CalibrationStandard(models.Model):
    """From where on the district calls an observer calibrated; one row, the defaults until someone sets others.

    Shares are of 1. The defaults are rules of thumb from certification of observers on scales of four levels.
    """

    exact_at_least = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.60"))
    adjacent_at_least = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.98"))
    kappa_at_least = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.60"))
    severity_within = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.25"))
    # How many rated elements there must be before anything is said, and of how many school years they count.
    fewest_ratings = models.PositiveSmallIntegerField(default=20)
    years = models.PositiveSmallIntegerField(default=2)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="instruction_calibrationstandard_one"),
            models.CheckConstraint(
                condition=Q(
                    exact_at_least__range=(0, 1),
                    adjacent_at_least__range=(0, 1),
                    kappa_at_least__range=(0, 1),
                )
                & Q(adjacent_at_least__gte=models.F("exact_at_least")),
                name="instruction_calibrationstandard_shares",
                violation_error_message=_(
                    "Shares lie between 0 and 1, and within one level is at least exactly."
                ),
            ),
            models.CheckConstraint(
                condition=Q(severity_within__gt=0, fewest_ratings__range=(5, 500), years__range=(1, 5)),
                name="instruction_calibrationstandard_ranges",
                violation_error_message=_(
                    "A severity above 0, 5 to 500 rated elements, 1 to 5 school years."
                ),
            ),
        ]

    def __str__(self) -> str:
        return "calibration standard"
