"""Positions and incumbents: what the database refuses, and who holds what on a day."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.schoolyear import today
from staffing.models import Incumbency, JobClass, Position
from tests import factories
from tests.staffing.conftest import days_ago, position

pytestmark = pytest.mark.django_db


def vacancies(day):
    found = Position.objects.on(day).open(day).with_incumbent(day)
    return {row.title: row.vacant_since for row in found}


@pytest.mark.parametrize("fte", ["0", "1.01", "-1"])
def test_position_fte_out_of_range_says_so(district, fte):
    made = Position(
        school=district.schools[0],
        title="Teacher",
        job_class=JobClass.TEACHER,
        fte=Decimal(fte),
        during=factories.EVER,
    )
    with pytest.raises(ValidationError, match="more than 0 and at most 1"):
        made.full_clean()
    with pytest.raises(IntegrityError, match="staffing_position_fte"), transaction.atomic():
        made.save()


@pytest.mark.parametrize("during", [DateRange(None, None), DateRange(empty=True)])
def test_position_without_first_day_is_refused(district, during):
    with pytest.raises(IntegrityError, match="staffing_position_begins"), transaction.atomic():
        position(school=district.schools[0], during=during)


def test_second_incumbent_at_the_same_time_is_refused(district, positions):
    second = Incumbency(position=positions[0], person=district.principals[0], during=factories.EVER)
    with pytest.raises(ValidationError, match="Someone else holds this position at that time"):
        second.full_clean()
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        second.save()


def test_vacancy_lasts_since_the_last_incumbent_left(positions):
    assert vacancies(today()) == {"Math coach": days_ago(30)}
    assert vacancies(days_ago(30)) == {"Math coach": days_ago(30)}
    assert vacancies(days_ago(31)) == {}


def test_vacancy_of_a_position_never_held_lasts_since_it_began(district):
    position(school=district.schools[0], title="New", start=days_ago(5))
    assert vacancies(today()) == {"New": days_ago(5)}
    assert vacancies(days_ago(6)) == {}


def test_position_filled_again_is_no_vacancy(district, positions):
    Incumbency.objects.create(
        position=positions[2], person=district.principals[0], during=DateRange(days_ago(10), None)
    )
    assert vacancies(today()) == {}
    assert vacancies(days_ago(11)) == {"Math coach": days_ago(30)}
