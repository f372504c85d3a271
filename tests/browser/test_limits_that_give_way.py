"""Limits that cannot hold: what would help stands in a few lines, whose names open without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import current_year, today
from schools.models import StaffRole
from supervision.models import BalanceProposal, ProposalState
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

N_SUPERVISORS = 56


@pytest.fixture
def refused(district, user_in):
    """A proposal whose limits 56 supervisors would have to give way in, all but one like others."""
    people = [factories.person(given="Lee", family=f"Third{n:02}") for n in range(N_SUPERVISORS)]
    for person in people:
        factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    nearest = [
        {"kind": "most", "supervisor": one.pk, "principal": None, "now": 12, "to": most}
        for one, most in zip(people, [14] * 40 + [13] * 15 + [15], strict=True)
    ]
    conflict = {
        "kind": "too-few-places", "positions": 768, "places": 672, "principals": [], "nearest": nearest,
        "supervisors": [one.pk for one in people], "fewest": True,
    }  # fmt: skip
    return BalanceProposal.objects.create(
        school_year=current_year(),
        start=today(),
        made_by=user_in(Role.CABINET),
        state=ProposalState.INFEASIBLE,
        settings={"least": 8, "most": 12},
        facts={
            "status": "infeasible",
            "conflict": conflict,
            "before": {str(one.pk): [12, 12.0] for one in people},
        },
    )


def test_supervisors_of_whom_the_same_is_asked_are_one_line_that_opens_without_scripts(window, refused):
    path = reverse("supervision:balance-proposal", kwargs={"uid": refused.uid})
    one = window(Role.CABINET, scripts=False, width=PHONE)
    one.go(path)
    lines = one.page.locator(".helps > li")
    expect(lines).to_have_count(3)
    expect(lines.first.locator("summary")).to_have_text("40 supervisors: at most 14 instead of 12.")
    expect(lines.nth(1).locator("summary")).to_have_text("15 supervisors: at most 13 instead of 12.")
    expect(lines.last.get_by_role("link")).to_have_text("Lee Third55: at most 15 instead of 12.")
    name = one.page.get_by_role("link", name="Lee Third39", exact=True)
    expect(name).to_be_hidden()
    lines.first.locator("summary").click()
    expect(name).to_be_visible()
    expect(one.page.get_by_text("Lee Third40", exact=True)).to_be_hidden()
    assert one.overflow() == 0


@pytest.mark.parametrize(("width", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_open_lines_are_accessible(window, refused, width, scheme):
    one = window(Role.CABINET, width=width, scheme=scheme)
    page = one.go(reverse("supervision:balance-proposal", kwargs={"uid": refused.uid}))
    page.locator(".helps summary").last.click()
    one.shoot(f"limits-that-give-way-{width}-{scheme}")
    assert one.accessibility_faults() == []
