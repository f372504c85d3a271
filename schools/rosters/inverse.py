"""The inverse kept with an applied import, laid out in temporary tables for what looks at it or undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from alignment_dash.access.models import Grant, RoleGrant
from schools.models import (
    Course,
    Enrollment,
    Identity,
    Kind,
    Org,
    Person,
    RosterImport,
    Section,
    SectionSession,
    Session,
    StaffAssignment,
    Student,
    Teaching,
    WaitingRole,
)
from schools.rosters.staging import make_table

# Rows that say of a person where they are over a time, and that nothing of a roster names.
LINKS: tuple[type[models.Model], ...] = (Enrollment, Teaching, StaffAssignment)
# What refers comes before what is referred to.
MODELS: tuple[type[models.Model], ...] = (
    WaitingRole, *LINKS, SectionSession, Student, Section, Course, Person, Session, Org,
)  # fmt: skip
TYPES: dict[type[models.Model], tuple[str, str]] = {
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
# These say something of a person and go with them.
PARTS_OF_A_PERSON = (Identity, WaitingRole)
# The shell keeps no foreign keys to places.
_NAMED_BY_ID: dict[type[models.Model], tuple[tuple[type[models.Model], str], ...]] = {
    Org: ((RoleGrant, "org_id"), (Grant, "school_id"))
}


def newest_applied() -> RosterImport | None:
    """Return the import that was applied last and is not reverted, without its bytes."""
    return RosterImport.objects.standing().defer("content", "findings").first()


def make_created(cursor: Any, roster_import: RosterImport) -> set[str]:
    """Put what the import created into the table `undo_created`: (table_name, id). Returns which tables it has."""
    make_table(
        cursor,
        "undo_created",
        """
        SELECT w."table" AS table_name, generate_series(w.first_id, w.last_id) AS id
        FROM schools_rosterwrite w WHERE w.roster_import_id = %(import)s AND w.act = 'create'
        """,
        {"import": roster_import.pk},
    )
    return _tables(cursor, "undo_created")


def make_before(cursor: Any, roster_import: RosterImport) -> set[str]:
    """Merge the images of each changed row, its first one before and its last one after, into `undo_before`.

    The table has (table_name, id, before, after). Returns which tables it has.
    """
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
    return _tables(cursor, "undo_before")


def _tables(cursor: Any, name: str) -> set[str]:
    cursor.execute(f"SELECT DISTINCT table_name FROM {name}")  # noqa: S608 - a name from this module
    return {row[0] for row in cursor.fetchall()}


def references(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table and column that names rows of a model, in whatever app, but for parts of a person."""
    parts = PARTS_OF_A_PERSON if model is Person else ()
    for relation in model._meta.related_objects:
        if relation.related_model not in parts and not relation.many_to_many:
            yield relation.related_model, relation.field.column  # type: ignore[misc]
    yield from _NAMED_BY_ID.get(model, ())
