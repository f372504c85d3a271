"""The support that supervisors receive, and what a principal was given."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent, new_uid
from alignment_dash.access.persondata.redaction import Words
from alignment_dash.access.persondata.registry import Subject
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from instruction.leadership.lines import support_given
from instruction.models import FrameworkKind
from supervision.growth.person_data import SUPPORT
from supervision.models import EntryPrincipal, SupervisorSupport, TimeEntry, Visit
from tests import factories
from tests.supervision.growth.routes import support

pytestmark = pytest.mark.django_db


@pytest.fixture
def standards(district):
    """The supervisors' standards, in force."""
    return factories.framework(kind=FrameworkKind.SUPERVISION)


def test_cabinet_records_support_and_the_supervisor_sees_her_own_beside_the_standards(
    district, standards, sign_in
):
    element = standards.elements.first().element
    client = sign_in(Role.CABINET)
    sent = {
        "uid": str(new_uid()), "supervisor": str(district.supervisor.uid), "day": str(schoolyear.today()),
        "minutes": "90", "form": "coaching", "given_by": "Ines Coach", "element": str(element.uid),
    }  # fmt: skip
    add = reverse("supervision:support-add")
    for _ in range(2):
        assert client.post(add, sent).status_code == 302
    one = SupervisorSupport.objects.get()
    assert client.post(add, sent | {"minutes": "80"}).status_code == 409
    tomorrow = sent | {"uid": str(new_uid()), "day": str(schoolyear.today() + timedelta(days=1))}
    assert "still to come" in client.post(add, tomorrow).text
    page = client.get(reverse("supervision:support-list"))
    assert "<b>1 of 1</b> principal supervisor received support" in page.text
    assert "1.5" in page.text

    change = reverse("supervision:support-change", args=[one.uid])
    held = sent | {"revision": "0", "minutes": "120"}
    assert client.post(change, held).status_code == 302
    moved = client.post(change, held | {"minutes": "30"})
    assert moved.status_code == 409
    assert "Someone else has changed this" in moved.text
    assert 'value="30"' in moved.text
    assert AuditEvent.objects.filter(act="support.change").count() == 1

    client = sign_in(Role.SUPERVISOR)
    own = client.get(reverse("supervision:growth", args=[district.supervisor.uid]))
    assert "<b>2.0 hours</b> of support on 1 occasion" in own.text
    assert standards.elements.first().name in own.text
    assert "Ines Coach" in client.get(reverse("supervision:support-csv")).content.decode("utf-8-sig")
    assert client.get(reverse("supervision:support-workbook")).content.startswith(b"PK")
    assert client.get(change).status_code == 404
    assert client.get(reverse("supervision:growth", args=[district.principals[0].uid])).status_code == 404


def test_programs_interface_records_changes_and_takes_out(district, standards, sign_in):
    client = sign_in(Role.CABINET)
    url = reverse("api-supervisor-support-list")
    sent = {
        "supervisor": str(district.supervisor.uid),
        "day": str(schoolyear.today()),
        "minutes": 60,
        "form": "training",
    }

    def call(method: str, to: str, body: object):
        return getattr(client, method)(to, body, content_type="application/json")

    made = call("post", url, sent | {"uid": str(new_uid())})
    assert (made.status_code, made.json()["revision"]) == (201, 0)
    for wrong, name in (
        ({"minutes": 0}, "minutes"), ({"form": "party"}, "form"), ({"supervisor": str(new_uid())}, "supervisor"),
        ({"element": str(district.version.elements.first().element.uid)}, "element"),
        ({"day": str(schoolyear.today() + timedelta(days=1))}, "day"),
    ):  # fmt: skip
        answer = call("post", url, sent | wrong)
        assert answer.status_code == 400
        assert name in answer.json()
    one = reverse("api-supervisor-support-detail", args=[made.json()["uid"]])
    assert call("put", one, sent | {"minutes": 45, "revision": 0}).json()["minutes"] == 45
    assert call("put", one, sent | {"minutes": 50, "revision": 0}).status_code == 409
    assert client.get(url).json()["count"] == 1
    assert client.delete(f"{one}?revision=0").status_code == 409
    assert client.delete(f"{one}?revision=1").status_code == 204


def test_support_is_handed_out_and_loses_the_givers_name(district):
    one = support(district)
    SupervisorSupport.objects.filter(pk=one.pk).update(given_by="Ines Coachman")
    words = Words(anywhere=("Ines Coachman",))
    giver = Subject(uid=new_uid(), label="", person_id=None, user_id=None, target=None, words=words)
    assert [row["they received it"] for row in SUPPORT.rows(giver)] == [False]
    assert SUPPORT.erase is not None
    assert SUPPORT.erase(giver) == 1
    assert "Ines" not in SupervisorSupport.objects.get().given_by


def test_time_with_a_principal_is_told_to_who_spent_it_alone(district):
    day = schoolyear.today()
    for purpose in ("one-on-one", "evaluation"):
        entry = TimeEntry.objects.create(supervisor=district.supervisor, day=day, minutes=60, purpose=purpose)
        for place in (0, 1):
            EntryPrincipal.objects.create(
                entry=entry, principal=district.principals[place], school=district.schools[place]
            )
    told = {
        role: support_given(scope_of(district.users[role]), district.principals[0].pk, day, day)
        for role in (Role.SUPERVISOR, Role.PRINCIPAL, Role.CABINET)
    }
    ((label, (line,)),) = told.pop(Role.SUPERVISOR)
    assert (label, line.minutes, line.what) == ("Your time together", 30, "One-on-one teaching of leadership")
    assert list(told.values()) == [[], []]


def test_minutes_of_a_visit_are_told_to_its_two_people_alone(district):
    day, principal = schoolyear.today(), district.principals[0]
    entry = TimeEntry.objects.create(
        supervisor=district.supervisor, day=day, minutes=77, purpose="evaluation"
    )
    Visit.objects.create(
        supervisor=district.supervisor, principal=principal, school=district.schools[0], day=day, state="done",
        entry=entry, made_by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    own = scope_of(district.users[Role.SUPERVISOR])
    successor = replace(own, person_id=factories.person().pk)
    for scope, minutes in ((own, 77), (scope_of(district.users[Role.PRINCIPAL]), 77), (successor, None)):
        ((_label, (line,)),) = support_given(scope, principal.pk, day, day)
        assert line.minutes == minutes
