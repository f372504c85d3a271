"""Pages of accounts, as a data administrator goes through them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/accounts/"


@pytest.fixture
def client(sign_in):
    return sign_in(Role.DATA_ADMINISTRATOR)


def url(name: str, user: User) -> str:
    return reverse(f"accounts:{name}", kwargs={"uid": user.uid})


def listed(client, query: str = "") -> set[str]:
    return {row.user.name for row in client.get(LIST + query).context["rows"]}


def test_list_finds_by_words_role_and_state(client, district):
    closed, suspended = factories.user(name="Clo Sed"), factories.user(name="Sus Pended")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=suspended.pk).update(suspended_by_roster=True)
    program = factories.user(name="Nightly export")
    User.objects.filter(pk=program.pk).update(is_machine=True)
    assert len(listed(client)) == len(Role) + 2
    assert listed(client, "?q=sed+clo") == {"Clo Sed"}
    assert listed(client, f"?q={suspended.email}") == {"Sus Pended"}
    assert listed(client, "?role=principal") == {"Principal"}
    assert listed(client, "?state=deactivated") == {"Clo Sed"}
    assert listed(client, "?state=suspended") == {"Sus Pended"}
    assert "District data administrator" not in listed(client, "?state=never")
    assert len(listed(client, "?role=nonsense&state=x&page=99")) == len(Role) + 2
    assert client.get(url("account-detail", program)).status_code == 404


def test_list_asks_as_much_for_many_accounts_as_for_few(client, district):
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    ask()
    few = ask()
    for n in range(20):
        user = factories.user(role=Role.TEACHER, org=district.schools[n % 3])
        factories.assignment(person=factories.person(user=user), org=district.schools[n % 3])
    assert ask() == few


def test_account_is_added_given_a_role_and_the_role_ended(client, district):
    school = district.schools[1]
    new = {"email": "Kim@District.example", "name": "Kim Lee", "start": today().isoformat()}
    added = client.post("/accounts/add/", new)
    user = User.objects.get(email="kim@district.example")
    assert added["Location"] == url("account-detail", user)
    role = {"role": "principal", "start": today().isoformat(), "end": ""}
    assert client.post(url("role-give", user), role).status_code == 400
    wrong = client.post(url("role-give", user), {**role, "role": "hr", "place": str(school.uid)})
    assert "held at no place" in wrong.text
    assert client.post(url("role-give", user), {**role, "place": str(school.uid)}).status_code == 302
    page = client.get(url("account-detail", user)).text
    assert school.name in page
    assert "District data administrator" in page  # who gave it
    held = user.role_grants.get()
    end = today() + timedelta(days=3)
    client.post(url("role-end", user), {"grant": held.pk, "end": end.isoformat()})
    held.refresh_from_db()
    assert held.during.upper == end


def test_page_shows_roles_of_rules_schools_of_caseloads_and_what_ended(client, district):
    supervisor = district.users[Role.SUPERVISOR]
    RoleGrant.objects.create(
        user=supervisor,
        role=Role.TEACHER,
        org_id=district.schools[0].pk,
        during=factories.EVER,
        source="rule:9",
    )
    RoleGrant.objects.create(user=supervisor, role=Role.HR, during=(factories.EVER.lower, today()))
    answer = client.get(url("account-detail", supervisor))
    assert [held.when for held in answer.context["roles"]] == ["now", "now"]
    assert [held.label for held in answer.context["ended"]] == ["Human resources"]
    assert "a rule that is gone" in answer.text
    assert {one["school"] for one in answer.context["schools"]} == {one.name for one in district.schools[:2]}
    assert "Sam Supervisor" in answer.text


def test_another_accounts_role_cannot_be_ended_from_here(client, district):
    held = district.users[Role.PRINCIPAL].role_grants.get()
    client.post(url("role-end", district.users[Role.HR]), {"grant": held.pk, "end": today().isoformat()})
    held.refresh_from_db()
    assert held.during == factories.EVER


def test_own_page_offers_nothing_and_refuses_what_is_sent(client, district):
    own = district.users[Role.DATA_ADMINISTRATOR]
    page = client.get(url("account-detail", own))
    assert page.context["form"] is None
    assert "Deactivate" not in page.text
    role = {"role": "cabinet", "start": today().isoformat()}
    assert client.post(url("role-give", own), role).status_code == 400
    for name in ("account-deactivate", "account-reactivate", "person-link"):
        refused = client.post(url(name, own), {"person": str(factories.person().uid)}, follow=True)
        assert "own account" in refused.text
    for name in ("password-link", "second-factor-remove", "sessions-end"):
        assert client.post(url(name, own)).status_code in (403, 404)
    assert [held.role for held in own.role_grants.all()] == [Role.DATA_ADMINISTRATOR]


def test_person_is_found_and_linked(client, district):
    user, teacher = factories.user(), district.teachers[district.schools[0].pk][1]
    page = client.get(url("account-detail", user) + f"?person={teacher.identity.family_name.lower()}+ter")
    assert [one.uid for one in page.context["found"]] == [teacher.uid]
    assert district.schools[0].name in page.context["found"][0].note
    client.post(url("person-link", user), {"person": str(teacher.uid)})
    teacher.refresh_from_db()
    assert teacher.user == user
    client.post(url("person-link", user), {"person": "nonsense"})
    client.post(url("person-link", user), {"person": ""})
    teacher.refresh_from_db()
    assert teacher.user is None


def test_account_is_closed_and_opened_and_given_a_link(client, district):
    user = district.users[Role.HR]
    link = client.post(url("password-link", user))
    assert "/password/set?link=" in link.context["link"]
    client.post(url("account-deactivate", user))
    user.refresh_from_db()
    assert not user.is_active
    assert "Reactivate it first" in client.post(url("password-link", user), follow=True).text
    client.post(url("account-reactivate", user))
    user.refresh_from_db()
    assert user.is_active
    client.post(url("sessions-end", user))
    assert "no second factor" in client.post(url("second-factor-remove", user), follow=True).text
