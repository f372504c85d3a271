"""School improvement plans: where a school stands, what it aims at, what it does, what it asks of the district."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from alignment_dash.runs.models import Run
from instruction.models.capacity import EvidenceClass
from instruction.models.framework import Element
from schools.models import Org

LONGEST_TEXT = 10_000


class PlanState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SHARED = "shared", _("Shared with the district")
    CLOSED = "closed", _("Closed with its year-end result")


class SchoolPlan(models.Model):
    """A school's improvement plan for a school year; its targets are SchoolTarget rows."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    school_year = models.IntegerField()
    state = models.CharField(max_length=16, choices=PlanState.choices, default=PlanState.DRAFT)
    summary = models.TextField(blank=True, default="", max_length=LONGEST_TEXT)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year"], name="instruction_schoolplan_once")
        ]

    def __str__(self) -> str:
        return f"plan of {self.school_year}"


class Moment(models.TextChoices):
    """When a plan looks at the same measure."""

    START = "start", _("Start of the year")
    MID_YEAR = "mid-year", _("Mid-year check")
    YEAR_END = "year-end", _("Year-end result")


class PlanStanding(models.Model):
    """An element's capacity as a plan found it at one moment: filled in from a snapshot, as it was told then.

    Where the snapshot told no figure, estimate and se are null. The school may disagree and say why; both stand.
    """

    plan = models.ForeignKey(SchoolPlan, on_delete=models.CASCADE, related_name="standings")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=16, choices=Moment.choices)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    estimate = models.FloatField(null=True, blank=True)
    se = models.FloatField(null=True, blank=True)
    n_teachers = models.PositiveIntegerField(null=True, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=EvidenceClass.choices)
    target = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    agrees = models.BooleanField(null=True, blank=True)
    own_view = models.TextField(blank=True, default="", max_length=LONGEST_TEXT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "element", "moment"], name="instruction_planstanding_once"
            ),
            models.CheckConstraint(
                condition=~Q(agrees=False) | ~Q(own_view=""),
                name="instruction_planstanding_says_why",
                violation_error_message=_("Say why you see it differently."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.moment} of plan {self.plan_id}"


class PlanCheck(models.Model):
    """What a school concludes from a mid-year check or the year-end result."""

    plan = models.ForeignKey(SchoolPlan, on_delete=models.CASCADE, related_name="checks")
    moment = models.CharField(max_length=16, choices=Moment.choices)
    text = models.TextField(max_length=LONGEST_TEXT)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "moment"], name="instruction_plancheck_once")]

    def __str__(self) -> str:
        return f"{self.moment} of plan {self.plan_id}"


class ActionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under-way", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class PlanAction(models.Model):
    """Something the school itself does, for an element or for several (element null)."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    plan = models.ForeignKey(SchoolPlan, on_delete=models.CASCADE, related_name="actions")
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=500)
    # A role or a team; a plan names no single teacher.
    who = models.CharField(max_length=200, blank=True, default="")
    by_day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=ActionState.choices, default=ActionState.PLANNED)
    note = models.TextField(blank=True, default="", max_length=LONGEST_TEXT)

    def __str__(self) -> str:
        return self.what


class SupportKind(models.TextChoices):
    PROFESSIONAL_LEARNING = "professional-learning", _("Professional learning")
    COACHING = "coaching", _("Coaching of teachers")
    LEADERSHIP = "leadership", _("Help for leading instruction")
    STAFFING = "staffing", _("Hiring or placement")
    MATERIALS = "materials", _("Curriculum and materials")
    TIME = "time", _("Substitute days and release time")
    OTHER = "other", _("Something else")


class Department(models.TextChoices):
    """Departments of the central office that a school asks and that meet over the evidence."""

    CURRICULUM = "curriculum", _("Curriculum and instruction")
    HR = "hr", _("Human resources")
    SUPERVISION = "supervision", _("Principal supervision")
    OTHER = "other", _("Another department")


class SupportState(models.TextChoices):
    ASKED = "asked", _("Asked")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SupportRequest(models.Model):
    """District support that a school's plan asks for, in amounts that a department can add up.

    n_teachers: for how many; hours: of each; substitute_days: in all. subject: "" for every subject.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    plan = models.ForeignKey(SchoolPlan, on_delete=models.CASCADE, related_name="support_requests")
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=32, choices=SupportKind.choices)
    department = models.CharField(max_length=16, choices=Department.choices)
    what = models.TextField(max_length=2_000)
    n_teachers = models.PositiveIntegerField(null=True, blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    substitute_days = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    by_day = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=16, choices=SupportState.choices, default=SupportState.ASKED)
    answer = models.TextField(blank=True, default="", max_length=2_000)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} for plan {self.plan_id}"
