"""Second looks: recorded from a low cell, shown wherever the cell is, with what came of them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from instruction.models import Moment, PlanState, SecondLook
from instruction.school_plans import actions as plans
from instruction.second_looks import actions, queries
from tests import factories
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def element(district):
    return district.version.elements.first().element


@pytest.fixture
def look(district, element, computed):
    return actions.record_look(
        school=district.schools[0], element=element, year=factories.year(), by=district.users[Role.CI_STAFF],
        values={"looked_on": today(), "found": "Pairs talk, nobody draws on it", "hypothesis": "Plans end too early"},
    )  # fmt: skip


def cell(district, element, place=0):
    return {"school_uid": district.schools[place].uid, "element_uid": element.uid}


def places(district, element):
    """The pages that show the cell."""
    school = {"uid": district.schools[0].uid}
    return {
        "derivation": reverse("instruction:derivation", kwargs=cell(district, element)),
        "school": reverse("instruction:school", kwargs=school),
        "plan": reverse("instruction:school-plan", kwargs=school),
        "list": reverse("instruction:second-looks"),
    }


def test_look_is_recorded_from_its_cell_and_shown_wherever_the_cell_is(sign_in, district, element, computed):
    client = sign_in(Role.CI_STAFF)
    map_url = reverse("instruction:capacity-map")
    assert "second look" not in text(client.get(map_url))
    page = client.get(reverse("instruction:derivation", kwargs=cell(district, element)))
    record = reverse("instruction:second-look-record", kwargs=cell(district, element))
    assert record in page.content.decode()
    given = {
        "looked_on": today().isoformat(),
        "found": "Two needs \u202bمرحبا\u202c 🙂",
        "leverage": "Team plans",
    }
    given["uid"] = str(client.get(record).context["form"]["uid"].value())
    assert client.post(record, given | {"found": ""}).status_code == 400
    assert client.post(record, given | {"found": "a\0b"}).status_code == 400
    assert client.post(record, given | {"found": "x" * 10_001}).status_code == 400
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert client.post(record, given | {"looked_on": tomorrow}).status_code == 400
    for _sent_twice in range(2):
        assert client.post(record, given).status_code == 302
    look = SecondLook.objects.get()
    assert look.run == computed
    for name, address in places(district, element).items():
        assert "Two needs" in text(client.get(address)), name
    assert "second look recorded" in text(client.get(map_url))
    assert "1 second look" in text(client.get(reverse("instruction:element", kwargs={"uid": element.uid})))
    outcome = reverse("instruction:second-look-outcome", kwargs={"uid": look.uid})
    said = {"revision": 0, "outcome_on": today().isoformat(), "outcome": "Heard in four of six lessons"}
    assert client.post(outcome, said | {"outcome_on": tomorrow}).status_code == 400
    assert client.post(outcome, said).status_code == 302
    for address in places(district, element).values():
        assert "Heard in four of six lessons" in text(client.get(address))
    assert "Heard in four" not in text(client.get(f"{reverse('instruction:second-looks')}?state=open"))
    assert b"Heard in four" in client.get(reverse("instruction:second-looks-export")).content
    assert not AuditEvent.objects.filter(detail__icontains="Two needs").exists()


def test_two_who_change_one_look_see_each_other(sign_in, district, look):
    client = sign_in(Role.CI_ADMINISTRATOR)
    change = reverse("instruction:second-look-change", kwargs={"uid": look.uid})
    mine = {"revision": look.revision, "looked_on": today().isoformat(), "found": "Mine"}
    actions.change_look(look=look, values={"found": "Theirs"}, revision=0, by=district.users[Role.CI_STAFF])
    answer = client.post(change, mine)
    assert answer.status_code == 409
    shown = text(answer)
    assert "Theirs" in shown
    assert "Mine" in shown
    assert SecondLook.objects.get().found == "Theirs"
    assert (
        client.post(change, mine | {"revision": answer.context["form"].data["revision"]}).status_code == 302
    )
    assert SecondLook.objects.get().found == "Mine"
    api = reverse("api-second-look", kwargs={"uid": look.uid})
    stale = {"revision": 0, "looked_on": today().isoformat(), "found": "Over it"}
    assert client.put(api, stale, content_type="application/json").status_code == 409


def test_look_is_seen_by_who_may_and_written_by_ci_alone(client, district, element, look):
    changes = reverse("instruction:second-look-change", kwargs={"uid": look.uid})
    page = reverse("instruction:derivation", kwargs=cell(district, element))
    for role, sees in {
        Role.PRINCIPAL: True, Role.SUPERVISOR: True, Role.HR: True, Role.CABINET: True, Role.TEACHER: False,
        Role.DATA_ADMINISTRATOR: False,
    }.items():  # fmt: skip
        client.force_login(district.users[role])
        assert ("Pairs talk" in text(client.get(page))) is sees, role
        assert client.get(changes).status_code == 404
    elsewhere = factories.user(role=Role.PRINCIPAL, org=district.schools[1])
    client.force_login(elsewhere)
    assert "Pairs talk" not in text(client.get(reverse("instruction:second-looks")))
    assert client.get(reverse("api-second-look", kwargs={"uid": look.uid})).status_code == 404


def test_cell_shows_where_the_school_sees_it_differently_to_who_reads_the_plan(
    client, district, element, computed
):
    principal = district.users[Role.PRINCIPAL]
    plan = plans.begin_plan(school=district.schools[0], year=factories.year(), by=principal)
    views = {element.pk: plans.View(False, "The new team came in May")}
    plans.write_moment(
        plan=plan, moment=Moment.START, views=views, text="", revision=plan.revision, by=principal
    )
    page = reverse("instruction:derivation", kwargs=cell(district, element))

    def shown(role):
        client.force_login(district.users[role])
        return "The new team came in May" in text(client.get(page))

    assert shown(Role.PRINCIPAL)
    assert not shown(Role.CI_STAFF)  # not shared yet
    plans.share_plan(plan=plan, by=principal)
    assert plan.__class__.objects.get().state == PlanState.SHARED
    assert shown(Role.CI_STAFF)
    assert not shown(Role.TEACHER)


def test_looks_of_many_cells_cost_one_query(district, element, look, django_assert_num_queries):
    from alignment_dash.access.scope import scope_of

    scope = scope_of(district.users[Role.CI_STAFF])
    wanted = [(school.pk, element.pk) for school in district.schools]
    with django_assert_num_queries(1):
        found = queries.second_looks(scope, wanted)
        assert [one.by.name for one in found[district.schools[0].pk, element.pk]]
    assert set(found) == {(district.schools[0].pk, element.pk)}


def test_new_look_next_year_lists_the_earlier_one(sign_in, district, element, look):
    SecondLook.objects.update(school_year=factories.year() - 1)
    record = reverse("instruction:second-look-record", kwargs=cell(district, element))
    assert "Pairs talk" in text(sign_in(Role.CI_STAFF).get(record))


def test_erasing_takes_a_name_out_of_what_was_written(district, look):
    from alignment_dash.access.persondata import registry

    teacher = district.teachers[district.schools[0].pk][1]
    name = teacher.identity.display_name
    actions.change_look(
        look=look, values={"found": f"{name} talks most"}, revision=0, by=district.users[Role.CI_STAFF]
    )
    subject = registry.people().of(teacher.uid)
    holding = next(one for one in registry.holdings() if one.key == "plans-and-looks-naming-them")
    assert holding.count(subject) == 1
    holding.erase(subject)
    assert name not in SecondLook.objects.get().found
