"""Who may observe at other schools: the page that says so."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.models import VisitingObserver
from instruction.visiting import queries
from instruction.visiting.actions import set_visiting_observers
from schools.models import StaffAssignment, StaffRole
from tests import factories

pytestmark = pytest.mark.django_db
URL = reverse("instruction:visiting-observers")


@pytest.fixture
def leaders(district):
    """Two principals, of the first and the second school, and a coach who is at both."""
    made = []
    for school, family in zip(district.schools, ("Alder", "Birch"), strict=False):
        one = factories.person(given="Pat", family=family)
        factories.assignment(person=one, org=school, role=StaffRole.PRINCIPAL)
        made.append(one)
    coach = factories.person(given="Cody", family="Cedar")
    for school in district.schools[:2]:
        factories.assignment(person=coach, org=school, role=StaffRole.COACH)
    return [*made, coach]


def _lessons(year):
    return dict(VisitingObserver.objects.filter(school_year=year).values_list("person_id", "lessons"))


def test_administrator_says_who_may_observe_elsewhere_and_takes_it_back(leaders, sign_in):
    client = sign_in(Role.CI_ADMINISTRATOR)
    field = f"lessons-{leaders[0].uid}"
    client.post(URL, {field: "6", f"was-{leaders[0].uid}": ""})
    assert _lessons(factories.year()) == {leaders[0].pk: 6}
    assert 'value="6"' in client.get(URL).content.decode()
    client.post(URL, {field: "", f"was-{leaders[0].uid}": "6"})
    assert _lessons(factories.year()) == {}
    acts = AuditEvent.objects.filter(act="visiting-observer.set").order_by("pk")
    assert [event.detail["lessons"] for event in acts] == [6, None]


def test_number_that_is_none_is_refused_and_nothing_is_saved(leaders, sign_in):
    client = sign_in(Role.CI_ADMINISTRATOR)
    answer = client.post(URL, {f"lessons-{leaders[0].uid}": "6", f"lessons-{leaders[1].uid}": "many"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="many"' in page
    assert 'value="6"' in page
    assert "A whole number from 1 to 200, or nothing." in page
    assert _lessons(factories.year()) == {}


def test_whole_role_is_set_at_once(district, leaders, sign_in):
    sign_in(Role.CALIBRATION_LEAD).post(URL, {"role": "principal", "role_lessons": "4"})
    principals = StaffAssignment.objects.filter(role=StaffRole.PRINCIPAL).values_list("person_id", flat=True)
    assert _lessons(factories.year()) == dict.fromkeys(principals, 4)


def test_lines_left_as_they_were_are_not_written_over(leaders, sign_in):
    VisitingObserver.objects.create(person=leaders[0], school_year=factories.year(), lessons=9)
    client = sign_in(Role.CI_ADMINISTRATOR)
    client.post(URL, {f"lessons-{leaders[0].uid}": "", f"was-{leaders[0].uid}": ""})
    assert _lessons(factories.year()) == {leaders[0].pk: 9}


def test_person_at_two_schools_is_listed_once(leaders, sign_in):
    page = sign_in(Role.CI_ADMINISTRATOR).get(URL, {"show": "coach", "q": "ced"}).content.decode()
    assert page.count('<th scope="row">Cody Cedar</th>') == 1


def test_teacher_cannot_be_made_a_visiting_observer(district, leaders, sign_in):
    teacher = district.teachers[district.schools[0].pk][0]
    sign_in(Role.CI_ADMINISTRATOR).post(URL, {f"lessons-{teacher.uid}": "5"})
    assert _lessons(factories.year()) == {}


def test_change_asks_for_the_plan_to_be_computed_again(leaders, sign_in, django_capture_on_commit_callbacks):
    sign_in(Role.CI_ADMINISTRATOR).post(URL, {f"lessons-{leaders[0].uid}": "3"})
    assert Run.objects.filter(kind="capacity", reason="visiting observers set").exists()


@pytest.mark.parametrize("show", ["", "permitted", "principal", "nonsense"])
def test_page_takes_the_same_queries_however_many_people(
    leaders, sign_in, show, django_assert_max_num_queries
):
    client = sign_in(Role.CI_ADMINISTRATOR)
    client.get(URL)
    for number in range(30):
        one = factories.person(family=f"Leader{number}")
        factories.assignment(person=one, org=StaffAssignment.objects.first().org, role=StaffRole.PRINCIPAL)
    with django_assert_max_num_queries(9):
        assert client.get(URL, {"show": show}).status_code == 200


def test_main_assignment_speaks_for_a_person(district):
    one = factories.person()
    factories.assignment(person=one, org=district.schools[0], role=StaffRole.COACH)
    main = factories.assignment(person=one, org=district.schools[1], role=StaffRole.PRINCIPAL)
    StaffAssignment.objects.filter(pk=main.pk).update(is_primary=True)
    from alignment_dash import schoolyear

    held = queries.of_roles(schoolyear.roster_day(factories.year())).get(person=one)
    assert held.role == StaffRole.PRINCIPAL


def test_what_someone_else_has_set_meanwhile_is_not_written_over(leaders, sign_in):
    """All or nothing; who saves what is shown then means it."""
    client, (first, second, _coach) = sign_in(Role.CI_ADMINISTRATOR), leaders
    VisitingObserver.objects.create(person=first, school_year=factories.year(), lessons=9)
    form = {f"lessons-{first.uid}": "6", f"was-{first.uid}": "", f"lessons-{second.uid}": "2"}
    answer = client.post(URL, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else has changed some of these people meanwhile." in page
    assert "Someone else has set this to 9 lessons meanwhile." in page
    assert f'name="was-{first.uid}" value="9"' in page
    assert f'name="lessons-{first.uid}" value="6"' in page
    assert _lessons(factories.year()) == {first.pk: 9}
    client.post(URL, form | {f"was-{first.uid}": "9"})
    assert _lessons(factories.year()) == {first.pk: 6, second.pk: 2}


def test_same_form_saved_twice_is_saved_once(leaders, sign_in):
    client, form = sign_in(Role.CI_ADMINISTRATOR), {f"lessons-{leaders[0].uid}": "6"}
    for _press in range(2):
        assert client.post(URL, form).status_code == 302
    assert _lessons(factories.year()) == {leaders[0].pk: 6}
    assert AuditEvent.objects.filter(act="visiting-observer.set").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_save_at_once_wait_for_each_other():
    """Two connections of their own: the second waits for the first, and finds what it wants done already."""
    person = factories.person()
    start = Barrier(2)

    def press(_n):
        try:
            start.wait(timeout=120)
            return set_visiting_observers(
                year=factories.year(), lessons={person.pk: 6}, before={person.pk: None}, by=None
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        changed = list(pool.map(press, range(2)))
    assert sorted(changed) == [0, 1]
    assert _lessons(factories.year()) == {person.pk: 6}
