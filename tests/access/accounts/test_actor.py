"""The change log says who changed a row, whatever became of the transactions and savepoints around it."""

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.urls import reverse

from alignment_dash import celery_app
from alignment_dash.access.actor import acting
from alignment_dash.access.models import Change, RoleGrant
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from schools.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def actors(row: Model) -> list[str]:
    """Who changed a row, one by one."""
    changes = Change.objects.filter(table_name=row._meta.db_table, row_id=row.pk).order_by("pk")
    with all_rows(why="a test reads the change log"):
        return list(changes.values_list("actor", flat=True))


def change(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_enabled=not Person.objects.get(pk=person.pk).is_enabled)


@pytest.mark.django_db(transaction=True)
def test_actor_is_told_once_for_each_transaction_that_changes_something():
    person = factories.person()
    told = []

    def look(execute, sql, params, many, context):
        # Inside of the teller, so that what it asks is seen too.
        told.append(sql)
        return execute(sql, params, many, context)

    with acting(lambda: "someone"), connection.execute_wrapper(look):
        with transaction.atomic():
            Person.objects.count()
        assert not [sql for sql in told if "set_config" in sql]
        for _ in range(2):
            with transaction.atomic():
                change(person)
                change(person)
    assert len([sql for sql in told if "set_config" in sql]) == 2
    with transaction.atomic():
        change(person)
    assert actors(person) == ["someone"] * 4 + [""]


@pytest.mark.django_db(transaction=True)
def test_actor_stands_after_a_savepoint_that_was_undone():
    person = factories.person()
    with acting(lambda: "someone"), transaction.atomic():
        with transaction.atomic():
            change(person)
            transaction.set_rollback(True)
        change(person)
        with acting(lambda: "another"):
            change(person)
        change(person)
    assert actors(person) == ["someone", "another", "someone"]


@pytest.mark.django_db(transaction=True)
def test_actor_is_told_again_where_a_transaction_begins_past_who_looks_at_statements():
    person = factories.person()
    for _ in range(2):
        with acting(lambda: "someone"), transaction.atomic():
            connection.connection.cursor().execute("SELECT 1")
            change(person)
    assert actors(person) == ["someone"] * 2


def test_actor_stands_after_savepoints_of_every_kind_were_undone():
    person = factories.person()
    with acting(lambda: "someone"), transaction.atomic():
        change(person)
        with acting(lambda: "another"), transaction.atomic():
            change(person)
            transaction.set_rollback(True)
        with acting(lambda: "third"):
            change(person)
        change(person)
    by_hand = factories.person()
    with acting(lambda: "someone"), transaction.atomic():
        savepoint = transaction.savepoint()
        change(by_hand)
        transaction.savepoint_rollback(savepoint)
        change(by_hand)
    assert actors(person) == ["someone", "third", "someone"]
    assert actors(by_hand) == ["someone"]


def test_statement_that_runs_many_times_is_somebodys_too():
    people = [factories.person(), factories.person()]
    with acting(lambda: "someone"), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE schools_person SET is_enabled = false WHERE id = %s", [[one.pk] for one in people]
        )
    assert [actors(one) for one in people] == [["someone"], ["someone"]]


def test_what_an_import_says_of_itself_stands():
    person = factories.person()
    with acting(lambda: "task"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alignment.actor', 'roster-import 7', true)")
        change(person)
    assert actors(person) == ["roster-import 7"]


def test_request_is_the_doing_of_who_asks(district, sign_in):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    admin, principal = district.users[Role.DATA_ADMINISTRATOR], district.users[Role.PRINCIPAL]
    held = RoleGrant.objects.get(user=principal)
    url = reverse("accounts:role-end", kwargs={"uid": principal.uid})
    client.post(url, {"grant": held.pk, "end": today().isoformat()})
    assert actors(held) == [f"user {admin.uid}"]


def test_task_is_named_with_what_it_is_about():
    person = factories.person()

    @celery_app.task(name="example", shared=False)
    def example(pk):
        with transaction.atomic():
            change(Person.objects.get(pk=pk))

    example(person.pk)
    assert actors(person) == [f"task example {person.pk}"]
