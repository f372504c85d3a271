"""How a framework comes about and stays alive: what people say of a draft, its focus, its evidence, its past."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import User, new_uid
from instruction.models.framework import Element, ElementVersion, FrameworkVersion
from schools.models import Org

LONGEST_NOTE = 10_000


class Consultation(models.Model):
    """The days on which teachers and leaders comment on a draft and vote on its focus elements; both days count."""

    version = models.OneToOneField(FrameworkVersion, on_delete=models.CASCADE, related_name="consultation")
    opens_on = models.DateField()
    closes_on = models.DateField()
    # How many elements each person may name as the focus.
    votes_each = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")),
                name="instruction_consultation_days",
                violation_error_message=_("A consultation closes on the day it opens, or later."),
            ),
            models.CheckConstraint(
                condition=Q(votes_each__gte=1, votes_each__lte=20),
                name="instruction_consultation_votes_each",
                violation_error_message=_("Each person names between 1 and 20 focus elements."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_on} to {self.closes_on}"


class ElementComment(models.Model):
    """What someone says about a draft (element_version null) or one of its elements, and what became of it."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="comments")
    element_version = models.ForeignKey(
        ElementVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="comments"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # What the author was when they wrote it; a role's code.
    role = models.CharField(max_length=32)
    text = models.TextField(max_length=LONGEST_NOTE)
    written_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True, default="", max_length=LONGEST_NOTE)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"comment {self.uid}"


class FocusVote(models.Model):
    """One person's vote for an element as a focus. Counts by role are shown, never who voted how."""

    element_version = models.ForeignKey(ElementVersion, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=32)
    voted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["element_version", "voter"], name="instruction_focusvote_once")
        ]

    def __str__(self) -> str:
        return f"vote for {self.element_version_id}"


class FocusElement(models.Model):
    """An element that a school year is about, in the district or (school given) at one school.

    Where a year has none for the district, the published version's own focus elements hold.
    """

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="focus_years")
    school_year = models.IntegerField()
    school = models.ForeignKey(Org, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    why = models.TextField(blank=True, default="", max_length=LONGEST_NOTE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["element", "school_year", "school"],
                name="instruction_focuselement_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"focus of {self.school_year}"


class ElementSource(models.Model):
    """One piece of the evidence base of an element: what is claimed, and where it stands."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="sources")
    claim = models.TextField(max_length=2_000)
    citation = models.TextField(max_length=2_000)
    url = models.URLField(blank=True, default="", max_length=500)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.citation[:80]


class ElementOrigin(models.Model):
    """The crosswalk: which earlier element an element of a version came from.

    carries: ratings of the earlier one count as ratings of this one, for the practice is the same under another
    code. An earlier element's ratings are carried to one element at most, so that nothing counts twice.
    """

    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="origins")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="origins")
    earlier = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="successors")
    carries = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="", max_length=2_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "element", "earlier"], name="instruction_elementorigin_once"
            ),
            models.UniqueConstraint(
                fields=["version", "earlier"],
                condition=Q(carries=True),
                name="instruction_elementorigin_carries_to_one",
                violation_error_message=_(
                    "The ratings of an earlier element are carried to one element of a version at most."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(element=models.F("earlier")),
                name="instruction_elementorigin_not_itself",
                violation_error_message=_("An element keeps its own ratings by its code: name another one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} to {self.element_id}"
