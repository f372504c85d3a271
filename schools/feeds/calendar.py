"""When a feed is due, and whether a pull is to be a full one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

OFTEN = timedelta(hours=1)


def is_due(
    now: datetime,
    *,
    daily_at: time | None,
    every_hours: int | None,
    since: datetime,
) -> bool:
    """Say whether a feed that last started, or was set up, at `since` is to be fetched at `now`.

    now: in the district's time zone; daily_at: once a day from that time on, after midnight too when nobody
    looked before; every_hours: that long after the last start. Neither: only when someone asks.
    """
    if daily_at is not None:
        today = now.replace(hour=daily_at.hour, minute=daily_at.minute, second=0, microsecond=0, fold=0)
        # In UTC, for in one zone Python compares what the clocks show, and they are set twice a year.
        moments = [day.astimezone(UTC) for day in (today, today - timedelta(days=1))]
        return since < max(moment for moment in moments if moment <= now.astimezone(UTC))
    if every_hours:
        return now - since >= every_hours * OFTEN
    return False


def is_full(
    now: datetime, *, full_weekday: int | None, last_full: datetime | None, cursor: datetime | None
) -> bool:
    """Say whether a pull at `now` must fetch everything.

    full_weekday: the day of full pulls, 0 for Monday, with incremental ones between; None: every pull is full.
    last_full: when the last full pull was applied; cursor: from when an incremental one would have to ask.
    The day's full pull is made by the first pull of that day, and by the next one where that day was missed.
    """
    if full_weekday is None or cursor is None or last_full is None:
        return True
    day = (now - timedelta(days=(now.weekday() - full_weekday) % 7)).date()
    return last_full.astimezone(now.tzinfo).date() < day
