"""Roles and accounts: nobody serves themselves, the last administrator stays, a role ends where it says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from alignment_dash.access import actions as access
from alignment_dash.access.accounts import actions
from alignment_dash.access.accounts.forms import RoleForm
from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import AT_SCHOOLS, Role
from alignment_dash.access.scope import scope_of
from alignment_dash.access.second_factor.actions import remove_second_factor
from alignment_dash.access.signin import actions as signin
from alignment_dash.schoolyear import today
from schools.models import OrgType, Person
from tests import factories
from tests.access.programs import bearer, program

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Role.DATA_ADMINISTRATOR


@pytest.fixture
def admin(district) -> User:
    return district.users[ADMINISTRATOR]


@pytest.fixture
def second(district) -> User:
    return factories.user(role=ADMINISTRATOR, name="Second")


def grant_of(user: User) -> RoleGrant:
    return user.role_grants.get()


def last_event(act: str) -> AuditEvent:
    return AuditEvent.objects.filter(act=act).latest("pk")


def test_every_role_has_a_place_where_it_needs_one_and_nowhere_else(district, admin):
    school = district.schools[0].pk
    for role in Role:
        user = factories.user()
        for org_id in (school, None):
            fits = role == Role.SUPERVISOR or (role in AT_SCHOOLS) == (org_id is not None)
            if fits:
                assert access.give_role(user=user, role=role, org_id=org_id, by=admin).org_id == org_id
            else:
                with pytest.raises(ValidationError):
                    access.give_role(user=user, role=role, org_id=org_id, by=admin)
    with pytest.raises(ValidationError):
        access.give_role(user=admin, role=Role.TEACHER, org_id=987654321, by=None)


def test_role_is_held_only_at_the_kind_of_place_it_is_for_and_while_that_exists(district, admin):
    network, school = district.networks[0].pk, district.schools[0].pk
    department = factories.org(org_type=OrgType.DEPARTMENT, parent=district.schools[0])
    gone = factories.org(parent=district.root, name="Gone", during=(factories.EVER.lower, today()))
    user = factories.user()
    for role in AT_SCHOOLS:
        leads_one = role in (Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL)
        for org_id in [district.root.pk, gone.pk] + [network, department.pk] * leads_one:
            with pytest.raises(ValidationError):
                access.give_role(user=user, role=role, org_id=org_id, by=admin)
        if not leads_one:
            access.give_role(user=user, role=role, org_id=network, by=admin)
            access.give_role(user=user, role=role, org_id=department.pk, by=admin)
    offered = dict(RoleForm().fields["place"].choices)
    assert set(offered) == {"", "Network", "School", "Department"}
    assert "Gone" not in dict(offered["School"]).values()
    access.give_role(user=user, role=Role.PRINCIPAL, org_id=school, by=admin)
    assert scope_of(user).schools(Data.PERSON_EVIDENCE).ids == {school}
    # One that was given before this was refused.
    RoleGrant.objects.create(user=user, role=Role.PRINCIPAL, org_id=district.root.pk, during=factories.EVER)
    assert scope_of(user).schools(Data.PERSON_EVIDENCE).ids == {school}


@contextmanager
def sent_twice(table: str) -> Iterator[None]:
    """Let the first row that is added to a table come a moment after another like it."""

    def twice(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(f'INSERT INTO "{table}"'):
            execute(sql, params, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(twice):
        yield


def test_of_two_sent_at_once_the_second_is_told_so(district, admin):
    user = factories.user()
    with sent_twice("access_rolegrant"), pytest.raises(ValidationError, match="already holds"):
        access.give_role(user=user, role=Role.HR, org_id=None, by=admin)
    with sent_twice("access_user"), pytest.raises(ValidationError, match="already"):
        actions.add_account(email="kim@district.example", name="Kim", by=admin)
    assert not AuditEvent.objects.filter(act__in=["role.give", "user.add"]).exists()


def test_given_role_says_who_gave_it_and_the_audit_has_both_images(district, admin):
    user, end = factories.user(), today() + timedelta(days=9)
    held = access.give_role(user=user, role=Role.HR, org_id=None, by=admin, end=end)
    assert (held.given_by, held.source, held.given_at is not None) == (admin, "", True)
    event = last_event("role.give")
    assert (event.by_id, event.detail["before"]) == (admin.pk, None)
    assert event.detail["after"] == [today().isoformat(), end.isoformat()]
    actions.change_end(grant=held, end=None, by=admin)
    assert last_event("role.keep").detail["before"] == [today().isoformat(), end.isoformat()]


def test_nobody_changes_their_own_account(district, admin, second):
    person = factories.person()
    tries = [
        lambda: access.give_role(user=admin, role=Role.PRINCIPAL, org_id=district.schools[0].pk, by=admin),
        lambda: actions.change_end(grant=grant_of(admin), end=today() + timedelta(days=1), by=admin),
        lambda: actions.change_end(grant=grant_of(admin), end=None, by=admin),
        lambda: actions.reactivate(user=admin, by=admin),
        lambda: actions.deactivate(user=admin, by=admin),
        lambda: actions.link_person(user=admin, person=person.uid, by=admin),
    ]
    events = AuditEvent.objects.count()
    for attempt in tries:
        with pytest.raises(ValidationError, match="own"):
            attempt()
    assert AuditEvent.objects.count() == events
    assert [held.role for held in admin.role_grants.all()] == [ADMINISTRATOR]


def test_last_administrator_can_neither_be_ended_nor_deactivated(district, admin, second):
    actions.change_end(grant=grant_of(admin), end=today(), by=second)
    for attempt in (
        lambda: actions.change_end(grant=grant_of(second), end=today(), by=None),
        lambda: actions.change_end(grant=grant_of(second), end=today() + timedelta(days=400), by=None),
        lambda: actions.deactivate(user=second, by=None),
    ):
        with pytest.raises(ValidationError, match="nobody who can sign in"):
            attempt()
    assert access.suspend_by_roster(user_ids=[second.pk], by=None) == [second.pk]
    assert list(User.objects.able().holding(ADMINISTRATOR, today())) == [second]


def test_administrator_ends_only_while_another_stays_for_good(district, admin, second):
    soon = today() + timedelta(days=30)
    actions.change_end(grant=grant_of(second), end=soon, by=admin)
    with pytest.raises(ValidationError, match="nobody who can sign in"):
        actions.change_end(grant=grant_of(admin), end=today() + timedelta(days=60), by=second)
    with pytest.raises(ValidationError, match="nobody who can sign in"):
        actions.deactivate(user=admin, by=second)
    access.give_role(user=second, role=ADMINISTRATOR, org_id=None, by=admin, start=soon)
    actions.deactivate(user=admin, by=second)


def test_account_that_was_never_used_keeps_no_administrator_out(district, admin):
    new = actions.add_account(email="Typo@District.example", name="New", by=admin, role=ADMINISTRATOR)
    with pytest.raises(ValidationError, match="sign in once"):
        actions.deactivate(user=admin, by=new)
    new.last_login = new.created_at
    new.save()
    actions.deactivate(user=admin, by=new)


def test_role_ends_today_at_the_earliest_and_one_of_a_rule_by_the_rule(district, admin):
    principal = district.users[Role.PRINCIPAL]
    held = grant_of(principal)
    for end in (today() - timedelta(days=1), held.during.upper):
        with pytest.raises(ValidationError):
            actions.change_end(grant=held, end=end, by=admin)
    actions.change_end(grant=held, end=today(), by=admin)
    with pytest.raises(ValidationError, match="has ended"):
        actions.change_end(grant=held, end=None, by=admin)
    by_rule = RoleGrant.objects.create(user=principal, role=Role.HR, during=factories.EVER, source="rule:1")
    with pytest.raises(ValidationError, match="rule"):
        actions.change_end(grant=by_rule, end=today(), by=admin)


def test_tokens_of_a_person_go_with_what_signs_them_out_and_those_of_programs_stay(
    district, admin, second, client
):
    user, one = district.users[Role.HR], program()
    bearer(client, one)
    device = {"type": Authenticator.Type.TOTP, "data": {}}
    ways = [
        lambda: signin.end_sessions(user=user, by=admin, why="asked"),
        lambda: signin.set_password(user=user, password=factories.PASSWORD, by=user),
        lambda: (
            Authenticator.objects.create(user=user, **device),
            remove_second_factor(user=user, by=admin),
        ),
        lambda: (actions.deactivate(user=user, by=admin), actions.reactivate(user=user, by=admin)),
    ]
    client.force_login(admin)
    for way in ways:
        _, token = AuthToken.objects.create(user=user)
        shown = client.get(reverse("accounts:account-detail", kwargs={"uid": user.uid})).content.decode()
        assert "1 token of the API works" in shown
        way()
        headers = {"Authorization": f"Token {token}"}
        assert Client().get("/api/v1/capacity/", headers=headers).status_code == 401
        assert not AuthToken.objects.filter(user=user).exists()
    assert one.client.tokens.count() == 1


def test_role_given_and_ended_on_one_day_leaves_only_its_record(district, admin):
    user = factories.user()
    held = access.give_role(user=user, role=Role.HR, org_id=None, by=admin)
    assert actions.change_end(grant=held, end=today(), by=admin) is None
    assert not user.role_grants.exists()
    event = last_event("role.end")
    assert (event.detail["before"], event.detail["after"]) == ([today().isoformat(), None], None)


def test_same_role_is_not_given_twice_at_a_time_nor_for_no_time(district, admin):
    user = factories.user(role=Role.HR)
    with pytest.raises(ValidationError, match="already holds"):
        access.give_role(user=user, role=Role.HR, org_id=None, by=admin)
    with pytest.raises(ValidationError, match="later than the start"):
        access.give_role(user=user, role=Role.BOARD, org_id=None, by=admin, end=today())


def test_open_session_sees_nothing_from_the_day_its_role_ends(district, admin, sign_in):
    client = sign_in(Role.PRINCIPAL)
    page = reverse("instruction:school", kwargs={"uid": district.schools[0].uid})
    held = grant_of(district.users[Role.PRINCIPAL])
    assert client.get(page).status_code == 200
    # As on the day on which a role ends that was given until then.
    RoleGrant.objects.filter(pk=held.pk).update(during=(held.during.lower, today()))
    assert client.get(page).status_code == 404
    assert client.get(reverse("instruction:capacity-map")).status_code == 404
    RoleGrant.objects.filter(pk=held.pk).update(during=held.during)
    assert client.get(page).status_code == 200
    actions.change_end(grant=held, end=today(), by=admin)
    assert client.get(page)["Location"].startswith(reverse("login"))


def test_open_session_ends_when_the_account_is_deactivated(district, admin, sign_in):
    client = sign_in(Role.HR)
    actions.deactivate(user=district.users[Role.HR], by=admin)
    assert client.get("/")["Location"].startswith(reverse("login"))
    actions.reactivate(user=district.users[Role.HR], by=admin)
    assert client.get("/").status_code == 302
    event = last_event("user.reactivate").detail
    assert (event["before"]["is_active"], event["after"]["is_active"]) == (False, True)


def test_reactivating_opens_what_a_roster_closed(district, admin):
    user = district.users[Role.HR]
    access.suspend_by_roster(user_ids=[user.pk], by=None)
    actions.reactivate(user=user, by=admin)
    user.refresh_from_db()
    assert not user.suspended_by_roster


def test_account_is_linked_to_one_person_and_to_nobody_again(district, admin):
    user, taken = factories.user(), district.principals[0]
    one, other = factories.person(), factories.person()
    actions.link_person(user=user, person=one.uid, by=admin)
    actions.link_person(user=user, person=other.uid, by=admin)
    assert Person.objects.get(user=user) == other
    assert last_event("user.person").detail == {"before": str(one.uid), "after": str(other.uid)}
    with pytest.raises(ValidationError, match="has an account"):
        actions.link_person(user=user, person=taken.uid, by=admin)
    assert Person.objects.get(user=user) == other
    actions.link_person(user=user, person=None, by=admin)
    assert not Person.objects.filter(user=user).exists()


def test_account_is_added_once_for_an_address(district, admin):
    user = actions.add_account(email=" New@District.example", name="New", by=admin)
    assert (user.email, user.has_usable_password()) == ("new@district.example", False)
    with pytest.raises(ValidationError, match="already"):
        actions.add_account(email="NEW@district.example", name="Other", by=admin)


def _two_at_once(first: Any, second: Any) -> list[str]:
    """Begin `second` while `first` has changed and not committed; return what `second` was refused with."""
    refused: list[str] = []

    def other() -> None:
        try:
            second()
        except ValidationError as error:
            refused.extend(error.messages)
        finally:
            connection.close()

    with transaction.atomic():
        first()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.4)
        assert thread.is_alive()  # waits for the first
    thread.join(20)
    return refused


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_finds_the_last_administrator():
    """Each takes another one of the two away, in each way there is; one of them is always left."""

    def end(user: User) -> Any:
        return lambda: actions.change_end(grant=grant_of(user), end=today() + timedelta(days=1), by=None)

    def deactivate(user: User) -> Any:
        return lambda: actions.deactivate(user=user, by=None)

    for take_first, take_second in ((end, end), (deactivate, end), (end, deactivate)):
        User.objects.all().delete()
        first, second = (factories.user(role=ADMINISTRATOR) for _ in range(2))
        (said,) = _two_at_once(take_first(first), take_second(second))
        assert "nobody who can sign in" in said
        held = RoleGrant.objects.get(user=second)
        assert (held.during, User.objects.get(pk=second.pk).is_active) == (factories.EVER, True)
