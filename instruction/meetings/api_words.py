"""What the API says of meetings, packs and decisions."""

from typing import Any

from rest_framework import serializers

from alignment_dash.schoolyear import today
from instruction.meetings import words
from instruction.meetings.pack import NEEDS, Pack, Part
from instruction.models import Decision, DecisionState, Department, Meeting, MeetingState
from instruction.queries.cells import Cell
from instruction.queries.elements import Column


class MeetingDecisionSerializer(serializers.Serializer[Any]):
    """A decision as it stands."""

    uid = serializers.UUIDField()
    revision = serializers.IntegerField()
    meeting = serializers.UUIDField()
    school = serializers.UUIDField(allow_null=True, help_text="null: all schools of the meeting")
    element = serializers.CharField(allow_blank=True, help_text='code of the element; "": none')
    what = serializers.CharField()
    department = serializers.ChoiceField(choices=Department.choices)
    owner = serializers.UUIDField(allow_null=True, help_text="the user who sees to it")
    owner_name = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()
    state = serializers.ChoiceField(choices=DecisionState.choices)
    outcome = serializers.CharField(allow_blank=True)
    outcome_on = serializers.DateField(allow_null=True)


class MeetingDecisionNewSerializer(serializers.Serializer[Any]):
    """A decision to record. uid: made by the sender, so that one sent twice is written once."""

    uid = serializers.UUIDField(required=False)
    what = serializers.CharField(max_length=2_000)
    department = serializers.ChoiceField(choices=Department.choices)
    school = serializers.UUIDField(required=False, allow_null=True)
    element = serializers.CharField(max_length=40, required=False, allow_blank=True)
    owner = serializers.UUIDField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class MeetingDecisionChangeSerializer(serializers.Serializer[Any]):
    """What to change; what is not sent stays. revision: the one that was read."""

    revision = serializers.IntegerField(min_value=0, max_value=2_147_483_647)
    what = serializers.CharField(max_length=2_000, required=False)
    department = serializers.ChoiceField(choices=Department.choices, required=False)
    school = serializers.UUIDField(required=False, allow_null=True)
    element = serializers.CharField(max_length=40, required=False, allow_blank=True)
    owner = serializers.UUIDField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    state = serializers.ChoiceField(choices=DecisionState.choices, required=False)
    outcome = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    outcome_on = serializers.DateField(required=False, allow_null=True)


class MeetingSerializer(serializers.Serializer[Any]):
    """A meeting. computed_at: of the figures it was held on; null while its record is open."""

    uid = serializers.UUIDField()
    title = serializers.CharField()
    held_on = serializers.DateField()
    school_year = serializers.IntegerField()
    under = serializers.UUIDField(help_text="the district, or a network")
    under_name = serializers.CharField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    follows = serializers.UUIDField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)


