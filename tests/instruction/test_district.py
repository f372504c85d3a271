"""The pages of the district and of the framework: who has no school to look at, and what they read."""

import re
from html import unescape

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from instruction.models import FrameworkKind, GroupCapacity
from schools.models import Level
from tests import factories

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.fixture
def larger(district):
    """Two more elementary and two more middle schools in the first network, two in the second."""
    for name, network, level in (
        ("Dogwood", 0, Level.ELEMENTARY), ("Elm", 0, Level.ELEMENTARY), ("Fir", 1, Level.MIDDLE),
        ("Ginkgo", 1, Level.MIDDLE), ("Hazel", 1, Level.ELEMENTARY),
    ):  # fmt: skip
        school = factories.org(parent=district.networks[network], name=name, level=level)
        for place in range(6):
            teacher = factories.person()
            factories.assignment(person=teacher, org=school)
            factories.observation(
                version=district.version, observer=district.principals[0], observed=teacher, school=school,
                levels=[2 + place % 2, 3, 2],
            )  # fmt: skip


def test_board_reads_the_district_by_element_network_and_level(sign_in, larger, compute):
    compute()
    client = sign_in(Role.BOARD)
    shown = text(client.get(reverse("instruction:district")))
    assert "Element 3 is furthest below target:" in shown
    assert "7 schools, 42 teachers" in shown
    assert "Networks" in shown
    assert "North" in shown
    assert "Levels of schools" in shown
    assert "Elementary" in shown
    assert "How this is computed" in shown
    home = text(client.get(reverse("ui:home")))
    assert "How does teaching stand across the district?" in home
    assert "Element 3 is furthest below target" in home


def test_board_has_no_way_to_a_school(sign_in, larger, compute, district):
    compute()
    page = sign_in(Role.BOARD).get(reverse("instruction:district")).content.decode()
    links = set(re.findall(r'href="([^"]+)"', page))
    assert not {link for link in links if link.startswith(("/schools", "/elements", "/capacity/?"))}
    for name in ("instruction:capacity-map", "instruction:capacity-export", "api-capacity"):
        assert sign_in(Role.BOARD).get(reverse(name)).status_code == 404


def test_group_of_too_few_schools_is_hidden_and_keeps_nothing(district, compute):
    """Two of three schools are shown, both of the first network."""
    groups = GroupCapacity.objects.filter(run=compute(), element__code="E1")
    north, south = (groups.get(network=network) for network in district.networks)
    assert (north.is_hidden, north.estimate, north.n_schools, north.n_teachers) == (True, None, None, None)
    assert (south.is_hidden, south.estimate, south.n_schools) == (False, None, 0)


def test_group_of_enough_schools_is_told_with_its_size(larger, compute, district):
    groups = GroupCapacity.objects.filter(run=compute(), element__code="E1")
    north = groups.get(network=district.networks[0])
    assert (north.is_hidden, north.n_schools, north.n_teachers) == (False, 4, 24)
    assert 2 < north.estimate < 3
    assert groups.get(level=Level.MIDDLE).n_schools == 3
    assert groups.get(level=Level.HIGH).n_schools == 0


def test_district_page_asks_the_database_as_often_for_many_groups(
    sign_in, larger, compute, district, django_assert_max_num_queries
):
    compute()
    client = sign_in(Role.BOARD)
    url = reverse("instruction:district")
    client.get(url)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    for place in range(4):
        factories.org(parent=factories.org(org_type="network", name=f"Net {place}"), level=Level.K8)
    compute()
    with django_assert_max_num_queries(12) as many:
        client.get(url)
    assert len(many) == len(few)


def test_everyone_reads_the_framework_in_force(client, district):
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP, elements=2)
    for user in district.users.values():
        client.force_login(user)
        shown = text(client.get(reverse("instruction:framework")))
        assert "3 elements in 2 dimensions" in shown
        assert "Looks like level 4." in shown
        assert "4 · Exemplary" in shown
        assert "Target 3.0" in shown
        assert "Alder" not in shown
    other = text(client.get(reverse("instruction:framework"), {"framework": leadership.framework.uid}))
    assert "2 elements in 2 dimensions" in other


def test_association_reads_definitions_and_no_facts_of_the_run(sign_in, computed):
    client = sign_in(Role.ASSOCIATION)
    shown = text(client.get(reverse("instruction:how-computed")))
    assert "Fewer than 5 teachers observed" in shown
    assert "Ratings behind what is shown" not in shown
    assert "Where differences between ratings come from" not in shown
    home = text(client.get(reverse("ui:home")))
    assert "What is good teaching here?" in home
    assert "See the map" not in home


def test_district_without_a_framework_says_so(client, db):
    client.force_login(factories.user(role=Role.ASSOCIATION))
    shown = text(client.get(reverse("instruction:framework")))
    assert "No framework is in force in this school year" in shown


def test_export_is_offered_to_who_may_export(sign_in, computed):
    for role, is_offered in ((Role.CABINET, True), (Role.PRINCIPAL, True), (Role.TEACHER, False)):
        page = sign_in(role).get(reverse("instruction:capacity-map")).content.decode()
        assert (reverse("instruction:capacity-export") in page) is is_offered


def test_element_page_of_one_school_says_how_it_stands(sign_in, district, computed):
    uid = district.version.elements.first().element.uid
    shown = text(sign_in(Role.PRINCIPAL).get(reverse("instruction:element", kwargs={"uid": uid})))
    assert "of 1 school" not in shown
    assert "Alder Elementary is very likely" in shown or "whether Alder Elementary is below" in shown
