"""Unfolds a scanned calendar in a process of its own, whose memory and time are limited; run by `reading.py`.

A rule such as "the 30th of February, daily" has no next occurrence, and is looked for through all of time. Reads the
calendar from standard input; the arguments are the window's first and last moment; writes JSON.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MEMORY = 1 << 30
SECONDS = 5
MOST = 2_000
LONGEST = timedelta(days=7)


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)
    ):  # fmt: skip
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses a limit of address space
            continue


class Wrong(Exception):
    """An event that cannot be understood, with the line it begins at."""


def occurrences(text: bytes, first: datetime, last: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the occurrences of the window as JSON-able rows; Wrong names the line that is not understood."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        _check(event)
    found: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for one in recurring_ical_events.of(calendar).between(first, last):
        row = _row(one, zone)
        if row is None:
            continue
        key, version = (row["id"], row["recurrence"]), int(one.get("SEQUENCE", 0) or 0)
        if key not in found or found[key][0] <= version:
            found[key] = (version, row)
        if len(found) > MOST:
            raise Wrong(f"The calendar has more than {MOST:,} events in four weeks. Is it one person's?")
    return [row for _, row in found.values()]


def _check(event: Any) -> None:
    line = str(event.get("X-LINE", "?"))
    wrong = [str(name) for name, _said in event.errors if name]
    if wrong or event.errors:
        name = wrong[0] if wrong else "a line"
        raise Wrong(
            f"The event at line {line} cannot be read: {name} is not as it should be. Correct or delete it."
        )
    if "DTSTART" not in event:
        raise Wrong(f"The event at line {line} has no beginning (DTSTART). Correct or delete it.")
    if isinstance(event["DTSTART"], list) or isinstance(event.get("DTEND"), list):
        raise Wrong(f"The event at line {line} begins or ends twice. Correct or delete it.")
    if not str(event.get("UID", "")).strip():
        raise Wrong(
            f"The event at line {line} has no UID, by which it is known again. Export the calendar again."
        )


def _row(one: Any, zone: ZoneInfo) -> dict[str, Any] | None:
    start, end = one.start, one.end
    all_day = not isinstance(start, datetime)
    starts_at, ends_at = _moment(start, zone), _moment(end, zone)
    if ends_at < starts_at or ends_at - starts_at > LONGEST:
        return None
    is_private = str(one.get("CLASS", "")).upper() in {"PRIVATE", "CONFIDENTIAL"}
    busy = str(one.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return {
        "id": str(one["UID"]).strip(),
        "recurrence": _recurrence(one, zone),
        "title": "" if is_private else str(one.get("SUMMARY", "")),
        "place": "" if is_private else str(one.get("LOCATION", "")),
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "all_day": all_day,
        "private": is_private,
        "canceled": str(one.get("STATUS", "")).upper() == "CANCELLED",
        "free": str(one.get("TRANSP", "")).upper() == "TRANSPARENT" or busy == "FREE",
        "people": [] if is_private else _people(one),
    }


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    """A day begins at its midnight here; a time without a zone is a time here."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _recurrence(one: Any, zone: ZoneInfo) -> str:
    """Name an occurrence by when it would have been; "" for what does not repeat."""
    if not one.get("X-REPEATS"):
        return ""
    was = one["RECURRENCE-ID"].dt
    return (
        was.isoformat()
        if isinstance(was, date) and not isinstance(was, datetime)
        else _utc(_moment(was, zone))
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")


def _people(one: Any) -> list[str]:
    """Return addresses and names of who takes part, in small letters."""
    found: list[str] = []
    for name in ("ATTENDEE", "ORGANIZER"):
        held = one.get(name, [])
        for each in held if isinstance(held, list) else [held]:
            address = str(each).lower().removeprefix("mailto:")
            found += [address, str(each.params.get("CN", "")).lower()]
    return sorted({text[:200] for text in found if text})[:400]


def main() -> None:
    """Write {"rows": [...]}, or {"wrong": message} where the calendar cannot be understood."""
    _limit()
    first, last, zone = (
        datetime.fromisoformat(sys.argv[1]),
        datetime.fromisoformat(sys.argv[2]),
        ZoneInfo(sys.argv[3]),
    )
    try:
        answer: dict[str, Any] = {"rows": occurrences(sys.stdin.buffer.read(), first, last, zone)}
    except Wrong as wrong:
        answer = {"wrong": str(wrong)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
