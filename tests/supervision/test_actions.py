"""Caseloads and the access that follows them: together or not at all."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.models import AuditEvent, Grant
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Publication, Run
from alignment_dash.schoolyear import today
from supervision import actions
from supervision.models import CASELOAD_RUN, CaseloadAssignment
from tests import factories

pytestmark = pytest.mark.django_db


def events(prefix="caseload."):
    found = AuditEvent.objects.filter(act__startswith=prefix).order_by("pk")
    return list(found.values_list("act", "by_label"))


def reaches(user, school):
    return school.pk in scope_of(user).schools(Data.SCHOOL_CAPACITY)


@pytest.fixture
def cabinet(user_in):
    return user_in(Role.CABINET)


@pytest.fixture
def assign(district, cabinet):
    def assigned(**fields):
        return actions.assign_principal(
            **{
                "supervisor": district.supervisor,
                "principal": district.principals[2],
                "school": district.schools[2],
                "start": today(),
                "by": cabinet,
                **fields,
            }
        )

    return assigned


def test_assigning_opens_the_school_and_ending_closes_it(assign, district, cabinet):
    user, school = district.supervisor.user, district.schools[2]
    assert not reaches(user, school)
    assignment = assign(start=today() - timedelta(days=9))
    assert reaches(user, school)
    actions.end_assignment(assignment=assignment, end=today(), by=cabinet)
    assert not reaches(user, school)
    assert CaseloadAssignment.objects.get(pk=assignment.pk).during.upper == today()
    assert events() == [("caseload.assign", cabinet.name), ("caseload.end", cabinet.name)]


def test_assignment_to_come_opens_the_school_on_its_day(assign, district):
    assign(start=today() + timedelta(days=1))
    assert not reaches(district.supervisor.user, district.schools[2])
    assert Grant.objects.filter(school_id=district.schools[2].pk).on(today() + timedelta(days=1)).exists()


def test_ending_before_the_planned_day_closes_the_school(assign, district, cabinet):
    assignment = assign(start=today() - timedelta(days=9), end=today() + timedelta(days=99))
    actions.end_assignment(assignment=assignment, end=today(), by=cabinet)
    assert not reaches(district.supervisor.user, district.schools[2])


def test_ending_leaves_the_other_schools_open(assign, district, cabinet):
    actions.end_assignment(assignment=assign(start=today() - timedelta(days=9)), end=today(), by=cabinet)
    assert reaches(district.supervisor.user, district.schools[0])


def test_second_supervisor_of_a_school_is_refused(assign, district):
    other = factories.person()
    with pytest.raises(ValidationError) as refused:
        assign(supervisor=other, school=district.schools[0], principal=district.principals[0])
    assert refused.value.messages == ["This school already has a principal supervisor at that time."]
    assert events() == []
    assert not Grant.objects.exclude(user=district.supervisor.user).exists()
    with pytest.raises(IntegrityError, match="one_supervisor"), transaction.atomic():
        factories.caseload(supervisor=other, principal=district.principals[0], school=district.schools[0])


def test_principal_in_the_caseload_already_is_refused_in_one_message(assign, district):
    with pytest.raises(ValidationError) as refused:
        assign(school=district.schools[0], principal=district.principals[0])
    assert refused.value.messages == [
        "This principal is in the caseload for this school at that time already."
    ]


def test_supervising_oneself_is_refused(assign, district):
    with pytest.raises(ValidationError, match="Nobody supervises themselves"):
        assign(principal=district.supervisor)


@pytest.mark.parametrize("days", [0, -1])
def test_assignment_that_holds_no_day_is_refused(assign, days):
    with pytest.raises(ValidationError, match="later than the start"):
        assign(end=today() + timedelta(days=days))


def test_ending_again_later_is_refused(assign, cabinet):
    assignment = assign(start=today() - timedelta(days=9), end=today())
    with pytest.raises(ValidationError, match="ends earlier already"):
        actions.end_assignment(assignment=assignment, end=today() + timedelta(days=1), by=cabinet)


def test_assigning_rolled_back_leaves_nothing(assign, district):
    with transaction.atomic():
        assign()
        transaction.set_rollback(True)
    assert events() == []
    assert not reaches(district.supervisor.user, district.schools[2])


def test_assigning_asks_for_the_snapshot_again(assign):
    assign()
    assert Run.objects.open().filter(kind=CASELOAD_RUN).count() == 1
    assert Publication.objects.get(kind=CASELOAD_RUN).stale_since


def test_supervisor_linked_to_a_user_later_gets_the_schools(assign, district):
    late = factories.person()
    assign(supervisor=late)
    late.user = factories.user(role=Role.SUPERVISOR)
    late.save()
    assert not reaches(late.user, district.schools[2])
    assert actions.sync_all_grants(by=None) == 1
    assert reaches(late.user, district.schools[2])
    assert actions.sync_all_grants(by=None) == 0


def test_supervisor_linked_to_another_user_takes_the_schools_along(assign, district):
    before = district.supervisor.user
    assign(start=today() - timedelta(days=9))
    district.supervisor.user = factories.user(role=Role.SUPERVISOR)
    district.supervisor.save()
    assert actions.sync_all_grants(by=None) == 3
    assert [reaches(before, school) for school in district.schools] == [False] * 3
    assert [reaches(district.supervisor.user, school) for school in district.schools] == [True] * 3


def test_supervisor_without_a_user_any_more_closes_the_schools(district):
    before = district.supervisor.user
    district.supervisor.user = None
    district.supervisor.save()
    assert actions.sync_all_grants(by=None) == 0
    assert not reaches(before, district.schools[0])


def test_grants_that_fit_take_one_query(district, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.sync_all_grants(by=None) == 0


@pytest.mark.parametrize("during", [DateRange(None, None), DateRange(empty=True)])
def test_caseload_without_first_day_is_refused(district, during):
    with pytest.raises(IntegrityError, match="supervision_caseload_begins"), transaction.atomic():
        CaseloadAssignment.objects.create(
            supervisor=district.supervisor,
            principal=district.principals[2],
            school=district.schools[2],
            during=during,
        )


def test_ending_a_caseload_before_what_has_begun_is_refused_and_undoes_nothing(assign, district, cabinet):
    held = assign(start=today() - timedelta(days=30))
    later = assign(principal=factories.person(), school=factories.org(), start=today() + timedelta(days=30))
    rows = CaseloadAssignment.objects.filter(supervisor=district.supervisor)
    before = list(rows.order_by("pk").values_list("pk", "during"))
    for n in (30, 3_650):
        with pytest.raises(ValidationError, match="has begun on"):
            actions.end_caseload(supervisor=district.supervisor, end=today() - timedelta(days=n), by=cabinet)
    assert list(rows.order_by("pk").values_list("pk", "during")) == before
    # Who left some days ago: what has begun before ends then, what was to begin does not.
    left = today() - timedelta(days=5)
    assert actions.end_caseload(supervisor=district.supervisor, end=left, by=cabinet) == 4
    assert rows.get(pk=held.pk).during.upper == left
    assert not rows.filter(pk=later.pk).exists()
