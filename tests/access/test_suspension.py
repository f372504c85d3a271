"""What a roster's word on signing in does: every way in closes, opens again, and never for the last administrator."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from knox.models import AuthToken

from alignment_dash.access import actions
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from tests import factories

pytestmark = pytest.mark.django_db
RUNS = "/api/v1/runs/"


@pytest.fixture
def someone(district: factories.SmallDistrict, settings: Any) -> User:
    """Someone who holds a role, has a password, needs no second factor and is no data administrator."""
    settings.SECOND_FACTOR_ROLES = []
    user = district.users[Role.CABINET]
    user.set_password(factories.PASSWORD)
    user.save()
    return user


def enter(client: Any, user: User, password: str = factories.PASSWORD) -> Any:
    return client.post(reverse("login"), {"login": user.email, "password": password})


def suspend(*users: User) -> list[int]:
    return actions.suspend_by_roster(user_ids=[user.pk for user in users], by=None)


def errors_of(answer: Any) -> list[str]:
    return list(answer.context["form"].non_field_errors())


def test_sign_in_of_a_suspended_user_fails_as_with_a_wrong_password(client, someone):
    wrong = errors_of(enter(client, someone, "not the password"))
    suspend(someone)
    answer = enter(client, someone)
    assert answer.status_code == 200
    assert errors_of(answer) == wrong != []
    assert client.get("/")["Location"].startswith(reverse("login"))


def test_open_session_ends_with_the_suspension(client, someone):
    assert enter(client, someone)["Location"] == "/"
    assert client.get("/").status_code == 200
    suspend(someone)
    assert client.get("/")["Location"].startswith(reverse("login"))
    assert client.get(RUNS).status_code == 401


def test_token_of_a_suspended_user_is_refused(client, someone):
    _, token = AuthToken.objects.create(user=someone)
    ask = lambda: client.get(RUNS, headers={"Authorization": f"Token {token}"})  # noqa: E731
    assert ask().status_code == 200
    suspend(someone)
    assert ask().status_code == 401
    actions.readmit_by_roster(user_ids=[someone.pk], by=None)
    assert ask().status_code == 401, "a token that was refused does not come back"


def test_user_is_readmitted_with_the_password_and_without_the_session(client, someone):
    enter(client, someone)
    suspend(someone)
    kept = client.cookies.copy()
    assert client.get("/").status_code == 302
    client.cookies = kept
    assert actions.readmit_by_roster(user_ids=[someone.pk], by=None) == [someone.pk]
    assert client.get("/").status_code == 302, "a session that was closed does not go on"
    assert enter(client, someone)["Location"] == "/"


def test_readmitting_opens_nothing_that_people_closed(client, someone):
    User.objects.filter(pk=someone.pk).update(is_active=False)
    suspend(someone)
    actions.readmit_by_roster(user_ids=[someone.pk], by=None)
    someone.refresh_from_db()
    assert (someone.is_active, someone.suspended_by_roster) == (False, False)
    assert enter(client, someone).status_code == 200


def test_last_administrator_is_spared(district, client):
    administrator = district.users[Role.DATA_ADMINISTRATOR]
    client.force_login(administrator)
    others = [district.users[Role.HR], district.users[Role.PRINCIPAL]]
    assert suspend(administrator, *others) == [administrator.pk]
    assert client.get(reverse("schools:roster-import-list")).status_code == 200
    assert User.objects.filter(suspended_by_roster=True).count() == 2


def test_one_of_two_administrators_is_spared_the_one_with_a_password(district):
    first = district.users[Role.DATA_ADMINISTRATOR]
    second = factories.user(role=Role.DATA_ADMINISTRATOR)
    first.set_unusable_password()
    first.save()
    second.set_password(factories.PASSWORD)
    second.save()
    assert suspend(first, second) == [second.pk]
    assert list(User.objects.able().holding(Role.DATA_ADMINISTRATOR, today())) == [second]


@pytest.mark.parametrize("why", ["inactive", "suspended before", "no longer in the role"])
def test_administrator_who_cannot_act_does_not_count_as_one(district, why):
    administrator = district.users[Role.DATA_ADMINISTRATOR]
    other = factories.user(role=Role.DATA_ADMINISTRATOR)
    if why == "inactive":
        User.objects.filter(pk=other.pk).update(is_active=False)
    elif why == "suspended before":
        suspend(other)
    else:
        other.role_grants.update(during=(factories.EVER.lower, today()))
    assert suspend(administrator) == [administrator.pk]


def test_administrator_is_suspended_while_another_stays(district):
    administrator = district.users[Role.DATA_ADMINISTRATOR]
    factories.user(role=Role.DATA_ADMINISTRATOR)
    assert suspend(administrator) == []
    administrator.refresh_from_db()
    assert administrator.suspended_by_roster


def test_suspending_is_recorded_once_for_each_whom_it_changes(district, someone):
    suspend(someone)
    suspend(someone)
    actions.readmit_by_roster(user_ids=[someone.pk], by=None)
    actions.readmit_by_roster(user_ids=[someone.pk], by=None)
    acts = AuditEvent.objects.filter(target_id=str(someone.uid)).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["user.suspend", "user.readmit"]


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_an_administrator():
    """Each suspends another one of the two; the second waits for the first and then finds the last one."""
    first, second = (factories.user(role=Role.DATA_ADMINISTRATOR) for _ in range(2))
    spared: list[int] = []

    def other() -> None:
        spared.extend(suspend(second))
        connection.close()

    with transaction.atomic():
        assert suspend(first) == []
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert spared == [second.pk]
    assert list(User.objects.able()) == [second]
