"""Feeds and role words on a phone: what a person came for is on the screen without scrolling sideways."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from schools.models import FeedKind, FeedPull, RosterFeed
from tests.browser.conftest import PHONE
from tests.schools.test_roster_words import waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def on_screen(found: Any, width: int = PHONE) -> bool:
    box = found.bounding_box()
    return bool(box) and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_feed_with_a_long_address_fits_a_phone_and_shows_what_came_of_it(window):
    feed = RosterFeed.objects.create(
        name="Nightly roster of the student information system",
        source="sis",
        base_url="https://sis.example.org/" + "a" * 120,
        client_id="0c9a8b7d-1e2f-4a3b-9c8d-7e6f5a4b3c2d",
    )
    FeedPull.objects.create(
        feed=feed,
        started_at=timezone.now(),
        outcome=FeedPull.Outcome.FAILED,
        message="The provider does not let this client read users.",
    )
    opened = window(Role.DATA_ADMINISTRATOR, width=PHONE)
    for path in ("/roster-imports/feeds/", f"/roster-imports/feeds/{feed.uid}/"):
        page = opened.go(path)
        assert opened.overflow() == 0
        assert on_screen(page.get_by_text("does not let this client read users").first), path


def test_form_of_a_feed_asks_for_its_kind_alone(window):
    opened = window(Role.DATA_ADMINISTRATOR, width=PHONE)
    page = opened.go("/roster-imports/feeds/add/")
    expect(page.locator("#id_base_url")).to_be_visible()
    expect(page.locator("#id_folder")).not_to_be_visible()
    expect(page.locator("label[for=id_base_url]")).not_to_contain_text("optional")
    page.select_option("#id_kind", FeedKind.FOLDER)
    expect(page.locator("#id_base_url")).not_to_be_visible()
    expect(page.locator("#id_folder")).to_be_visible()
    expect(page.locator("label[for=id_folder]")).not_to_contain_text("optional")
    page.fill("#id_name", "Drops")
    page.fill("#id_source", "sis")
    page.fill("#id_folder", "sis")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/roster-imports/feeds/*-*/")
    assert RosterFeed.objects.get().folder == "sis"


def test_role_is_chosen_on_a_phone_without_scrolling_sideways(district, window):
    one = waiting(district.schools[0], family="Quartermaine-Featherstonehaugh")
    opened = window(Role.DATA_ADMINISTRATOR, width=PHONE)
    page = opened.go(reverse("schools:role-word") + "?word=administrator")
    assert on_screen(page.locator(f"#role-{one.uid}"))
