"""Caseloads follow the roster: new principals, vacancies, co-principals, supervisors who leave."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.models import AuditEvent, Grant
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from schools.models import StaffAssignment, StaffRole
from supervision.actions import assign_school, follow_roster, hold_vacant
from supervision.models import BalanceProposal, CaseloadAssignment, ProposedMove, SupervisorLimits
from supervision.person_data import CASELOADS
from tests import factories

pytestmark = pytest.mark.django_db


def follow():
    done = follow_roster(by=None, day=today())
    return done.ended, done.made


def held(school):
    rows = CaseloadAssignment.objects.filter(school=school).order_by("during", "pk")
    return [(row.supervisor, row.principal, row.during.lower, row.during.upper) for row in rows]


def leave(person, day=None):
    StaffAssignment.objects.filter(person=person).update(
        during=DateRange(factories.EVER.lower, day or today())
    )


def lead(person, school, day=None):
    during = DateRange(day or today(), None)
    factories.assignment(person=person, org=school, role=StaffRole.PRINCIPAL, during=during)


def test_caseloads_in_step_change_nothing_in_few_queries(district, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert follow() == (0, 0)
    assert not AuditEvent.objects.filter(act__startswith="caseload.").exists()


def test_successor_comes_into_the_same_caseload_with_the_same_access(district):
    school, new = district.schools[0], factories.person()
    leave(district.principals[0], today() - timedelta(days=3))
    lead(new, school)
    assert follow() == (1, 1)
    first = factories.EVER.lower
    assert held(school) == [
        (district.supervisor, district.principals[0], first, today()),
        (district.supervisor, new, today(), None),
    ]
    assert Grant.objects.on(today()).filter(school_id=school.pk, user=district.supervisor.user).count() == 1
    event = AuditEvent.objects.get(act="caseload.follow")
    assert event.detail == {"day": today().isoformat(), "ended": 1, "made": 1}
    assert follow() == (0, 0)


def test_school_that_nobody_leads_any_more_is_held_as_vacant_until_somebody_does(district):
    school, new = district.schools[0], factories.person()
    leave(district.principals[0])
    assert follow() == (1, 1)
    assert held(school)[1][1:] == (None, today(), None)
    lead(new, school)
    assert follow() == (1, 1)
    # The vacancy of no day is gone.
    assert [row[1] for row in held(school)] == [district.principals[0], new]


def test_principal_who_comes_to_share_a_school_is_added(district):
    other = factories.person()
    lead(other, district.schools[0])
    assert follow() == (0, 1)
    assert {row[1] for row in held(district.schools[0])} == {district.principals[0], other}
    assert {row[0] for row in held(district.schools[0])} == {district.supervisor}


def test_erased_principal_leaves_a_vacancy_with_the_supervisor_until_somebody_comes(district):
    first, second = district.schools[:2]
    erased, partner, sam = district.principals[0], factories.person(), district.supervisor
    begins, planned = factories.EVER.lower, today() + timedelta(days=20)
    # Erased are one who leads a school alone, shares another for a time, and is to have a third, with an end and a
    # move to it.
    factories.caseload(supervisor=sam, principal=erased, school=second)
    CaseloadAssignment.objects.filter(principal=district.principals[1]).update(
        during=DateRange(begins, planned)
    )
    third = factories.caseload(supervisor=sam, principal=erased, school=district.schools[2])
    third.during = DateRange(today(), planned)
    third.save()
    move = ProposedMove.objects.create(
        proposal=BalanceProposal.objects.create(
            school_year=2026, start=today(), made_by=district.users[Role.CABINET]
        ),
        place=1, group=1, school=third.school, principal=erased, to_supervisor=sam, assignment=third,
    )  # fmt: skip
    leave(erased)
    assert CASELOADS.erase(SimpleNamespace(person_id=erased.pk, user_id=None)) == 3
    assert held(first) == [(sam, erased, begins, today()), (sam, None, today(), None)]
    assert held(third.school) == [(sam, None, today(), planned)]
    assert {row[1:] for row in held(second)} == {
        (district.principals[1], begins, planned), (erased, begins, today()), (None, planned, None),
    }  # fmt: skip
    move.refresh_from_db()
    assert move.assignment is None
    for school in district.schools:
        grants = Grant.objects.on(today()).filter(school_id=school.pk, user=sam.user)
        assert grants.count() == 1
    told = AuditEvent.objects.filter(act__startswith="caseload.").values_list("act", flat=True)
    assert set(told) == {"caseload.vacate"}  # the roster has said nothing
    ended = CaseloadAssignment.objects.get(school=first, principal=erased)
    assert hold_vacant(assignment=ended, day=today(), by=None) == []
    lead(partner, first)
    follow()
    assert [row[1] for row in held(first)] == [erased, partner]


def test_principal_assigned_by_hand_stays(district):
    by_hand = factories.person()
    CaseloadAssignment.objects.filter(school=district.schools[0]).update(principal=by_hand)
    assert follow() == (0, 0)
    assert [row[1] for row in held(district.schools[0])] == [by_hand]


def test_supervisor_who_comes_to_lead_the_school_does_not_supervise_it(district):
    leave(district.principals[0])
    lead(district.supervisor, district.schools[0])
    assert follow() == (1, 0)
    assert held(district.schools[0])[0][3] == today()


def test_planned_end_of_the_caseload_holds_for_the_successor(district):
    school, new, end = district.schools[0], factories.person(), today() + timedelta(days=40)
    CaseloadAssignment.objects.filter(school=school).update(during=DateRange(factories.EVER.lower, end))
    leave(district.principals[0])
    lead(new, school)
    follow()
    assert held(school)[1][3] == end


def test_caseload_of_a_supervisor_who_left_ends_on_the_day(district):
    left = today() - timedelta(days=2)
    limits = SupervisorLimits.objects.create(supervisor=district.supervisor, leaves_on=today())
    SupervisorLimits.objects.filter(pk=limits.pk).update(leaves_on=left)
    assert follow() == (2, 0)
    assert {row.during.upper for row in CaseloadAssignment.objects.all()} == {left}
    assert not Grant.objects.on(today()).filter(user=district.supervisor.user).exists()
    assert AuditEvent.objects.get(act="caseload.supervisor_left").detail["ended"] == 2
    with pytest.raises(ValidationError, match="no longer one from"):
        assign_school(supervisor=district.supervisor, school=district.schools[2], start=today(), by=None)
