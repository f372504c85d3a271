"""The targets of a school's improvement plan."""

import re
from html import unescape

import pytest
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Publication
from instruction.models import Element, SchoolCapacity, SchoolTarget, Target
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db


def address(school):
    return reverse("instruction:school-plan", kwargs={"uid": school.uid})


def sent(client, school, **values):
    """What a browser would send back of the page, with other values for some elements by their code."""
    found = {}
    for line, bound, seen in client.get(address(school)).context["form"].rows():
        found[seen] = "" if line.own is None else str(line.own)
        value = values.get(line.code, bound.value())
        found[bound.html_name] = "" if value is None else str(value)
    return found


def held(school):
    rows = SchoolTarget.objects.filter(school=school, school_year=factories.year()).select_related("element")
    return {one.element.code: float(one.value) for one in rows}


def test_plan_shows_where_the_school_stands_beside_all_three_targets(sign_in, district, computed):
    school = district.schools[0]
    SchoolCapacity.objects.filter(run=computed, school=school, element__code="E1").update(
        estimate=2.7, se=0.1, gap=0.3, p_below=0.99, evidence=2
    )
    Target.objects.create(
        element=Element.objects.get(code="E1"), school_year=factories.year(), level="elementary", value=2.5
    )
    SchoolTarget.objects.create(
        element=Element.objects.get(code="E1"), school_year=factories.year(), school=school, value=2.9
    )
    shown = text(sign_in(Role.SUPERVISOR).get(address(school)))
    assert "Element 1 2.9 −0.2, very likely below 2.7 2.5–2.9 3.0 −0.3 2.5 +0.2" in shown
    assert "The plan has a target for 1 element; 1 is very likely not reached yet" in shown


def test_principal_sets_targets_of_their_school_audited_and_computed_again(sign_in, district, computed):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    assert client.post(address(school), sent(client, school, E1="2.75", E3="3")).status_code == 302
    assert held(school) == {"E1": 2.75, "E3": 3.0}
    event = AuditEvent.objects.get(act="school-targets.set")
    assert (event.target_id, event.detail["targets"]) == (
        str(school.uid),
        {"E1": [None, 2.75], "E3": [None, 3.0]},
    )
    assert Publication.objects.get(kind="capacity").stale_since
    assert client.post(address(school), sent(client, school, E1="")).status_code == 302
    assert held(school) == {"E3": 3.0}


def test_plan_is_changed_by_the_schools_own_principal_alone(sign_in, district, computed):
    school = district.schools[0]
    for role in (Role.ASSISTANT_PRINCIPAL, Role.SUPERVISOR, Role.CABINET, Role.CI_STAFF):
        client = sign_in(role)
        assert b"Save the targets" not in client.get(address(school)).content
        assert client.post(address(school), {}).status_code == 404
    assert sign_in(Role.PRINCIPAL).get(address(district.schools[1])).status_code == 404
    assert sign_in(Role.TEACHER).get(address(school)).status_code == 404
    assert held(school) == {}


def test_wrong_target_says_so_in_its_cell_and_sets_nothing(sign_in, district, computed):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    answer = client.post(address(school), sent(client, school, E1="2.5", E2="7"))
    assert answer.status_code == 400
    assert "less than or equal to 4" in text(answer)
    assert held(school) == {}


def test_what_someone_else_set_meanwhile_is_shown_and_not_overwritten(sign_in, district, computed):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    mine = sent(client, school, E1="2.5", E2="2.25")
    SchoolTarget.objects.create(
        element=Element.objects.get(code="E1"), school_year=factories.year(), school=school, value=3.5
    )
    answer = client.post(address(school), mine)
    assert answer.status_code == 409
    assert "Someone else has changed" in text(answer)
    form = answer.context["form"]
    values = {line.code: bound.value() for line, bound, _seen in form.rows()}
    assert (values["E1"], values["E2"]) == ("3.50", "2.25")
    assert held(school) == {"E1": 3.5}


def test_plan_of_a_small_school_tells_no_figure(client, district, computed):
    user = factories.user(role=Role.CABINET)
    client.force_login(user)
    shown = text(client.get(address(district.schools[2])))
    assert shown.count("not enough evidence") >= 3
    assert "3 of 3" not in shown


def test_plan_page_costs_the_same_with_and_without_targets(
    sign_in, district, computed, django_assert_max_num_queries
):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    client.get(address(school))
    for element in Element.objects.all():
        SchoolTarget.objects.create(element=element, school_year=factories.year(), school=school, value=3)
    with django_assert_max_num_queries(18):
        client.get(address(school))


def test_plan_on_another_framework_is_saved_there(sign_in, district, computed):
    other, client, school = factories.framework(), sign_in(Role.PRINCIPAL), district.schools[0]
    answer = client.get(address(school), {"framework": other.framework.uid})
    typed = {}
    for _line, bound, seen in answer.context["form"].rows():
        typed |= {seen: "", bound.html_name: "3"}
    sent_to = re.search(r'<form method="post" action="([^"]+/plan/[^"]+)"', answer.content.decode()).group(1)
    saved = client.post(unescape(sent_to), typed, follow=True)
    assert "The plan has targets for 3 elements" in text(saved)
    rows = SchoolTarget.objects.filter(school=school)
    assert {one.element.framework for one in rows} == {other.framework}
    assert len(rows) == 3


@pytest.mark.parametrize("seen", ["sNaN", "NaN", "Infinity", "-", "1e999999"])
def test_what_no_target_could_be_counts_as_not_seen(sign_in, district, computed, seen):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    typed = sent(client, school, E1="2.5")
    typed[f"seen.{Element.objects.get(code='E1').uid}"] = seen
    assert client.post(address(school), typed).status_code in (302, 409)
    assert client.post(address(school), sent(client, school, E1="sNaN")).status_code == 400


def test_sentence_without_a_figure_says_that_nothing_is_known(sign_in, district, computed):
    school = district.schools[0]
    SchoolCapacity.objects.filter(run=computed, school=school).update(
        estimate=None, gap=None, p_below=None, mean_of_ratings=None, mean_by_observers=None,
        mean_of_teachers=None, p_neediest=None, rank_low=None, rank_high=None, evidence=0,
    )  # fmt: skip
    client = sign_in(Role.PRINCIPAL)
    for code in ("E1", "E2"):
        element = Element.objects.get(code=code)
        SchoolTarget.objects.create(element=element, school_year=factories.year(), school=school, value=3)
    shown = text(client.get(address(school)))
    assert "The plan has targets for 2 elements; for none of them is there enough evidence yet." in shown
    SchoolCapacity.objects.filter(run=computed, school=school, element__code="E1").update(
        estimate=2.2, se=0.1, gap=0.8, p_below=0.99, evidence=2
    )
    shown = text(client.get(address(school)))
    assert "for 2 elements; of the 1 with enough evidence, 1 is very likely not reached yet." in shown
