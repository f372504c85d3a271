"""The floor of an import: COPY of the rows that it leaves behind, into tables like those it fills.

Row security refuses COPY into some of the real tables, so the floor's are made like them, with every index,
constraint and foreign key, and are filled in one transaction whose commit checks what is deferred. Triggers
are not copied: keeping a change log is work of the import, not of the floor.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from alignment_dash.access.reach import SETTINGS

SCHEMA = "bench_floor"
# What is referred to comes first.
TABLES = (
    "schools_sourcesystem", "schools_session", "schools_org", "schools_course", "schools_person",
    "schools_identity", "schools_student", "schools_staffassignment", "schools_section",
    "schools_sectionsession", "schools_teaching", "schools_enrollment", "schools_externalid",
)  # fmt: skip


def take_rows(folder: Path) -> int:
    """Copy the rows of the tables out into files, in the order in which they stand; return how many."""
    count = 0
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute("SELECT set_config(%s, 'yes', true)", [SETTINGS[0]])
        for table in TABLES:
            with (folder / table).open("wb") as file:
                cursor.copy_expert(f"COPY {table} TO STDOUT", file)
                count += cursor.rowcount
    return count


def copy(folder: Path) -> float:
    """Copy the files into fresh tables, commit, and return the seconds of that."""
    with _tables() as cursor:
        started = time.perf_counter()
        with transaction.atomic(using="owner"):
            for table in TABLES:
                with (folder / table).open("rb") as file:
                    cursor.copy_expert(f"COPY {SCHEMA}.{table} FROM STDIN", file)
        return time.perf_counter() - started


@contextmanager
def _tables() -> Iterator[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        for table, name, definition in _foreign_keys(cursor):
            cursor.execute(f"ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT {name} {definition}")
        try:
            yield cursor
        finally:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def _foreign_keys(cursor: Any) -> list[tuple[str, str, str]]:
    """The real tables' foreign keys, leading to the floor's tables where those have the target."""
    cursor.execute(
        """
        SELECT c.relname, k.conname, replace(
            pg_get_constraintdef(k.oid), 'REFERENCES ' || target.relname || '(',
            'REFERENCES ' || CASE WHEN target.relname = ANY (%(tables)s) THEN %(schema)s ELSE 'public' END || '.'
                || target.relname || '(')
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class target ON target.oid = k.confrelid
        WHERE k.contype = 'f' AND c.relname = ANY (%(tables)s) AND c.relnamespace = 'public'::regnamespace
        """,
        {"tables": list(TABLES), "schema": SCHEMA},
    )
    found: list[tuple[str, str, str]] = cursor.fetchall()
    return found
