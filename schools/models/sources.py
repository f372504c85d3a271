"""Where rows came from: the one table that leads from an outside system's id to ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceSystem(models.Model):
    """A system that rows come from, such as a student information system."""

    code = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return self.name or self.code


class Kind(models.TextChoices):
    """What an external id names; each kind leads to one table."""

    ORG = "org", _("Org")
    SESSION = "session", _("Academic session")
    COURSE = "course", _("Course")
    SECTION = "section", _("Section")
    PERSON = "person", _("Person")
    STUDENT = "student", _("Student")
    ASSIGNMENT = "assignment", _("Staff role")
    TEACHING = "teaching", _("Teaching")
    ENROLLMENT = "enrollment", _("Enrollment")
    OBSERVATION = "observation", _("Observation")


class ExternalId(models.Model):
    """One outside id of one of our rows. Ids are opaque text; a row may have several, from several systems.

    `ended_on` is the day since which its system no longer states the record; the row and its history stay.
    """

    system = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="external_ids")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    external_id = models.CharField(max_length=255)
    row_id = models.BigIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "kind", "external_id"], name="schools_externalid_once")
        ]
        indexes = [models.Index(fields=["kind", "row_id"], name="schools_externalid_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
