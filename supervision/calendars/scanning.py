"""Reads a calendar file line by line before the library does: what is wrong and where, and only what is needed.

A calendar holds years of meetings with their texts. What is handed on is the events that can lie in the window, with
the few properties that are read of them; descriptions, attachments and alarms go no further. Each event is given the
number of its first line (X-LINE), so that a message can name it, and whether it repeats (X-REPEATS).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST_BYTES = 8 * 2**20
MOST_EVENTS = 5_000
# A calendar of meetings has nothing that comes more often; what claims to would take for ever to unfold.
MOST_A_DAY = 24
LONGEST_LINE = 100_000
MARGIN = timedelta(days=2)  # time zones, and what begins before the window and ends in it
_KEPT = frozenset(
    [
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SUMMARY",
        "LOCATION",
        "STATUS",
        "TRANSP",
        "CLASS",
        "SEQUENCE",
        "ATTENDEE",
        "ORGANIZER",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    ]
)
_REPEATS = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?$")
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})


class NotACalendar(Exception):
    """The file cannot be read; the message says where and what to do, and holds nothing of the file's texts."""


@dataclass(slots=True)
class _Event:
    line: int
    lines: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def scanned(content: bytes, first: date, last: date) -> bytes:
    """Return the part of an iCalendar file (RFC 5545) that can have events from `first` to `last`, both included.

    NotACalendar: it is too large, no calendar, cut off, or an event repeats more often than meetings do.
    """
    if len(content) > MOST_BYTES:
        raise NotACalendar(
            f"The file is larger than {MOST_BYTES // 2**20} MB. Export the last two months of the calendar alone."
        )
    kept, n_events = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//alignment_dash//EN"], 0
    for event in _parts(content, kept):
        _refuse_often(event)
        if _can_lie_in(event, first, last):
            n_events += 1
            repeats = ["X-REPEATS:1"] if _REPEATS & event.values.keys() else []
            kept += ["BEGIN:VEVENT", f"X-LINE:{event.line}", *repeats, *event.lines, "END:VEVENT"]
        if n_events > MOST_EVENTS:
            raise NotACalendar(
                f"The file has more than {MOST_EVENTS:,} events of these weeks or that repeat. Is it one person's calendar?"
            )
    return "\r\n".join([*kept, "END:VCALENDAR", ""]).encode()


def _parts(content: bytes, kept: list[str]) -> Iterator[_Event]:
    """Yield the events; time zones and the calendar's own zone are added to `kept`."""
    stack: list[str] = []
    event: _Event | None = None
    number = 0
    for number, line in _unfolded(content):
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if not stack and (name, value.strip().upper()) != ("BEGIN", "VCALENDAR"):
            raise NotACalendar(
                f"Line {number} is not the beginning of a calendar. Export the calendar as iCalendar (.ics)."
            )
        if name == "BEGIN":
            stack.append(value.strip().upper())
            if stack[1:] == ["VEVENT"]:
                event = _Event(number)
        elif name == "END":
            _close(stack, value.strip().upper(), number)
            if event and len(stack) == 1:
                yield event
                event = None
        elif event and stack[1:] == ["VEVENT"] and name in _KEPT:
            if not line.isprintable():
                line = "".join(each for each in line if each.isprintable())
            event.lines.append(line)
            event.values.setdefault(name, value.strip())
        if (
            stack[1:2] == ["VTIMEZONE"]
            or (name == "END" and value.strip().upper() == "VTIMEZONE")
            or (stack == ["VCALENDAR"] and name == "X-WR-TIMEZONE")
        ):
            kept.append(line)
    if stack:
        raise NotACalendar(
            f"The file ends at line {number} in the middle of {stack[-1]}: it was cut off. Export it again."
        )
    if not number:
        raise NotACalendar("The file is empty. Export the calendar as iCalendar (.ics).")


def _close(stack: list[str], name: str, number: int) -> None:
    if stack[-1] != name:
        raise NotACalendar(
            f"Line {number} ends {name[:20]}, but {stack[-1][:20]} was begun: the file is damaged. Export it again."
        )
    stack.pop()


def _unfolded(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield whole lines with the number of the first of each; a line that begins with a space goes on.

    Lines are put together before they are decoded: a fold may lie within a character.
    """
    first, whole = 0, b""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line[:1] in {b" ", b"\t"} and first:
            whole += line[1:]
        else:
            if whole.strip():
                yield first, whole.decode(errors="replace")
            first, whole = number, line
        if len(whole) > LONGEST_LINE:
            raise NotACalendar(f"Line {first} is too long to be part of a calendar.")
    if whole.strip():
        yield first, whole.decode(errors="replace")


def _rule(event: _Event) -> dict[str, str]:
    parts = (part.partition("=") for part in event.values.get("RRULE", "").upper().split(";"))
    return {name: value for name, _, value in parts}


def _refuse_often(event: _Event) -> None:
    rule = _rule(event)
    a_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        a_day *= len(rule.get(name, "").split(","))
    if rule.get("FREQ") in _TOO_OFTEN or a_day > MOST_A_DAY:
        raise NotACalendar(
            f"The event at line {event.line} repeats more than once an hour. Take it out of the calendar, or of the file."
        )


def _can_lie_in(event: _Event, first: date, last: date) -> bool:
    """Say whether an event can have an occurrence in the window; where its days cannot be read, it can."""
    values, early, late = event.values, first - MARGIN, last + MARGIN
    start = _day(values.get("DTSTART", ""))
    moved_from = _day(values.get("RECURRENCE-ID", ""))
    if start is None:
        return True
    if moved_from and early <= moved_from <= late:
        return True
    if start > late:
        return False
    if "RDATE" in values or ("RRULE" in values and not _is_over(event, early)):
        return True
    end = _day(values.get("DTEND", ""))
    # Without an end a duration may follow; nothing as long as a month is read in any case.
    return (end or start + timedelta(days=31)) >= early


def _is_over(event: _Event, early: date) -> bool:
    until = _day(_rule(event).get("UNTIL", ""))
    return until is not None and until < early


def _day(value: str) -> date | None:
    found = _DAY.match(value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
