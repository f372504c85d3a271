"""Caseloads from a roster: who is placed, who is not and why, and that doing it again changes nothing."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from alignment_dash.access.models import AuditEvent, Grant
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import today
from schools.models import StaffAssignment, StaffRole
from supervision.actions import assign_principal, caseloads_from_roster
from supervision.models import CASELOAD_RUN, CaseloadAssignment, SupervisorLimits
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(district):
    """The small district before anybody has a caseload; Sam is at its top."""
    CaseloadAssignment.objects.all().delete()
    Grant.objects.all().delete()
    return district


def supervisor_at(org, **fields):
    made = factories.person(**fields)
    factories.assignment(person=made, org=org, role=StaffRole.PRINCIPAL_SUPERVISOR)
    return made


def caseloads():
    rows = CaseloadAssignment.objects.on(today()).order_by("school__name")
    return [(row.school.name, row.supervisor, row.principal) for row in rows]


def test_principals_go_to_the_nearest_supervisor_above_their_school(fresh):
    north = supervisor_at(fresh.networks[0], user=factories.user(role=Role.SUPERVISOR))
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.kept, done.left_out, done.problems) == (3, 0, 0, [])
    assert caseloads() == [
        ("Alder Elementary", north, fresh.principals[0]),
        ("Birch Middle", north, fresh.principals[1]),
        ("Cottonwood High", fresh.supervisor, fresh.principals[2]),
    ]
    seen = scope_of(north.user).schools(Data.SCHOOL_CAPACITY)
    assert [school.pk in seen for school in fresh.schools] == [True, True, False]


def test_one_event_says_how_many_and_the_snapshot_is_asked_for(fresh, user_in):
    cabinet = user_in(Role.CABINET)
    caseloads_from_roster(by=cabinet, day=today())
    event = AuditEvent.objects.get(act__startswith="caseload.")
    assert (event.act, event.by_label) == ("caseload.from_roster", cabinet.name)
    assert event.detail == {"day": today().isoformat(), "assigned": 3, "kept": 0, "left_out": 0}
    assert Run.objects.open().filter(kind=CASELOAD_RUN).count() == 1


def test_again_changes_nothing(fresh):
    caseloads_from_roster(by=None, day=today())
    before, grants = caseloads(), Grant.objects.count()
    again = caseloads_from_roster(by=None, day=today())
    assert (again.assigned, again.kept, again.left_out) == (0, 3, 0)
    assert (caseloads(), Grant.objects.count()) == (before, grants)


def test_schools_with_a_supervisor_now_or_to_come_are_passed_over(fresh):
    other = factories.person()
    for place, start in [(0, today()), (1, today() + timedelta(days=30))]:
        assign_principal(
            supervisor=other,
            principal=fresh.principals[place],
            school=fresh.schools[place],
            start=start,
            by=None,
        )
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.kept) == (1, 2)
    assert CaseloadAssignment.objects.filter(supervisor=other).count() == 2


def test_two_supervisors_at_one_network_are_told_and_not_placed(fresh):
    supervisor_at(fresh.networks[0])
    supervisor_at(fresh.networks[0])
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.left_out) == (1, 2)
    assert done.problems == [
        "North has several principal supervisors in the roster, so its 2 schools were left out."
    ]


def test_school_without_a_principal_is_held_as_vacant_and_named(fresh):
    StaffAssignment.objects.filter(person=fresh.principals[1]).delete()
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.left_out) == (3, 0)
    assert caseloads()[1] == ("Birch Middle", fresh.supervisor, None)
    assert done.problems == [
        "The roster has no principal, so the position is held as vacant, at: Birch Middle."
    ]


def test_principals_who_share_a_school_come_in_together(fresh):
    other = factories.person()
    factories.assignment(person=other, org=fresh.schools[1], role=StaffRole.PRINCIPAL)
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.left_out) == (3, 0)
    assert {principal for school, _, principal in caseloads() if school == "Birch Middle"} == {
        fresh.principals[1],
        other,
    }


def test_schools_without_a_supervisor_above_are_named_up_to_a_few(fresh):
    StaffAssignment.objects.filter(person=fresh.supervisor).delete()
    supervisor_at(fresh.schools[0])  # at a school, so above none
    for number in range(4):
        factories.org(parent=fresh.networks[1], name=f"Dogwood {number}")
    done = caseloads_from_roster(by=None, day=today())
    assert (done.assigned, done.left_out) == (0, 7)
    schools = "Alder Elementary, Birch Middle, Cottonwood High, Dogwood 0, Dogwood 1 and 2 more"
    assert done.problems == [f"The roster has no principal supervisor above: {schools}."]
    assert not Run.objects.filter(kind=CASELOAD_RUN).exists()


def test_supervisor_who_is_the_principal_is_not_placed_with_themselves(fresh):
    factories.assignment(
        person=fresh.principals[0], org=fresh.networks[0], role=StaffRole.PRINCIPAL_SUPERVISOR
    )
    done = caseloads_from_roster(by=None, day=today())
    assert done.problems == ["The principal is the supervisor over: Alder Elementary."]
    assert (done.assigned, done.left_out) == (2, 1)


def test_supervisor_whose_last_day_has_come_is_given_nothing(fresh):
    north = supervisor_at(fresh.networks[0])
    SupervisorLimits.objects.create(supervisor=north, leaves_on=today())
    assert caseloads_from_roster(by=None, day=today()).assigned == 3
    assert {supervisor for _school, supervisor, _principal in caseloads()} == {fresh.supervisor}


def test_rolled_back_leaves_nothing(fresh):
    with transaction.atomic():
        caseloads_from_roster(by=None, day=today())
        transaction.set_rollback(True)
    assert caseloads() == []
    assert not Grant.objects.exists()
    assert not AuditEvent.objects.filter(act__startswith="caseload.").exists()


def test_queries_do_not_grow_with_the_schools(fresh):
    fresh.supervisor.user = None  # opening a school to a user takes queries of its own
    fresh.supervisor.save()
    counts = []
    for schools in (1, 12):
        for _ in range(schools):
            school = factories.org(parent=fresh.networks[1])
            factories.assignment(person=factories.person(), org=school, role=StaffRole.PRINCIPAL)
        Run.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert caseloads_from_roster(by=None, day=today()).assigned >= schools
        counts.append(len(queries))
    assert counts[0] >= counts[1]


def test_command_says_what_it_did(fresh, capsys):
    StaffAssignment.objects.filter(person=fresh.principals[1]).delete()
    call_command("caseloads_from_roster", "--day", today().isoformat())
    assert capsys.readouterr().out.splitlines() == [
        "3 schools assigned, 0 had a supervisor, 0 left out",
        "- The roster has no principal, so the position is held as vacant, at: Birch Middle.",
    ]
