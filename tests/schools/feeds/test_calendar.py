"""When a feed is due, and when everything is fetched."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schools.feeds.calendar import is_due, is_full

ZONE = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 9, 7, 2, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (timedelta(days=1), True),  # fetched yesterday
        (timedelta(minutes=10), False),  # fetched at its time today
        (timedelta(hours=3), True),  # asked for by someone last evening
    ],
)
def test_daily_feed_is_due_once_after_its_time(since: timedelta, due: bool) -> None:
    found = is_due(MONDAY, daily_at=time(2, 15), every_hours=None, since=MONDAY - since)
    assert found is due


def test_daily_feed_is_not_due_before_its_time_and_is_made_up_for_later() -> None:
    yesterday = (MONDAY - timedelta(days=1)).replace(hour=3)
    assert not is_due(MONDAY, daily_at=time(3), every_hours=None, since=yesterday)
    noon = MONDAY.replace(hour=12)
    assert is_due(noon, daily_at=time(3), every_hours=None, since=yesterday)


@pytest.mark.parametrize("minute", [54, 55, 56, 59])
def test_daily_feed_of_the_last_minutes_is_due_once_a_day(minute: int) -> None:
    moment = since = datetime(2026, 9, 1, 12, tzinfo=ZONE)
    fetched = 0
    while moment < datetime(2026, 9, 15, tzinfo=ZONE) + timedelta(minutes=1):  # looked at every five minutes
        if is_due(moment, daily_at=time(23, minute), every_hours=None, since=since):
            since, fetched = moment, fetched + 1
        moment += timedelta(minutes=5)
    assert fetched == 14


def test_daily_feed_whose_worker_was_down_over_midnight_is_made_up_for() -> None:
    since = datetime(2026, 8, 31, 22, 1, tzinfo=ZONE)
    assert is_due(datetime(2026, 9, 2, 0, 10, tzinfo=ZONE), daily_at=time(22), every_hours=None, since=since)


def test_daily_feed_set_up_after_its_time_waits_for_the_next_day() -> None:
    since = MONDAY - timedelta(minutes=5)
    assert not is_due(MONDAY, daily_at=time(2, 15), every_hours=None, since=since)


def test_daily_feed_is_due_once_on_the_days_the_clocks_change() -> None:
    for day in (datetime(2026, 3, 8, tzinfo=ZONE), datetime(2026, 11, 1, tzinfo=ZONE)):
        since, fetched = day - timedelta(hours=20), 0
        moment = day.astimezone(UTC)
        for _ in range(24 * 12):
            if is_due(moment.astimezone(ZONE), daily_at=time(2, 30), every_hours=None, since=since):
                since, fetched = moment, fetched + 1
            moment += timedelta(minutes=5)
        assert fetched == 1


def test_hourly_feed_is_due_that_long_after_its_last_start() -> None:
    assert not is_due(MONDAY, daily_at=None, every_hours=6, since=MONDAY - timedelta(hours=5, minutes=59))
    assert is_due(MONDAY, daily_at=None, every_hours=6, since=MONDAY - timedelta(hours=6))


def test_feed_without_a_rhythm_is_never_due() -> None:
    assert not is_due(MONDAY, daily_at=None, every_hours=None, since=MONDAY - timedelta(days=99))


@pytest.mark.parametrize(
    ("weekday", "last_full", "has_cursor", "full"),
    [
        (None, timedelta(days=1), True, True),  # every time
        (0, timedelta(days=7), True, True),  # it is Monday
        (0, timedelta(minutes=20), True, False),  # it was made today
        (6, timedelta(days=1), True, False),  # made yesterday, on Sunday
        (6, timedelta(days=3), True, True),  # Sunday was missed
        (6, timedelta(days=1), False, True),  # there is nothing to go on from
    ],
)
def test_everything_is_fetched_on_its_day_or_the_next_chance(
    weekday: int | None, last_full: timedelta, has_cursor: bool, full: bool
) -> None:
    cursor = MONDAY if has_cursor else None
    assert is_full(MONDAY, full_weekday=weekday, last_full=MONDAY - last_full, cursor=cursor) is full
    assert is_full(MONDAY, full_weekday=weekday, last_full=None, cursor=cursor)
