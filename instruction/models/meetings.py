"""The monthly meeting of C&I, HR and principal supervisors, and what it decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from alignment_dash.runs.models import Run
from instruction.models.framework import Element
from instruction.models.school_plans import Department
from schools.models import Org


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")


class Meeting(models.Model):
    """One meeting over a pack. under: the network or district whose schools it is about.

    run: the snapshot that the pack shows from the day it was held on, so that what was decided on stays readable.
    follows: the meeting whose decisions this one opens with.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    title = models.CharField(max_length=200)
    school_year = models.IntegerField()
    held_on = models.DateField()
    under = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=MeetingState.choices, default=MeetingState.PLANNED)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    notes = models.TextField(blank=True, default="", max_length=20_000)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class DecisionState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class Decision(models.Model):
    """What a meeting decided, for a school (school null: for all of them), who sees to it and by when.

    uid: made where it is written, so that one sent twice is written once. outcome: what became of it.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    school = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.TextField(max_length=2_000)
    department = models.CharField(max_length=16, choices=Department.choices)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=DecisionState.choices, default=DecisionState.OPEN)
    outcome = models.TextField(blank=True, default="", max_length=2_000)
    outcome_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DecisionState.OPEN) | Q(outcome_on__isnull=False),
                name="instruction_decision_outcome_on",
            )
        ]

    def __str__(self) -> str:
        return self.what[:80]
