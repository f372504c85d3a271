"""The end of each past term gets a snapshot once, as of its last day, so that trends do not begin with the product."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs import tasks as runs
from alignment_dash.runs.models import Run, State
from instruction import queries
from instruction.models import (
    ObservationCompletion,
    RaterSeverity,
    RatingsBehind,
    SchoolCapacity,
    SuggestedVisit,
    TeacherCapacity,
    VisitingObserver,
)
from instruction.queries.trends import snapshots_of
from instruction.sample.visiting import load_visiting_observers
from instruction.snapshots import KIND, KIND_OF_TERMS
from instruction.tasks_of_terms import subjects
from schools.models import Person, Session
from schools.sample.profiles import Profile
from schools.sample.sample import plan
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(district):
    """Two semesters of last year; the second begins in January."""
    year = schoolyear.current_year() - 1
    edges = [date(year - 1, 8, 17), date(year, 1, 11), date(year, 6, 6)]
    for first, last in pairwise(edges):
        Session.objects.create(
            title=f"From {first}", type=Session.Type.SEMESTER, school_year=year, during=DateRange(first, last)
        )
    school = district.schools[0]
    for teacher in district.teachers[school.pk]:
        factories.observation(
            version=district.version, observer=district.principals[0], observed=teacher, school=school,
            levels=[4, 4, 4], on=date(year - 1, 11, 5),
        )  # fmt: skip
    return year, edges


def test_term_that_ended_without_a_snapshot_is_asked_for_once(district, terms, compute):
    year, edges = terms
    last = edges[1] - timedelta(days=1)
    (subject,) = subjects(year)
    assert subject == f"{district.version.framework.uid}:{last}"
    run = actions.request_run(kind=KIND_OF_TERMS, school_year=year, by=None, subject=subject)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.SUCCEEDED, run.message
    assert (run.roster_date, run.basis) == (last, "all")
    cells = SchoolCapacity.objects.filter(run=run, school=district.schools[0])
    assert {cell.n_ratings for cell in cells} == {6}, "those of this year had not been made"
    with all_rows(why="a test looks for persons"):
        assert not TeacherCapacity.objects.filter(run=run).exists()
        assert not RaterSeverity.objects.filter(run=run).exists()
    standing = compute()
    shown = snapshots_of(queries.standing(schoolyear.current_year()))
    assert sorted(shown.days.values()) == [last, standing.roster_date]


def perform(subject, year):
    run = actions.request_run(kind=KIND_OF_TERMS, school_year=year, by=None, subject=subject)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.SUCCEEDED, run.message
    return run


@pytest.mark.usefixtures("february")
def test_term_that_is_done_is_not_done_again_the_next_night(district, compute):
    year = schoolyear.current_year()
    first = schoolyear.bounds(year)[0]
    edges = [first, first + timedelta(days=60), first + timedelta(days=300)]
    for start, end in pairwise(edges):
        Session.objects.create(
            title=f"{start}", type=Session.Type.TERM, school_year=year, during=DateRange(start, end)
        )
    nights = []
    for _night in range(3):
        asked = [one for one in actions.request_nightly(school_year=year) if one.kind == KIND_OF_TERMS]
        nights.append(len(asked))
        for run in asked:
            runs.perform(run.pk)
    assert nights == [1, 0, 0]


@pytest.mark.parametrize("other", [{"method": "means"}, {"code_version": "0.1.0, model 1.0"}])
def test_term_by_another_model_is_done_again_and_its_rows_go(district, terms, other):
    year, _edges = terms
    (subject,) = subjects(year)
    old = perform(subject, year)
    assert list(subjects(year)) == []
    Run.objects.filter(pk=old.pk).update(**other)
    assert list(subjects(year)) == [subject]
    new = perform(subject, year)
    assert list(subjects(year)) == []
    for model in (SchoolCapacity, RatingsBehind):
        assert set(model.objects.values_list("run", flat=True)) == {new.pk}


def test_capacity_is_computed_again_once_a_term_is_done(district, terms):
    year, _edges = terms
    (subject,) = subjects(year)
    perform(subject, year)
    assert Run.objects.filter(kind=KIND, school_year=year, state=State.QUEUED).exists()


def test_run_kept_for_trends_alone_keeps_nothing_of_persons_or_of_the_day(district, compute):
    first = compute()
    day = schoolyear.today() - timedelta(days=200)
    Run.objects.filter(pk=first.pk).update(roster_date=day, school_year=schoolyear.year_of(day))
    newest = [compute() for _ in range(3)][-1]
    with all_rows(why="a test looks for persons"):
        for model in (RaterSeverity, SuggestedVisit, ObservationCompletion):
            assert not model.objects.filter(run=first).exists()
        assert RaterSeverity.objects.filter(run=newest).exists()
    assert ObservationCompletion.objects.filter(run=newest).exists()
    assert SchoolCapacity.objects.filter(run=first).exists()
    assert SchoolCapacity.objects.filter(run=newest, told_beside__contains=[first.pk]).exists()


def test_term_with_a_snapshot_of_its_own_is_left_alone(district, terms, compute):
    year, edges = terms
    run = compute(year)
    assert len(list(subjects(year))) == 1, "the year's last day is in the second term"
    Run.objects.filter(pk=run.pk).update(roster_date=edges[0] + timedelta(days=30))
    assert list(subjects(year)) == []


def test_term_that_has_not_ended_is_not_asked_for(district):
    year = schoolyear.current_year()
    today = schoolyear.today()
    for first, last in (
        (today - timedelta(days=40), today + timedelta(days=1)),
        (today + timedelta(days=1), today + timedelta(days=60)),
    ):
        Session.objects.create(
            title="T", type=Session.Type.TERM, school_year=year, during=DateRange(first, last)
        )
    assert list(subjects(year)) == []


def test_principals_and_supervisors_of_a_sample_district_may_observe_elsewhere(db):
    made = plan(Profile("test", "Test District", 4, 80, 0, 0, 5.0, False), seed=5, today=date(2026, 11, 22))
    people = Person.objects.bulk_create(Person() for _ in made.staff.names)
    made.people = np.array([one.pk for one in people])
    n = load_visiting_observers(made)
    assert n == len({*made.staff.principal, *made.staff.supervisor})
    assert set(VisitingObserver.objects.values_list("school_year", "lessons")) == {(2027, 6)}
