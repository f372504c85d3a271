"""What the API says of time: entries, sums and goals."""

from typing import Any

from rest_framework import serializers

from instruction.models import Department
from supervision.api_words import DaySerializer
from supervision.models import EntrySource, GoalKind, TimeEntry, TimePurpose
from supervision.timelog import account
from supervision.timelog.actions import Saved
from supervision.timelog.aims import MOST_VISITS
from supervision.timelog.days import DAY
from supervision.timelog.district import SupervisorRow


class TimeWithSerializer(serializers.Serializer[Any]):
    """A principal who took part, and the school."""

    principal = serializers.UUIDField()
    school = serializers.UUIDField()


class TimeWithNewSerializer(serializers.Serializer[Any]):
    """A principal who took part. school: needed of a principal of two schools alone."""

    principal = serializers.UUIDField()
    school = serializers.UUIDField(required=False)


class TimeEntrySerializer(serializers.Serializer[Any]):
    """An entry as it stands."""

    uid = serializers.UUIDField()
    revision = serializers.IntegerField()
    day = serializers.DateField()
    minutes = serializers.IntegerField()
    starts_at = serializers.DateTimeField(allow_null=True)
    purpose = serializers.ChoiceField(choices=TimePurpose.choices)
    department = serializers.CharField(allow_blank=True, help_text='whose work was covered; "": nobody\'s')
    element = serializers.CharField(allow_blank=True, help_text='code of the leadership element; "": none')
    principals = TimeWithSerializer(many=True)
    entered_by = serializers.ChoiceField(choices=EntrySource.choices)


class TimeEntryPageSerializer(serializers.Serializer[Any]):
    """A page of entries."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TimeEntrySerializer(many=True)


class TimeEntrySavedSerializer(serializers.Serializer[Any]):
    """What was saved: an entry for each day it fell into. overlapping: uids of entries at the same time."""

    entries = TimeEntrySerializer(many=True)
    overlapping = serializers.ListField(child=serializers.UUIDField())


class TimeEntryNewSerializer(serializers.Serializer[Any]):
    """Time to enter. uid: made by the sender, so that one sent twice is entered once.

    starts_at with a length past midnight makes an entry on each day; then `day` is that of its beginning.
    """

    uid = serializers.UUIDField(required=False)
    day = DaySerializer()
    minutes = serializers.IntegerField(min_value=1, max_value=DAY)
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    purpose = serializers.ChoiceField(choices=TimePurpose.choices)
    department = serializers.ChoiceField(choices=Department.choices, required=False, allow_blank=True)
    element = serializers.CharField(max_length=40, required=False, allow_blank=True)
    principals = TimeWithNewSerializer(many=True, required=False)


class TimeEntryChangeSerializer(TimeEntryNewSerializer):
    """What to change; what is not sent stays. revision: the one that was read."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    uid = None  # type: ignore[assignment]
    day = DaySerializer(required=False)
    minutes = serializers.IntegerField(min_value=1, max_value=DAY, required=False)
    purpose = serializers.ChoiceField(choices=TimePurpose.choices, required=False)


class TimeWeekSerializer(serializers.Serializer[Any]):
    """A week; shares are 0 to 1, null where nothing was entered."""

    monday = serializers.DateField()
    minutes = serializers.IntegerField()
    with_principals = serializers.FloatField(allow_null=True)
    on_leadership = serializers.FloatField(allow_null=True)


class TimeShareSerializer(serializers.Serializer[Any]):
    """A supervisor's sums of a period: one's own of contact days alone, others' of whole weeks, as `shares` counts them.

    Shares are 0 to 1 of all minutes; contact_days: days that count, with an entry.
    """

    supervisor = serializers.UUIDField()
    name = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    minutes = serializers.IntegerField()
    entries = serializers.IntegerField()
    contact_days = serializers.IntegerField()
    with_principals = serializers.FloatField(allow_null=True)
    on_leadership = serializers.FloatField(allow_null=True)
    covering = serializers.FloatField(allow_null=True)
    minutes_by_purpose = serializers.DictField(child=serializers.IntegerField())
    minutes_covered_by_department = serializers.DictField(child=serializers.IntegerField())
    goals = serializers.DictField(child=serializers.FloatField())
    weeks_confirmed = serializers.IntegerField()
    weeks_ended = serializers.IntegerField()
    weeks = TimeWeekSerializer(many=True)


class TimeGoalSerializer(serializers.Serializer[Any]):
    """A goal of a school year. is_own: the caller's own, else the district's."""

    school_year = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=GoalKind.choices)
    value = serializers.FloatField()
    is_own = serializers.BooleanField()
    revision = serializers.IntegerField()


class TimeGoalSetSerializer(serializers.Serializer[Any]):
    """A goal to set; value null takes it away. revision: the one that was read; left out: not asked.

    Shares are in percent, visits in visits a month (at most 30).
    """

    kind = serializers.ChoiceField(choices=GoalKind.choices)
    value = serializers.FloatField(min_value=0, max_value=max(100, MOST_VISITS), allow_null=True)
    revision = serializers.IntegerField(required=False, min_value=-1, max_value=2**31 - 1)
    for_district = serializers.BooleanField(required=False, default=False)


def entry(one: TimeEntry) -> dict[str, Any]:
    """Return an entry as TimeEntrySerializer describes it."""
    return {
        "uid": str(one.uid),
        "revision": one.revision,
        "day": one.day,
        "minutes": one.minutes,
        "starts_at": one.starts_at,
        "purpose": one.purpose,
        "department": one.department,
        "element": one.element.code if one.element else "",
        "principals": [
            {"principal": str(each.principal.uid), "school": str(each.school.uid)}
            for each in one.principals.all()
        ],
        "entered_by": one.source,
    }


def saved(found: Saved, entries: list[TimeEntry]) -> dict[str, Any]:
    """Return what was saved as TimeEntrySavedSerializer describes it."""
    return {
        "entries": [entry(one) for one in entries],
        "overlapping": [str(one.uid) for one in found.overlapping],
    }


def share(row: SupervisorRow) -> dict[str, Any]:
    """Return a supervisor's sums as TimeShareSerializer describes them."""
    told = row.share
    return {
        "supervisor": str(row.uid),
        "name": row.name,
        "since": told.since,
        "until": told.until,
        "minutes": told.minutes,
        "entries": told.entries,
        "contact_days": told.days,
        "with_principals": told.with_principals,
        "on_leadership": told.on_leadership,
        "covering": told.covering,
        "minutes_by_purpose": told.by_purpose,
        "minutes_covered_by_department": told.by_department,
        "goals": row.goals.value,
        "weeks_confirmed": row.confirmed,
        "weeks_ended": row.n_weeks,
        "weeks": [
            {
                "monday": week.monday,
                "minutes": week.minutes,
                "with_principals": week.with_principals,
                "on_leadership": week.on_leadership,
            }
            for week in row.weeks
        ],
    }


PERIODS = list(account.PERIODS)
