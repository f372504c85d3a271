"""Undoing an applied import by the inverse kept with it.

What it changed is as before, what it removed is there again, what it created goes, all in the caller's
transaction. A row that something else has come to name, such as a person who was observed, stays and is ended
instead. A field that someone has changed since stays as they set it.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables; values go as parameters
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from schools.models import (
    Course,
    Enrollment,
    ExternalId,
    Identity,
    Kind,
    Org,
    Person,
    RosterImport,
    RosterWrite,
    Section,
    SectionSession,
    Session,
    StaffAssignment,
    Student,
    Teaching,
    WaitingRole,
)
from schools.rosters.people_sql import close_and_open_sign_in
from schools.rosters.staging import make_table

SHOWN = 1_000
KEPT = timedelta(days=120)
# What refers comes before what is referred to.
_MODELS: tuple[type[models.Model], ...] = (
    WaitingRole, Enrollment, Teaching, SectionSession, StaffAssignment, Identity, Student, Section, Course, Person,
    Session, Org,
)  # fmt: skip
_WITH_IDS: tuple[type[models.Model], ...] = (ExternalId, *_MODELS)
_TYPES: dict[type[models.Model], tuple[str, str]] = {
    Enrollment: ("enrollments", Kind.ENROLLMENT),
    Teaching: ("teachings", Kind.TEACHING),
    StaffAssignment: ("roles", Kind.ASSIGNMENT),
    Student: ("students", Kind.STUDENT),
    Section: ("sections", Kind.SECTION),
    Course: ("courses", Kind.COURSE),
    Person: ("people", Kind.PERSON),
    Session: ("sessions", Kind.SESSION),
    Org: ("orgs", Kind.ORG),
}
# These say something of a row and nothing that outlives it.
_PART_OF_THE_ROW = {Identity, WaitingRole}


@dataclass(frozen=True, slots=True)
class Blocked:
    """A row that a later change keeps from being as before: its table and id, what it is, and why."""

    table: str
    row_id: int
    label: str
    why: str


@dataclass(slots=True)
class Undone:
    """What became of the rows of one type: set back, taken away, or kept and ended."""

    restored: int = 0
    removed: int = 0
    kept: int = 0


def newest_applied() -> RosterImport | None:
    """Return the import that was applied last and is not reverted, without its bytes."""
    applied = RosterImport.objects.filter(applied_at__isnull=False, reverted_at__isnull=True)
    return applied.defer("content", "findings").order_by("-applied_at", "-pk").first()


def blocked(roster_import: RosterImport) -> list[Blocked]:
    """Return the rows (at most SHOWN) that later imports block; none for the newest applied import.

    Call with `reach.all_rows` open. Cost: some joins over what the import wrote.
    """
    newest = newest_applied()
    if newest is None or newest.pk == roster_import.pk:
        return []
    with connection.cursor() as cursor:
        _make_created(cursor, roster_import)
        found = _changed_later(cursor, roster_import)
        for model in _MODELS:
            if len(found) >= SHOWN:
                break
            found += _named_later(cursor, model)
    return found[:SHOWN]


def _make_created(cursor: Any, roster_import: RosterImport) -> None:
    """Put what the import created into the table `undo_created`: (table_name, id)."""
    make_table(
        cursor,
        "undo_created",
        """
        SELECT w."table" AS table_name, generate_series(w.first_id, w.last_id) AS id
        FROM schools_rosterwrite w WHERE w.roster_import_id = %(import)s AND w.act = 'create'
        """,
        {"import": roster_import.pk},
    )


def _changed_later(cursor: Any, roster_import: RosterImport) -> list[Blocked]:
    cursor.execute(
        """
        SELECT DISTINCT ON (later."table", later.first_id) later."table", later.first_id, i.filename
        FROM schools_rosterwrite later JOIN schools_rosterimport i ON i.id = later.roster_import_id
        JOIN schools_rosterimport this ON this.id = %(import)s
        JOIN schools_rosterwrite mine ON mine.roster_import_id = this.id AND mine."table" = later."table"
          AND later.first_id BETWEEN mine.first_id AND mine.last_id
        WHERE later.act <> 'create' AND i.reverted_at IS NULL AND i.id <> this.id
          AND (i.applied_at, i.id) > (this.applied_at, this.id)
        LIMIT %(limit)s
        """,
        {"import": roster_import.pk, "limit": SHOWN},
    )
    rows = cursor.fetchall()
    labels = _labels(rows)
    return [
        Blocked(table, row_id, labels.get((table, row_id), ""), f"changed by {filename}")
        for table, row_id, filename in rows
    ]


def _named_later(cursor: Any, model: type[models.Model]) -> list[Blocked]:
    """Rows that the import created and that roster rows from elsewhere have come to name."""
    found = []
    table = model._meta.db_table
    for other, column in _references(model):
        if other not in _MODELS:
            continue
        cursor.execute(
            f"""
            SELECT DISTINCT c.id FROM undo_created c JOIN {other._meta.db_table} r ON r.{column} = c.id
            WHERE c.table_name = '{table}' AND NOT EXISTS (
                SELECT 1 FROM undo_created o WHERE o.table_name = '{other._meta.db_table}' AND o.id = r.id
            ) LIMIT {SHOWN}
            """
        )
        rows = [(table, row[0], "") for row in cursor.fetchall()]
        labels = _labels(rows)
        why = f"named by later {other._meta.verbose_name_plural}"
        found += [Blocked(table, row_id, labels.get((table, row_id), ""), why) for table, row_id, _ in rows]
    return found


def _labels(rows: list[tuple[str, int, str]]) -> dict[tuple[str, int], str]:
    """What rows are called, by table and id; students by nothing."""
    by_table: dict[str, list[int]] = {}
    for table, row_id, _ in rows:
        by_table.setdefault(table, []).append(row_id)
    named: dict[tuple[str, int], str] = {}
    for model in (Org, Session, Course, Section):
        table = model._meta.db_table
        for one in model.objects.filter(pk__in=by_table.get(table, ())):
            named[table, one.pk] = str(one)
    for identity in Identity.objects.filter(person__in=by_table.get("schools_person", ())):
        named["schools_person", identity.person_id] = identity.display_name
    for identity in Identity.objects.filter(pk__in=by_table.get("schools_identity", ())):
        named["schools_identity", identity.pk] = identity.display_name
    return named


def revert(roster_import: RosterImport, *, by: User | None = None) -> dict[str, dict[str, int]]:
    """Undo an import and return, by type, how many rows were restored, removed and kept.

    Call in a transaction with `reach.all_rows` open, and after `blocked` said nothing. IntegrityError where what
    people have entered since cannot stand beside what was before.
    """
    undone = {name: Undone() for name, _ in _TYPES.values()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alignment.actor', %s, true)", [f"revert of {roster_import.uid}"])
        _make_created(cursor, roster_import)
        _make_before(cursor, roster_import)
        for model in reversed(_WITH_IDS):
            _put_back(cursor, roster_import, model)
        for model in _WITH_IDS:
            restored = _restore(cursor, model)
            if model in _TYPES:
                undone[_TYPES[model][0]].restored = restored
        for model in _MODELS:
            removed, kept = _take_away(cursor, model)
            if model in _TYPES:
                undone[_TYPES[model][0]].removed, undone[_TYPES[model][0]].kept = removed, kept
        _take_ids_away(cursor)
        close_and_open_sign_in(cursor, "SELECT id FROM schools_person WHERE user_id IS NOT NULL", by)
    return {name: asdict(counts) for name, counts in undone.items()}


def _make_before(cursor: Any, roster_import: RosterImport) -> None:
    """Merge the images of each changed row: its first one before, its last one after."""
    make_table(
        cursor,
        "undo_before",
        """
        WITH images AS (
            SELECT w.id AS seq, w."table" AS table_name, w.first_id AS id, b.key, b.value AS before,
                w.after -> b.key AS after
            FROM schools_rosterwrite w CROSS JOIN LATERAL jsonb_each(w.before) b
            WHERE w.roster_import_id = %(import)s AND w.act = 'update'
        ), fields AS (
            SELECT table_name, id, key, (array_agg(before ORDER BY seq))[1] AS before,
                (array_agg(after ORDER BY seq DESC))[1] AS after
            FROM images GROUP BY table_name, id, key
        )
        SELECT table_name, id, jsonb_object_agg(key, before) AS before, jsonb_object_agg(key, after) AS after
        FROM fields GROUP BY table_name, id
        """,
        {"import": roster_import.pk},
    )


def _put_back(cursor: Any, roster_import: RosterImport, model: type[models.Model]) -> None:
    """Insert again what the import removed."""
    table = model._meta.db_table
    cursor.execute(
        f"""
        INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, w.before)).* FROM schools_rosterwrite w
        WHERE w.roster_import_id = %s AND w."table" = '{table}' AND w.act = 'delete'
        ON CONFLICT DO NOTHING
        """,
        [roster_import.pk],
    )


def _restore(cursor: Any, model: type[models.Model]) -> int:
    """Set changed fields back where they still are what the import wrote; returns how many rows were."""
    table = model._meta.db_table
    columns = ", ".join(str(field.column) for field in model._meta.concrete_fields if not field.primary_key)
    cursor.execute(
        f"""
        WITH images AS (
            SELECT t.id, jsonb_object_agg(a.key, u.before -> a.key) AS image
            FROM undo_before u JOIN {table} t ON t.id = u.id CROSS JOIN LATERAL jsonb_each(u.after) a
            WHERE u.table_name = '{table}' AND to_jsonb(t) -> a.key = a.value GROUP BY t.id
        )
        UPDATE {table} t SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(t, i.image)) FROM images i
        WHERE i.id = t.id
        """
    )
    return int(cursor.rowcount)


def _references(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table and column that names rows of a model, in whatever app."""
    for relation in model._meta.related_objects:
        if relation.related_model not in _PART_OF_THE_ROW and not relation.many_to_many:
            yield relation.related_model, relation.field.column  # type: ignore[misc]


