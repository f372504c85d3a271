"""What the API says of limits, caseloads and proposals, and what it takes."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from schools.models import Level
from supervision.api_words import DaySerializer
from supervision.balancing import words
from supervision.balancing.moves import grouped
from supervision.balancing.settings import Bond, Weight
from supervision.balancing.shown import LoadRow
from supervision.models import BalanceProposal, DistrictSpan, MoveState, ProposalState, ProposedMove
from supervision.models.balancing import MOST_PRINCIPALS
from supervision.spans import bounds_of, district_span


class CaseloadLimitsSerializer(serializers.Serializer[Any]):
    """One supervisor's limits. is_own: false where the district's span stands in. revision: 0 without own limits.

    networks_by_post: of the staff assignments; they count where `networks` is empty and there is no caseload yet.
    """

    supervisor = serializers.UUIDField()
    name = serializers.CharField()
    is_own = serializers.BooleanField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    levels = serializers.ListField(child=serializers.ChoiceField(choices=Level.choices))
    networks = serializers.ListField(child=serializers.UUIDField())
    networks_by_post = serializers.ListField(child=serializers.UUIDField())
    leaves_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()


class CaseloadLimitsChangeSerializer(serializers.Serializer[Any]):
    """The limits as they should be; revision: the one that was read."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    least = serializers.IntegerField(min_value=0, max_value=MOST_PRINCIPALS)
    most = serializers.IntegerField(min_value=0, max_value=MOST_PRINCIPALS)
    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=Level.choices), default=list, max_length=20
    )
    networks = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=1000)
    leaves_on = DaySerializer(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a least above the most."""
        if attrs["least"] > attrs["most"]:
            raise serializers.ValidationError({"most": ["The most is not below the least."]})
        return attrs


class CaseloadSpanSerializer(serializers.Serializer[Any]):
    """How many principals a supervisor without limits of their own has. uid and set_at null: the literature's span."""

    uid = serializers.UUIDField(allow_null=True)
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    set_at = serializers.DateTimeField(allow_null=True)


class CaseloadSpanNewSerializer(serializers.Serializer[Any]):
    """A span to hold from now on. seen: uid of the one that was read, null for the literature's."""

    low = serializers.IntegerField(min_value=0, max_value=MOST_PRINCIPALS)
    high = serializers.IntegerField(min_value=0, max_value=MOST_PRINCIPALS)
    seen = serializers.UUIDField(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a least above the most."""
        if attrs["low"] > attrs["high"]:
            raise serializers.ValidationError({"high": ["The most is not below the least."]})
        return attrs


class BalanceLoadSerializer(serializers.Serializer[Any]):
    """One caseload: principals, vacant positions, and need with its 90 % interval (1 is the average principal)."""

    principals = serializers.IntegerField()
    vacant = serializers.IntegerField()
    schools = serializers.IntegerField()
    need = serializers.FloatField()
    need_low = serializers.FloatField()
    need_high = serializers.FloatField()
    levels = serializers.DictField(child=serializers.IntegerField())
    networks = serializers.DictField(child=serializers.IntegerField())
    years_together = serializers.FloatField(allow_null=True)


class BalanceCaseloadSerializer(serializers.Serializer[Any]):
    """One supervisor's caseload before and after."""

    supervisor = serializers.UUIDField()
    name = serializers.CharField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    before = BalanceLoadSerializer()
    after = BalanceLoadSerializer()


class WhatIfAskSerializer(serializers.Serializer[Any]):
    """The day that an address asks about."""

    start = DaySerializer(required=False)


class WhatIfSerializer(serializers.Serializer[Any]):
    """Every caseload before and after some changes. need_known: whether a snapshot says how need is shared."""

    start = serializers.DateField()
    need_known = serializers.BooleanField()
    caseloads = BalanceCaseloadSerializer(many=True)


class BalanceMoveSerializer(serializers.Serializer[Any]):
    """Moves that are decided together. principal: null for a vacant position."""

    group = serializers.IntegerField()
    state = serializers.ChoiceField(choices=MoveState.choices)
    principals = serializers.ListField(child=serializers.UUIDField(allow_null=True))
    schools = serializers.ListField(child=serializers.UUIDField())
    from_supervisors = serializers.ListField(child=serializers.UUIDField())
    to_supervisor = serializers.UUIDField()
    sentence = serializers.CharField()
    effect = serializers.CharField()


class BalanceHelpSerializer(serializers.Serializer[Any]):
    """One limit that would give way: "most" or "least" of a supervisor or the "changes" allowed, from now to to.

    "outside": the principal (the school, where the position is vacant) may go to the supervisor outside the stated
    networks or levels; "pin": does not stay, and goes to the supervisor.
    """

    kind = serializers.ChoiceField(choices=["most", "least", "changes", "outside", "pin"])
    supervisor = serializers.UUIDField(allow_null=True)
    principal = serializers.UUIDField(allow_null=True)
    now = serializers.IntegerField(allow_null=True)
    to = serializers.IntegerField(allow_null=True)


class BalanceProposalSerializer(serializers.Serializer[Any]):
    """A proposal. objective, bound: cost and the least possible, by what was said to matter; gap: relative."""

    uid = serializers.UUIDField()
    start = serializers.DateField()
    made_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ProposalState.choices)
    changes = serializers.IntegerField(allow_null=True)
    status = serializers.CharField(allow_blank=True)
    objective = serializers.FloatField(allow_null=True)
    bound = serializers.FloatField(allow_null=True)
    gap = serializers.FloatField(allow_null=True)
    greedy_objective = serializers.FloatField(allow_null=True)
    need_known = serializers.BooleanField()
    said = serializers.CharField(allow_blank=True, help_text="how sure, or which limits cannot hold together")
    nearest = BalanceHelpSerializer(
        many=True, help_text="the smallest change of limits that would do, where they cannot hold together"
    )
    moves = BalanceMoveSerializer(many=True)


class BalanceProposalPageSerializer(serializers.Serializer[Any]):
    """A page of proposals."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BalanceProposalSerializer(many=True)


class BalanceAskSerializer(serializers.Serializer[Any]):
    """What a proposal is asked with, or, with `moves`, changes chosen by hand that become one at once."""

    start = DaySerializer()
    evenness = serializers.ChoiceField(choices=Weight.choices, default=Weight.USUAL)
    changes = serializers.ChoiceField(choices=Weight.choices, default=Weight.USUAL)
    networks = serializers.ChoiceField(choices=Bond.choices, default=Bond.USUAL)
    levels = serializers.ChoiceField(choices=Bond.choices, default=Bond.USUAL)
    most_changes = serializers.IntegerField(min_value=0, max_value=10_000, allow_null=True, default=None)
    least = serializers.IntegerField(
        min_value=0, max_value=MOST_PRINCIPALS, required=False, help_text="the district's span where left out"
    )
    most = serializers.IntegerField(min_value=0, max_value=MOST_PRINCIPALS, required=False)
    pinned = serializers.ListField(
        child=serializers.UUIDField(), default=list, max_length=5000, help_text="uids of principals who stay"
    )
    moves = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=100,
        help_text="changes as <principal's uid, or the school's where the position is vacant>~<supervisor's uid>",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take the district's span where none is asked for; refuse a least above the most."""
        span = district_span()
        attrs = {"least": span.low, "most": span.high} | attrs
        if attrs["least"] > attrs["most"]:
            raise serializers.ValidationError({"most": ["The most is not below the least."]})
        return attrs


class BalanceDecisionSerializer(serializers.Serializer[Any]):
    """What becomes of groups of moves: all or nothing."""

    decision = serializers.ChoiceField(choices=["accept", "decline"])
    groups = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), min_length=1, max_length=10_000
    )


