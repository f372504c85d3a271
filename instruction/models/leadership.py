"""Evidence of instructional leadership: what was estimated of each principal, and what people say of themselves."""

from django.db import models
from django.db.models import Q

from alignment_dash.access.models import new_uid
from alignment_dash.runs.models import Run
from instruction.models.capacity import EvidenceClass
from instruction.models.framework import Element, ElementVersion, FrameworkVersion
from schools.models import Org, Person


class PrincipalCapacity(models.Model):
    """One principal and one element of instructional leadership, by one run; the run says which evidence it rests on.

    estimate, se and target in levels; p_below the probability to be below target; all empty where the evidence is not
    enough. Row security: the principal, and who opens the school's rows.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    principal = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+", db_index=False)
    evidence = models.PositiveSmallIntegerField(choices=EvidenceClass.choices)
    target = models.FloatField(null=True)
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    p_below = models.FloatField(null=True)
    expected_below = models.FloatField(null=True)
    reliability = models.FloatField(null=True)
    n_observations = models.PositiveIntegerField(default=0)
    n_raters = models.PositiveIntegerField(default=0)
    last_seen = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "principal capacities"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "principal", "element"], name="instruction_principalcapacity_once"
            ),
            models.CheckConstraint(
                condition=Q(estimate__isnull=True) | Q(evidence__gt=EvidenceClass.NOT_ENOUGH),
                name="instruction_principalcapacity_none_shown_without_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"principal {self.principal_id} element {self.element_id}"


class SelfAssessment(models.Model):
    """What someone says of their own work against a framework: a principal of leadership, a supervisor of standards.

    Theirs alone until shared_at; then also for who supports them (school: the principal's, whose rows must be open).
    It reaches no estimate and no personnel decision.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    school_year = models.IntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["person", "school_year"], name="instruction_selfassessment_own")]

    def __str__(self) -> str:
        return f"self-assessment {self.uid}"


class SelfRating(models.Model):
    """One element of a self-assessment; why: what it rests on, in the person's words."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="ratings")
    element_version = models.ForeignKey(ElementVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    why = models.TextField(blank=True, default="", max_length=2_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "element_version"], name="instruction_selfrating_once"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=10), name="instruction_selfrating_level"
            ),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"
