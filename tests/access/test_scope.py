"""What a scope holds of roles and grants that begin, end or come twice."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.models import Grant, RoleGrant
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from tests import factories

pytestmark = pytest.mark.django_db


def test_scope_holds_what_is_held_on_the_day_each_once(district):
    first, second = district.schools[:2]
    user = factories.user(role=Role.PRINCIPAL, org=first)
    day, tomorrow = today(), today() + timedelta(days=1)
    before = DateRange(day - timedelta(days=5), day)
    RoleGrant.objects.create(
        user=user, role=Role.PRINCIPAL, org_id=second.pk, during=DateRange(day, tomorrow)
    )
    RoleGrant.objects.create(user=user, role=Role.TEACHER, org_id=second.pk, during=before)
    RoleGrant.objects.create(user=user, role=Role.CABINET, during=DateRange(tomorrow, None))
    held = [before, DateRange(day, tomorrow), DateRange(tomorrow, None), DateRange(day, None)]
    for place, during in enumerate(held):
        Grant.objects.create(user=user, school_id=100 + place, during=during, source="one")
    Grant.objects.create(user=user, school_id=103, during=held[1], source="another")
    Grant.objects.create(user=factories.user(), school_id=200, during=held[3], source="another's")
    scope = scope_of(user)
    assert dict(scope.schools_by_role) == {Role.PRINCIPAL: {first.pk, second.pk}}
    assert scope.caseload_ids == {101, 103}
