"""Operations of a migration that stand together make the tables that they make one after the other."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connections, migrations, models, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from alignment_dash.together import Together, together

APP = "kept_together"
SHOWN = """
SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name LIKE %s
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint
    WHERE conrelid::regclass::text LIKE %s
UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename LIKE %s ORDER BY 1, 2, 3
"""


def _operations() -> list[Operation]:
    key = ("id", models.BigAutoField(primary_key=True))
    school = models.ForeignKey(f"{APP}.school", models.CASCADE)
    count = models.PositiveIntegerField(default=0)
    named = models.UniqueConstraint(fields=["name"], name="together_named_once")
    return [
        migrations.CreateModel("School", [key, ("name", models.CharField(max_length=20))]),
        migrations.CreateModel("Room", [key, ("school", school), ("n_seats", count)]),
        migrations.AddConstraint("school", named),
        migrations.AddField("school", "opened", models.DateField(null=True)),
        migrations.AddIndex("school", models.Index(fields=["opened"], name="together_opened")),
        migrations.AlterField("room", "n_seats", models.PositiveSmallIntegerField(null=True)),
        migrations.CreateModel("Key", [key, ("opens", models.ManyToManyField(f"{APP}.room"))]),
        migrations.RunSQL(
            f"INSERT INTO {APP}_school (name) VALUES ('Alder')", "DELETE FROM kept_together_school"
        ),
        migrations.RemoveConstraint("school", "together_named_once"),
        migrations.AlterField("school", "name", models.TextField()),
    ]


@pytest.fixture
def editor(db: None) -> Iterator[Any]:
    """The schema editor of the owner, whose tables go again."""
    with transaction.atomic("owner"):
        with connections["owner"].schema_editor(atomic=False) as editor:
            yield editor
        transaction.set_rollback(True, "owner")


def _tables() -> Sequence[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(SHOWN, [f"{APP}%"] * 3)
        return list(cursor.fetchall())


def _made(editor: Any, operations: Sequence[Operation]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the tables that a migration of these operations makes, and what is left of them once it is undone."""
    migration = migrations.Migration("0001_initial", APP)
    migration.operations = operations
    state = ProjectState()
    assert state.apps is not None  # worked out, as it is after earlier migrations
    migration.apply(state, editor)
    _write_what_waits(editor)
    made = _tables()
    migration.unapply(ProjectState(), editor)
    _write_what_waits(editor)
    return made, _tables()


def _write_what_waits(editor: Any) -> None:
    for statement in editor.deferred_sql:
        editor.execute(statement)
    editor.deferred_sql.clear()


@pytest.mark.django_db(databases=["default", "owner"])
def test_operations_together_make_and_undo_the_same_tables(editor):
    one_by_one, left = _made(editor, _operations())
    assert len(one_by_one) > 15
    assert not left
    assert _made(editor, together(_operations())) == (one_by_one, left)


def test_operation_on_what_another_made_or_changed_begins_anew():
    def kinds(operations: Sequence[Operation]) -> list[Any]:
        return [
            [type(part).__name__ for part in one.operations]
            if isinstance(one, Together)
            else type(one).__name__
            for one in operations
        ]

    assert kinds(together(_operations())) == [
        ["CreateModel", "CreateModel"],
        ["AddConstraint", "AddField", "AddIndex", "AlterField", "CreateModel"],
        "RunSQL",
        ["RemoveConstraint", "AlterField"],
    ]
    changed_twice = [_operations()[-1], _operations()[-1]]
    assert kinds(together(changed_twice)) == ["AlterField", "AlterField"]


def test_operations_together_say_all_that_they_do():
    group = together(_operations())[0]
    assert group.describe() == "Create model School; Create model Room"
