"""Positions and their incumbents, both dated; a budgeted position without an incumbent is a vacancy."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import DatedQuerySet, new_uid
from schools.models import Org, Person, StaffAssignment


class JobClass(models.TextChoices):
    """What a position is for; the order is that of a school's staff list. Values are those of StaffRole."""

    PRINCIPAL = "principal", _("Principal")
    ASSISTANT_PRINCIPAL = "assistant-principal", _("Assistant principal")
    COACH = "coach", _("Instructional coach")
    TEACHER = "teacher", _("Teacher")
    COUNSELOR = "counselor", _("Counselor")
    AIDE = "aide", _("Aide")


class PositionQuerySet(DatedQuerySet):
    def on(self, day: date) -> "PositionQuerySet":
        """Keep the positions that are budgeted on `day`."""
        return self.filter(during__contains=day)

    def with_incumbent(self, day: date) -> "PositionQuerySet":
        """Annotate incumbent_id (None: vacant on `day`) and vacant_since; by subquery, so that sums stay true.

        vacant_since: the first day of the vacancy that lasts on `day`, which is when the last incumbent left
        or, before there was one, when the position began; None while someone holds it.
        """
        held = Incumbency.objects.filter(position=OuterRef("pk"))
        incumbent = held.filter(during__contains=day).values("person_id")[:1]
        left = held.filter(during__endswith__lte=day).order_by("-during__endswith").values("during__endswith")
        begun = F("during__startswith")
        return self.annotate(incumbent_id=Subquery(incumbent)).annotate(
            vacant_since=models.Case(
                models.When(incumbent_id=None, then=Greatest(begun, Coalesce(Subquery(left[:1]), begun))),
                output_field=models.DateField(null=True),
            )
        )

    def open(self, day: date) -> "PositionQuerySet":
        """Keep those that nobody holds on `day`; before `with_incumbent`, this is what makes it fast."""
        held = Incumbency.objects.filter(position=OuterRef("pk"), during__contains=day)
        return self.filter(~Exists(held))

    def in_schools(self, ids: Any) -> "PositionQuerySet":
        """Keep the positions of the schools with these ids."""
        return self.filter(school__in=ids)


class Position(models.Model):
    """Work at a school that is paid for over a time, whoever does it. A job share is two positions."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="positions")
    title = models.CharField(_("title"), max_length=255)
    job_class = models.CharField(_("job class"), max_length=32, choices=JobClass.choices)
    subject = models.CharField(_("subject"), max_length=64, blank=True, default="")
    grades = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("grades"))
    # Full-time equivalent: 1.00 is one full-time job.
    fte = models.DecimalField(_("FTE"), max_digits=3, decimal_places=2, default=1)
    # When it is budgeted: first day in, last day out.
    during = DateRangeField(_("budgeted"))

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fte__gt=0, fte__lte=1),
                name="staffing_position_fte_above_0_to_1",
                violation_error_message=_("A position's FTE is more than 0 and at most 1."),
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False),
                name="staffing_position_begins",
                violation_error_message=_("A position begins on a day, and ends after it if it ends."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Incumbency(models.Model):
    """A person in a position over a time: first day in, last day out."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="incumbencies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="incumbencies")
    # The roster's assignment it follows; none where HR said who holds the position.
    assignment = models.OneToOneField(
        StaffAssignment, null=True, blank=True, on_delete=models.PROTECT, related_name="incumbency"
    )
    during = DateRangeField(_("held"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "incumbencies"
        constraints = [
            ExclusionConstraint(
                name="staffing_incumbency_one_at_a_time",
                expressions=[("position", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("Someone else holds this position at that time."),
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False),
                name="staffing_incumbency_begins",
                violation_error_message=_("An incumbency begins on a day, and ends after it if it ends."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.position_id}"
