"""Accepting many moves at once: as many queries as for a few, one event for each school opened or closed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from alignment_dash.access.models import AuditEvent, Grant
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from schools.models import StaffRole
from supervision.actions import assign_school
from supervision.balancing import actions
from supervision.balancing.picture import picture
from supervision.models import CaseloadAssignment, MoveState
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(district):
    """Two supervisors who sign in and have nobody."""
    people = [factories.person(user=factories.user(role=Role.SUPERVISOR)) for _ in range(2)]
    for person in people:
        factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
        actions.set_limits(supervisor=person, revision=0, by=district.users[Role.CABINET], least=0, most=50)
    return people


def held_by(person, n):
    """Put `n` schools into a caseload; every fourth position is vacant, every fifth begins on a day to come."""
    later = DateRange(today() + timedelta(days=30), None)
    schools = [factories.org() for _ in range(n)]
    for place, school in enumerate(schools):
        principal = None if place % 4 == 1 else factories.person()
        made = factories.caseload(supervisor=person, principal=principal, school=school)
        if place % 5 == 2:
            CaseloadAssignment.objects.filter(pk=made.pk).update(during=later)
            Grant.objects.filter(source=made.grant_source).update(during=later)
    return schools


def all_to(person, schools, by):
    ids = {school.pk for school in schools}
    moved = {unit.uid: person.pk for unit in picture(today()).units if unit.rows[0].school.pk in ids}
    return actions.propose_by_hand(moved=moved, start=today(), by=by)


def accept_all(proposal, by):
    groups = set(proposal.moves.values_list("group", flat=True))
    with CaptureQueriesContext(connection) as asked:
        outcome = actions.accept(proposal=proposal, groups=groups, by=by)
    return outcome, len(asked)


def test_queries_do_not_grow_with_moves_and_every_school_opened_or_closed_is_one_event(district, pair):
    before, after = pair
    cabinet = district.users[Role.CABINET]
    schools = held_by(before, 40)
    few, many = schools[:6], schools[6:]
    _outcome, n_few = accept_all(all_to(after, few, cabinet), cabinet)
    proposal = all_to(after, many, cabinet)
    n_events = AuditEvent.objects.count()
    outcome, n_many = accept_all(proposal, cabinet)
    assert len(outcome.done) == len(many)
    assert n_many <= n_few
    told = AuditEvent.objects.order_by("pk")[n_events:]
    acts = [event.act for event in told if event.act.startswith(("grant.", "balance."))]
    assert acts == ["grant.end"] * len(many) + ["grant.open"] * len(many) + ["balance.accept"]
    assert {event.by_id for event in told} == {cabinet.pk}
    opened = {event.target_id for event in told if event.act == "grant.open"}
    grants = Grant.objects.filter(user=after.user, school_id__in=[one.pk for one in many])
    assert opened == {str(pk) for pk in grants.values_list("pk", flat=True)}
    accepted = proposal.moves.filter(state=MoveState.ACCEPTED, decided_by=cabinet, decided_at__isnull=False)
    assert accepted.count() == len(many)
    for move in accepted.select_related("assignment"):
        assert (move.assignment.school_id, move.assignment.principal_id) == (
            move.school_id,
            move.principal_id,
        )
        assert move.assignment.supervisor == after
    day = today() + timedelta(days=30)
    for school in schools:
        assert CaseloadAssignment.objects.on(day).get(school=school).supervisor == after
    # What was to begin later went with its access; of the rest both ended today.
    assert not CaseloadAssignment.objects.filter(supervisor=before).on(day).exists()
    assert not Grant.objects.filter(user=before.user).on(day).exists()
    assert not scope_of(before.user).schools(Data.SCHOOL_CAPACITY)
    later = [one for place, one in enumerate(schools) if place % 5 == 2]
    open_now = scope_of(after.user).schools(Data.SCHOOL_CAPACITY).ids
    assert open_now == {one.pk for one in schools} - {one.pk for one in later}


def test_declining_and_proposing_take_as_many_queries_however_many_moves(district, pair):
    before, after = pair
    cabinet = district.users[Role.CABINET]
    counts = []
    for n in (2, 30):
        schools = held_by(before, n)
        with CaptureQueriesContext(connection) as asked:
            proposal = all_to(after, schools, cabinet)
            groups = set(proposal.moves.values_list("group", flat=True))
            actions.decline(proposal=proposal, groups=groups, by=cabinet)
        assert set(proposal.moves.values_list("state", "decided_by")) == {("declined", cabinet.pk)}
        counts.append(len(asked))
    assert counts[1] <= counts[0]


@pytest.mark.django_db(transaction=True)
def test_school_that_somebody_assigns_at_this_moment_refuses_all_moves_and_writes_none(district, pair):
    held, other = pair
    cabinet = district.users[Role.CABINET]
    schools = [*held_by(held, 3), district.schools[2]]
    proposal = all_to(other, schools, cabinet)
    n_grants = Grant.objects.count()
    answers = []

    def accepting() -> None:
        answers.append(accept_all(proposal, cabinet)[0])
        connection.close()

    with transaction.atomic():
        assign_school(supervisor=district.supervisor, school=district.schools[2], start=today(), by=cabinet)
        thread = threading.Thread(target=accepting)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert (len(answers[0].done), len(answers[0].refused)) == (0, len(schools))
    assert not CaseloadAssignment.objects.filter(supervisor=other).exists()
    assert Grant.objects.count() == n_grants + 1
    assert not AuditEvent.objects.filter(act="balance.accept").exists()
