"""Temporary tables that a roster is copied into while it is read.

COPY is refused under row security, and staging lets the rows be compared with what is held in one
statement per table. The tables belong to the session and are dropped when the import ends.
"""

from __future__ import annotations

import csv
import io
from typing import Any

# Columns in the order of `reader.EMITTED`; all text, "" for an empty cell. "ended" are the rows whose status ends
# a record (of the file named first), "waiting" the roles without a counterpart here, "homes" the
# orgs of students whose row of users.csv need not come.
TABLES = {
    "academicSessions": ("external_id", "title", "type", "begins", "ends", "parent", "school_year"),
    "orgs": ("external_id", "name", "type", "identifier", "parent"),
    "courses": ("external_id", "title", "code", "org", "subjects"),
    "users": (
        "external_id", "is_staff", "is_student", "given_name", "family_name", "preferred_given_name", "email",
        "grades", "org", "is_enabled",
    ),
    "roles": ("external_id", "person", "role", "role_type", "org", "begins", "ends"),
    "waiting": ("external_id", "person", "role", "role_type", "org", "begins", "ends"),
    "homes": ("person", "org", "role_type"),
    "classes": ("external_id", "title", "code", "course", "school", "sessions", "grades", "subjects"),
    "enrollments": ("external_id", "section", "person", "role", "is_primary", "begins", "ends"),
    "ended": ("file", "external_id"),
}  # fmt: skip

# What a temporary table is made of. A column without a bound would cost it a second one for long values, and
# an index on that.
_TYPES = {
    "external_id": "varchar(255)", "begins": "varchar(10)", "ends": "varchar(10)", "is_primary": "varchar(5)",
}  # fmt: skip
# From so many new rows on, the planner is told of them.
MANY = 500


def staged(table: str) -> str:
    """The name of the temporary table for a file."""
    return f"staged_{table.lower()}"


def _creation(table: str) -> str:
    body = ", ".join(f"{column} {_TYPES.get(column, 'text')} NOT NULL" for column in TABLES[table])
    return f"CREATE TEMP TABLE {staged(table)} ({body})"


class Staging:
    """The staging tables of one import, on one database cursor."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.rows = dict.fromkeys(TABLES, 0)

    def create(self) -> None:
        """Make the tables, empty."""
        self.drop()
        self._cursor.execute("; ".join(map(_creation, TABLES)))

    def add(self, table: str, rows: list[tuple[str, ...]]) -> None:
        """Copy a batch of rows in."""
        text = io.StringIO(newline="")
        # Every cell is quoted: COPY reads an empty cell without quotes as NULL.
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        text.seek(0)
        self._cursor.copy_expert(f"COPY {staged(table)} FROM STDIN WITH (FORMAT csv)", text)
        self.rows[table] += len(rows)

    def analyze(self) -> None:
        """Tell the planner what came, for autovacuum never sees temporary tables."""
        self._cursor.execute(f"ANALYZE {', '.join(map(staged, TABLES))}")

    def drop(self) -> None:
        """Drop the tables where they are."""
        names = ", ".join(f"pg_temp.{staged(table)}" for table in TABLES)
        self._cursor.execute(f"DROP TABLE IF EXISTS {names}")


def make_table(cursor: Any, name: str, query: str, parameters: dict[str, Any] | None = None) -> None:
    """Keep the rows of a query in a temporary table until the transaction ends, known to the planner.

    Costs some milliseconds however few the rows, and twice as many where a column may be of any length.
    """
    cursor.execute(
        f"DROP TABLE IF EXISTS pg_temp.{name}; CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}; ANALYZE {name}",
        parameters,
    )


def add_rows(cursor: Any, table: str, query: str) -> int:
    """Add the rows of a query to a temporary table; the planner is told where they are many. Returns how many."""
    cursor.execute(f"INSERT INTO {table} {query}")
    added = int(cursor.rowcount)
    if added > MANY:
        cursor.execute(f"ANALYZE {table}")
    return added
