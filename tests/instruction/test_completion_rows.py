"""What the job counts of who was observed when, and which schools hang together."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash import schoolyear
from instruction.models import ObservationCompletion, Purpose
from tests import factories

pytestmark = pytest.mark.django_db


def rows(run):
    return {row.school_id: row for row in ObservationCompletion.objects.filter(run=run)}


def hire(school, days_ago, name="New"):
    made = factories.person(family=name)
    start = schoolyear.today() - timedelta(days=days_ago)
    factories.assignment(person=made, org=school, during=DateRange(start, None))
    return made


def see(district, school, teacher, days_ago, **fields):
    factories.observation(
        version=district.version, observer=district.principals[0], observed=teacher, school=school,
        levels=[3, 3, 3], on=schoolyear.today() - timedelta(days=days_ago), **fields,
    )  # fmt: skip


def test_each_teacher_counts_once_by_when_they_were_last_observed(district, compute):
    school = district.schools[0]
    hire(school, 1000)
    hire(school, 20)
    see(district, school, hire(school, 900), 700)
    run = compute()
    row = rows(run)[school.pk]
    assert (row.n_teachers, row.n_observed_this_year) == (9, 6)
    assert (row.n_never, row.n_recent_hires, row.n_not_in_a_year) == (1, 1, 1)
    assert row.last_seen == schoolyear.today()


def test_newly_assigned_teacher_who_was_observed_counts_as_observed(district, compute):
    see(district, district.schools[0], hire(district.schools[0], 10), 2, purpose=Purpose.FORMATIVE)
    row = rows(compute())[district.schools[0].pk]
    assert (row.n_observed_this_year, row.n_recent_hires) == (7, 0)


def test_lesson_at_another_school_does_not_count_here(district, compute):
    see(district, district.schools[1], hire(district.schools[0], 500), 2)
    assert rows(compute())[district.schools[0].pk].n_never == 1


def test_schools_with_own_observers_alone_are_islands_until_someone_visits(district, compute):
    first, second, third = district.schools
    alone = rows(compute())
    assert {alone[one.pk].island for one in district.schools} == {0, 1, 2}
    see(district, second, district.teachers[second.pk][0], 3)
    tied = rows(compute())
    assert tied[first.pk].island == tied[second.pk].island == 0
    assert tied[third.pk].island == 1


def test_school_without_teachers_has_a_row_of_zeros(district, compute):
    empty = factories.org(parent=district.networks[0])
    row = rows(compute())[empty.pk]
    assert (row.n_teachers, row.n_observed_this_year, row.n_never, row.n_recent_hires) == (0, 0, 0, 0)
    assert (row.last_seen, row.island) == (None, None)
