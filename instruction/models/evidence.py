"""The evidence of teaching and leading: observations, their ratings, and files of both."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from alignment_dash.runs.models import Upload
from instruction.models.framework import ElementVersion, FrameworkVersion
from schools.models import Org, Person, SourceSystem


class ObservationKind(models.TextChoices):
    FORMAL = "formal", _("Formal observation")
    INFORMAL = "informal", _("Informal observation")
    WALKTHROUGH = "walkthrough", _("Walkthrough")
    CALIBRATION = "calibration", _("Calibration video")


class Purpose(models.TextChoices):
    """Declared before, and binding: formative evidence never reaches a personnel decision."""

    FORMATIVE = "formative", _("Formative")
    EVALUATIVE = "evaluative", _("Evaluative")


class CalibrationVideo(models.Model):
    """A recorded lesson that many observers rate, so that their severities can be told apart."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=200)
    # Where observers watch it; the district's own player keeps who may.
    url = models.URLField(blank=True, default="", max_length=500)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class Observation(models.Model):
    """One lesson seen by one observer. School, role and version stand as they were on the day.

    Row security closes it: it opens for the school's leaders, for the observer and for the observed.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="observations")
    observer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="observations_made")
    observed = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="observations_of"
    )
    school = models.ForeignKey(
        Org, null=True, blank=True, on_delete=models.PROTECT, related_name="observations"
    )
    video = models.ForeignKey(
        CalibrationVideo, null=True, blank=True, on_delete=models.PROTECT, related_name="observations"
    )
    observed_on = models.DateField()
    school_year = models.IntegerField()
    kind = models.CharField(max_length=16, choices=ObservationKind.choices)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    # What the observed person was that day; "" for a video.
    role = models.CharField(max_length=32, blank=True, default="")
    # The observer was not on that school's staff that day: a cross-school visit.
    is_cross_school = models.BooleanField(default=False)
    source = models.ForeignKey(
        SourceSystem, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=ObservationKind.CALIBRATION,
                    video__isnull=False,
                    observed__isnull=True,
                    school__isnull=True,
                )
                | Q(video__isnull=True, observed__isnull=False, school__isnull=False)
                & ~Q(kind=ObservationKind.CALIBRATION),
                name="instruction_observation_lesson_or_video",
                violation_error_message=_(
                    "An observation is of a person at a school, or of a calibration video."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(observer=models.F("observed")),
                name="instruction_observation_not_self",
                violation_error_message=_("Nobody observes themselves."),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "school_year"], name="instruction_obs_school_year"),
            models.Index(fields=["version", "school_year"], name="instruction_obs_version_year"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.observed_on}"


class Rating(models.Model):
    """One element's proficiency level in one observation, and the evidence that bears it out."""

    observation = models.ForeignKey(
        Observation, on_delete=models.CASCADE, related_name="ratings", db_index=False
    )
    element_version = models.ForeignKey(
        ElementVersion, on_delete=models.PROTECT, related_name="ratings", db_index=False
    )
    level = models.PositiveSmallIntegerField()
    evidence = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["observation", "element_version"], name="instruction_rating_once"
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="instruction_rating_at_least_1"),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class ObservationImport(Upload):
    """A file of ratings taken in. What follows is for files of other evaluation products only.

    Such a file is planned, shown to a person and then applied: `next_act` is what the job does next, and
    `waits_for` what a person is to say. While it waits, `layout` is what its columns mean, `answers` what its
    words mean ({kind: {text: "row:<id>" or "code:<code>"}}) and `outlook` what an import would do.
    """

    class Act(models.TextChoices):
        NONE = "", _("as the file is")
        PLAN = "plan", _("plan")
        APPLY = "apply", _("import")
        APPLY_IF_CLEAN = "apply-if-clean", _("import, unless much is wrong")
        RESOLVE = "resolve", _("import what waited")

    class WaitsFor(models.TextChoices):
        NOTHING = "", _("nothing")
        COLUMNS = "columns", _("what its columns mean")
        VALUES = "values", _("what its words mean")
        IMPORT = "import", _("someone who says: import")

    next_act = models.CharField(max_length=16, choices=Act.choices, blank=True, default="")
    waits_for = models.CharField(max_length=16, choices=WaitsFor.choices, blank=True, default="")
    layout = models.JSONField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    outlook = models.JSONField(default=dict, blank=True)
    # Until when the bytes of a file stay that waits for a person; then they are dropped.
    keep_until = models.DateTimeField(null=True, blank=True)

    class Meta(Upload.Meta):
        pass
