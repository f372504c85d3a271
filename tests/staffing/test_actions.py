"""What HR does to positions: each act leaves one audit event, or nothing at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from schools.models import StaffAssignment, StaffRole
from staffing import actions
from staffing.models import Incumbency, JobClass, Position
from tests import factories
from tests.staffing.conftest import days_ago, position

pytestmark = pytest.mark.django_db


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("act", "by_label"))


@pytest.fixture
def hr(user_in):
    return user_in(Role.HR)


@pytest.fixture
def added(district, hr):
    return actions.add_position(
        school=district.schools[0],
        title="Grade 4 teacher",
        job_class=JobClass.TEACHER,
        fte=Decimal("0.80"),
        start=days_ago(100),
        end=today() + timedelta(days=100),
        grades=["04"],
        by=hr,
    )


def test_add_position_writes_one_event(added, hr):
    assert Position.objects.get().fte == Decimal("0.80")
    assert acts() == [("position.add", hr.name)]


def test_add_position_that_ends_before_it_begins_changes_nothing(district, hr):
    with pytest.raises(ValidationError, match="later than the start"):
        actions.add_position(
            school=district.schools[0],
            title="Teacher",
            job_class=JobClass.TEACHER,
            fte=Decimal(1),
            start=today(),
            end=today(),
            by=hr,
        )
    assert (Position.objects.count(), acts()) == (0, [])


def test_fill_position_holds_until_the_position_ends(added, district, hr):
    held = actions.fill_position(position=added, person=district.principals[0], start=days_ago(50), by=hr)
    assert held.during == DateRange(days_ago(50), today() + timedelta(days=100))
    assert acts()[1:] == [("position.fill", hr.name)]


def test_fill_position_taken_says_so_and_changes_nothing(added, district, hr):
    actions.fill_position(position=added, person=district.principals[0], start=days_ago(50), by=hr)
    with pytest.raises(ValidationError, match="Someone else holds this position"):
        actions.fill_position(position=added, person=district.principals[1], start=today(), by=hr)
    assert (Incumbency.objects.count(), len(acts())) == (1, 2)


@pytest.mark.parametrize(("start", "end"), [(-101, None), (0, 101)])
def test_fill_position_outside_its_budget_is_refused(added, district, hr, start, end):
    end_day = today() + timedelta(days=end) if end else None
    with pytest.raises(ValidationError, match="not budgeted"):
        actions.fill_position(
            position=added,
            person=district.principals[0],
            start=today() + timedelta(days=start),
            end=end_day,
            by=hr,
        )


def test_vacate_position_makes_the_end_the_first_vacant_day(added, district, hr):
    actions.fill_position(position=added, person=district.principals[0], start=days_ago(50), by=hr)
    actions.vacate_position(position=added, end=days_ago(3), by=hr)
    assert Position.objects.with_incumbent(days_ago(4)).get().vacant_since is None
    assert Position.objects.with_incumbent(today()).get().vacant_since == days_ago(3)
    assert acts()[2:] == [("position.vacate", hr.name)]


def test_vacate_position_nobody_holds_is_refused(added, hr):
    with pytest.raises(ValidationError, match="Nobody holds"):
        actions.vacate_position(position=added, end=today(), by=hr)
    assert len(acts()) == 1


def test_action_that_is_rolled_back_leaves_no_event(added, district, hr):
    with transaction.atomic():
        actions.fill_position(position=added, person=district.principals[0], start=today(), by=hr)
        transaction.set_rollback(True)
    assert (Incumbency.objects.count(), len(acts())) == (0, 1)


def test_roster_gives_each_assignment_at_a_school_a_position(district):
    done = actions.positions_from_assignments(by=None, day=today())
    at_schools = StaffAssignment.objects.on(today()).filter(org__in=district.schools)
    assert done == actions.FromRoster(positions=at_schools.count(), filled=0, moved=0)
    held = Incumbency.objects.on(today()).values_list(
        "person_id", "position__school_id", "position__job_class"
    )
    assert sorted(held) == sorted(at_schools.values_list("person_id", "org_id", "role"))
    assert acts() == [("position.from_roster", "system")]


def test_roster_again_makes_nothing(district):
    actions.positions_from_assignments(by=None, day=today())
    again = actions.positions_from_assignments(by=None, day=today())
    assert again == actions.FromRoster(positions=0, filled=0, moved=0)


def test_roster_shares_the_fte_of_who_works_at_two_schools(district):
    shared = district.teachers[district.schools[0].pk][0]
    factories.assignment(person=shared, org=district.schools[1])
    actions.positions_from_assignments(by=None, day=today())
    held = Incumbency.objects.filter(person=shared)
    assert [one.position.fte for one in held] == [Decimal("0.50"), Decimal("0.50")]


def test_roster_ending_makes_a_vacancy_and_a_hire_fills_it(district):
    school = district.schools[0]
    leaver = district.teachers[school.pk][0]
    actions.positions_from_assignments(by=None, day=today())
    budgeted = Position.objects.count()
    StaffAssignment.objects.filter(person=leaver).update(during=DateRange(days_ago(900), days_ago(20)))

    assert actions.positions_from_assignments(by=None, day=today()).moved == 1
    vacancy = Position.objects.on(today()).open(today()).with_incumbent(today()).get()
    assert (vacancy.school_id, vacancy.vacant_since) == (school.pk, days_ago(20))

    factories.assignment(person=factories.person(), org=school, during=DateRange(days_ago(5), None))
    done = actions.positions_from_assignments(by=None, day=today())
    assert (done.positions, done.filled) == (0, 1)
    assert Position.objects.count() == budgeted
    assert not Position.objects.on(today()).open(today()).with_incumbent(today()).exists()


def test_roster_taking_back_an_end_after_the_position_was_filled_makes_another(district):
    school = district.schools[0]
    assignment = StaffAssignment.objects.filter(person=district.teachers[school.pk][0])
    actions.positions_from_assignments(by=None, day=today())
    assignment.update(during=DateRange(days_ago(900), days_ago(20)))
    actions.positions_from_assignments(by=None, day=today())
    factories.assignment(person=factories.person(), org=school, during=DateRange(days_ago(5), None))
    actions.positions_from_assignments(by=None, day=today())
    assignment.update(during=DateRange(days_ago(900), None))

    done = actions.positions_from_assignments(by=None, day=today())
    assert (done.positions, done.moved) == (1, 0)
    held = Incumbency.objects.filter(person=district.teachers[school.pk][0]).order_by("during")
    assert [one.during.upper for one in held] == [days_ago(20), None]
    assert held.last().during.lower == held.first().during.upper


def test_roster_taking_back_an_assignment_takes_back_its_incumbency(district):
    assignment = StaffAssignment.objects.filter(person=district.teachers[district.schools[0].pk][0])
    actions.positions_from_assignments(by=None, day=today())
    assignment.update(during=DateRange(empty=True))
    assert actions.positions_from_assignments(by=None, day=today()).moved == 1
    assert Position.objects.on(today()).open(today()).with_incumbent(today()).count() == 1


def test_roster_passes_over_who_holds_a_position_already(district):
    school = district.schools[0]
    position(school=school, holder=district.teachers[school.pk][0])
    actions.positions_from_assignments(by=None, day=today())
    assert Incumbency.objects.filter(person=district.teachers[school.pk][0]).count() == 1


def test_command_says_what_it_made(district, capsys):
    call_command("positions_from_roster")
    count = StaffAssignment.objects.filter(org__in=district.schools).exclude(role=StaffRole.CENTRAL_OFFICE)
    assert capsys.readouterr().out.startswith(f"{count.count()} positions made, 0 vacancies filled")