class MeetingPageSerializer(serializers.Serializer[Any]):
    """A page of meetings."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MeetingSerializer(many=True)


class PackFigureSerializer(serializers.Serializer[Any]):
    """An element at a school. p_below: probability of a shortfall; half_width: of the 90 % interval."""

    element = serializers.CharField()
    estimate = serializers.FloatField(allow_null=True)
    half_width = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    p_below = serializers.FloatField(allow_null=True)
    words = serializers.CharField()
    teachers_observed = serializers.IntegerField(allow_null=True)
    change = serializers.FloatField(allow_null=True)


class PackSchoolSerializer(serializers.Serializer[Any]):
    """A school's part; is_hidden: too few teachers to show figures.

    not_told_beside_newer: of a held meeting, what could be said where the figure may not stand beside a newer one.
    """

    uid = serializers.UUIDField()
    name = serializers.CharField()
    network = serializers.CharField()
    level = serializers.CharField()
    tier = serializers.IntegerField(allow_null=True)
    teachers = serializers.IntegerField(allow_null=True)
    is_hidden = serializers.BooleanField()
    need = serializers.ChoiceField(choices=[(one, one) for one in NEEDS])
    words = serializers.CharField()
    figures = PackFigureSerializer(many=True)
    not_told_beside_newer = serializers.DictField(child=serializers.CharField(), help_text="words by element")
    not_enough_evidence = serializers.ListField(child=serializers.CharField())
    lines = serializers.DictField(child=serializers.CharField())
    second_looks = serializers.ListField(child=serializers.DictField())
    own_views = serializers.ListField(child=serializers.DictField())
    support_asked_for = serializers.ListField(child=serializers.DictField())
    decisions = MeetingDecisionSerializer(many=True)


class PackSerializer(MeetingSerializer):
    """A meeting with its pack."""

    figures_computed_at = serializers.DateTimeField(allow_null=True)
    earlier_decisions = MeetingDecisionSerializer(many=True)
    decisions = MeetingDecisionSerializer(many=True)
    schools = PackSchoolSerializer(many=True)


def meeting(one: Meeting) -> dict[str, Any]:
    """Return a meeting as MeetingSerializer describes it."""
    return {
        "uid": str(one.uid),
        "title": one.title,
        "held_on": one.held_on,
        "school_year": one.school_year,
        "under": str(one.under.uid),
        "under_name": one.under.name,
        "state": one.state,
        "follows": str(one.follows.uid) if one.follows else None,
        "computed_at": one.run.ended_at if one.run else None,
    }


def decision(one: Decision) -> dict[str, Any]:
    """Return a decision as MeetingDecisionSerializer describes it."""
    return {
        "uid": str(one.uid),
        "revision": one.revision,
        "meeting": str(one.meeting.uid),
        "school": str(one.school.uid) if one.school else None,
        "element": one.element.code if one.element else "",
        "what": one.what,
        "department": one.department,
        "owner": str(one.owner.uid) if one.owner else None,
        "owner_name": one.owner.name if one.owner else "",
        "due_on": one.due_on,
        "is_overdue": words.is_overdue(one, today()),
        "state": one.state,
        "outcome": one.outcome,
        "outcome_on": one.outcome_on,
    }


def pack(found: Pack) -> dict[str, Any]:
    """Return a pack as PackSerializer describes it."""
    run = found.standing.run if found.standing else None
    codes = {column.element_id: column.code for column in found.columns}
    return meeting(found.meeting) | {
        "figures_computed_at": run.ended_at if run else None,
        "earlier_decisions": [decision(one) for one in found.earlier],
        "decisions": [decision(one) for one in found.decisions],
        "schools": [_school(part, codes) for part in found.parts],
    }


def _school(part: Part, codes: dict[int, str]) -> dict[str, Any]:
    place = part.place
    return {
        "uid": place.uid,
        "name": place.name,
        "network": place.network,
        "level": place.level,
        "tier": place.tier,
        "teachers": part.roster_size,
        "is_hidden": part.hidden,
        "need": part.need,
        "words": words.part_sentence(part),
        "figures": [_figure(column, cell) for column, cell in [*part.told, *part.untargeted]],
        "not_told_beside_newer": {column.code: words.call_words(call) for column, call in part.spoken},
        "not_enough_evidence": [column.code for column in part.unknown],
        "lines": dict(part.lines),
        "second_looks": [
            {
                "uid": look.uid, "element": codes.get(look.element_id, ""), "looked_on": look.looked_on,
                "found": look.found, "hypothesis": look.hypothesis, "leverage": look.leverage,
                "outcome": look.outcome,
            }
            for look in part.looks
        ],
        "own_views": [_coded(row, codes) for row in place.views],
        "support_asked_for": [_coded(row, codes) for row in place.asked],
        "decisions": [decision(one) for one in part.decisions],
    }  # fmt: skip


def _coded(row: dict[str, Any], codes: dict[int, str]) -> dict[str, Any]:
    """Return a row with its element's code in place of the id."""
    return {name: value for name, value in row.items() if name != "element_id"} | {
        "element": codes.get(row["element_id"] or 0, "")
    }


def _figure(column: Column, cell: Cell) -> dict[str, Any]:
    half = None if cell.high is None or cell.estimate is None else round(cell.high - cell.estimate, 2)
    return {
        "element": column.code,
        "estimate": cell.estimate,
        "half_width": half,
        "target": cell.target,
        "p_below": cell.p_below,
        "words": words.chance(cell) if cell.p_below is not None else "",
        "teachers_observed": cell.n_teachers,
        "change": cell.change,
    }
