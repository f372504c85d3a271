"""What the API says of calendars, and what it takes."""

from typing import Any

from rest_framework import serializers

from instruction.models import Department
from supervision.calendars.confirming import mark_of
from supervision.calendars.weeks import Row, Week
from supervision.models import CalendarFeed, TimePurpose


class CalendarAddressSerializer(serializers.Serializer[Any]):
    """The secret address of a calendar; it is never given out again."""

    address = serializers.CharField(max_length=2_000)


class CalendarFileSerializer(serializers.Serializer[Any]):
    """The multipart form: an exported calendar (.ics)."""

    file = serializers.FileField()


class CalendarFeedSerializer(serializers.ModelSerializer[CalendarFeed]):
    """Where a calendar is read from: its host alone."""

    class Meta:
        model = CalendarFeed
        fields = ["uid", "host", "read_at", "problem"]


class CalendarReadSerializer(serializers.Serializer[Any]):
    """What came of a reading: events of the last four weeks, and of these new, moved and no longer there."""

    events = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()


class CalendarPrincipalSerializer(serializers.Serializer[Any]):
    """A principal at a school, by their uids."""

    person = serializers.UUIDField()
    school = serializers.UUIDField()


class CalendarChoiceSerializer(serializers.Serializer[Any]):
    """What an event was for. purpose "" leaves it out; department: whose work it was, where it was covered."""

    purpose = serializers.ChoiceField(choices=TimePurpose.choices, allow_blank=True)
    department = serializers.ChoiceField(choices=Department.choices, allow_blank=True, default="")
    principals = CalendarPrincipalSerializer(many=True, default=list)


class CalendarEventSerializer(serializers.Serializer[Any]):
    """One event. choice: what is suggested, or was chosen; why: what a suggestion rests on; seen: see `answers`."""

    uid = serializers.UUIDField()
    title = serializers.CharField()
    place = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    all_day = serializers.BooleanField()
    state = serializers.CharField()
    is_private = serializers.BooleanField()
    is_gone = serializers.BooleanField()
    is_changed = serializers.BooleanField()
    overlaps = serializers.BooleanField()
    choice = CalendarChoiceSerializer()
    why = serializers.CharField()
    seen = serializers.CharField()


class CalendarWeekSerializer(serializers.Serializer[Any]):
    """A week: its events, when it was confirmed, minutes entered and the shares of them (0 to 1)."""

    monday = serializers.DateField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    events = CalendarEventSerializer(many=True)
    minutes = serializers.IntegerField()
    with_principals = serializers.FloatField(allow_null=True)
    on_leadership = serializers.FloatField(allow_null=True)


class CalendarAnswerSerializer(CalendarChoiceSerializer):
    """What is said of one event. seen: of the event as it was read; where it differs, the answer is 409."""

    event = serializers.UUIDField()
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60, required=False, allow_null=True)
    seen = serializers.CharField(max_length=16, required=False)


class CalendarAnswersSerializer(serializers.Serializer[Any]):
    """The answers to a week's events; an event without one stays as it is."""

    answers = CalendarAnswerSerializer(many=True)


def week(found: Week) -> dict[str, Any]:
    """Return a week as the API says it."""
    uids = {
        (one.principal_id, one.school_id): {"person": one.principal.uid, "school": one.school.uid}
        for one in found.caseload
        if one.principal is not None
    }
    rows = sorted([*found.open, *found.done], key=lambda row: (row.event.starts_at, row.event.pk))
    share = found.share
    body = {
        "monday": found.monday,
        "confirmed_at": found.confirmed.confirmed_at if found.confirmed else None,
        "events": [_event(row, uids) for row in rows],
        "minutes": share.minutes if share else 0,
        "with_principals": share.with_principals if share else None,
        "on_leadership": share.on_leadership if share else None,
    }
    return dict(CalendarWeekSerializer(body).data)


def _event(row: Row, uids: dict[tuple[int | None, int], dict[str, Any]]) -> dict[str, Any]:
    one = row.event
    told = {name: getattr(one, name) for name in (
        "uid", "title", "place", "starts_at", "ends_at", "all_day", "state", "is_private", "is_gone", "is_changed",
    )}  # fmt: skip
    principals = [uids[pair] for pair in sorted(row.choice.principals) if pair in uids]
    choice = {"purpose": row.choice.purpose, "department": row.choice.department, "principals": principals}
    return told | {"overlaps": row.overlaps, "choice": choice, "why": row.why, "seen": mark_of(one)}