def _take_away(cursor: Any, model: type[models.Model]) -> tuple[int, int]:
    """Delete the created rows of a model that nothing names; returns how many went and how many stay."""
    table = model._meta.db_table
    make_table(
        cursor,
        "undo_going",
        f"SELECT c.id FROM undo_created c JOIN {table} t ON t.id = c.id WHERE c.table_name = '{table}'",
    )
    cursor.execute("SELECT count(*) FROM undo_going")
    created = cursor.fetchone()[0]
    if not created:
        return 0, 0
    stays = True
    while stays:
        stays = sum(_keep_named(cursor, model, other, column) for other, column in _references(model)) > 0
    for part in _PART_OF_THE_ROW if model is Person else ():
        cursor.execute(f"DELETE FROM {part._meta.db_table} WHERE person_id IN (SELECT id FROM undo_going)")
    cursor.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undo_going)")
    removed = int(cursor.rowcount)
    _end_kept(cursor, model)
    return removed, created - removed


def _keep_named(cursor: Any, model: type[models.Model], other: type[models.Model], column: str) -> int:
    """Keep the rows that another row names, unless that one goes too; returns how many were kept now."""
    alone = "AND r.id NOT IN (SELECT id FROM undo_going)" if other is model else ""
    cursor.execute(f"DELETE FROM undo_going g USING {other._meta.db_table} r WHERE r.{column} = g.id {alone}")
    return int(cursor.rowcount)


