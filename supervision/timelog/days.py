"""How a time from one moment on falls into days; no rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Part:
    """The minutes of one day, and the moment they begin at (None: not known)."""

    day: date
    minutes: int
    starts_at: datetime | None


def split(starts_at: datetime, minutes: int, zone: tzinfo) -> list[Part]:
    """Return the parts of `minutes` from an aware moment on, one for each day of `zone` they fall into.

    Parts are counted in minutes that passed, also on the two nights a year when the clocks change. A part shorter
    than a minute falls away to the day before it.
    """
    parts: list[Part] = []
    at, left = starts_at.astimezone(zone), minutes
    while left > 0:
        midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        here = round((midnight.timestamp() - at.timestamp()) / 60)
        taken = min(left, max(here, 1))
        parts.append(Part(at.date(), taken, at))
        at, left = midnight, left - taken
    return parts


def overlap(one: tuple[datetime, int], other: tuple[datetime, int]) -> bool:
    """Say whether two times (begin, minutes) share a moment; one that begins as the other ends does not."""
    end_one, end_other = (at + timedelta(minutes=minutes) for at, minutes in (one, other))
    return one[0] < end_other and other[0] < end_one


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
