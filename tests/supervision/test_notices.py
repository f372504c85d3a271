"""What supervision tells: numbers without names, to those whom it concerns, from hand-made days."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.notices import registry
from alignment_dash.notices.models import Notice
from alignment_dash.runs import actions as runs
from alignment_dash.runs import tasks
from alignment_dash.schoolyear import bounds, current_year, today
from supervision import notices, visited
from supervision.models import (
    CaseloadAssignment,
    Commitment,
    ConfirmedWeek,
    NonContactDay,
    SupervisorLimits,
    TimeEntry,
    TimePurpose,
    Visit,
    VisitState,
)

pytestmark = pytest.mark.django_db


def look(key: str) -> list[tuple[int, str, bool]]:
    """Run the job of a kind; return what stands: whom, what, and whether it is urgent."""
    run = runs.request_run(kind=registry.kind_of(key).job, school_year=current_year(), by=None)
    tasks.perform(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.message
    found = Notice.objects.filter(kind=key, ended_at=None).order_by("user_id", "key")
    return [(one.user_id, one.text, one.is_urgent) for one in found]


def commitment(district, *, by: str, due: int, place: int = 0) -> Commitment:
    """A commitment of the principal at a place, due so many days ago."""
    day = today() - timedelta(days=due)
    with all_rows(why="a test's commitments"):
        return Commitment.objects.create(
            principal=district.principals[place], school=district.schools[place], writer=district.supervisor,
            by=by, text="Pat Principal0 tries it", made_on=day - timedelta(days=9), due=day, first_due=day,
        )  # fmt: skip


def test_overdue_commitments_are_counted_for_supervisor_and_principal_without_names(district):
    supervisor, principal = district.users[Role.SUPERVISOR].pk, district.users[Role.PRINCIPAL].pk
    assert look("overdue-commitments") == []
    commitment(district, by="principal", due=3)
    commitment(district, by="supervisor", due=2)
    commitment(district, by="principal", due=0)
    commitment(district, by="principal", due=5, place=2)  # in nobody's caseload, without an account
    left = commitment(district, by="supervisor", due=4)
    with all_rows(why="a test's commitments"):  # of who has left the school, under another supervisor
        left.principal = left.writer = district.principals[2]
        left.save()
    assert sorted(look("overdue-commitments")) == sorted(
        [
            (supervisor, "2 commitments in your caseload are overdue.", False),
            (principal, "1 of your commitments is overdue.", False),
        ]
    )
    late = commitment(district, by="supervisor", due=1)
    look("overdue-commitments")
    assert Notice.objects.filter(user_id=supervisor).count() == 2  # another is late: it is told anew
    with all_rows(why="a test's commitments"):
        late.delete()
        Commitment.objects.update(state="kept", ended_on=today())
    assert look("overdue-commitments") == []


def test_principal_waits_for_a_visit_when_the_days_their_need_asks_have_passed(district, monkeypatch):
    """Twice a month for need 1: a visit after 21 / 2 contact days, so 10 are not too many and 11 are."""
    monday = bounds(current_year())[0] + timedelta(days=60)
    monday -= timedelta(days=monday.weekday())
    supervisor = district.supervisor
    for place, day in ((0, monday), (1, monday - timedelta(days=1))):
        Visit.objects.create(
            supervisor=supervisor, principal=district.principals[place], school=district.schools[place],
            day=day, state=VisitState.DONE, made_by=district.users[Role.SUPERVISOR],
        )  # fmt: skip
    second_monday = monday + timedelta(days=14)
    assert visited.waiting(second_monday - timedelta(days=3)) == {}  # 9 and 10 contact days
    assert visited.waiting(second_monday) == {supervisor.pk: 1}  # 10 and 11
    assert visited.waiting(second_monday + timedelta(days=1)) == {supervisor.pk: 2}
    NonContactDay.objects.create(day=monday + timedelta(days=1), kind="holiday")
    assert visited.waiting(second_monday) == {}
    needs = {district.principals[1].pk: 2.0}
    monkeypatch.setattr(visited, "indexes", lambda year, principals: needs)
    assert visited.waiting(monday + timedelta(days=7)) == {}  # 5 contact days after the visit, of 5.25
    assert visited.waiting(monday + timedelta(days=8)) == {supervisor.pk: 1}


def test_cabinet_hears_of_caseloads_and_schools_and_at_once_of_a_school_that_lost_its_supervisor(district):
    cabinet = district.users[Role.CABINET].pk
    assert look("school-lost-supervisor") == []
    assert look("caseloads") == [(cabinet, "1 school has no principal supervisor.", False)]
    SupervisorLimits.objects.create(supervisor=district.supervisor, least=3, most=5)
    held = CaseloadAssignment.objects.get(school=district.schools[0])
    held.during = DateRange(held.during.lower, today())
    held.save()
    ((user, text, urgent),) = look("school-lost-supervisor")
    assert (user, urgent) == (cabinet, True)
    assert text.startswith("Alder Elementary has had no principal supervisor since ")
    assert sorted(text for _user, text, _urgent in look("caseloads")) == [
        "1 caseload is outside its limits.",
        "1 school has no principal supervisor.",
    ]
    held.during = DateRange(held.during.lower, None)
    held.save()
    assert look("school-lost-supervisor") == []


def test_week_that_is_not_confirmed_is_told_to_who_enters_time(district):
    supervisor = district.users[Role.SUPERVISOR]
    assert look("week-not-confirmed") == []
    monday = today() - timedelta(days=today().weekday() + 7)
    TimeEntry.objects.create(
        supervisor=district.supervisor, day=monday, minutes=30, purpose=TimePurpose.TRAVEL
    )
    ((user, text, _urgent),) = look("week-not-confirmed")
    assert user == supervisor.pk
    assert text.startswith("The week of ")
    ConfirmedWeek.objects.create(supervisor=district.supervisor, monday=monday)
    assert look("week-not-confirmed") == []


def test_no_text_names_a_person(district):
    commitment(district, by="principal", due=3)
    for kind in notices.KINDS:
        for told in kind.finder():
            assert told.path.startswith("/")
            assert "Principal0" not in told.text
            assert "Sam" not in told.text
