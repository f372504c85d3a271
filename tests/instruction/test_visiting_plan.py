"""The evidence plan that the capacity job writes."""

import pytest

from alignment_dash import schoolyear
from alignment_dash.runs.models import State
from instruction.models import SuggestedVisit, VisitingObserver
from schools.models import StaffAssignment, StaffRole
from tests import factories

pytestmark = pytest.mark.django_db


def permit(person, lessons=2, year=None):
    VisitingObserver.objects.create(person=person, school_year=year or factories.year(), lessons=lessons)


def test_plan_sends_permitted_observers_to_other_schools_within_their_lessons(district, compute):
    visitors = []
    for school in district.schools[:2]:
        one = factories.person()
        factories.assignment(person=one, org=school, role=StaffRole.PRINCIPAL)
        permit(one)
        visitors.append(one)
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    rows = list(SuggestedVisit.objects.filter(run=run).order_by("place"))
    assert rows
    for row in rows:
        works = StaffAssignment.objects.filter(person=row.observer_id).values_list("org_id", flat=True)
        assert row.school_id not in set(works)
        assert row.observer_id in {one.pk for one in visitors}
        assert row.companion_id != row.observer_id
        assert row.hours > 0
        assert row.se_after <= row.se_before
        assert (row.se_before, row.se_after) == (round(row.se_before, 2), round(row.se_after, 2))
    for one in visitors:
        assert sum(row.n_lessons for row in rows if row.observer_id == one.pk) <= 2


def test_plan_is_done_when_its_visits_are_made(district, compute):
    one = factories.person()
    permit(one, lessons=2)
    permit(factories.person(), lessons=1)
    before = SuggestedVisit.objects.filter(run=compute())
    first = list(before.filter(observer=one).order_by("place"))
    assert (sum(row.n_lessons for row in before), sum(row.n_lessons for row in first)) == (3, 2)
    school = first[0].school
    at_school = StaffAssignment.objects.filter(org=school, role=StaffRole.TEACHER).select_related("person")
    for teaching in at_school[:2]:
        factories.observation(
            version=district.version, observer=one, observed=teaching.person, school=school, levels=[3, 2, 3],
            is_cross_school=True,
        )  # fmt: skip
    after = SuggestedVisit.objects.filter(run=compute())
    assert not after.filter(observer=one).exists()
    assert sum(row.n_lessons for row in after) == 1


def test_plan_leaves_out_schools_too_small_to_be_told_of(district, compute):
    """The third school has three teachers."""
    one = factories.person()
    permit(one, lessons=50)
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    small = district.schools[2]
    assert not SuggestedVisit.objects.filter(run=run, school=small).exists()


def test_nobody_permitted_gives_no_plan(compute):
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    assert not SuggestedVisit.objects.exists()


def test_year_that_is_over_gets_no_plan(district, compute):
    last = schoolyear.current_year() - 1
    permit(factories.person(), year=last)
    run = compute(year=last)
    assert run.state == State.SUCCEEDED, run.message
    assert not SuggestedVisit.objects.exists()


def test_coach_of_two_schools_is_sent_to_neither(district, compute):
    coach = factories.person()
    for school in district.schools[:2]:
        factories.assignment(person=coach, org=school, role=StaffRole.COACH)
    permit(coach, lessons=20)
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    assert not SuggestedVisit.objects.filter(school__in=district.schools[:2]).exists()


@pytest.mark.parametrize("n_observed", [0, 1, 2, 3, 4, 5])
def test_plan_tells_no_uncertainty_that_follows_from_few_observed_teachers(district, compute, n_observed):
    school = factories.org(parent=district.networks[0], name="Fir", level="high")
    for place in range(9):
        teacher = factories.person()
        factories.assignment(person=teacher, org=school)
        if place < n_observed:
            factories.observation(
                version=district.version, observer=district.principals[0], observed=teacher, school=school,
                levels=[2, 3, 2],
            )  # fmt: skip
    permit(factories.person(), lessons=30)
    run = compute()
    assert run.state == State.SUCCEEDED, run.message
    rows = SuggestedVisit.objects.filter(run=run)
    told = {
        (one.se_before is None, one.se_after is None, one.gain is None) for one in rows.filter(school=school)
    }
    assert told == {(n_observed < 5,) * 3}
    assert not rows.filter(school=district.schools[0], se_before=None).exists()
