"""What the API says of caseloads and of our need index."""

from datetime import date
from typing import Any

from rest_framework import serializers

from alignment_dash.ui.days import FIRST, LAST
from schools.models import Level
from supervision.balance.index import NAMES
from supervision.district import Idle, Lacks, Uncovered
from supervision.indexing import weights_of
from supervision.models import CaseloadAssignment, NeedWeights, Span
from supervision.models.balancing import LARGEST_WEIGHT
from supervision.needs import Need, Total
from supervision.rows import Caseload, CaseloadRow, Caseloads, SchoolRow


class DaySerializer(serializers.DateField):
    """A day that a calendar here has, from FIRST to LAST as in forms: what lies outside was mistyped."""

    def to_internal_value(self, value: Any) -> date:
        """Return the day; ValidationError for one that is none or lies outside."""
        day: date = super().to_internal_value(value)
        if not FIRST <= day <= LAST:
            raise serializers.ValidationError("This day is too long ago or too far ahead.")
        return day


class CaseloadTotalSerializer(serializers.Serializer[Any]):
    """The need of a caseload, as a number of average principals, with its 90 % interval and its span."""

    need = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    span = serializers.ChoiceField(choices=Span.choices)


class CaseloadSerializer(serializers.Serializer[Any]):
    """One principal supervisor's caseload."""

    supervisor = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    n_principals = serializers.IntegerField()
    n_vacant = serializers.IntegerField(
        help_text="vacant positions, which count as a principal in both spans"
    )
    span = serializers.ChoiceField(choices=Span.choices)
    by_need = CaseloadTotalSerializer(allow_null=True, help_text="by our need index, not the literature's")
    n_schools = serializers.IntegerField()
    n_schools_below = serializers.IntegerField(allow_null=True)
    n_schools_unclear = serializers.IntegerField(allow_null=True)
    element = serializers.CharField(allow_blank=True, help_text="the widest shared need")


class SchoolWithoutSerializer(serializers.Serializer[Any]):
    """A school without a principal supervisor, now or from a day to come."""

    school = serializers.UUIDField()
    name = serializers.CharField()
    network = serializers.CharField(allow_blank=True)
    since = serializers.DateField(allow_null=True, help_text="first day without; null: it never had one")
    is_ahead = serializers.BooleanField()


class SupervisorWithoutSerializer(serializers.Serializer[Any]):
    """A supervisor without a caseload, or one with a caseload who has left the roster."""

    supervisor = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    left_on = serializers.DateField(allow_null=True)


class CaseloadsSerializer(serializers.Serializer[Any]):
    """The caseloads the caller sees, by the snapshot of `roster_date`."""

    school_year = serializers.IntegerField()
    roster_date = serializers.DateField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True, help_text="null: nothing was computed yet")
    is_stale = serializers.BooleanField()
    span_low = serializers.IntegerField(help_text="the span that the caseloads were held against")
    span_high = serializers.IntegerField()
    caseloads = CaseloadSerializer(many=True)
    schools_without = SchoolWithoutSerializer(many=True)
    supervisors_without = SupervisorWithoutSerializer(many=True)


class NeedIndexSerializer(serializers.Serializer[Any]):
    """Our need index: 1 is the district's average principal. Parts lie in 0 to 1; null: not known."""

    index = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    leadership = serializers.FloatField(allow_null=True)
    tenure = serializers.FloatField(allow_null=True)
    gaps = serializers.FloatField(allow_null=True)
    size = serializers.FloatField(allow_null=True)


class CaseloadSchoolSerializer(serializers.Serializer[Any]):
    """A principal and school of a caseload. gap: estimate minus target, in levels."""

    school = serializers.UUIDField()
    name = serializers.CharField()
    network = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=Level.choices)
    is_vacant = serializers.BooleanField()
    principal = serializers.CharField(allow_blank=True)
    principal_since = serializers.DateField(allow_null=True)
    also_elsewhere = serializers.BooleanField(help_text="the principal is in another caseload, too")
    teachers = serializers.IntegerField(allow_null=True, help_text="null: too few to tell")
    need = NeedIndexSerializer(allow_null=True)
    element = serializers.CharField(allow_blank=True)
    gap = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    n_elements = serializers.IntegerField()
    n_below = serializers.IntegerField()
    n_unclear = serializers.IntegerField()


class CaseloadDetailSerializer(CaseloadSerializer):
    """A caseload with its schools."""

    school_year = serializers.IntegerField()
    roster_date = serializers.DateField(allow_null=True)
    computed_at = serializers.DateTimeField()
    span_low = serializers.IntegerField(help_text="the span that the caseload was held against")
    span_high = serializers.IntegerField()
    schools = CaseloadSchoolSerializer(many=True)


class CaseloadAssignmentSerializer(serializers.Serializer[Any]):
    """A dated assignment. principal null: the position is vacant; end: the first day without, null: none."""

    uid = serializers.UUIDField()
    supervisor = serializers.UUIDField()
    principal = serializers.UUIDField(allow_null=True)
    school = serializers.UUIDField()
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)


class CaseloadAssignmentMadeSerializer(CaseloadAssignmentSerializer):
    """An assignment as it was made. warning: that the caseload is above its most, else empty."""

    warning = serializers.CharField(allow_blank=True)


