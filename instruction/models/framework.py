"""Frameworks: stable elements, immutable published versions of their wording, and targets."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from schools.models import Level, Org


class FrameworkKind(models.TextChoices):
    TEACHING = "teaching", _("Teaching")
    LEADERSHIP = "leadership", _("Principals' instructional leadership")
    # What principal supervisors grow by themselves.
    SUPERVISION = "supervision", _("Principal supervision")


class Framework(models.Model):
    """The district's one definition of good teaching, of principals' instructional leadership, or of its supervision."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=FrameworkKind.choices)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    # It was published and holds no more: nothing new is observed against it, what was stays readable.
    RETIRED = "retired", _("Retired")


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def in_force(self, year: int) -> "FrameworkVersionQuerySet":
        """Keep the version of each framework that holds in a school year: the newest published one; one query.

        A retired one goes on holding in the years it held in: only one that another has followed is ever retired.
        """
        return (
            self.exclude(state=VersionState.DRAFT)
            .filter(first_school_year__lte=year)
            .select_related("framework")
            .order_by("framework_id", "-first_school_year", "-published_at", "-pk")
            .distinct("framework_id")
        )

    def teaching(self) -> "FrameworkVersionQuerySet":
        """Keep versions of frameworks for teaching."""
        return self.filter(framework__kind=FrameworkKind.TEACHING)


class FrameworkVersion(models.Model):
    """The wording of a framework from a school year on.

    Published, it never changes but to be retired: a trigger sees to it.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=VersionState.choices, default=VersionState.DRAFT)
    first_school_year = models.IntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    # Names of the proficiency levels from 1 up, such as Beginning to Exemplary; four or more.
    level_names = ArrayField(models.CharField(max_length=60))
    # The framework's own target: the level whose descriptor says what good teaching looks like.
    proficient_level = models.PositiveSmallIntegerField(default=3)
    retired_at = models.DateTimeField(null=True, blank=True)
    # Counts the changes of a draft, so that two people who edit it at once see each other.
    revision = models.PositiveIntegerField(default=0)

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "label"], name="instruction_version_label_once"),
            models.CheckConstraint(
                condition=Q(level_names__len__gte=4),
                name="instruction_version_four_levels",
                violation_error_message=_("A framework has at least four proficiency levels."),
            ),
            models.CheckConstraint(
                condition=Q(proficient_level__gte=1) & Q(proficient_level__lte=models.F("level_names__len")),
                name="instruction_version_proficient_on_scale",
                violation_error_message=_("The proficient level is one of the framework's levels."),
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT) | Q(published_at__isnull=False),
                name="instruction_version_published_at",
                violation_error_message=_("A published version says when it was published."),
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.RETIRED) | Q(retired_at__isnull=False),
                name="instruction_version_retired_at",
                violation_error_message=_("A retired version says when it was retired."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.label}"


class Dimension(models.Model):
    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="dimensions")
    name = models.CharField(max_length=200)
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="instruction_dimension_place_once")
        ]

    def __str__(self) -> str:
        return self.name


class Element(models.Model):
    """What stays the same about an element from version to version: ratings and targets hang on it."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="elements")
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="instruction_element_code_once")
        ]

    def __str__(self) -> str:
        return self.code


class Proximity(models.IntegerChoices):
    """How near an element is to students' learning (Honig & Rainey 2015, p. 8); 1 is nearest."""

    STUDENTS_DO = 1, _("What students do and say")
    TEACHER_DOES = 2, _("What the teacher does with students")
    AROUND = 3, _("What surrounds the lesson")


class Competency(models.TextChoices):
    """The six deeper-learning competencies (Hewlett Foundation, 2013)."""

    CONTENT = "content", _("Core content")
    CRITICAL_THINKING = "critical-thinking", _("Critical thinking and problem solving")
    COLLABORATION = "collaboration", _("Collaboration")
    COMMUNICATION = "communication", _("Communication")
    SELF_DIRECTION = "self-direction", _("Self-directed learning")
    MINDSET = "mindset", _("Academic mindset")


class ElementVersion(models.Model):
    """An element's wording in one version, and who it applies to (an empty list: everyone)."""

    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="versions")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="elements")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="elements")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    place = models.PositiveSmallIntegerField()
    proximity = models.PositiveSmallIntegerField(choices=Proximity.choices)
    is_focus = models.BooleanField(default=False)
    levels = ArrayField(models.CharField(max_length=16, choices=Level.choices), default=list, blank=True)
    subjects = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    competencies = ArrayField(
        models.CharField(max_length=32, choices=Competency.choices), default=list, blank=True
    )
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "element"], name="instruction_elementversion_once"),
            models.UniqueConstraint(
                fields=["version", "place"], name="instruction_elementversion_place_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LevelDescriptor(models.Model):
    """What an element looks like at one proficiency level."""

    element_version = models.ForeignKey(ElementVersion, on_delete=models.CASCADE, related_name="descriptors")
    level = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["element_version", "level"], name="instruction_descriptor_once")
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class Target(models.Model):
    """The capacity the strategic plan aims at for an element in a school year, on the level scale.

    level: the level of schools it is for; "" for all of them. The one for a level holds before the one for all.
    """

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="targets")
    school_year = models.IntegerField()
    level = models.CharField(max_length=16, blank=True, default="", choices=Level.choices)
    value = models.DecimalField(max_digits=4, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["element", "school_year", "level"], name="instruction_target_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1),
                name="instruction_target_at_least_1",
                violation_error_message=_("A target is a proficiency level of 1 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} in {self.school_year}"


class SchoolTarget(models.Model):
    """The capacity a school's improvement plan aims at for an element in a school year, on the level scale."""

    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="school_targets")
    school_year = models.IntegerField()
    value = models.DecimalField(max_digits=4, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "element", "school_year"], name="instruction_schooltarget_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1),
                name="instruction_schooltarget_at_least_1",
                violation_error_message=_("A target is a proficiency level of 1 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} in {self.school_year}"
