"""Who shows strength on an element: to the leaders of their own school, and to nobody else."""

import pytest
from django.urls import reverse

from alignment_dash.access import reach
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from instruction.models import Element, TeacherCapacity
from instruction.snapshots import KIND_OF_PERSONS
from tests.instruction.test_views import CENTRAL, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def strong(district, compute):
    """Two teachers of Alder and one of Birch are strong on E1; a third of Alder may be."""
    compute()
    compute(kind=KIND_OF_PERSONS)
    element = Element.objects.get(code="E1")
    alder, birch = district.schools[:2]
    with reach.all_rows(why="a test's figures"):
        for school, place, estimate in ((alder, 0, 3.6), (alder, 2, 3.7), (alder, 1, 3.1), (birch, 0, 3.8)):
            found = TeacherCapacity.objects.filter(
                school=school, person=district.teachers[school.pk][place], element=element
            )
            assert found.update(estimate=estimate, se=0.2) == 1
    return element


def address(element):
    return reverse("instruction:element", kwargs={"uid": element.uid})


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL])
def test_leader_sees_strong_teachers_of_their_school_by_name_with_interval_and_n(
    sign_in, district, strong, role
):
    page = sign_in(role).get(address(strong))
    shown = text(page)
    assert "Terry Teacher00 3.6 3.3–3.9 3.0 1" in shown
    assert "Terry Teacher02 3.7" in shown
    assert "Teacher01" not in shown, "the interval reaches below the target"
    assert "Teacher10" not in shown, "of another school"
    assert page["Cache-Control"] == "no-store"


def test_look_at_strong_teachers_is_recorded_with_whom_it_is_about(sign_in, district, strong):
    sign_in(Role.PRINCIPAL).get(address(strong))
    event = AuditEvent.objects.get(act="view.teachers")
    alder = district.schools[0]
    assert event.target_id == str(alder.uid)
    assert event.detail["people"] == sorted(district.teachers[alder.pk][place].pk for place in (0, 2))


@pytest.mark.parametrize("role", [*CENTRAL, Role.SUPERVISOR, Role.TEACHER, Role.DEPARTMENT_LEAD])
def test_nobody_else_is_told_who_is_strong(sign_in, district, strong, role):
    shown = text(sign_in(role).get(address(strong)))
    assert "Terry Teacher" not in shown
    assert "ask them first" not in shown
    assert not AuditEvent.objects.filter(act="view.teachers").exists()
