"""Rows of a caseload snapshot. Each carries its run; a reader follows the published one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Run
from instruction.models import Element, EvidenceClass
from schools.models import Org, Person, School

# The kind of the run whose rows these are.
CASELOAD_RUN = "caseload"


class Span(models.TextChoices):
    """A caseload's size beside what the role can bear: the span of supervision/spans.py when it was computed."""

    BELOW = "below", _("Below the span")
    WITHIN = "within", _("Within the span")
    ABOVE = "above", _("Above the span")


class CaseloadSummaryQuerySet(models.QuerySet["CaseloadSummary"]):
    def visible_to(self, scope: Scope) -> "CaseloadSummaryQuerySet":
        """Keep every caseload for who sees the district's, else the caller's own alone."""
        if scope.district_wide(Data.CASELOADS):
            return self
        own = scope.own_id(Data.CASELOADS)
        if not scope.may(Data.CASELOADS) or own is None:
            return self.none()
        return self.filter(supervisor_id=own)


class CaseloadSummary(models.Model):
    """One principal supervisor's caseload: its span, and the element most of its schools fall short on."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    supervisor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    n_principals = models.PositiveIntegerField()
    n_schools = models.PositiveIntegerField()
    span = models.CharField(max_length=8, choices=Span.choices)
    # Positions of principals that are vacant, beside the principals.
    n_vacant = models.PositiveIntegerField(default=0)
    # The sum of our need index: as many principals of average need.
    need = models.FloatField(null=True)
    need_low = models.FloatField(null=True)
    need_high = models.FloatField(null=True)
    need_span = models.CharField(max_length=8, choices=Span.choices, blank=True, default="")
    # Schools with at least one element very likely below target, and schools without enough evidence on any.
    n_schools_below = models.PositiveIntegerField()
    n_schools_unclear = models.PositiveIntegerField()
    # The element very likely below target in most of the schools, in how many of how many with an estimate.
    element = models.ForeignKey(Element, null=True, on_delete=models.CASCADE, related_name="+")
    n_element_below = models.PositiveIntegerField(default=0)
    n_element_estimated = models.PositiveIntegerField(default=0)

    objects = CaseloadSummaryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "caseload summaries"
        constraints = [
            models.UniqueConstraint(fields=["run", "supervisor"], name="supervision_summary_once"),
        ]

    def __str__(self) -> str:
        return f"caseload of {self.supervisor_id}"


class CaseloadSchoolQuerySet(models.QuerySet["CaseloadSchool"]):
    def visible_to(self, scope: Scope) -> "CaseloadSchoolQuerySet":
        """Keep the schools whose capacity the caller may see today, whatever the snapshot says of caseloads."""
        seen = scope.schools(Data.SCHOOL_CAPACITY)
        return self if seen.everywhere else self.filter(school__in=School.objects.visible_to(seen))


class CaseloadSchool(models.Model):
    """One school of a caseload: its principal, and the element where it is furthest below target."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    supervisor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    principal = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    # First day of the principal's present assignment there; none where the roster knows of none.
    principal_since = models.DateField(null=True)
    roster_size = models.PositiveIntegerField()
    # The element with the widest gap; none where no element has enough evidence.
    element = models.ForeignKey(Element, null=True, on_delete=models.CASCADE, related_name="+")
    gap = models.FloatField(null=True)
    se = models.FloatField(null=True)
    p_below = models.FloatField(null=True)
    evidence = models.PositiveSmallIntegerField(
        choices=EvidenceClass.choices, default=EvidenceClass.NOT_ENOUGH
    )
    n_observations = models.PositiveIntegerField(default=0)
    n_teachers = models.PositiveIntegerField(default=0)
    n_elements = models.PositiveIntegerField(default=0)
    n_elements_below = models.PositiveIntegerField(default=0)
    n_elements_unclear = models.PositiveIntegerField(default=0)
    # Our need index (1 is the district's average) with its interval, and its parts, each 0 to 1; null: not known.
    # A principal of several schools has the same on each of their rows.
    need = models.FloatField(null=True)
    need_low = models.FloatField(null=True)
    need_high = models.FloatField(null=True)
    part_leadership = models.FloatField(null=True)
    part_tenure = models.FloatField(null=True)
    part_gaps = models.FloatField(null=True)
    part_size = models.FloatField(null=True)
    # The index's standard error, and the part of it that principals of one caseload may share; for sums.
    need_se = models.FloatField(null=True)
    need_together = models.FloatField(null=True)

    objects = CaseloadSchoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "school", "principal"],
                nulls_distinct=False,
                name="supervision_caseloadschool_principal_once",
            ),
            models.CheckConstraint(
                condition=models.Q(gap__isnull=True) | models.Q(evidence__gt=EvidenceClass.NOT_ENOUGH),
                name="supervision_caseloadschool_none_shown_without_evidence",
            ),
        ]
        indexes = [models.Index(fields=["run", "supervisor"], name="supervision_school_run_super")]

    def __str__(self) -> str:
        return f"school {self.school_id}"
