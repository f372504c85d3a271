"""What the database itself refuses, whatever the code forgets."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from alignment_dash.access import audit, database, reach
from alignment_dash.access.models import AuditEvent, Change
from instruction.models import Observation, Rating
from tests import factories

pytestmark = pytest.mark.django_db


def test_ratings_without_an_opened_reach_are_not_there(district):
    assert Rating.objects.count() == 0
    with reach.all_rows(why="compare"):
        assert Rating.objects.count() == 45


def test_ratings_opened_for_one_school_are_that_schools_only(district):
    first = district.schools[0]
    with reach.rows_of(schools=[first.pk]):
        assert set(Observation.objects.values_list("school_id", flat=True)) == {first.pk}
        assert Rating.objects.count() == 18
    assert Rating.objects.count() == 0


def test_ratings_opened_for_a_person_are_those_about_or_by_them(district):
    teacher = district.teachers[district.schools[0].pk][0]
    with reach.rows_of(person=teacher.pk):
        assert list(Observation.objects.values_list("observed_id", flat=True)) == [teacher.pk]


def test_reach_opened_inside_another_returns_to_the_outer_one(district):
    with reach.all_rows(why="outer"):
        with reach.rows_of(person=district.principals[0].pk):
            assert Observation.objects.count() == 6
        assert Observation.objects.count() == 15


def test_reach_closes_after_an_error_in_the_transaction(district):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        reach.all_rows(why="break"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")
    assert Rating.objects.count() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE access_auditevent SET act = 'x'", "DELETE FROM access_auditevent"]
)
def test_audit_may_only_be_added_to(db, statement):
    audit.record(act="try", target=factories.org(), by=None)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


def test_change_of_a_place_keeps_the_row_as_it_was(db):
    org = factories.org(name="Old name")
    org.name = "New name"
    org.save()
    assert not Change.objects.exists()  # before-images are closed like what they are images of
    with reach.all_rows(why="read the change log"):
        assert [change.before["name"] for change in Change.objects.filter(table_name="schools_org")] == [
            "Old name"
        ]


def test_published_framework_version_cannot_be_reworded(db):
    version = factories.framework()
    element = version.elements.first()
    element.name = "Another name"
    with pytest.raises(DatabaseError, match="published framework version"), transaction.atomic():
        element.save()
    with pytest.raises(DatabaseError, match="published framework version"), transaction.atomic():
        element.descriptors.all().delete()


def test_role_that_row_security_does_not_bind_is_refused(db, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper LIMIT 1")
        superuser = cursor.fetchone()[0]
    monkeypatch.setattr(database, "application_role", lambda: superuser)
    with pytest.raises(ImproperlyConfigured, match="row security"):
        database.grant_to_application(using="default")
