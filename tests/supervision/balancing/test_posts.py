"""A new supervisor's staff assignments at networks, while limits and caseload say nothing of networks."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks
from alignment_dash.schoolyear import today
from schools.models import OrgType, StaffRole
from supervision.balancing import actions
from supervision.balancing.moves import moves_of
from supervision.balancing.picture import picture
from supervision.balancing.settings import Bond, Settings
from supervision.models import CaseloadAssignment, SupervisorLimits
from tests import factories

pytestmark = pytest.mark.django_db
LATER = timedelta(days=30)


@pytest.fixture
def new(district):
    """A supervisor of nobody yet, with a post at the district."""
    person = factories.person(given="Kim", family="Other")
    factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    return person


def post(person, network, during=None):
    made = factories.assignment(person=person, org=network, role=StaffRole.PRINCIPAL_SUPERVISOR)
    if during is not None:
        type(made).objects.filter(pk=made.pk).update(during=during)
    return made


def counting(person, day=None):
    return picture(day or today()).networks_of(person.pk)


def test_network_of_the_post_counts_until_there_is_a_caseload_and_several_all_count(district, new):
    north, south = district.networks
    assert counting(new) == frozenset()
    post(new, north)
    assert counting(new) == {north.pk}
    post(new, south)
    assert counting(new) == {north.pk, south.pk}
    factories.caseload(supervisor=new, principal=district.principals[2], school=district.schools[2])
    assert counting(new) == frozenset()


def test_post_counts_on_the_days_it_holds(district, new):
    north, south = district.networks
    post(new, north, DateRange(today() - 2 * LATER, today()))
    post(new, south, DateRange(today() + LATER, None))
    assert counting(new) == frozenset()
    assert counting(new, today() - LATER) == {north.pk}
    assert counting(new, today() + LATER) == {south.pk}


def test_networks_that_limits_name_win_and_limits_without_any_leave_the_post(district, new):
    north, south = district.networks
    post(new, north)
    limits = SupervisorLimits.objects.create(supervisor=new, least=0, most=5)
    assert counting(new) == {north.pk}
    SupervisorLimits.objects.filter(pk=limits.pk).update(networks=[south.pk])
    assert counting(new) == {south.pk}


def test_posts_at_departments_count_for_nothing(district, new):
    post(new, factories.org(org_type=OrgType.DEPARTMENT, parent=district.root))
    assert counting(new) == frozenset()


def balanced(district, **asked):
    made = actions.propose(
        settings=Settings(least=0, **asked), start=today(), by=district.users[Role.CABINET]
    )
    tasks.perform(made.run_id)
    made.refresh_from_db()
    return made


def test_network_that_must_be_kept_keeps_schools_of_others_from_a_new_supervisor(district, new):
    north, south = district.networks
    others = [factories.org(parent=north) for _ in range(4)]
    for school in others:
        factories.caseload(supervisor=district.supervisor, principal=factories.person(), school=school)
    CaseloadAssignment.objects.filter(school=district.schools[2]).delete()
    post(new, south)
    made = balanced(district, networks=Bond.MUST, evenness="much", changes="little")
    moved = made.moves.filter(to_supervisor=new)
    assert [move.school for move in moved] == [district.schools[2]]
    # Once limits open the other network, more go there.
    SupervisorLimits.objects.create(supervisor=new, least=0, most=9, networks=[north.pk, south.pk])
    made = balanced(district, networks=Bond.MUST, evenness="much", changes="little")
    assert made.moves.filter(to_supervisor=new).count() > 1


def test_move_to_a_new_supervisor_outside_the_network_of_the_post_says_so(district, new):
    post(new, district.networks[1])
    found = picture(today())
    units = {unit.rows[0].school.pk: unit.uid for unit in found.units}
    inside, outside = units[district.schools[2].pk], units[district.schools[0].pk]
    kept = {
        move.school_id: move.reasons["network"] for move in moves_of(found, {inside: new.pk, outside: new.pk})
    }
    assert kept == {district.schools[2].pk: True, district.schools[0].pk: False}


def test_list_of_limits_and_rest_name_the_network_of_the_post(sign_in, district, new):
    post(new, district.networks[1])
    client = sign_in(Role.CABINET)
    page = client.get(reverse("supervision:limits")).text
    assert 'South <small class="muted">by staff assignment</small>' in page
    rows = {row["name"]: row for row in client.get(reverse("api-caseload-limits")).json()}
    uid = str(district.networks[1].uid)
    assert (rows["Kim Other"]["networks"], rows["Kim Other"]["networks_by_post"]) == ([], [uid])
    assert rows["Sam Supervisor"]["networks_by_post"] == []
    url = reverse("api-caseload-limits-detail", kwargs={"uid": new.uid})
    body = {"revision": 0, "least": 0, "most": 3}
    assert client.put(url, body, content_type="application/json").json()["networks_by_post"] == [uid]