def proposal(
    one: BalanceProposal, moves: Sequence[ProposedMove], said: str, nearest: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return a proposal as the API says it; moves selected with their people."""
    facts = one.facts
    return {
        "uid": one.uid, "start": one.start, "made_at": one.made_at, "state": one.state,
        "changes": facts.get("changes"), "status": facts.get("status", ""), "objective": facts.get("objective"),
        "bound": facts.get("bound"), "gap": facts.get("gap"),
        "greedy_objective": (facts.get("greedy") or {}).get("objective"),
        "need_known": facts.get("need_known", False), "said": said, "nearest": nearest,
        "moves": [_move(group, held) for group, held in grouped(moves).items()],
    }  # fmt: skip


def _move(group: int, held: Sequence[ProposedMove]) -> dict[str, Any]:
    holders = [move.from_supervisor.uid for move in held if move.from_supervisor]
    return {
        "group": group,
        "state": held[0].state,
        "principals": list(dict.fromkeys(move.principal.uid if move.principal else None for move in held)),
        "schools": list(dict.fromkeys(move.school.uid for move in held)),
        "from_supervisors": list(dict.fromkeys(holders)),
        "to_supervisor": held[0].to_supervisor.uid,
        "sentence": words.move_sentence(held),
        "effect": words.effect_sentence(held),
    }


def caseload(row: LoadRow) -> dict[str, Any]:
    """Return one supervisor's caseload before and after."""
    sides = {"before": row.before, "after": row.after}
    return {
        "supervisor": row.uid, "name": row.name, "least": row.limits.least, "most": row.limits.most,
    } | {
        side: {
            "principals": load.n_principals, "vacant": load.n_vacant, "schools": load.n_schools,
            "need": round(load.need, 3), "need_low": round(load.low, 3), "need_high": round(load.high, 3),
            "levels": dict(load.levels), "networks": dict(load.networks), "years_together": load.years,
        }
        for side, load in sides.items()
    }  # fmt: skip


def span(held: DistrictSpan | None) -> dict[str, Any]:
    """Return the district's span as `CaseloadSpanSerializer` has it."""
    told = {"uid": held.uid if held else None, "set_at": held.set_at if held else None}
    return told | bounds_of(held)._asdict()


def limits(row: LoadRow, networks: dict[int, Any]) -> dict[str, Any]:
    """Return one supervisor's limits; networks: uids of all by id."""
    held = row.limits
    return {
        "supervisor": row.uid, "name": row.name, "is_own": bool(held.pk), "least": held.least, "most": held.most,
        "levels": held.levels, "networks": [networks[pk] for pk in held.networks if pk in networks],
        "networks_by_post": [uid for pk, uid in networks.items() if pk in row.posts],
        "leaves_on": held.leaves_on, "revision": held.revision,
    }  # fmt: skip
