"""Rows of a capacity snapshot. Each carries its run; a reader follows the published one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.runs.models import Run
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models.framework import Element
from schools.models import Level, Org, Person


class EvidenceClass(models.IntegerChoices):
    """What the evidence of a cell can bear; the rule is in instruction/capacity/rules.py."""

    NOT_ENOUGH = 0, _("Not enough evidence")
    WEAK = 1, _("Weak evidence")
    ESTIMATED = 2, _("Estimated")


class SchoolCapacity(models.Model):
    """One school and element: estimates on the level scale, empty where the evidence is not enough.

    target is the strategic plan's, which gap and p_below are about; framework_target the framework's own and
    plan_target the school improvement plan's. mean_of_ratings, mean_by_observers and mean_of_teachers are the
    steps from the ratings to the estimate (instruction.capacity.data.Derivation). n_new_teachers: teachers with a
    rating since the day of the snapshot that previous_estimate is from. told_beside: ids of the runs of earlier terms
    whose figure may be told together with this one (instruction.snapshots.apart); null where none was looked at.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+", db_index=False)
    evidence = models.PositiveSmallIntegerField(choices=EvidenceClass.choices)
    target = models.FloatField(null=True)
    framework_target = models.FloatField(null=True)
    plan_target = models.FloatField(null=True)
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    se_contrast = models.FloatField(null=True)
    gap = models.FloatField(null=True)
    p_below = models.FloatField(null=True)
    expected_below = models.FloatField(null=True)
    reliability = models.FloatField(null=True)
    mean_of_ratings = models.FloatField(null=True)
    mean_by_observers = models.FloatField(null=True)
    mean_of_teachers = models.FloatField(null=True)
    p_neediest = models.FloatField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    n_ranked = models.PositiveIntegerField(null=True)
    previous_estimate = models.FloatField(null=True)
    n_new_teachers = models.PositiveIntegerField(default=0)
    n_external = models.PositiveIntegerField(default=0)
    told_beside = ArrayField(models.BigIntegerField(), null=True)
    n_ratings = models.PositiveIntegerField()
    n_observations = models.PositiveIntegerField()
    n_teachers = models.PositiveIntegerField()
    n_raters = models.PositiveIntegerField()
    roster_size = models.PositiveIntegerField()
    is_linked = models.BooleanField()
    last_seen = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "school capacities"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "school", "element"], name="instruction_schoolcapacity_once"
            ),
            models.CheckConstraint(
                condition=models.Q(estimate__isnull=True) | models.Q(evidence__gt=EvidenceClass.NOT_ENOUGH),
                name="instruction_schoolcapacity_none_shown_without_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(estimate__isnull=False)
                | models.Q(
                    mean_of_ratings=None,
                    mean_by_observers=None,
                    mean_of_teachers=None,
                    p_neediest=None,
                    rank_low=None,
                    rank_high=None,
                    previous_estimate=None,
                ),
                name="instruction_schoolcapacity_nothing_beside_no_figure",
            ),
            # Whatever wrote the row: no figure of a group in which a person could be recognized.
            models.CheckConstraint(
                condition=models.Q(estimate__isnull=True)
                | models.Q(
                    n_teachers__gte=DEFAULT_RULES.min_teachers, roster_size__gte=DEFAULT_RULES.min_teachers
                ),
                name="instruction_schoolcapacity_none_shown_of_few",
            ),
        ]

    def __str__(self) -> str:
        return f"school {self.school_id} element {self.element_id}"


class DistrictCapacity(models.Model):
    """One element over the schools whose own cell is shown, so that a hidden school cannot be worked out."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+", db_index=False)
    target = models.FloatField(null=True)
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    n_schools = models.PositiveIntegerField()
    n_teachers = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "district capacities"
        constraints = [
            models.UniqueConstraint(fields=["run", "element"], name="instruction_districtcapacity_once")
        ]

    def __str__(self) -> str:
        return f"element {self.element_id}"


class GroupCapacity(models.Model):
    """One network or school level and element, over the schools whose own cell is shown.

    is_hidden: too few schools, or another such group could be worked out from it; then nothing is kept at all.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+", db_index=False)
    network = models.ForeignKey(
        Org, null=True, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("network")
    )
    level = models.CharField(max_length=16, blank=True, choices=Level.choices)
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    n_schools = models.PositiveIntegerField(null=True)
    n_teachers = models.PositiveIntegerField(null=True)
    is_hidden = models.BooleanField()

    class Meta:
        verbose_name_plural = "group capacities"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "element", "network", "level"],
                name="instruction_groupcapacity_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(network__isnull=True) ^ models.Q(level=""),
                name="instruction_groupcapacity_network_or_level",
            ),
            models.CheckConstraint(
                condition=models.Q(is_hidden=False)
                | models.Q(estimate=None, se=None, n_schools=None, n_teachers=None),
                name="instruction_groupcapacity_hidden_keeps_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(is_hidden=True)
                | models.Q(n_schools=0)
                | models.Q(n_schools__gte=DEFAULT_RULES.min_schools),
                name="instruction_groupcapacity_none_shown_of_few",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network_id or self.level} element {self.element_id}"


class TeacherCapacity(models.Model):
    """One teacher and element, for the person and their school's leaders; row security closes it.

    Only the run is a checked reference: a run writes some 80,000 such rows from ids it has just read, and
    checking three more of them took half of the job.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    school = models.ForeignKey(
        Org, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    element = models.ForeignKey(
        Element, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    estimate = models.FloatField()
    se = models.FloatField()
    n_ratings = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "teacher capacities"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "school", "person", "element"], name="instruction_teachercapacity_once"
            )
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} element {self.element_id}"


class RaterSeverity(models.Model):
    """How far an observer's levels lie below (+) or above (-) those of the average observer; row security closes it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    element = models.ForeignKey(
        Element, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    severity = models.FloatField(verbose_name=_("severity"))
    se = models.FloatField()
    n_ratings = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "rater severities"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person", "element"], name="instruction_raterseverity_once"
            )
        ]

    def __str__(self) -> str:
        return f"rater {self.person_id} element {self.element_id}"


class SuggestedVisit(models.Model):
    """One line of a run's evidence plan: lessons that an observer from elsewhere sees at a school this term.

    companion: who of the school's own observers comes along, so that both rate the same lessons. se_before and
    se_after: standard error of the school's contrast, in hundredths of a level, before and after the plan up to this
    line; gain: how much the uncertainty about which schools are neediest falls, as a share of what there is. All three
    are null where they would tell how many teachers were observed (instruction.visiting.planning).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    observer = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    companion = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    n_lessons = models.PositiveSmallIntegerField()
    hours = models.FloatField()
    se_before = models.FloatField(null=True)
    se_after = models.FloatField(null=True)
    gain = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="instruction_suggestedvisit_place_once"),
            models.CheckConstraint(
                condition=~models.Q(observer=models.F("companion")),
                name="instruction_suggestedvisit_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.place} at school {self.school_id}"


class VisitingObserver(models.Model):
    """Someone who may observe at schools other than their own in a school year, and how many lessons a term."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    school_year = models.IntegerField()
    lessons = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "school_year"], name="instruction_visitingobserver_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lessons__gte=1, lessons__lte=200),
                name="instruction_visitingobserver_lessons",
                violation_error_message=_("Between 1 and 200 lessons a term."),
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} in {self.school_year}"
