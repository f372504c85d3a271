"""Calendars as Outlook and Google write them, around a day of a test."""

from datetime import datetime, timedelta

from supervision.calendars.weeks import last_monday

ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Eastern Standard Time",
    "BEGIN:STANDARD", "DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11", "END:STANDARD",
    "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
)  # fmt: skip


def at(weekday: int, clock: str, weeks: int = 0) -> str:
    """A moment of last week, as iCalendar writes it: weekday 0 is Monday, clock "0900"."""
    day = last_monday() + timedelta(days=weekday, weeks=weeks)
    return f"{day:%Y%m%d}T{clock}00"


def on(weekday: int) -> str:
    """A day of last week."""
    return f"{last_monday() + timedelta(days=weekday):%Y%m%d}"


def event(
    uid: str, title: str, start: str, end: str, *more: str, zone: str = ";TZID=Eastern Standard Time"
) -> list[str]:
    """One event; `more` are further lines of it."""
    return [
        "BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART{zone}:{start}", f"DTEND{zone}:{end}",
        "DTSTAMP:20250101T000000Z", "DESCRIPTION:Angela from HR asks for a review of Mr. Birch\\, please",
        "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:Reminder", "END:VALARM",
        *more, "END:VEVENT",
    ]  # fmt: skip


def file(*events: list[str]) -> bytes:
    """A calendar of these events."""
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
        "VERSION:2.0",
        *ZONE,
    ]
    return "\r\n".join([*lines, *(line for one in events for line in one), "END:VCALENDAR", ""]).encode()


def utc(moment: datetime) -> str:
    """A moment in UTC, as iCalendar writes it."""
    return moment.strftime("%Y%m%dT%H%M%SZ")
