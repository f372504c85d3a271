"""Days that people on staff were away for long: so that nobody is counted as not observed who was not there."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from schools.models.people import Person


class Leave(models.Model):
    """A leave of someone on staff, `during` [first day, day after the last). Why they were away is not kept."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="schools_leave_once_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("This leave overlaps another one of the same person."),
            )
        ]

    def __str__(self) -> str:
        return f"leave {self.during}"
