"""From the bytes of a calendar to the occurrences of the last four weeks; hostile files are refused in seconds."""

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from supervision.calendars.scanning import NotACalendar, scanned

__all__ = ["WINDOW", "NotACalendar", "Occurrence", "read"]

WINDOW = timedelta(days=28)
CHILD = Path(__file__).with_name("child.py")
# What a file may cost is limited in the child, in processor time: this is for a machine that has none to give.
SECONDS = 30
LONGEST_ID, LONGEST_TEXT = 255, 300


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of an event; (external_id, recurrence) names it. people: addresses and names in small letters.

    is_off: canceled, or marked as free time: nobody's working time.
    """

    external_id: str
    recurrence: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    is_private: bool
    is_off: bool
    people: tuple[str, ...]


def window(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when events are read: the midnight 28 days ago, and the end of today."""
    today = now.astimezone(zone).date()
    first = datetime.combine(today - WINDOW, time(), zone)
    return first, datetime.combine(today + timedelta(days=1), time(), zone)


def read(content: bytes, *, now: datetime, zone: ZoneInfo) -> list[Occurrence]:
    """Return what happened, and what is on today, in order. NotACalendar says in words why a file cannot be read.

    zone: the district's, for days and for times that name none. What began longer ago than the window is left out.
    """
    first, last = window(now, zone)
    small = scanned(content, first.date(), last.date())
    answer = _unfolded(small, [first.isoformat(), last.isoformat(), zone.key])
    if "wrong" in answer:
        raise NotACalendar(str(answer["wrong"]))
    found = [_occurrence(row) for row in answer["rows"]]
    return sorted(
        (one for one in found if first <= one.starts_at < last),
        key=lambda one: (one.starts_at, one.external_id, one.recurrence),
    )


def _unfolded(small: bytes, arguments: list[str]) -> dict[str, list[dict[str, object]]]:
    """Run the child, see child.py; what it cannot do within its limits is refused."""
    with tempfile.TemporaryFile() as given:
        given.write(small)
        given.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD), *arguments],
                stdin=given, capture_output=True, timeout=SECONDS, check=False, env={},
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise NotACalendar(_TOO_MUCH) from error
    if done.returncode < 0:
        raise NotACalendar(_TOO_MUCH)
    try:
        return dict(json.loads(done.stdout))
    except ValueError as error:
        raise NotACalendar(
            "An event's rule cannot be understood. Export the calendar again, or only its last two months."
        ) from error


_TOO_MUCH = "An event repeats by a rule that takes too long to follow. Export the last two months of the calendar alone."


def _occurrence(row: dict[str, object]) -> Occurrence:
    people = row["people"]
    external_id = str(row["id"])
    if len(external_id) > LONGEST_ID:
        external_id = hashlib.sha256(external_id.encode()).hexdigest()
    return Occurrence(
        external_id=external_id,
        recurrence=str(row["recurrence"])[:40],
        title=str(row["title"]).strip()[:LONGEST_TEXT],
        place=str(row["place"]).strip()[:LONGEST_TEXT],
        starts_at=datetime.fromisoformat(str(row["starts_at"])),
        ends_at=datetime.fromisoformat(str(row["ends_at"])),
        all_day=bool(row["all_day"]),
        is_private=bool(row["private"]),
        is_off=bool(row["canceled"] or row["free"]),
        people=tuple(people) if isinstance(people, list) else (),
    )
