"""Positions of the small district: filled, vacant, shared and to come."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.schoolyear import today
from schools.models import Org, Person
from staffing.models import Incumbency, JobClass, Position
from tests import factories


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def position(
    *,
    school: Org,
    holder: Person | None = None,
    fte: str = "1.00",
    start: date | None = None,
    held: DateRange | None = None,
    **fields: object,
) -> Position:
    """A position since 400 days ago; with a holder, held since then."""
    during = fields.pop("during", DateRange(start or days_ago(400), None))
    made = Position.objects.create(
        school=school,
        title=fields.pop("title", "Teacher"),
        job_class=fields.pop("job_class", JobClass.TEACHER),
        fte=Decimal(fte),
        during=during,
        **fields,
    )
    if holder:
        Incumbency.objects.create(position=made, person=holder, during=held or during)
    return made


@pytest.fixture
def positions(district) -> list[Position]:
    """First school: 1.00 and 0.50 filled, 0.50 vacant for 30 days. Second: 1.00 filled. Third: none."""
    first, second, _ = district.schools
    one, two, *_ = district.teachers[first.pk]
    left = DateRange(days_ago(400), days_ago(30))
    return [
        position(school=first, holder=one, title="Grade 3 teacher"),
        position(school=first, holder=two, fte="0.50", title="Reading teacher"),
        position(school=first, holder=factories.person(), held=left, fte="0.50", title="Math coach"),
        position(school=second, holder=district.teachers[second.pk][0]),
    ]
