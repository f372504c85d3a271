"""Who may see evidence is worked out from the policy and the grants, and agrees with everyone's own scope."""

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access import audit
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import AT_SCHOOLS, Role
from alignment_dash.access.scope import scope_of
from alignment_dash.access.trace.audience import who_may_see
from alignment_dash.schoolyear import today
from schools.queries import places_over
from tests import factories

pytestmark = pytest.mark.django_db


def _cast(district) -> None:
    """Roles at the network above, at another school, ended, and of someone who may no longer sign in."""
    factories.user(role=Role.PRINCIPAL, org=district.networks[0], name="Above")
    factories.user(role=Role.PRINCIPAL, org=district.schools[1], name="Elsewhere")
    ended = factories.user(role=Role.PRINCIPAL, org=district.schools[0], name="Ended")
    RoleGrant.objects.filter(user=ended).update(during=DateRange(factories.EVER.lower, today()))
    closed = factories.user(role=Role.PRINCIPAL, org=district.schools[0], name="Closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)


def test_audience_is_everyone_whose_scope_reaches_the_school_and_nobody_else(district):
    _cast(district)
    for school in district.schools:
        places = places_over([school.pk])
        for data in (Data.PERSON_EVIDENCE, Data.SCHOOL_CAPACITY, Data.STAFFING, Data.PERSON_DATA):
            found = who_may_see(data, places=places, schools=[school.pk], day=today())
            able = User.objects.filter(is_active=True)
            assert {one.user_id for one in found} == {
                user.pk for user in able if school.pk in scope_of(user).schools(data)
            }, (school.name, data)


def test_audience_costs_the_same_for_many(district):
    first = district.schools[0]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            who_may_see(Data.STAFF_LIST, places=places_over([first.pk]), schools=[first.pk], day=today())
        return len(queries)

    few = cost()
    for role in AT_SCHOOLS:
        for _n in range(5):
            factories.user(role=role, org=first)
    assert cost() == few == 3


def test_teacher_reads_who_may_see_their_evidence_why_and_who_looked(district, sign_in):
    _cast(district)
    teacher = district.teachers[district.schools[0].pk][0]
    principal = district.users[Role.PRINCIPAL]
    other = district.teachers[district.schools[0].pk][1]
    for people in ([teacher.pk, other.pk], [other.pk]):
        detail = {"people": people, "year": 2020 + len(people)}
        audit.record(act="view.teachers", target=district.schools[0], by=principal, detail=detail)
    page = sign_in(Role.TEACHER).get(reverse("instruction:who-may-see-me")).content.decode()
    assert "Principal at Alder Elementary since Jan 1, 2000" in page
    assert "Principal at North since" in page
    for stranger in ("Elsewhere", "Ended", "Closed", str(district.users[Role.CABINET])):
        assert f"<b>{stranger}</b>" not in page
    assert page.count("looked at the teachers") == 1


def test_school_leader_reads_who_else_sees_but_not_who_looked(district, sign_in):
    audit.record(
        act="view.teachers",
        target=district.schools[0],
        by=district.users[Role.ASSISTANT_PRINCIPAL],
        detail={"people": [1]},
    )
    url = reverse("instruction:who-may-see", kwargs={"uid": district.schools[0].uid})
    page = sign_in(Role.PRINCIPAL).get(url).content.decode()
    assert "Assistant principal at Alder Elementary" in page
    assert "looked at" not in page
    assert sign_in(Role.TEACHER).get(url).status_code == 404
