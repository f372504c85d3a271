"""Limits, proposals and what becomes of their moves: assignments and access together, or nothing."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.models import AuditEvent, Grant
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import today
from instruction.revisions import Moved
from schools.models import StaffRole
from supervision.actions import assign_principal, end_assignment
from supervision.balancing import actions
from supervision.balancing.picture import picture
from supervision.balancing.settings import Settings
from supervision.models import (
    CASELOAD_RUN,
    BalanceProposal,
    CaseloadAssignment,
    MoveState,
    SupervisorLimits,
)
from tests import factories

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


def reaches(user, school):
    return school.pk in scope_of(user).schools(Data.SCHOOL_CAPACITY)


def unit_at(school, day=None):
    return next(
        unit for unit in picture(day or today()).units if any(row.school.pk == school.pk for row in unit.rows)
    )


@pytest.fixture
def cabinet(district):
    return district.users[Role.CABINET]


@pytest.fixture
def other(district):
    """Another supervisor, who signs in and has nobody."""
    person = factories.person(given="Kim", family="Other", user=factories.user(role=Role.SUPERVISOR))
    factories.assignment(person=person, org=district.root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    return person


@pytest.fixture
def by_hand(cabinet):
    def made(*moves, start=None):
        day = start or today()
        moved = {unit_at(school, day).uid: person.pk for school, person in moves}
        return actions.propose_by_hand(moved=moved, start=day, by=cabinet)

    return made


def held_at(school, day=None):
    found = CaseloadAssignment.objects.on(day or today()).filter(school=school)
    return sorted(found.values_list("supervisor", "principal"))


def test_accepting_ends_the_old_begins_the_new_and_moves_the_access(district, cabinet, other, by_hand):
    first, second = district.schools[:2]
    proposal = by_hand((first, other), (second, other))
    assert proposal.facts["changes"] == 2
    assert CaseloadAssignment.objects.filter(supervisor=other).count() == 0
    outcome = actions.accept(proposal=proposal, groups={1}, by=cabinet)
    assert [move.school_id for move in outcome.done] == [first.pk]
    assert held_at(first) == [(other.pk, district.principals[0].pk)]
    assert held_at(first, today() - TOMORROW) == [(district.supervisor.pk, district.principals[0].pk)]
    assert (reaches(other.user, first), reaches(district.supervisor.user, first)) == (True, False)
    assert held_at(second) == [(district.supervisor.pk, district.principals[1].pk)]
    move = outcome.done[0]
    assert (move.state, move.decided_by, move.assignment.supervisor) == (MoveState.ACCEPTED, cabinet, other)
    assert AuditEvent.objects.filter(act="balance.accept").count() == 1
    assert Run.objects.filter(kind=CASELOAD_RUN).exists()
    actions.decline(proposal=proposal, groups={2}, by=cabinet)
    assert list(proposal.moves.order_by("place").values_list("state", flat=True)) == ["accepted", "declined"]
    again = actions.accept(proposal=proposal, groups={2}, by=cabinet)
    assert [move.group for move in again.refused] == [2]
    assert held_at(second) == [(district.supervisor.pk, district.principals[1].pk)]


def test_move_on_the_day_an_assignment_begins_or_before_takes_all_of_it(district, cabinet, other, by_hand):
    third, principal = district.schools[2], district.principals[2]
    begins, ends = today() + timedelta(days=9), today() + timedelta(days=60)
    assign_principal(
        supervisor=district.supervisor, principal=principal, school=third, start=begins, end=ends, by=cabinet
    )
    actions.accept(proposal=by_hand((third, other)), groups={1}, by=cabinet)
    stands = CaseloadAssignment.objects.get(school=third)
    assert (stands.supervisor, stands.during) == (other, DateRange(begins, ends))
    assert not Grant.objects.filter(school_id=third.pk, user=district.supervisor.user).exists()
    assert Grant.objects.get(school_id=third.pk, user=other.user).during == DateRange(begins, ends)
    # And back again on the same day: what was accepted first has no day left, and its move refers to nothing.
    actions.accept(proposal=by_hand((third, district.supervisor), start=begins), groups={1}, by=cabinet)
    assert CaseloadAssignment.objects.get(school=third).supervisor == district.supervisor


def test_principals_of_several_schools_and_those_who_share_one_change_together(
    district, cabinet, other, by_hand
):
    first, second, third = district.schools
    pat, partner = district.principals[0], factories.person(given="Robin", family="Partner")
    factories.caseload(supervisor=district.supervisor, principal=partner, school=first)
    factories.caseload(supervisor=district.supervisor, principal=pat, school=third)
    CaseloadAssignment.objects.filter(school=second).update(principal=None)
    proposal = by_hand((first, other), (second, other))
    groups = list(proposal.moves.order_by("place").values_list("group", flat=True))
    assert groups == [1, 1, 1, 2]
    actions.accept(proposal=proposal, groups={1, 2}, by=cabinet)
    assert held_at(first) == sorted([(other.pk, pat.pk), (other.pk, partner.pk)])
    assert held_at(third) == [(other.pk, pat.pk)]
    assert held_at(second) == [(other.pk, None)]
    assert picture(today()).loads()[other.pk].n_vacant == 1


def test_move_is_stale_once_its_caseload_has_changed_and_nothing_else_is_written(
    district, cabinet, other, by_hand
):
    first, second = district.schools[:2]
    proposal = by_hand((first, other), (second, other))
    end_assignment(assignment=CaseloadAssignment.objects.get(school=first), end=today(), by=cabinet)
    outcome = actions.accept(proposal=proposal, groups={1, 2}, by=cabinet)
    assert ([move.school_id for move in outcome.refused], list(outcome.done)) == ([first.pk], [])
    assert list(proposal.moves.order_by("place").values_list("state", flat=True)) == ["stale", "proposed"]
    assert held_at(second) == [(district.supervisor.pk, district.principals[1].pk)]
    # A supervisor who leaves by then, and principals who have come to share the school, leave no fit, either.
    factories.caseload(supervisor=district.supervisor, principal=factories.person(), school=second)
    assert actions.accept(proposal=proposal, groups={2}, by=cabinet).refused
    leaver = by_hand((second, other))
    actions.set_limits(supervisor=other, revision=0, by=cabinet, leaves_on=today())
    assert actions.accept(proposal=leaver, groups={1}, by=cabinet).refused


def test_caseload_that_would_grow_above_its_most_is_refused_in_words(district, cabinet, other, by_hand):
    first, second = district.schools[:2]
    partner = factories.person(given="Robin", family="Partner")
    factories.caseload(supervisor=district.supervisor, principal=partner, school=first)
    limits = actions.set_limits(supervisor=other, revision=0, by=cabinet, least=0, most=2)
    proposal = by_hand((first, other), (second, other))
    # Two share the first school, so the second is the third principal.
    with pytest.raises(ValidationError) as refused:
        actions.accept(proposal=proposal, groups={1, 2}, by=cabinet)
    assert "above its most" in refused.value.messages[0]
    assert refused.value.messages[1] == "Kim Other would have 3 principals, and the limit is 2."
    assert not CaseloadAssignment.objects.filter(supervisor=other).exists()
    assert actions.accept(proposal=proposal, groups={1}, by=cabinet).done
    # One that is above its most already may give some away, and take as many.
    actions.set_limits(supervisor=other, revision=limits.revision, by=cabinet, most=1)
    assert actions.accept(proposal=by_hand((first, district.supervisor)), groups={1}, by=cabinet).done
    assert held_at(second) == [(district.supervisor.pk, district.principals[1].pk)]


def test_caseload_that_would_be_above_its_most_on_a_day_to_come_is_refused_in_words(
    district, cabinet, other, by_hand
):
    SupervisorLimits.objects.create(supervisor=other, least=0, most=1)
    later = today() + 9 * TOMORROW
    held = CaseloadAssignment.objects.get(school=district.schools[1])
    end_assignment(assignment=held, end=later, by=cabinet)
    assign_principal(supervisor=other, principal=held.principal, school=held.school, start=later, by=cabinet)
    made = by_hand((district.schools[0], other))
    before = held_at(district.schools[0])
    with pytest.raises(ValidationError) as refused:
        actions.accept(proposal=made, groups={1}, by=cabinet)
    first, told = refused.value.messages
    assert first.startswith("Nothing was written, because a caseload would be above its most.")
    day = f"{later:%b} {later.day}, {later.year}"
    assert told == f"Kim Other would have 2 principals from {day} on instead of 1, and the limit is 1."
    assert held_at(district.schools[0]) == before
    assert made.moves.get().state == MoveState.PROPOSED
    # What ends before that leaves room: until then there is one.
    end_assignment(
        assignment=CaseloadAssignment.objects.get(school=district.schools[0]), end=later, by=cabinet
    )
    assert actions.accept(proposal=made, groups={1}, by=cabinet).done
    assert held_at(district.schools[0], later) == []


def test_past_days_unknown_moves_and_nothing_chosen_are_refused(district, cabinet, other, by_hand):
    with pytest.raises(ValidationError, match="has passed"):
        actions.propose(settings=Settings(), start=today() - TOMORROW, by=cabinet)
    with pytest.raises(ValidationError, match="has passed"):
        by_hand((district.schools[0], other), start=today() - TOMORROW)
    with pytest.raises(ValidationError, match="Nothing would change"):
        by_hand((district.schools[0], district.supervisor))
    proposal = by_hand((district.schools[0], other))
    for groups, words in [
        (set(), "Choose at least one"),
        ({7}, "no such move"),
        ({1, 10**8}, "no such move"),
    ]:
        with pytest.raises(ValidationError, match=words):
            actions.accept(proposal=proposal, groups=groups, by=cabinet)
    BalanceProposal.objects.update(start=today() - TOMORROW)
    with pytest.raises(ValidationError, match="has passed"):
        actions.accept(proposal=proposal, groups={1}, by=cabinet)


def test_limits_are_written_once_by_who_has_seen_them(district, cabinet):
    person = district.supervisor
    held = actions.set_limits(supervisor=person, revision=0, by=cabinet, least=2, most=9)
    assert (held.least, held.most, held.revision) == (2, 9, 1)
    with pytest.raises(Moved):
        actions.set_limits(supervisor=person, revision=0, by=cabinet, least=3)
    with pytest.raises(ValidationError, match="not above the most"):
        actions.set_limits(supervisor=person, revision=1, by=cabinet, least=10)
    assert SupervisorLimits.objects.get().least == 2


def test_last_day_that_would_undo_what_has_begun_is_refused(district, cabinet):
    supervisor = district.supervisor
    CaseloadAssignment.objects.filter(school=district.schools[0]).update(
        during=DateRange(today() - 9 * TOMORROW, None)
    )
    typed = today() - 365 * TOMORROW
    with pytest.raises(ValidationError, match="has begun on"):
        actions.set_limits(supervisor=supervisor, revision=0, by=cabinet, leaves_on=typed)
    assert not SupervisorLimits.objects.exists()
    held = actions.set_limits(supervisor=supervisor, revision=0, by=cabinet, leaves_on=today() - 3 * TOMORROW)
    # Other limits are changed afterwards with the same last day.
    SupervisorLimits.objects.update(leaves_on=typed)
    actions.set_limits(supervisor=supervisor, revision=held.revision, by=cabinet, leaves_on=typed, most=9)
    assert SupervisorLimits.objects.get().most == 9


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_wins_and_nothing_is_doubled(district, cabinet, other, by_hand):
    first = district.schools[0]
    proposal = by_hand((first, other))
    answers = []

    def second() -> None:
        answers.append(actions.accept(proposal=proposal, groups={1}, by=cabinet))
        connection.close()

    with transaction.atomic():
        assert actions.accept(proposal=proposal, groups={1}, by=cabinet).done
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert [move.state for move in answers[0].refused] == [MoveState.ACCEPTED]
    assert held_at(first) == [(other.pk, district.principals[0].pk)]
    assert CaseloadAssignment.objects.filter(school=first).count() == 2
    assert Grant.objects.on(today()).filter(school_id=first.pk, user=other.user).count() == 1
