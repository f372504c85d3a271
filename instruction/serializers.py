"""How capacity looks over REST. Rows are built as dictionaries: a model serializer takes 90 ms for a map."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from instruction.aims import KINDS
from instruction.models import EvidenceClass
from instruction.queries import CapacityMap, Cell, Column, SchoolLine

_EVIDENCE = {
    EvidenceClass.NOT_ENOUGH: "not-enough",
    EvidenceClass.WEAK: "weak",
    EvidenceClass.ESTIMATED: "estimated",
}
_FIGURES = (
    "estimate", "se", "low", "high", "target", "gap", "p_below", "expected_below", "n_ratings", "n_observations",
    "n_teachers", "n_raters", "last_seen", "strategic_target", "framework_target", "plan_target",
    "previous_estimate", "change", "n_new_teachers", "p_neediest", "rank_low", "rank_high", "n_ranked",
)  # fmt: skip
_GAPS = ("strategic_gap", "plan_gap", "framework_gap")


class CapacityRowSerializer(serializers.Serializer[Any]):
    """One school and element. gap is target - estimate; what may not be shown is null.

    target, gap and p_below are about the kind of target asked for; the three kinds stand beside each other below.
    """

    school = serializers.UUIDField()
    school_name = serializers.CharField()
    network = serializers.CharField(allow_null=True)
    level = serializers.CharField()
    element = serializers.UUIDField()
    element_code = serializers.CharField()
    evidence = serializers.ChoiceField(choices=[*_EVIDENCE.values(), "hidden"])
    roster_size = serializers.IntegerField(allow_null=True)
    estimate = serializers.FloatField(allow_null=True)
    se = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    gap = serializers.FloatField(allow_null=True)
    p_below = serializers.FloatField(allow_null=True)
    expected_below = serializers.FloatField(allow_null=True)
    n_ratings = serializers.IntegerField(allow_null=True)
    n_observations = serializers.IntegerField(allow_null=True)
    n_teachers = serializers.IntegerField(allow_null=True)
    n_raters = serializers.IntegerField(allow_null=True)
    last_seen = serializers.DateField(allow_null=True)
    strategic_target = serializers.FloatField(allow_null=True)
    strategic_gap = serializers.FloatField(allow_null=True)
    plan_target = serializers.FloatField(allow_null=True, help_text="of the school improvement plan")
    plan_gap = serializers.FloatField(allow_null=True)
    framework_target = serializers.FloatField(allow_null=True)
    framework_gap = serializers.FloatField(allow_null=True)
    previous_estimate = serializers.FloatField(
        allow_null=True, help_text="of the snapshot before; null where a change could be one teacher's"
    )
    change = serializers.FloatField(allow_null=True)
    n_new_teachers = serializers.IntegerField(
        allow_null=True, help_text="teachers with a rating since; 0, or 5 or more"
    )
    p_neediest = serializers.FloatField(
        allow_null=True, help_text="probability of being among the neediest fifth"
    )
    rank_low = serializers.IntegerField(allow_null=True, help_text="1 is the neediest")
    rank_high = serializers.IntegerField(
        allow_null=True, help_text="rank_low to rank_high hold 90 % of its places"
    )
    n_ranked = serializers.IntegerField(allow_null=True)


class CapacityPageSerializer(serializers.Serializer[Any]):
    """A page of the map: which snapshot, how many schools there are, and the rows of this page's schools."""

    school_year = serializers.IntegerField()
    against = serializers.ChoiceField(
        choices=KINDS, help_text="the kind of target of target, gap and p_below"
    )
    run = serializers.UUIDField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    n_schools = serializers.IntegerField()
    page = serializers.IntegerField()
    rows = CapacityRowSerializer(many=True)

    @staticmethod
    def nothing(year: int, against: str) -> dict[str, Any]:
        """Return the page of a year in which no framework is in force."""
        return {
            "school_year": year, "against": against, "run": None, "computed_at": None, "stale": False, "n_schools": 0, "page": 1,
            "rows": [],
        }  # fmt: skip

    @staticmethod
    def page_of(found: CapacityMap, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return the page of a map with its rows."""
        run = found.standing.run
        return {
            "school_year": found.standing.year,
            "against": found.filters.against,
            "run": str(run.uid) if run else None,
            "computed_at": found.standing.computed_at,
            "stale": bool(found.standing.stale_since),
            "n_schools": found.n_schools,
            "page": found.filters.page,
            "rows": list(rows),
        }

    @staticmethod
    def row_of(line: SchoolLine, column: Column, cell: Cell | None) -> dict[str, Any]:
        """Return one row; without a cell, that of a school whose group is too small."""
        return {
            "school": line.uid,
            "school_name": line.name,
            "network": line.network,
            "level": line.level,
            "element": column.uid,
            "element_code": column.code,
            "evidence": _EVIDENCE[EvidenceClass(cell.evidence)] if cell else "hidden",
            "roster_size": cell.roster_size if cell else None,
            **{name: getattr(cell, name, None) for name in _FIGURES},
            **dict(zip(_GAPS, [one.gap for one in cell.aims] if cell else [None] * 3, strict=True)),
        }
