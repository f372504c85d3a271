"""Balancing caseloads: what the need index weighs, each supervisor's limits, and proposals with their moves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from alignment_dash.runs.models import Run
from schools.models import Level, Org, Person
from supervision.models.caseloads import CaseloadAssignment

LARGEST_WEIGHT = 10.0
MOST_PRINCIPALS = 100


class NeedWeights(models.Model):
    """How much each part counts in our need index; the newest row holds, and the earlier ones say what held then.

    Each weight lies in 0 to 10 and multiplies a part in 0 to 1: leadership, how far instructional leadership falls
    short; tenure, how new the principal is in the role there; gaps, how much of teaching is below target at the
    school; size, how large the school is.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    leadership = models.FloatField()
    tenure = models.FloatField()
    gaps = models.FloatField()
    size = models.FloatField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "need weights"
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{part}__gte": 0 for part in ("leadership", "tenure", "gaps", "size")})
                & Q(**{f"{part}__lte": LARGEST_WEIGHT for part in ("leadership", "tenure", "gaps", "size")}),
                name="supervision_needweights_range",
                violation_error_message=_("Each weight is between 0 and 10."),
            )
        ]

    def __str__(self) -> str:
        return f"weights of {self.set_at}"


class DistrictSpan(models.Model):
    """The least and the most principals of a supervisor without limits of their own; the newest row holds.

    Earlier rows say what held then. No row: the literature's span (supervision.needs).
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low__lte=F("high")),
                name="supervision_span_in_order",
                violation_error_message=_("The least number of principals is not above the most."),
            ),
            models.CheckConstraint(
                condition=Q(high__lte=MOST_PRINCIPALS),
                name="supervision_span_most",
                violation_error_message=_("At most 100 principals."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low} to {self.high} principals"


class SupervisorLimits(models.Model):
    """What a proposal must respect about one principal supervisor. No row: the district's span and no limits.

    least and most: principals. levels: of schools, empty for any. networks: ids of orgs, empty for any.
    leaves_on: the first day on which they no longer supervise; null: they stay.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    supervisor = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="caseload_limits")
    least = models.PositiveSmallIntegerField(default=8)
    most = models.PositiveSmallIntegerField(default=12)
    levels = ArrayField(models.CharField(max_length=16, choices=Level.choices), default=list, blank=True)
    networks = ArrayField(models.BigIntegerField(), default=list, blank=True)
    leaves_on = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "supervisor limits"
        constraints = [
            models.CheckConstraint(
                condition=Q(least__lte=F("most")),
                name="supervision_limits_in_order",
                violation_error_message=_("The least number of principals is not above the most."),
            ),
            models.CheckConstraint(
                condition=Q(most__lte=MOST_PRINCIPALS),
                name="supervision_limits_most",
                violation_error_message=_("At most 100 principals."),
            ),
        ]

    def __str__(self) -> str:
        return f"limits of {self.supervisor_id}"


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("Being computed")
    READY = "ready", _("Ready")
    # No caseloads meet the limits; facts say which limits, and the nearest that can be met.
    INFEASIBLE = "infeasible", _("Not possible")
    FAILED = "failed", _("Failed")


class BalanceProposal(models.Model):
    """A proposal of more even caseloads from a day on: computed once, decided move by move.

    settings: what was asked (see supervision.balancing.settings). facts: what was found: objective and lower bound,
    the greedy rule's objective, spread and changes before and after, seconds; where infeasible, why in words.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school_year = models.IntegerField()
    start = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ProposalState.choices, default=ProposalState.WAITING)
    settings = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["school_year", "-made_at"], name="supervision_proposal_year")]

    def __str__(self) -> str:
        return f"proposal of {self.made_at}"


class MoveState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    # The caseload it starts from has changed since.
    STALE = "stale", _("No longer fits")


class ProposedMove(models.Model):
    """One principal at one school who would change principal supervisors, and why.

    group: moves of one principal of several schools share a number and are decided together. reasons: facts that
    supervision.balancing.words puts into a sentence. assignment: what accepting it wrote.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    proposal = models.ForeignKey(BalanceProposal, on_delete=models.CASCADE, related_name="moves")
    place = models.PositiveIntegerField()
    group = models.PositiveIntegerField()
    school = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    principal = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    from_supervisor = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    to_supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=MoveState.choices, default=MoveState.PROPOSED)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    assignment = models.ForeignKey(CaseloadAssignment, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "place"], name="supervision_move_place_once"),
            models.CheckConstraint(
                condition=Q(state=MoveState.PROPOSED)
                | Q(state=MoveState.STALE)
                | Q(decided_at__isnull=False),
                name="supervision_move_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"move {self.place} of {self.proposal_id}"