class CaseloadAssignmentNewSerializer(serializers.Serializer[Any]):
    """A school to put into a caseload, with whoever the roster has as its principals on `start`."""

    supervisor = serializers.UUIDField()
    school = serializers.UUIDField()
    start = DaySerializer()
    end = DaySerializer(required=False, allow_null=True)


class CaseloadEndSerializer(serializers.Serializer[Any]):
    """The first day without."""

    end = DaySerializer()


class NeedWeightsNewSerializer(serializers.Serializer[Any]):
    """Weights to hold from now on. seen: uid of those that were read, null for the product's own."""

    leadership = serializers.FloatField(min_value=0, max_value=LARGEST_WEIGHT)
    tenure = serializers.FloatField(min_value=0, max_value=LARGEST_WEIGHT)
    gaps = serializers.FloatField(min_value=0, max_value=LARGEST_WEIGHT)
    size = serializers.FloatField(min_value=0, max_value=LARGEST_WEIGHT)
    seen = serializers.UUIDField(allow_null=True)


class NeedWeightsSerializer(serializers.Serializer[Any]):
    """How much each part counts. uid and set_at null: the product's own, for nobody has set others."""

    uid = serializers.UUIDField(allow_null=True)
    leadership = serializers.FloatField()
    tenure = serializers.FloatField()
    gaps = serializers.FloatField()
    size = serializers.FloatField()
    set_at = serializers.DateTimeField(allow_null=True)


def caseloads(found: Caseloads, lacks: Lacks, year: int) -> dict[str, Any]:
    """Return the list as `CaseloadsSerializer` has it."""
    standing = found.snapshot
    return {
        "school_year": year,
        "roster_date": standing.roster_date if standing else None,
        "computed_at": standing.computed_at if standing else None,
        "is_stale": bool(standing and standing.stale_since),
        "span_low": found.bounds.low,
        "span_high": found.bounds.high,
        "caseloads": [_summary(row) for row in found.rows],
        "schools_without": [_without(one) for one in [*lacks.now, *lacks.ahead]],
        "supervisors_without": [_idle(one) for one in [*lacks.gone, *lacks.idle]],
    }


def caseload(found: Caseload, year: int) -> dict[str, Any]:
    """Return one caseload as `CaseloadDetailSerializer` has it."""
    return _summary(found.summary) | {
        "school_year": year,
        "roster_date": found.snapshot.roster_date,
        "computed_at": found.snapshot.computed_at,
        "span_low": found.summary.bounds.low,
        "span_high": found.summary.bounds.high,
        "schools": [_school(row) for row in found.rows],
    }


def assignment(held: CaseloadAssignment) -> dict[str, Any]:
    """Return an assignment as `CaseloadAssignmentSerializer` has it."""
    return {
        "uid": held.uid,
        "supervisor": held.supervisor.uid,
        "principal": held.principal.uid if held.principal else None,
        "school": held.school.uid,
        "start": held.during.lower,
        "end": held.during.upper,
    }


def weights(held: NeedWeights | None) -> dict[str, Any]:
    """Return weights as `NeedWeightsSerializer` has them."""
    told = {name: getattr(weights_of(held), name) for name in NAMES}
    return {"uid": held.uid if held else None, **told, "set_at": held.set_at if held else None}


def _summary(row: CaseloadRow) -> dict[str, Any]:
    return {
        "supervisor": row.uid,
        "name": row.name,
        "n_principals": row.n_principals,
        "n_vacant": row.n_vacant,
        "span": row.span,
        "by_need": _total(row.need, row.need_span),
        "n_schools": row.n_schools,
        "n_schools_below": row.n_schools_below if row.has_capacity else None,
        "n_schools_unclear": row.n_schools_unclear if row.has_capacity else None,
        "element": row.element,
    }


def _total(total: Total | None, span: str) -> dict[str, Any] | None:
    if total is None:
        return None
    return {"need": total.need, "low": total.low, "high": total.high, "span": span}


def _school(row: SchoolRow) -> dict[str, Any]:
    return {
        "school": row.uid,
        "name": row.name,
        "network": row.network,
        "level": row.level,
        "is_vacant": row.is_vacant,
        "principal": row.principal,
        "principal_since": row.since,
        "also_elsewhere": row.elsewhere,
        "teachers": row.roster_size,
        "need": _need(row.need),
        "element": row.element,
        "gap": row.gap,
        "margin": row.margin,
        "n_elements": row.n_elements,
        "n_below": row.n_below,
        "n_unclear": row.n_unclear,
    }


def _need(need: Need | None) -> dict[str, Any] | None:
    if need is None:
        return None
    names = ("index", "low", "high", *NAMES)
    return {name: getattr(need, name) for name in names}


def _without(one: Uncovered) -> dict[str, Any]:
    return {
        "school": one.uid,
        "name": one.name,
        "network": one.network,
        "since": one.since,
        "is_ahead": one.ahead,
    }


def _idle(one: Idle) -> dict[str, Any]:
    return {"supervisor": one.uid, "name": one.name, "left_on": one.left_on}
