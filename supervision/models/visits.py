"""Visits and coaching: visits, notes that only supervisor and principal see, and commitments carried forward."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models import Element
from schools.models import Org, Person
from supervision.models.timelog import TimeEntry


class VisitState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    CANCELED = "canceled", _("Canceled")


class Visit(models.Model):
    """A principal supervisor's visit to a principal at a school.

    element: of instructional leadership, in focus. with_teachers: direct work with teachers took place, past the
    principal; then why_teachers says why. entry: the time it took, once logged.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=16, choices=VisitState.choices, default=VisitState.PLANNED)
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    with_teachers = models.BooleanField(default=False)
    why_teachers = models.CharField(max_length=500, blank=True, default="")
    entry = models.OneToOneField(
        TimeEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="visit"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(with_teachers=False) | ~Q(why_teachers=""),
                name="supervision_visit_why_teachers",
                violation_error_message=_(
                    "Work goes through the principal: say why you worked with teachers directly."
                ),
            )
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="supervision_visit_school_day"),
            models.Index(fields=["supervisor", "day"], name="supervision_visit_day"),
        ]

    def __str__(self) -> str:
        return f"visit {self.uid}"


class VisitNote(models.Model):
    """What was written about a visit. Row security shows it to these two persons alone, whoever comes after them.

    supervisor and principal are the visit's, kept here so that the rule needs no other table.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="notes")
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=20_000)
    written_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author=models.F("supervisor")) | Q(author=models.F("principal")),
                name="supervision_visitnote_by_one_of_two",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="supervision_visitnote_says_something"),
        ]

    def __str__(self) -> str:
        return f"note {self.uid}"


class CommitmentBy(models.TextChoices):
    PRINCIPAL = "principal", _("The principal")
    SUPERVISOR = "supervisor", _("The principal supervisor")


class CommitmentState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    DROPPED = "dropped", _("Dropped")


class Commitment(models.Model):
    """What a principal or their supervisor said they would do, and by when; open ones are carried from visit to visit.

    It stays with the principal at the school: a new supervisor takes it over. Row security opens it to the principal,
    to whoever wrote it, and to who opens the school's rows.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    writer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(
        Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    by = models.CharField(max_length=16, choices=CommitmentBy.choices)
    text = models.CharField(max_length=1_000)
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    due = models.DateField()
    # The day it was first due, where it was put off since.
    first_due = models.DateField()
    state = models.CharField(max_length=16, choices=CommitmentState.choices, default=CommitmentState.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=1_000, blank=True, default="")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=models.F("made_on")),
                name="supervision_commitment_due",
                violation_error_message=_("It is due on the day it is made or later."),
            ),
            models.CheckConstraint(
                condition=Q(state=CommitmentState.OPEN, ended_on__isnull=True)
                | (~Q(state=CommitmentState.OPEN) & Q(ended_on__isnull=False)),
                name="supervision_commitment_ended",
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "due"], name="supervision_commitment_by_due")]

    def __str__(self) -> str:
        return f"commitment {self.uid}"
