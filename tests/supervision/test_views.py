"""The pages of caseloads, as each role sees them."""

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import current_year
from tests import factories

pytestmark = pytest.mark.django_db

LIST, MINE = "supervision:caseload-list", "supervision:my-caseload"


def one(person):
    return reverse("supervision:caseload-detail", kwargs={"uid": person.uid})


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CABINET, Role.SUPERVISOR}))
def test_outsiders_find_no_caseloads(sign_in, district, compute, role):
    compute()
    client = sign_in(role)
    urls = [reverse(LIST), reverse(MINE), one(district.supervisor)]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


def test_cabinet_reads_every_caseload_beside_the_span(sign_in, district, compute):
    crowded = factories.person(given="Kim", family="Crowded")
    for _ in range(13):
        factories.caseload(supervisor=crowded, principal=factories.person(), school=factories.org())
    compute()
    page = sign_in(Role.CABINET).get(reverse(LIST)).text
    assert "<b>1 of 2 caseloads</b> is above 12 principals; <b>1</b> below 8." in page
    assert "<b>1 school</b> has no principal supervisor." in page
    assert "above 12" in page
    assert page.index("Kim Crowded") < page.index("Sam Supervisor")


def test_supervisor_reads_the_answer_about_the_own_schools(sign_in, district, compute, cell):
    cell(0, 0, 0.5)
    cell(1, 0, None)
    compute()
    page = sign_in(Role.SUPERVISOR).get(reverse(MINE)).text
    assert "<b>1 of your 2 schools</b> is very likely below target on <b>Element 1</b>" in page
    assert "for <b>1</b> there is not enough evidence to say." in page
    assert "Pat Principal0" in page
    assert "6 observations of 5 teachers" in page


def test_supervisor_finds_the_list_to_be_the_own_caseload(sign_in, district, compute):
    compute()
    assert "<h1>What do your principals need?</h1>" in sign_in(Role.SUPERVISOR).get(reverse(LIST)).text


def test_supervisor_finds_no_other_caseload(sign_in, district, compute):
    other = factories.person()
    factories.caseload(supervisor=other, principal=district.principals[2], school=district.schools[2])
    compute()
    client = sign_in(Role.SUPERVISOR)
    assert client.get(one(other)).status_code == 404
    assert client.get(one(district.supervisor)).status_code == 200


def test_undefined_gap_is_a_dash_and_never_zero(sign_in, district, compute):
    compute()
    page = sign_in(Role.SUPERVISOR).get(reverse(MINE)).text
    assert "Teaching is not summed up yet for your 2 schools." in page
    assert "–" in page
    assert "0 of 0" not in page


def test_page_without_a_caseload_says_so(sign_in, district):
    assert "No principals are in your caseload yet" in sign_in(Role.SUPERVISOR).get(reverse(MINE)).text
    last_year = f"{reverse(LIST)}?year={current_year() - 1}"
    assert "No caseloads are known" in sign_in(Role.CABINET).get(last_year).text


def test_home_answers_cabinet_and_supervisor_each_in_their_way(sign_in, district, compute, cell):
    cell(0, 0, 0.5)
    compute()
    home = reverse("ui:home")
    assert "<b>1 of your 2 schools</b>" in sign_in(Role.SUPERVISOR).get(home).text
    assert "<b>1 of 1 caseloads</b> is below 8 principals" in sign_in(Role.CABINET).get(home).text


def test_school_links_lead_to_the_school_page(sign_in, district, compute):
    compute()
    page = sign_in(Role.SUPERVISOR).get(reverse(MINE)).text
    for school in district.schools[:2]:
        assert reverse("instruction:school", kwargs={"uid": school.uid}) in page


def test_school_page_is_open_exactly_while_the_school_is_in_the_caseload(sign_in, district):
    from alignment_dash.schoolyear import today
    from supervision.actions import assign_principal, end_assignment

    client = sign_in(Role.SUPERVISOR)
    page = reverse("instruction:school", kwargs={"uid": district.schools[2].uid})
    assert client.get(page).status_code == 404
    held = assign_principal(
        supervisor=district.supervisor,
        principal=district.principals[2],
        school=district.schools[2],
        start=factories.EVER.lower,
        by=None,
    )
    assert client.get(page).status_code == 200
    end_assignment(assignment=held, end=today(), by=None)
    assert client.get(page).status_code == 404
