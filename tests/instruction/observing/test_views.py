"""The pages of observations: reached from where people are, and as quick with many as with one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from instruction.models import FrameworkKind
from schools.models import StaffRole
from tests import factories
from tests.instruction.observing.conftest import WALK, Writer

pytestmark = pytest.mark.django_db


def asked(client, path):
    """Return how many queries a page takes, and what it says."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(queries), answer.content.decode()


def test_home_leads_those_who_may_observe_to_a_new_observation_and_nobody_else(writer, client, district):
    writer.shared()
    writer.begin()
    begin = f'href="{reverse("instruction:record-new")}" aria-describedby'
    shown = client.get("/").content.decode()
    assert begin in shown
    sentence = "<b>1 draft</b> is not shared yet; 1 shared observation has not been acknowledged."
    assert sentence in shown
    assert sentence in client.get("/observations/").content.decode()
    for role in (Role.TEACHER, Role.HR, Role.CI_STAFF, Role.BOARD):
        client.force_login(district.users[role])
        assert begin not in client.get("/").content.decode(), role


def test_pages_take_as_many_queries_for_many_records_as_for_one(writer, client, district):
    school = district.schools[0]
    uid = writer.shared()
    writer.begin()
    pages = ("/observations/", f"/observations/{uid}/", f"/schools/{school.uid}/observations/")
    few = [asked(client, path)[0] for path in pages]
    for number in range(4):
        person = factories.person()
        factories.assignment(person=person, org=school)
        lines = [writer.line(f"line {one}", one % 3) for one in range(5)]
        more = writer.shared(writer.content(*lines, e1=2, e2=3, e3=4), observed=str(person.uid))
        writer.begin(observed=str(person.uid), grade=str(number))
    pages = ("/observations/", f"/observations/{more}/", f"/schools/{school.uid}/observations/")
    assert [asked(client, path)[0] for path in pages] == few


def test_leaders_find_what_was_shared_at_their_school_from_its_page(writer, client, district):
    school = district.schools[0]
    list_url = f"/schools/{school.uid}/observations/"
    uid, draft, walk = writer.shared(), writer.begin(), writer.shared(kind="walkthrough", **WALK)
    client.force_login(district.users[Role.ASSISTANT_PRINCIPAL])
    for path in (f"/schools/{school.uid}/", "/observations/"):
        assert list_url in client.get(path).content.decode(), path
    answer = client.get(list_url)
    shown = answer.content.decode()
    assert (f"/observations/{uid}/" in shown, answer["Cache-Control"]) == (True, "no-store")
    assert str(draft) not in shown
    assert str(walk) not in shown
    assert AuditEvent.objects.get(act="view.records").detail["people"] == [district.teachers[school.pk][1].pk]
    for role in (Role.TEACHER, Role.SUPERVISOR, Role.HR, Role.CI_ADMINISTRATOR, Role.CABINET):
        client.force_login(district.users[role])
        assert client.get(list_url).status_code == 404, role


def test_list_of_a_school_keeps_from_assistants_what_was_observed_of_leaders(
    district, sign_in, user_in, client
):
    assistant = factories.person(user=user_in(Role.ASSISTANT_PRINCIPAL))
    factories.assignment(person=assistant, org=district.schools[0], role=StaffRole.ASSISTANT_PRINCIPAL)
    writer = Writer(sign_in(Role.SUPERVISOR), district)
    leadership = factories.framework(kind=FrameworkKind.LEADERSHIP)
    element = str(leadership.elements.first().element.uid)
    content = {"lines": [], "levels": {element: {"level": 2, "not_seen": False, "why": "waits"}}}
    head = {"framework_version": str(leadership.uid)}
    of_principal = writer.shared(content, observed=str(district.principals[0].uid), **head)
    client.force_login(user_in(Role.PRINCIPAL))
    of_assistant = Writer(client, district).shared(content, observed=str(assistant.uid), **head)
    list_url = f"/schools/{district.schools[0].uid}/observations/"
    shown = client.get(list_url).content.decode()
    assert (str(of_assistant) in shown, str(of_principal) in shown) == (True, False)
    client.force_login(user_in(Role.ASSISTANT_PRINCIPAL))
    shown = client.get(list_url).content.decode()
    assert (str(of_assistant) in shown, str(of_principal) in shown) == (False, False)


def test_form_of_an_observation_begun_without_scripts_refuses_what_may_not_be(writer, client, district):
    other = district.schools[1]
    stranger = district.teachers[other.pk][0]
    teacher = district.teachers[district.schools[0].pk][1]
    new = reverse("instruction:record-new")
    hers = f"p.{teacher.uid}.{district.schools[0].uid}"
    given = {"uid": "0197f0e0-0000-7000-8000-0000000000bb", "save": "0197f0e0-0000-7000-8000-0000000000cc"}
    for changed in (
        {"who": f"p.{stranger.uid}.{other.uid}"}, {"who": f"s.{other.uid}"}, {"who": "p.x.y"},
        {"who": hers, "purpose": "personnel"}, {"who": hers, "kind": "calibration"},
        {"who": hers, "observed_on": "0001-01-01"}, {"who": hers, "observed_on": "9999-12-31"},
        {"who": hers, "subject": "a\0b"}, {"who": hers, "uid": "nonsense"},
        {"who": f"s.{district.schools[0].uid}", "purpose": "evaluative"},
    ):  # fmt: skip
        answer = client.post(new, given | changed)
        assert answer.status_code == 400, changed
        assert identity_of(stranger) not in answer.content.decode()
    assert client.post(new, given | {"who": hers}).status_code == 302
    page = client.get(reverse("instruction:record-write", kwargs={"uid": given["uid"]})).content.decode()
    assert '<a href="/observations/">My observations</a>' in page


def identity_of(person):
    return person.identity.display_name
