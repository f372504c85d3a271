"""A roster import in each of its states, as a data administrator finds it; and deciding without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from alignment_dash.runs.models import UploadState
from tests.browser.conftest import NARROWEST
from tests.schools.imports import out_of_date, roster_import

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATES = [*UploadState, "out-of-date"]


def _made(state, by):
    return out_of_date(by=by) if state == "out-of-date" else roster_import(state, by=by)


@pytest.mark.parametrize("state", STATES)
def test_import_in_any_state_is_accessible_and_fits_narrow_screens(state, user_in, window):
    upload = _made(state, user_in(Role.DATA_ADMINISTRATOR))
    one = window(Role.DATA_ADMINISTRATOR)
    one.page.goto(one.base + reverse("schools:roster-import-detail", args=[upload.uid]))
    one.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    assert one.faults_by_look(f"roster-{state}") == {}
    one.page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert one.overflow() == 0


def test_list_of_every_state_is_accessible_and_fits_narrow_screens(user_in, window):
    for state in STATES:
        _made(state, user_in(Role.DATA_ADMINISTRATOR))
    one = window(Role.DATA_ADMINISTRATOR)
    page = one.go(reverse("schools:roster-import-list"))
    assert one.faults_by_look("roster-list") == {}
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert one.overflow() == 0


def test_import_under_way_shows_its_end_by_itself(user_in, window):
    upload = roster_import(UploadState.VALIDATING, by=user_in(Role.DATA_ADMINISTRATOR))
    one = window(Role.DATA_ADMINISTRATOR)
    one.page.goto(one.base + reverse("schools:roster-import-detail", args=[upload.uid]))
    expect(one.page.locator("progress")).to_have_count(1)
    done = roster_import(UploadState.APPLIED)
    for name in ("state", "plan", "plan_hash", "planned_at", "applied_at", "ended_at"):
        setattr(upload, name, getattr(done, name))
    upload.save()
    one.page.get_by_role("heading", name="What happened").wait_for()
    expect(one.page.locator("progress")).to_have_count(0)
    expect(one.page.locator("h1")).to_have_count(1)
