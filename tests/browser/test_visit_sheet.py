"""The sheet of a visit on paper and in the school's parking lot."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import current_year, today
from instruction.models import Department, PlanAction, PlanState, SchoolPlan, SupportKind, SupportRequest
from supervision.visits import writing
from tests.browser.conftest import NARROWEST, PHONE
from tests.supervision import conftest as of_supervision
from tests.supervision.visits import conftest as of_visits

# The fixtures of visits, which stand beside their other tests.
capacity, cell = of_supervision.capacity, of_supervision.cell
leadership, visit, note, commitment = (
    of_visits.leadership,
    of_visits.visit,
    of_visits.note,
    of_visits.commitment,
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "Visit four lessons of the mathematics team and write down only what students say, then talk about two of them"


@pytest.fixture
def typical(district, visit, note, commitment, cell):
    """A school with what one usually has: gaps, a plan with actions, requests, six commitments."""
    for element, gap in enumerate((0.7, 0.5, 0.2)):
        cell(0, element, gap)
    school, day = district.schools[0], today()
    plan = SchoolPlan.objects.create(
        school=school, school_year=current_year(), state=PlanState.SHARED, summary="Students explain. " * 40
    )
    for n in range(6):
        PlanAction.objects.create(plan=plan, what=f"{n}. {SAID}", by_day=day + timedelta(days=n - 2))
        SupportRequest.objects.create(
            plan=plan, kind=SupportKind.COACHING, department=Department.CURRICULUM, what=f"{n}. {SAID}"
        )
        writing.commit_to(
            principal=district.principals[0], school=school, writer=district.supervisor, visit=visit,
            commitment_by="principal", text=f"{n}. {SAID}", due=day + timedelta(days=n),
            by=district.users[Role.SUPERVISOR],
        )  # fmt: skip
    kwargs = {"school_uid": school.uid, "principal_uid": district.principals[0].uid}
    return reverse("supervision:visit-sheet", kwargs=kwargs)


def test_sheet_is_one_page_of_paper_and_begins_on_a_phone_with_what_was_agreed(typical, window):
    one = window(Role.SUPERVISOR)
    page = one.go(typical)
    one.shoot("visit-sheet-typical-1280")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="print")
    one.shoot("visit-sheet-typical-print")
    page.emulate_media(media="screen")
    for width in (PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        assert one.overflow() == 0
        tops = [
            page.locator(f"#{name}").bounding_box()["y"] for name in ("committed", "focus", "support", "gaps")
        ]
        assert tops == sorted(tops)
    one.shoot("visit-sheet-typical-320")
    # One tap from home.
    page.set_viewport_size({"width": PHONE, "height": 800})
    one.go(reverse("ui:home"))
    one.shoot("home-390")
