"""What one import writes, row by row, so that it can be planned, told and undone.

Kept in a temporary table while the import writes, and with the import once it is applied. Created rows are kept
as runs of ids, because a first import creates a million of them in a row; changed and removed ones with images.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schools.rosters.staging import MANY


class Journal:
    """The journal of one import, on one database cursor, inside the import's transaction."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._updates = 0

    def create(self) -> None:
        """Make the table, empty, until the transaction ends."""
        self._cursor.execute(
            "DROP TABLE IF EXISTS pg_temp.journal;"
            "CREATE TEMP TABLE journal (seq bigserial, step integer, table_name text, act text, first_id bigint,"
            " last_id bigint, before jsonb, after jsonb, was_ended boolean) ON COMMIT DROP"
        )

    @property
    def latest(self) -> str:
        """A query of what the last update changed: (id, before, after, was_ended)."""
        return f"(SELECT first_id AS id, before, after, was_ended FROM journal WHERE step = {self._updates})"

    def insert(
        self, table: str, columns: Sequence[str], query: str, parameters: dict[str, Any] | None = None
    ) -> int:
        """Insert the rows of `query` (in the order of `columns`) and note them. Returns how many."""
        self._cursor.execute(
            f"""
            WITH made AS (INSERT INTO {table} ({", ".join(columns)}) {query} RETURNING id), islands AS (
                SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM made
            ), runs AS (
                SELECT min(id) AS first_id, max(id) AS last_id, count(*) AS n FROM islands GROUP BY island
            ), noted AS (
                INSERT INTO journal (table_name, act, first_id, last_id)
                SELECT '{table}', 'create', first_id, last_id FROM runs
            ) SELECT coalesce(sum(n), 0) FROM runs
            """,
            parameters,
        )
        return int(self._cursor.fetchone()[0])

    def update(
        self,
        table: str,
        columns: Sequence[str],
        query: str,
        parameters: dict[str, Any] | None = None,
        *,
        was_ended: str = "NULL",
        narrows: str = "",
    ) -> int:
        """Make rows equal to those of `query` (columns id and `columns`) where they differ, and note both images.

        Images hold only the fields that change. Returns how many differed; `latest` tells them until the next
        update, with the value of the SQL expression `was_ended` over the row `n` of `query`. `narrows` is a column
        of periods that are first cut to what they were and will be both, where rows that take each other's days
        would overlap meanwhile.
        """
        self._updates += 1
        images = ", ".join(f"('{name}', to_jsonb(t.{name}), to_jsonb(n.{name}))" for name in columns)
        # Straight into the journal: in most imports most updates change nothing, and a table for each to find that
        # out took longer than everything else about a small roster.
        self._cursor.execute(
            f"""
            INSERT INTO journal (step, table_name, act, first_id, last_id, before, after, was_ended)
            SELECT {self._updates}, '{table}', 'update', n.id, n.id, image.before, image.after, {was_ended}
            FROM ({query}) n JOIN {table} t ON t.id = n.id CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(field, was) AS before, jsonb_object_agg(field, becomes) AS after
                FROM (VALUES {images}) AS fields (field, was, becomes) WHERE was IS DISTINCT FROM becomes
            ) image
            WHERE ({_list("t", columns)}) IS DISTINCT FROM ({_list("n", columns)})
            """,
            parameters,
        )
        changed = int(self._cursor.rowcount)
        if not changed:
            return 0
        if changed > MANY:
            # Images are not joined by, and take longest to look through.
            self._cursor.execute("ANALYZE journal (step, table_name, act, first_id, last_id)")
        if narrows:
            self._cursor.execute(
                f"UPDATE {table} t SET {narrows} = t.{narrows} * (n.after ->> '{narrows}')::daterange"
                f" FROM {self.latest} n WHERE n.id = t.id AND n.after ? '{narrows}'"
            )
        self._cursor.execute(
            f"""
            UPDATE {table} t SET ({", ".join(columns)}) = (
                SELECT {", ".join(columns)} FROM jsonb_populate_record(t, n.after)
            ) FROM {self.latest} n WHERE n.id = t.id
            """
        )
        return changed

    def remove(self, table: str, ids: str, parameters: dict[str, Any] | None = None) -> int:
        """Delete rows that never held, with their whole images; `ids` is a query. Returns how many."""
        self._cursor.execute(
            f"""
            WITH gone AS (DELETE FROM {table} t WHERE t.id IN ({ids}) RETURNING t.id, to_jsonb(t) AS image)
            INSERT INTO journal (table_name, act, first_id, last_id, before)
            SELECT '{table}', 'delete', id, id, image FROM gone
            """,
            parameters,
        )
        return int(self._cursor.rowcount)

    def digest(self) -> str:
        """Name what is changed and removed: equal for the same changes to the same state.

        Ids of new rows differ from one planning to the next, so of what becomes only the fields count; the file
        fixes the rest.
        """
        self._cursor.execute(
            """
            SELECT count(*), coalesce(sum(hashtextextended(concat_ws('|', table_name, act, first_id, before::text,
                (SELECT string_agg(key, ',' ORDER BY key) FROM jsonb_object_keys(after) AS key)), 0)::numeric), 0)
            FROM journal j WHERE act <> 'create' AND NOT EXISTS (
                SELECT 1 FROM journal made WHERE made.act = 'create' AND made.table_name = j.table_name
                  AND j.first_id BETWEEN made.first_id AND made.last_id
            )
            """
        )
        count, total = self._cursor.fetchone()
        return f"{count}:{total}"

    def store(self, import_id: int) -> None:
        """Keep the journal with the import it belongs to."""
        self._cursor.execute(
            """
            INSERT INTO schools_rosterwrite (roster_import_id, "table", act, first_id, last_id, before, after)
            SELECT %s, table_name, act, first_id, last_id, before, after FROM journal ORDER BY seq
            """,
            [import_id],
        )


def _list(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns)
