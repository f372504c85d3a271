"""Caseloads: which principal supervisor supports which principal at which school, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import DatedQuerySet, new_uid
from schools.models import Org, Person


class CaseloadAssignment(models.Model):
    """A principal at a school in a principal supervisor's caseload: first day in, last day out.

    principal null: the position is vacant, and the supervisor looks after the school meanwhile. Principals who share
    a school have a row each, with the same supervisor; a principal of two schools has one for each.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="caseload")
    principal = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="supervised_in"
    )
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="caseload_assignments")
    during = DateRangeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="supervision_caseload_one_supervisor",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("supervisor", RangeOperators.NOT_EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This school already has a principal supervisor at that time."),
            ),
            ExclusionConstraint(
                name="supervision_caseload_principal_once",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    (Coalesce("principal", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This principal is in the caseload for this school at that time already."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(supervisor=F("principal")),
                name="supervision_caseload_not_self",
                violation_error_message=_("Nobody supervises themselves."),
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False),
                name="supervision_caseload_begins",
                violation_error_message=_(
                    "A caseload assignment begins on a day, and ends after it if it ends."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"school {self.school_id} with {self.supervisor_id}"

    @property
    def grant_source(self) -> str:
        """What the access grants that this row opens say they come from."""
        return f"caseload:{self.pk}"
