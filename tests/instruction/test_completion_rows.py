"""What the job counts of who was observed when, and which schools hang together."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from instruction.models import ObservationCompletion, ObservationExpectation, Purpose
from schools.models import Leave
from tests import factories

pytestmark = pytest.mark.django_db


def rows(run):
    return {row.school_id: row for row in ObservationCompletion.objects.filter(run=run)}


def last_year():
    """A school year that is over, so that its last day does not move: the year and that day."""
    year = schoolyear.current_year() - 1
    return year, schoolyear.roster_day(year)


def hire(school, days_ago, name="New"):
    """A teacher who came so many days before the last day of last year."""
    made = factories.person(family=name)
    start = last_year()[1] - timedelta(days=days_ago)
    factories.assignment(person=made, org=school, during=DateRange(start, None))
    return made


def see(district, school, teacher, days_ago, **fields):
    factories.observation(
        version=district.version, observer=district.principals[0], observed=teacher, school=school,
        levels=[3, 3, 3], on=last_year()[1] - timedelta(days=days_ago), **fields,
    )  # fmt: skip


def away(person, first_ago, last_ago=0):
    day = last_year()[1]
    during = DateRange(day - timedelta(days=first_ago), day - timedelta(days=last_ago - 1))
    with all_rows(why="a test's leave"):
        Leave.objects.create(person=person, during=during)


def test_each_teacher_counts_once_by_when_they_were_last_observed(district, compute):
    """By hand: docs/numbers/completion.md."""
    school = district.schools[0]
    for teacher in district.teachers[school.pk]:
        see(district, school, teacher, 30)
    hire(school, 1000)
    hire(school, 20)
    see(district, school, hire(school, 900), 700)
    run = compute(last_year()[0])
    row = rows(run)[school.pk]
    assert (row.n_teachers, row.n_observed_this_year, row.n_partly) == (9, 6, 0)
    assert (row.n_never, row.n_not_counted, row.n_not_in_a_year) == (1, 1, 1)
    assert row.last_seen == last_year()[1] - timedelta(days=30)


def test_who_was_away_is_not_counted_until_they_were_there_long_enough(district, compute):
    school, year = district.schools[1], last_year()[0]
    long_away, short_away = district.teachers[school.pk][:2]
    away(long_away, 364 - 41)  # there for 41 days of the 365 or 366
    away(short_away, 100)
    if schoolyear.bounds(year)[1] - schoolyear.bounds(year)[0] == timedelta(days=366):
        away(long_away, 364, 364)
    row = rows(compute(year))[school.pk]
    assert (row.n_teachers, row.n_never, row.n_not_counted) == (6, 5, 1)


def test_newly_assigned_teacher_who_was_observed_counts_as_observed(district, compute):
    see(district, district.schools[0], hire(district.schools[0], 10), 2, purpose=Purpose.FORMATIVE)
    row = rows(compute(last_year()[0]))[district.schools[0].pk]
    assert (row.n_observed_this_year, row.n_not_counted) == (1, 0)


def test_rules_of_a_level_count_lessons_of_their_kind_and_the_days_until_their_day(district, compute):
    school, (year, last) = district.schools[0], last_year()
    ObservationExpectation.objects.create(
        school_year=year, level=school.level, at_least=2, by_day=last - timedelta(days=60)
    )
    ObservationExpectation.objects.create(school_year=year, level="high", kind="formal", at_least=5)
    once, twice, *_ = district.teachers[school.pk]
    see(district, school, once, 30)
    for days in (30, 80):
        see(district, school, twice, days)
    hire(school, 90)  # 42 days ago the rule's day had passed
    row = rows(compute(year))[school.pk]
    assert (row.n_teachers, row.n_observed_this_year, row.n_partly) == (7, 2, 1)
    assert (row.n_never, row.n_not_counted) == (4, 1)


def test_teacher_of_two_schools_is_expected_at_the_main_one_alone(district, compute):
    teacher = district.teachers[district.schools[0].pk][0]
    factories.assignment(person=teacher, org=district.schools[1])
    teacher.assignments.filter(org=district.schools[1]).update(is_primary=True)
    found = rows(compute(last_year()[0]))
    assert found[district.schools[0].pk].n_not_counted == 1
    assert found[district.schools[1].pk].n_not_counted == 0


def test_lesson_at_another_school_does_not_count_here(district, compute):
    see(district, district.schools[1], hire(district.schools[0], 500), 2)
    assert rows(compute(last_year()[0]))[district.schools[0].pk].n_observed_this_year == 0


def test_people_of_other_roles_are_counted_for_the_district(district, compute):
    year = last_year()[0]
    ObservationExpectation.objects.create(school_year=year, role="principal", at_least=1)
    assert compute(year).facts["other_roles"] == {"principal": [0, 0, 0, 0, 3, 0]}


def test_schools_with_own_observers_alone_are_islands_until_someone_visits(district, compute):
    first, second, third = district.schools
    alone = rows(compute())
    assert {alone[one.pk].island for one in district.schools} == {0, 1, 2}
    factories.observation(
        version=district.version, observer=district.principals[0], levels=[3, 3, 3], school=second,
        observed=district.teachers[second.pk][0], on=schoolyear.today() - timedelta(days=3),
    )  # fmt: skip
    tied = rows(compute())
    assert tied[first.pk].island == tied[second.pk].island == 0
    assert tied[third.pk].island == 1


def test_school_without_teachers_has_a_row_of_zeros(district, compute):
    empty = factories.org(parent=district.networks[0])
    row = rows(compute())[empty.pk]
    assert (row.n_teachers, row.n_observed_this_year, row.n_never, row.n_not_counted) == (0, 0, 0, 0)
    assert (row.last_seen, row.island) == (None, None)
