"""The pages of positions, as each role sees them."""

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

MAY = {Role.CABINET, Role.HR, Role.SUPERVISOR, Role.PRINCIPAL}
LIST = "staffing:fill-rates"


def positions_of(school):
    return reverse("staffing:school-positions", kwargs={"uid": school.uid})


@pytest.mark.parametrize("role", sorted(set(Role) - MAY))
def test_outsiders_find_no_positions(sign_in, district, positions, role):
    client = sign_in(role)
    assert client.get(reverse(LIST)).status_code == 404
    assert client.get(positions_of(district.schools[0])).status_code == 404


def test_hr_reads_the_answer_first(sign_in, positions):
    page = sign_in(Role.HR).get(reverse(LIST)).text
    assert "<b>1 of 3 schools has</b> a vacancy: <b>0.5 of 3.0 FTE</b> are not filled." in page
    assert "The oldest vacancy, at Alder Elementary, has been open for 30 days." in page
    assert "Cottonwood High" in page


def test_principal_sees_the_own_school_alone(sign_in, district, positions):
    client = sign_in(Role.PRINCIPAL)
    page = client.get(reverse(LIST)).text
    assert "<b>1 of 3 positions is vacant</b> at Alder Elementary." in page
    assert "Birch Middle" not in page
    assert client.get(positions_of(district.schools[0])).status_code == 200
    assert client.get(positions_of(district.schools[1])).status_code == 404


def test_supervisor_sees_the_caseload(sign_in, district, positions):
    client = sign_in(Role.SUPERVISOR)
    page = client.get(reverse(LIST)).text
    assert "Birch Middle" in page
    assert "Cottonwood High" not in page
    assert client.get(positions_of(district.schools[2])).status_code == 404


def test_school_page_names_who_holds_what(sign_in, district, positions):
    page = sign_in(Role.HR).get(positions_of(district.schools[0])).text
    assert "Math coach" in page
    assert str(district.teachers[district.schools[0].pk][0].identity) in page


def test_home_says_nothing_before_positions_are_known(sign_in, district):
    client = sign_in(Role.HR)
    assert "Which schools are short of people?" not in client.get(reverse("ui:home")).text
    assert "No positions are known for this day" in client.get(reverse(LIST)).text


def test_home_answers_who_is_short_of_people(sign_in, positions):
    assert "<b>1 of 3 schools has</b> a vacancy" in sign_in(Role.HR).get(reverse("ui:home")).text


@pytest.mark.parametrize("query", ["network=x&level=y&sort=z&page=q&year=99999", "page=999", "year=1"])
def test_nonsense_in_the_address_shows_the_page(sign_in, positions, query):
    assert sign_in(Role.HR).get(f"{reverse(LIST)}?{query}").status_code == 200


def test_district_without_schools_says_where_they_come_from(client, db):
    client.force_login(factories.user(role=Role.HR))
    page = client.get(reverse(LIST)).text
    assert "No schools are known for this day" in page
    assert "Show all schools" not in page
