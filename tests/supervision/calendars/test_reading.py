"""What is read of a calendar, and what is refused."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from supervision.calendars import reading
from supervision.calendars.reading import NotACalendar, read
from tests.supervision.calendars.ics import event, file

NEW_YORK = ZoneInfo("America/New_York")
# A Sunday, three weeks after the clocks went back.
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def found(*events):
    return read(file(*events), now=NOW, zone=NEW_YORK)


def test_outlooks_calendar_with_repeats_exceptions_and_zones_is_read_as_its_owner_sees_it():
    weekly = event(
        "weekly", "PLC", "20261026T083000", "20261026T093000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Eastern Standard Time:20261109T083000",
    )  # fmt: skip
    moved = event(
        "weekly", "PLC, moved", "20261117T100000", "20261117T110000",
        "RECURRENCE-ID;TZID=Eastern Standard Time:20261116T083000",
    )  # fmt: skip
    off = event(
        "weekly", "PLC", "20261102T083000", "20261102T093000", "STATUS:CANCELLED",
        "RECURRENCE-ID;TZID=Eastern Standard Time:20261102T083000",
    )  # fmt: skip
    told = found(
        weekly, moved, off,
        event("free", "Birthday of Kim", "20261118T090000", "20261118T093000", "TRANSP:TRANSPARENT"),
        event("private", "Doctor", "20261118T140000", "20261118T150000", "CLASS:PRIVATE", "ATTENDEE;CN=Kim:mailto:k@x.org"),
        event("day", "Conference", "20261119", "20261121", zone=";VALUE=DATE"),
        event("night", "Board", "20261119T220000", "20261120T010000"),
        event("google", "Visit", "20261120T150000Z", "20261120T160000Z", "ATTENDEE;CN=Pat Lee:mailto:Pat@X.org", zone=""),
        event("here", "Floating", "20261120T150000", "20261120T160000", zone=""),
        event("twice", "Old", "20261117T150000", "20261117T160000", "SEQUENCE:1"),
        event("twice", "New", "20261117T160000", "20261117T170000", "SEQUENCE:2"),
        event("future", "Tomorrow", "20261123T090000", "20261123T100000"),
        event("past", "Long ago", "20261001T090000", "20261001T100000"),
    )  # fmt: skip
    by = {(one.external_id, one.starts_at.astimezone(NEW_YORK).strftime("%m-%d %H:%M")): one for one in told}
    assert set(by) == {
        ("weekly", "10-26 08:30"), ("weekly", "11-17 10:00"), ("weekly", "11-02 08:30"), ("free", "11-18 09:00"),
        ("private", "11-18 14:00"), ("day", "11-19 00:00"), ("night", "11-19 22:00"), ("google", "11-20 10:00"),
        ("here", "11-20 15:00"), ("twice", "11-17 16:00"),
    }  # fmt: skip
    assert by["weekly", "11-17 10:00"].title == "PLC, moved"
    # The same occurrence keeps its name wherever it is moved.
    assert by["weekly", "11-17 10:00"].recurrence == "20261116T133000Z"
    assert by["google", "11-20 10:00"].recurrence == ""
    assert [one.external_id for one in told if one.is_off] == ["weekly", "free"]
    private = by["private", "11-18 14:00"]
    assert (private.title, private.people, private.is_private) == ("", (), True)
    day = by["day", "11-19 00:00"]
    assert day.all_day
    assert day.ends_at - day.starts_at == timedelta(days=2)
    assert by["google", "11-20 10:00"].people == ("pat lee", "pat@x.org")


def test_an_event_over_the_night_the_clocks_change_lasts_as_long_as_it_did():
    (one,) = found(event("camp", "Camp", "20261031T220000", "20261101T060000"))
    assert one.ends_at - one.starts_at == timedelta(hours=9)


def worked() -> float:
    """Return the seconds of processor time that this process and its children have used: a busy machine adds none."""
    return sum(os.times()[:4])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<html>Sign in</html>", "Line 1 is not the beginning of a calendar"),
        (bytes(range(256)) * 40, "not the beginning"),
        (file()[:-15], "cut off"),
        (file().replace(b"END:STANDARD", b"END:DAYLIGHT", 1), "Line 11 ends DAYLIGHT, but STANDARD was begun"),
        (file(event("x", "t", "20261118T9900", "20261118T100000")), "The event at line 19 cannot be read: DTSTART"),
        (file(event("x", "t", "20261118T090000", "20261118T100000", "RRULE:FREQ=SOMETIMES")), "line 19 cannot be read: RRULE"),
        (file(event("", "t", "20261118T090000", "20261118T100000")), "line 19 has no UID"),
        (file(["BEGIN:VEVENT", "UID:1", "END:VEVENT"]), "line 19 has no beginning"),
        (file(event("x", "t", "20261118T090000", "20261118T100000", "RRULE:FREQ=SECONDLY;UNTIL=21261118T090000Z")), "more than once an hour"),
        (file(event("x", "t", "20261118T090000", "20261118T100000", "RRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE=" + ",".join(map(str, range(60))))), "more than once an hour"),
        (b"BEGIN:VCALENDAR\r\n" + b"X-A:" + b"x" * 200_000 + b"\r\nEND:VCALENDAR", "Line 2 is too long"),
        (b"BEGIN:VCALENDAR\r\n" + b"COMMENT:abcdefgh\r\n" * 600_000, "larger than 8 MB"),
    ],
)  # fmt: skip
def test_what_is_broken_or_hostile_is_refused_at_once_with_the_line(content, words):
    began = worked()
    with pytest.raises(NotACalendar, match=words):
        read(content, now=NOW, zone=NEW_YORK)
    assert worked() - began < 5


def test_a_rule_without_an_end_in_sight_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 2)
    never = event("x", "t", "20261118T090000", "20261118T100000", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(NotACalendar, match="takes too long"):
        found(*[[line.replace("UID:x", f"UID:{n}") for line in never] for n in range(100)])


def test_years_of_a_calendar_are_passed_over_and_texts_go_no_further():
    old = [event(f"o{n}", "Old", f"{date(2019, 1, 1) + timedelta(days=n):%Y%m%d}T090000", f"{date(2019, 1, 1) + timedelta(days=n):%Y%m%d}T100000") for n in range(2_500)]  # fmt: skip
    folded = event("new", "Besuch in der M\u00fc", "20261118T090000", "20261118T100000")
    content = file(*old, folded).replace("M\u00fc".encode(), b"M\xc3\r\n \xbchle")
    (one,) = read(content, now=NOW, zone=NEW_YORK)
    assert one.title == "Besuch in der M\u00fchle"
    assert "Angela" not in repr(one)
