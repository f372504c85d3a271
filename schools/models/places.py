"""Places: the district and its tree of orgs."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from alignment_dash.access.scope import Schools


class District(models.Model):
    """The one district of this database, and its own words."""

    name = models.CharField(max_length=200)
    network_word = models.CharField(max_length=40, default="network")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="schools_district_one"),
        ]

    def __str__(self) -> str:
        return self.name


class OrgType(models.TextChoices):
    DISTRICT = "district", _("District")
    NETWORK = "network", _("Network")
    SCHOOL = "school", _("School")
    DEPARTMENT = "department", _("Department")
    OTHER = "other", _("Other")


class Level(models.TextChoices):
    """Order is the order of grades; pages sort and filter by it."""

    ELEMENTARY = "elementary", _("Elementary")
    K8 = "k8", _("K-8")
    MIDDLE = "middle", _("Middle")
    HIGH = "high", _("High")
    OTHER = "other", _("Other")


class OrgQuerySet(models.QuerySet["Org"]):
    def schools(self) -> "OrgQuerySet":
        """Keep schools."""
        return self.filter(type=OrgType.SCHOOL)

    def on(self, day: date) -> "OrgQuerySet":
        """Keep the orgs that exist on `day`."""
        return self.filter(during__contains=day)

    def visible_to(self, schools: Schools) -> "OrgQuerySet":
        """Keep the schools that a scope reaches: the door that every query about schools goes through.

        `schools` is `scope.schools(Data....)` for the kind of data the page shows.
        """
        kept = self.schools()
        return kept if schools.everywhere else kept.filter(pk__in=schools.ids)

    def with_network(self) -> "OrgQuerySet":
        """Annotate network_id and network_name from the parent where that is a network."""
        network = models.Q(parent__type=OrgType.NETWORK)
        return self.annotate(
            network_id=models.Case(models.When(network, then="parent_id")),
            network_name=models.Case(models.When(network, then="parent__name")),
        )


class Org(models.Model):
    """A place in the tree: the district, a network, a school, a department."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    type = models.CharField(max_length=16, choices=OrgType.choices)
    name = models.CharField(max_length=255)
    # What the state or NCES calls it; text, because leading zeros matter.
    identifier = models.CharField(max_length=255, blank=True, default="")
    level = models.CharField(max_length=16, choices=Level.choices, default=Level.OTHER)
    grades = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    during = DateRangeField()

    objects = OrgQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["type", "name"], name="schools_org_type_name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="schools_org_not_own_parent",
                violation_error_message=_("A place cannot be part of itself."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SchoolManager(models.Manager["School"].from_queryset(OrgQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> OrgQuerySet:
        return super().get_queryset().filter(type=OrgType.SCHOOL)


class School(Org):
    """An org that is a school; the proxy lets queries say so."""

    objects: ClassVar[SchoolManager] = SchoolManager()

    class Meta:
        proxy = True
