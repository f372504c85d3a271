"""Roles that follow from the roster: given, ended and returned by rules, and never to who sees to roles."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from schools.account_rules import actions
from schools.account_rules.apply import apply_rules
from schools.models import Identity, Person, RoleAssignmentRule, StaffAssignment, StaffRole
from tests import factories

pytestmark = pytest.mark.django_db


def switch(district, staff_role, role, *, on=True, accounts=False):
    return actions.set_rule(
        staff_role=staff_role,
        role=role,
        is_on=on,
        makes_accounts=accounts,
        by=district.users[Role.DATA_ADMINISTRATOR],
    )


def given() -> list[RoleGrant]:
    return list(RoleGrant.objects.exclude(source="").order_by("pk"))


def with_account(person: Person) -> User:
    person.user = factories.user(name=f"User of {person.pk}")
    person.save()
    return person.user


@pytest.fixture
def teacher(district) -> Person:
    """A teacher at the second school who has an account and holds no role."""
    person = district.teachers[district.schools[1].pk][0]
    with_account(person)
    return person


def test_rule_gives_the_role_at_the_school_for_the_time_of_the_assignment(district, teacher):
    until = today() + timedelta(days=30)
    StaffAssignment.objects.filter(person=teacher).update(during=DateRange(factories.EVER.lower, until))
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    of_teacher = [one for one in given() if one.user_id == teacher.user_id]
    assert [(one.role, one.org_id, one.during) for one in of_teacher] == [
        (Role.TEACHER, district.schools[1].pk, DateRange(today(), until))
    ]
    assert scope_of(teacher.user).roles == {Role.TEACHER}


def test_applying_again_changes_nothing(district, teacher):
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    before, events = given(), AuditEvent.objects.count()
    again = apply_rules(by=None)
    assert (list(again.changes), list(again.accounts)) == ([], [])
    assert [(one.pk, one.during) for one in given()] == [(one.pk, one.during) for one in before]
    assert AuditEvent.objects.count() == events


def test_role_ends_with_the_assignment_and_returns_with_it(district, teacher):
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    # Given some days ago, as far as today is concerned.
    earlier = DateRange(today() - timedelta(days=5), None)
    RoleGrant.objects.filter(user=teacher.user).update(during=earlier)
    StaffAssignment.objects.filter(person=teacher).update(during=DateRange(factories.EVER.lower, today()))
    apply_rules(by=None)
    assert scope_of(teacher.user).roles == set()
    (ended,) = [one for one in given() if one.user_id == teacher.user_id]
    assert ended.during == DateRange(earlier.lower, today())
    event = AuditEvent.objects.filter(act="role.end").latest("pk")
    assert event.detail["before"] == [earlier.lower.isoformat(), None]
    assert event.detail["after"] == [earlier.lower.isoformat(), today().isoformat()]
    StaffAssignment.objects.filter(person=teacher).update(during=factories.EVER)
    apply_rules(by=None)
    assert scope_of(teacher.user).roles == {Role.TEACHER}
    assert len([one for one in given() if one.user_id == teacher.user_id]) == 2


def test_end_of_an_assignment_that_moves_moves_the_end_of_the_role(district, teacher):
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    (held,) = [one for one in given() if one.user_id == teacher.user_id]
    for days in (90, 10, None):
        end = today() + timedelta(days=days) if days else None
        StaffAssignment.objects.filter(person=teacher).update(during=DateRange(factories.EVER.lower, end))
        applied = apply_rules(by=None)
        assert [one.grant_id for one in applied.moved] == [held.pk]
        held.refresh_from_db()
        assert held.during == DateRange(today(), end)


def test_assignment_to_come_is_a_role_to_come(district, teacher):
    first = today() + timedelta(days=7)
    StaffAssignment.objects.filter(person=teacher).update(during=DateRange(first, None))
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    assert scope_of(teacher.user).roles == set()
    StaffAssignment.objects.filter(person=teacher).delete()
    apply_rules(by=None)
    assert not [one for one in given() if one.user_id == teacher.user_id]


def test_roles_that_people_gave_are_left_alone(district):
    principal = district.users[Role.PRINCIPAL]
    by_hand = RoleGrant.objects.get(user=principal)
    switch(district, StaffRole.PRINCIPAL, Role.PRINCIPAL)
    assert [one.org_id for one in given()] == [district.schools[0].pk]
    switch(district, StaffRole.PRINCIPAL, Role.PRINCIPAL, on=False)
    assert given() == []
    by_hand.refresh_from_db()
    assert by_hand.during == factories.EVER


def test_switching_off_ends_what_the_rule_gave_and_nothing_of_another(district, teacher):
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    switch(district, StaffRole.PRINCIPAL, Role.PRINCIPAL)
    switch(district, StaffRole.TEACHER, Role.TEACHER, on=False)
    assert {one.role for one in given()} == {Role.PRINCIPAL}


@pytest.mark.parametrize("role", [Role.DATA_ADMINISTRATOR, Role.HR, Role.CABINET, Role.BOARD])
def test_no_rule_gives_a_district_role(district, role):
    with pytest.raises(ValidationError):
        switch(district, StaffRole.CENTRAL_OFFICE, role)
    # Nor where one has come into the table.
    RoleAssignmentRule.objects.create(staff_role=StaffRole.TEACHER, role=role, is_on=True)
    apply_rules(by=None)
    assert given() == []


def test_school_role_follows_from_an_assignment_at_a_school_alone(district):
    above = factories.person()
    with_account(above)
    factories.assignment(person=above, org=district.root, role=StaffRole.PRINCIPAL)
    switch(district, StaffRole.PRINCIPAL, Role.PRINCIPAL)
    assert not [one for one in given() if one.user_id == above.user_id]


def test_rules_give_nothing_to_who_sees_to_roles_and_rosters(district):
    administrator = district.users[Role.DATA_ADMINISTRATOR]
    person = factories.person(user=administrator)
    factories.assignment(person=person, org=district.schools[0], role=StaffRole.PRINCIPAL)
    found = actions.preview(
        staff_role=StaffRole.PRINCIPAL,
        role=Role.PRINCIPAL,
        is_on=True,
        makes_accounts=True,
        by=administrator,
    )
    assert found.passed_over == 1
    switch(district, StaffRole.PRINCIPAL, Role.PRINCIPAL, accounts=True)
    assert not [one for one in given() if one.user_id == administrator.pk]


def test_who_comes_to_see_to_roles_keeps_what_a_rule_gave_but_gets_it_no_longer(district, teacher):
    until = today() + timedelta(days=30)
    StaffAssignment.objects.filter(person=teacher).update(during=DateRange(factories.EVER.lower, until))
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    RoleGrant.objects.create(user=teacher.user, role=Role.DATA_ADMINISTRATOR, during=factories.EVER)
    StaffAssignment.objects.filter(person=teacher).update(during=factories.EVER)
    apply_rules(by=None)
    (kept,) = [one for one in given() if one.user_id == teacher.user_id]
    assert kept.during == DateRange(today(), until)


def test_district_role_is_held_once_for_several_places(district):
    coach = factories.person()
    with_account(coach)
    for school in district.schools[:2]:
        factories.assignment(person=coach, org=school, role=StaffRole.COACH)
    switch(district, StaffRole.COACH, Role.CI_STAFF)
    assert [(one.user_id, one.org_id) for one in given()] == [(coach.user_id, None)]


def test_rule_makes_accounts_from_the_rosters_addresses_where_it_says_so(district):
    school = district.schools[2]
    one, same, other, third = (*district.teachers[school.pk], district.principals[2])
    Identity.objects.filter(person=one).update(email=" Terry.One@District.example ")
    Identity.objects.filter(person__in=[same, other]).update(email="both@district.example")
    Identity.objects.filter(person=third).update(email="not an address")
    switch(district, StaffRole.TEACHER, Role.TEACHER)
    assert not User.objects.filter(email="terry.one@district.example").exists()
    applied = switch(district, StaffRole.TEACHER, Role.TEACHER, accounts=True)
    assert [new.person_id for new in applied.accounts] == [one.pk]
    user = User.objects.get(email="terry.one@district.example")
    assert (user.person, user.has_usable_password()) == (one, False)
    assert [(held.role, held.org_id) for held in user.role_grants.all()] == [(Role.TEACHER, school.pk)]
    assert AuditEvent.objects.filter(act="user.add", target_id=str(user.uid)).count() == 1
    assert not list(switch(district, StaffRole.TEACHER, Role.TEACHER, accounts=True).accounts)


def test_account_with_the_rosters_address_is_taken_up_unless_it_sees_to_roles(district):
    first, second = district.teachers[district.schools[1].pk][:2]
    plain = factories.user()
    for person, user in ((first, plain), (second, district.users[Role.DATA_ADMINISTRATOR])):
        Identity.objects.filter(person=person).update(email=user.email.upper())
    switch(district, StaffRole.TEACHER, Role.TEACHER, accounts=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.user, second.user) == (plain, None)


def test_preview_tells_what_follows_and_changes_nothing(district, teacher):
    administrator = district.users[Role.DATA_ADMINISTRATOR]
    asked = {"staff_role": StaffRole.TEACHER, "role": Role.TEACHER, "is_on": True, "makes_accounts": True}
    Identity.objects.filter(person=district.teachers[district.schools[2].pk][0]).update(email="t@d.example")
    users, events = User.objects.count(), AuditEvent.objects.count()
    found = actions.preview(**asked, by=administrator).applied
    assert (given(), RoleAssignmentRule.objects.count()) == ([], 0)
    assert (User.objects.count(), AuditEvent.objects.count()) == (users, events)
    done = actions.set_rule(**asked, by=administrator)
    assert [one.user_name for one in found.given] == [one.user_name for one in done.given]
    assert len(done.given) == 3


def test_queries_do_not_grow_with_the_district(district):
    """As many for one teacher as for all of them; two where nothing changes."""
    switch(district, StaffRole.TEACHER, Role.TEACHER, accounts=True)
    counts = []
    for people in (
        district.teachers[district.schools[1].pk][:1],
        district.teachers[district.schools[1].pk][1:],
    ):
        for person in people:
            Identity.objects.filter(person=person).update(email=f"t{person.pk}@district.example")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(apply_rules(by=None).given) == len(people)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
    with CaptureQueriesContext(connection) as queries:
        apply_rules(by=None)
    assert len(queries) <= 8 + 5  # savepoints of a test, and tables that it has just filled


def test_rule_is_previewed_and_switched_on_and_off_on_its_page(district, teacher, sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    page = client.get(reverse("schools:account-rule-list"))
    assert page.status_code == 200
    url = reverse("schools:account-rule", kwargs={"staff_role": "teacher", "role": "teacher"})
    assert teacher.user.name in client.get(url).text
    assert given() == []
    assert client.post(url, {"to": "on"}).status_code == 302
    assert {one.user_id for one in given()} == {teacher.user_id, district.users[Role.TEACHER].pk}
    client.post(url, {"to": "off"})
    assert given() == []
    for nonsense in ({"to": "on"}, {}):
        unsafe = reverse("schools:account-rule", kwargs={"staff_role": "teacher", "role": "hr"})
        assert client.post(unsafe, nonsense).status_code == 404