def _end_kept(cursor: Any, model: type[models.Model]) -> None:
    """End the created rows that stay: no system states them, and dated ones hold no more."""
    table, today = model._meta.db_table, schoolyear.today()
    if model not in _TYPES:
        return
    cursor.execute(
        f"""
        UPDATE schools_externalid x SET ended_on = %s FROM undo_created c JOIN {table} t ON t.id = c.id
        WHERE c.table_name = '{table}' AND x.kind = '{_TYPES[model][1]}' AND x.row_id = c.id AND x.ended_on IS NULL
        """,
        [today],
    )
    if model is Org:
        cursor.execute(
            """
            UPDATE schools_org t SET during = daterange(lower(t.during), greatest(lower(t.during) + 1, %s))
            FROM undo_created c WHERE c.table_name = 'schools_org' AND t.id = c.id AND upper(t.during) IS NULL
            """,
            [today],
        )


def _take_ids_away(cursor: Any) -> None:
    """Delete the external ids that the import created, but for those of rows that stay."""
    kept = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, c.id AS row_id FROM undo_created c JOIN {model._meta.db_table} t ON t.id = c.id"
        f" WHERE c.table_name = '{model._meta.db_table}'"
        for model, (_, kind) in _TYPES.items()
    )
    cursor.execute(
        f"""
        DELETE FROM schools_externalid x USING undo_created c
        WHERE c.table_name = 'schools_externalid' AND x.id = c.id
          AND NOT EXISTS (SELECT 1 FROM ({kept}) k WHERE k.kind = x.kind AND k.row_id = x.row_id)
        """
    )


def forget_inverses(now: datetime) -> int:
    """Delete the inverses of imports applied more than KEPT ago, but for the newest; returns how many rows went.

    Call with `reach.all_rows` open. Images hold names, and nobody undoes a roster of last term.
    """
    newest = newest_applied()
    old = RosterWrite.objects.filter(roster_import__applied_at__lt=now - KEPT)
    return old.exclude(roster_import=newest).delete()[0]


def rows_written(roster_import: RosterImport) -> int:
    """Return how many rows the import wrote; 0 once its inverse is gone. Call with `reach.all_rows` open."""
    written = RosterWrite.objects.filter(roster_import=roster_import)
    total = written.aggregate(n=models.Sum(models.F("last_id") - models.F("first_id") + 1))["n"]
    return int(total or 0)
