"""Supervisors' time: entries by purpose, days that do not count, goals, and weeks that were confirmed.

Supervisors write their own time; nothing is measured by itself. Entries hold no text about anyone.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models import Department, Element
from schools.models import Org, Person

LONGEST = 24 * 60


class TimePurpose(models.TextChoices):
    """What time was for; which of them are with principals and on leadership is in supervision.timelog.purposes."""

    ONE_ON_ONE = "one-on-one", _("One-on-one teaching of leadership")
    MODELING = "modeling", _("Modeling")
    OBSERVING = "observing-together", _("Observing together")
    PLC = "principal-plc", _("Principal PLC")
    EVALUATION = "evaluation", _("Evaluation")
    COMPLIANCE = "compliance", _("Compliance")
    OPERATIONS = "operations", _("Operations")
    COVERING = "covering", _("Covering for another department")
    OWN_LEARNING = "own-learning", _("Own professional learning")
    TRAVEL = "travel", _("Travel")
    OTHER = "other", _("Other work")


class EntrySource(models.TextChoices):
    QUICK = "quick", _("Quick entry")
    CALENDAR = "calendar", _("Calendar")
    VISIT = "visit", _("Visit")
    API = "api", _("Another program")


class TimeEntry(models.Model):
    """Minutes of one principal supervisor on one day for one purpose.

    uid: made where it is written, so that one sent twice is known. starts_at: null where only the length is known;
    what lasts past midnight is an entry on each day. department: whose work it was, where it was covered.
    """

    uid = models.UUIDField(default=new_uid, unique=True)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="time_entries")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    purpose = models.CharField(max_length=24, choices=TimePurpose.choices)
    department = models.CharField(max_length=16, blank=True, default="", choices=Department.choices)
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=16, choices=EntrySource.choices, default=EntrySource.QUICK)
    written_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "time entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST),
                name="supervision_timeentry_minutes",
                violation_error_message=_("Between 1 minute and 24 hours."),
            ),
            models.CheckConstraint(
                condition=(Q(purpose=TimePurpose.COVERING) & ~Q(department=""))
                | (~Q(purpose=TimePurpose.COVERING) & Q(department="")),
                name="supervision_timeentry_covering_for",
                violation_error_message=_(
                    "Say which department's work it was; only covered work is another's."
                ),
            ),
        ]
        indexes = [models.Index(fields=["supervisor", "day"], name="supervision_timeentry_day")]

    def __str__(self) -> str:
        return f"{self.minutes} minutes on {self.day}"


class EntryPrincipal(models.Model):
    """A principal, at a school, who took part in what an entry was about; its minutes are shared evenly."""

    entry = models.ForeignKey(TimeEntry, on_delete=models.CASCADE, related_name="principals")
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "principal"], name="supervision_entryprincipal_once")
        ]

    def __str__(self) -> str:
        return f"principal {self.principal_id} in {self.entry_id}"


class DayOffKind(models.TextChoices):
    HOLIDAY = "holiday", _("Holiday or school break")
    LEAVE = "leave", _("Day off")
    TRAINING = "training", _("Away for training")


class NonContactDay(models.Model):
    """A day on which contact with principals is not expected: left out of what shares and trends are taken of.

    supervisor null: for all of the district. Why someone was off is never asked.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=16, choices=DayOffKind.choices)
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "day"],
                nulls_distinct=False,
                name="supervision_noncontactday_once",
                violation_error_message=_("This day is left out already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}"


class GoalKind(models.TextChoices):
    WITH_PRINCIPALS = "with-principals", _("Share of time with principals, in percent")
    ON_LEADERSHIP = "on-leadership", _("Share of time on instructional leadership, in percent")
    VISITS = "visits", _("Visits a month to a principal of average need")


class TimeGoal(models.Model):
    """What the district, or one supervisor, aims at in a school year; a supervisor's own holds before the district's."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school_year = models.IntegerField()
    supervisor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=GoalKind.choices)
    value = models.FloatField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "supervisor", "kind"],
                nulls_distinct=False,
                name="supervision_timegoal_once",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=100),
                name="supervision_timegoal_range",
                violation_error_message=_("Between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.school_year}"


class ConfirmedWeek(models.Model):
    """A week, by its Monday, that a supervisor went through: what stands in it is their whole account of it."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    monday = models.DateField()
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "monday"], name="supervision_confirmedweek_once"),
            models.CheckConstraint(
                condition=Q(monday__week_day=2), name="supervision_confirmedweek_is_a_monday"
            ),
        ]

    def __str__(self) -> str:
        return f"week of {self.monday}"
