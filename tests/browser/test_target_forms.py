"""The forms of targets, as those who may fill them in find them; other pages are in test_pages.py."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from instruction.models import Element, SchoolTarget, Target
from tests import factories
from tests.browser.conftest import NARROWEST

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def last_year(district):
    for element in Element.objects.all():
        Target.objects.create(element=element, school_year=factories.year() - 1, value=2.75)


@pytest.mark.parametrize("role", [Role.CABINET, Role.PRINCIPAL])
def test_form_of_targets_is_accessible_and_fits_narrow_screens(role, district, last_year, window):
    one = window(role)
    page = one.page
    plan = reverse("instruction:school-plan", kwargs={"uid": district.schools[0].uid})
    one.go(plan if role is Role.PRINCIPAL else reverse("instruction:targets"))
    assert one.faults_by_look(f"form of targets, {role}") == {}
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert one.overflow() == 0


def test_targets_are_filled_in_by_keyboard_and_a_wrong_one_is_named(district, last_year, window):
    one = window(Role.CABINET)
    page = one.page
    one.go(reverse("instruction:targets"))
    page.get_by_label("Element 1, all schools").fill("2.5")
    page.get_by_label("Element 1, all schools").press("Enter")
    page.wait_for_selector("text=1 target set")
    assert float(Target.objects.get(element__code="E1", school_year=factories.year()).value) == 2.5
    page.get_by_role("link", name="Copy the targets of").click()
    expect(page.get_by_label("Element 1, all schools")).to_have_value("2.50")
    assert not SchoolTarget.objects.exists()
