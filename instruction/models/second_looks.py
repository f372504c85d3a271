"""The second look: what the same low figure hides, and what came of it (Honig & Rainey 2015, p. 12)."""

from django.db import models
from django.db.models import Q

from alignment_dash.access.models import User, new_uid
from alignment_dash.runs.models import Run
from instruction.models.framework import Element
from schools.models import Org


class SecondLook(models.Model):
    """What closer looking at a school's low element found; run: the snapshot that showed it low.

    found: what was seen; hypothesis: the root cause as someone supposes it; leverage: where a push would move
    most. outcome: what came of it, later. It is about a school's teaching and names nobody.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    school = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+", db_index=False)
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="second_looks")
    school_year = models.IntegerField()
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    looked_on = models.DateField()
    found = models.TextField(max_length=10_000)
    hypothesis = models.TextField(blank=True, default="", max_length=10_000)
    leverage = models.TextField(blank=True, default="", max_length=10_000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    outcome = models.TextField(blank=True, default="", max_length=10_000)
    outcome_on = models.DateField(null=True, blank=True)
    outcome_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome_on__isnull=False),
                name="instruction_secondlook_outcome_on",
            )
        ]
        indexes = [
            models.Index(fields=["school", "school_year", "element"], name="instruction_secondlook_cell")
        ]

    def __str__(self) -> str:
        return f"second look on {self.looked_on}"
