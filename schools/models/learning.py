"""Where students learn, with whom, and what came out of it. Students are pseudonymous rows."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import DatedQuerySet, new_uid
from schools.models.people import Person
from schools.models.places import Org


class Session(models.Model):
    """An academic session: a school year, or a part of one."""

    class Type(models.TextChoices):
        SCHOOL_YEAR = "schoolYear", _("School year")
        SEMESTER = "semester", _("Semester")
        TERM = "term", _("Term")
        GRADING_PERIOD = "gradingPeriod", _("Grading period")

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=255)
    # A source may use types of its own ("ext:..."), so this is open text.
    type = models.CharField(max_length=64)
    school_year = models.IntegerField()
    during = DateRangeField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    def __str__(self) -> str:
        return self.title


class Course(models.Model):
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True, default="")
    subject = models.CharField(max_length=255, blank=True, default="")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="courses")

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A class as it meets: a course at a school over some sessions."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True, default="")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sections")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="sections")
    school_year = models.IntegerField()
    grades = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    subject = models.CharField(max_length=255, blank=True, default="")
    sessions = models.ManyToManyField(Session, through="SectionSession", related_name="sections")

    class Meta:
        indexes = [models.Index(fields=["school", "school_year"], name="schools_section_school_year")]

    def __str__(self) -> str:
        return self.title


class SectionSession(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE)
    session = models.ForeignKey(Session, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "session"], name="schools_sectionsession_once")
        ]

    def __str__(self) -> str:
        return f"{self.section_id} in {self.session_id}"


class Teaching(models.Model):
    """Who teaches a section, over a time."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="teachings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="teachings")
    is_primary = models.BooleanField(default=False)
    during = DateRangeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "person"], name="schools_teaching_once")]

    def __str__(self) -> str:
        return f"{self.person_id} teaches {self.section_id}"


class Student(models.Model):
    """A learner without a name: the source's id leads to this row, and nothing else about the child is kept.

    Row security closes it; `school` is the school whose reach opens it.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="students")
    grade = models.CharField(max_length=8, blank=True, default="")

    def __str__(self) -> str:
        return f"student {self.uid}"


class Enrollment(models.Model):
    """A student in a section, over a time; one row for each pair. Row security closes it."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="enrollments")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    during = DateRangeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "student"], name="schools_enrollment_once")]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.section_id}"


class Outcome(models.Model):
    """A student's test score in a subject and year. Row security closes it."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="outcomes", db_index=False)
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    school_year = models.IntegerField()
    subject = models.CharField(max_length=64)
    score = models.DecimalField(max_digits=10, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "school_year", "subject"], name="schools_outcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.school_year}"


class AccountabilityTier(models.Model):
    """The test-score tier of a school in a year: kept because districts have it, and to show where it misleads."""

    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="tiers")
    school_year = models.IntegerField()
    tier = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year"], name="schools_tier_once"),
            models.CheckConstraint(
                condition=Q(tier__gte=1, tier__lte=9),
                name="schools_tier_1_to_9",
                violation_error_message=_("A tier is a number from 1 to 9."),
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} in {self.school_year}"
