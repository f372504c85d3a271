"""Principals' leadership and self-assessments as JSON."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from alignment_dash.runs.queries import Snapshot
from instruction.leadership.actions import LONGEST
from instruction.leadership.pages import ListRow, PrincipalPage
from instruction.leadership.queries import Figure, Led
from instruction.leadership.saying import Mine
from instruction.models import ElementVersion, EvidenceClass, FrameworkVersion, SelfAssessment

_CLASSES = {
    EvidenceClass.NOT_ENOUGH: "not-enough", EvidenceClass.WEAK: "weak", EvidenceClass.ESTIMATED: "estimated",
}  # fmt: skip


class LeadershipFigureSerializer(serializers.Serializer[Any]):
    """One element; levels of the framework's scale, null where the evidence is not enough."""

    element = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    evidence_class = serializers.ChoiceField(choices=list(_CLASSES.values()))
    estimate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    p_below = serializers.FloatField(allow_null=True)
    n_observations = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    last_seen = serializers.DateField(allow_null=True)


class PrincipalLeadershipSerializer(serializers.Serializer[Any]):
    """One principal with the figures of all evidence that stand."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    schools = serializers.ListField(child=serializers.UUIDField())
    snapshot_of = serializers.DateField(allow_null=True)
    figures = LeadershipFigureSerializer(many=True)


class LeadershipPointSerializer(serializers.Serializer[Any]):
    """A figure at the end of a term."""

    day = serializers.DateField()
    estimate = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class LeadershipSaidSerializer(serializers.Serializer[Any]):
    """What the principal says of their own work."""

    level = serializers.IntegerField()
    why = serializers.CharField()
    day = serializers.DateField()


class LeadershipGrowthSerializer(serializers.Serializer[Any]):
    """One element over the terms. growth_may_be_told: false below 8 observations over 2 years."""

    element = serializers.UUIDField()
    growth_may_be_told = serializers.BooleanField()
    n_observations = serializers.IntegerField()
    points = LeadershipPointSerializer(many=True)
    said = LeadershipSaidSerializer(allow_null=True)


class PrincipalGrowthSerializer(PrincipalLeadershipSerializer):
    """One principal with growth; network_confounded: the network's level and its observers' severity cannot be told apart."""

    network_confounded = serializers.BooleanField()
    one_rater = serializers.BooleanField()
    growth = LeadershipGrowthSerializer(many=True)


class SelfAssessmentSerializer(serializers.Serializer[Any]):
    """A self-assessment; shared_at null: its writer's alone."""

    uid = serializers.UUIDField()
    framework = serializers.CharField()
    version = serializers.UUIDField()
    school_year = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    shared_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()
    n_rated = serializers.IntegerField()


class SelfLevelSerializer(serializers.Serializer[Any]):
    """A level of one element, null for not said, and what it rests on."""

    element = serializers.UUIDField()
    level = serializers.IntegerField(min_value=1, max_value=10, allow_null=True)
    why = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False, default="")


class SelfAssessmentWholeSerializer(SelfAssessmentSerializer):
    """A self-assessment with its levels."""

    levels = SelfLevelSerializer(many=True)


class SelfAssessmentNewSerializer(serializers.Serializer[Any]):
    """By which version of a framework; the same uid again is the same self-assessment."""

    version = serializers.UUIDField()
    uid = serializers.UUIDField(required=False)


class SelfAssessmentSaveSerializer(serializers.Serializer[Any]):
    """Levels to write; what is not sent stays. revision: what the sender saw."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    levels = SelfLevelSerializer(many=True)


class SelfAssessmentSeenSerializer(serializers.Serializer[Any]):
    """The revision that was seen of what is discarded."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


def principal(row: ListRow, elements: Sequence[ElementVersion], found: Snapshot | None) -> dict[str, Any]:
    """Return a principal as the list tells it."""
    figures = zip(elements, row.figures, strict=True)
    return _head(row.led, found) | {"figures": [_figure(element, figure) for element, figure in figures]}


def page(one: PrincipalPage) -> dict[str, Any]:
    """Return a principal as their own page tells it."""
    return _head(one.led, one.snapshot) | {
        "figures": [_figure(line.element, line.figure) for line in one.lines],
        "network_confounded": one.confounded,
        "one_rater": one.one_rater,
        "growth": [
            {
                "element": line.element.element.uid,
                "growth_may_be_told": bool(line.growth and line.growth.may_be_told),
                "n_observations": line.growth.n_observations if line.growth else 0,
                "points": [
                    {
                        "day": point.day,
                        "estimate": point.estimate,
                        "low": round(point.low, 3),
                        "high": round(point.high, 3),
                    }
                    for point in (line.growth.points if line.growth else [])
                ],
                "said": {"level": line.said.level, "why": line.said.why, "day": line.said.day}
                if line.said
                else None,
            }
            for line in one.lines
        ],
    }


def _head(led: Led, found: Snapshot | None) -> dict[str, Any]:
    return {
        "uid": led.uid,
        "name": led.name,
        "schools": [school.uid for school in led.schools],
        "snapshot_of": found.roster_date if found else None,
    }


def _figure(element: ElementVersion, figure: Figure | None) -> dict[str, Any]:
    names = ("estimate", "low", "high", "target", "p_below")
    values = {name: _round(getattr(figure, name, None)) for name in names}
    evidence = EvidenceClass(figure.evidence) if figure else EvidenceClass.NOT_ENOUGH
    return {
        "element": element.element.uid,
        "code": element.element.code,
        "name": element.name,
        "evidence_class": _CLASSES[evidence],
        **values,
        "n_observations": figure.n_observations if figure else 0,
        "n_raters": figure.n_raters if figure else 0,
        "last_seen": figure.last_seen if figure else None,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def assessment(row: SelfAssessment) -> dict[str, Any]:
    """Return a self-assessment without its levels; `row` has `n_rated`."""
    return _assessment(row, row.version, int(row.n_rated))  # type: ignore[attr-defined]


def whole(held: Mine, elements: Sequence[ElementVersion]) -> dict[str, Any]:
    """Return a self-assessment with a level for each element, null where nothing was said."""
    levels = [
        {
            "element": one.element.uid,
            "level": held.levels[one.pk].level if one.pk in held.levels else None,
            "why": held.levels[one.pk].why if one.pk in held.levels else "",
        }
        for one in elements
    ]
    return _assessment(held.row, held.row.version, len(held.levels)) | {"levels": levels}


def _assessment(row: SelfAssessment, version: FrameworkVersion, n_rated: int) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "framework": version.framework.name,
        "version": version.uid,
        "school_year": row.school_year,
        "started_at": row.started_at,
        "changed_at": row.changed_at,
        "shared_at": row.shared_at,
        "revision": row.revision,
        "n_rated": n_rated,
    }
