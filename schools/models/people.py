"""People who work in the district, and where they work when."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import DatedQuerySet, new_uid
from schools.models.places import Org


class Person(models.Model):
    """Someone who works in the district; pseudonymous, for names and contacts stand in Identity."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    # What the roster says of signing in (enabledUser); a person it does not enable still works here.
    is_enabled = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"person {self.uid}"


class Identity(models.Model):
    """Names and contacts, apart so that they can be blanked while the person, numbers and audit stay."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="identity")
    given_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255, blank=True)
    preferred_given_name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=320, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        indexes = [models.Index(fields=["family_name", "given_name"], name="schools_identity_name")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name pages show: preferred or given name, then family name."""
        name = f"{self.preferred_given_name or self.given_name} {self.family_name}".strip()
        return name or str(_("(name removed)"))


class StaffRole(models.TextChoices):
    """What someone does at an org."""

    TEACHER = "teacher", _("Teacher")
    PRINCIPAL = "principal", _("Principal")
    ASSISTANT_PRINCIPAL = "assistant-principal", _("Assistant principal")
    COACH = "coach", _("Instructional coach")
    COUNSELOR = "counselor", _("Counselor")
    AIDE = "aide", _("Aide")
    PRINCIPAL_SUPERVISOR = "principal-supervisor", _("Principal supervisor")
    CENTRAL_OFFICE = "central-office", _("Central office staff")
    SYSTEM_ADMINISTRATOR = "system-administrator", _("System administrator")


class StaffAssignmentQuerySet(DatedQuerySet):
    def teachers(self) -> Self:
        """Keep assignments to teach."""
        return self.filter(role=StaffRole.TEACHER)

    def in_schools(self, ids: Any) -> Self:
        """Keep assignments at the schools with these ids."""
        return self.filter(org__in=ids)

    def for_staff_list(self, school_id: int, day: date) -> Self:
        """Who works at one school on one day, with their names, leaders first; one query."""
        order = [StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL, StaffRole.COACH, StaffRole.TEACHER]
        rank = models.Case(
            *[models.When(role=role, then=models.Value(place)) for place, role in enumerate(order)],
            default=models.Value(len(order)),
        )
        return (
            self.filter(org_id=school_id)
            .on(day)
            .select_related("person__identity")
            .order_by(rank, "person__identity__family_name", "person__identity__given_name", "pk")
        )


class StaffAssignment(models.Model):
    """A person's role at an org over a time: first day in, last day out. People without a school work at an org."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=32, choices=StaffRole.choices)
    title = models.CharField(max_length=255, blank=True, default="")
    is_primary = models.BooleanField(default=False)
    during = DateRangeField()

    objects = StaffAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="schools_assignment_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("org", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already has this role there at that time."),
            )
        ]
        indexes = [
            models.Index(fields=["org", "role"], name="schools_assignment_org_role"),
            GistIndex(fields=["during"], name="schools_assignment_during"),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.org_id}"
