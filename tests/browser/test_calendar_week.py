"""A week of twenty events is confirmed in a few minutes: an action for each wrong suggestion, and one."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from alignment_dash.access import reach
from alignment_dash.access.roles import Role
from supervision.calendars.weeks import last_monday
from supervision.models import CalendarEvent, TimeEntry
from tests.browser.conftest import NARROWEST

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Title and what it was: as a supervisor in a district of this size has them; "" was nobody's working time.
WEEK = (
    ("Learning walk Alder", "observing-together"), ("1:1 Principal1", "one-on-one"), ("Cabinet", "operations"),
    ("Bus routes", "covering:other"), ("Principal PLC", "principal-plc"), ("Budget hearing", "operations"),
    ("Coaching, Birch", "one-on-one"), ("Lunch", ""), ("Drive to Birch", "travel"), ("State report", "compliance"),
    ("Mid-year review Principal0", "evaluation"), ("Sub coverage", "covering:hr"), ("Webinar", "own-learning"),
    ("Classroom visits Birch", "observing-together"), ("Debrief Alder", "one-on-one"), ("Facilities", "operations"),
    ("Hiring panel", "covering:hr"), ("Model a feedback talk, Alder", "modeling"), ("Email", "other"),
    ("Check-in Principal1", "one-on-one"),
)  # fmt: skip


def test_a_week_of_twenty_events_takes_an_action_for_each_wrong_suggestion_and_one(district, window):
    zone = timezone.get_current_timezone()
    with reach.rows_of(person=district.supervisor.pk):
        for place, (title, _what) in enumerate(WEEK):
            starts = datetime.combine(last_monday(), time(8), zone) + timedelta(
                days=place // 4, hours=2 * (place % 4)
            )
            CalendarEvent.objects.create(
                supervisor=district.supervisor, external_id=str(place), title=title, starts_at=starts,
                ends_at=starts + timedelta(minutes=60),
            )  # fmt: skip
    one = window(Role.SUPERVISOR, scripts=False, width=NARROWEST)
    one.go(reverse("supervision:week"))
    page, actions = one.page, 0
    for title, what in WEEK:
        name = page.locator("legend b", has_text=re.compile(f"^{re.escape(title)}$"))
        chosen = page.locator("fieldset.event", has=name).get_by_label("What it was")
        if chosen.input_value() != what:
            chosen.select_option(what)
            actions += 1
    page.get_by_role("button", name="Confirm the week").click()
    actions += 1
    expect(page.get_by_text("This week is confirmed.")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen the week")).to_be_visible()
    assert one.overflow() == 0
    assert actions <= 4
    assert TimeEntry.objects.count() == 19
