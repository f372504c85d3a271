"""Quick entry on a phone: at most six actions from home to a saved entry, also where no script runs."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from supervision.models import TimeEntry
from tests.browser.conftest import NARROWEST

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_ACTIONS = 6


def test_entry_is_saved_on_a_phone_in_at_most_six_actions_without_scripts(district, window):
    one = window(Role.SUPERVISOR, width=NARROWEST, scripts=False)
    page, actions = one.page, []

    def act(name: str, does) -> None:
        does()
        actions.append(name)

    one.page.goto(one.base + reverse("ui:home"))
    act("open", page.get_by_role("link", name="Enter time").click)
    expect(page.get_by_role("heading", level=1)).to_have_text("What was this time for?")
    act("purpose", page.get_by_text("Modeling", exact=True).click)
    act("principal", page.get_by_text("Pat Principal0").click)
    act("minutes", lambda: page.get_by_label("Minutes").fill("30"))
    expect(page.get_by_text("Human resources")).to_be_hidden()
    assert one.overflow() == 0
    act("save", page.get_by_role("button", name="Save").click)
    expect(page.get_by_role("status")).to_contain_text("Saved: 30 min, Modeling.")
    assert len(actions) <= MOST_ACTIONS, actions
    held = TimeEntry.objects.get()
    assert (held.minutes, held.purpose, held.principals.count()) == (30, "modeling", 1)
    # The next one begins with the same purpose: another principal, and saved.
    expect(page.get_by_label("Modeling", exact=True)).to_be_checked()
    page.get_by_text("Pat Principal1").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved: 45 min, Modeling.")
