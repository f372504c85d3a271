"""What one import writes, row by row, so that it can be planned, told and undone.

Kept in a temporary table while the import writes, and with the import once it is applied. Created rows are kept
as runs of ids, because a first import creates a million of them in a row; changed and removed ones with images.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Journal:
    """The journal of one import, on one database cursor, inside the import's transaction."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def create(self) -> None:
        """Make the table, empty, until the transaction ends."""
        self._cursor.execute("DROP TABLE IF EXISTS pg_temp.journal")
        self._cursor.execute(
            "CREATE TEMP TABLE journal (seq bigserial, table_name text, act text, first_id bigint, last_id bigint,"
            " before jsonb, after jsonb) ON COMMIT DROP"
        )

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
        first: str = "",
    ) -> int:
        """Make rows equal to those of `query` (columns id and `columns`) where they differ, and note both images.

        Images hold only the fields that change. Returns how many differed; their ids, and what else `query` has,
        are in the temporary table `changing` until the next update. `first` is a statement to be run before the
        rows change, where they would stand in each other's way meanwhile.
        """
        self._cursor.execute("DROP TABLE IF EXISTS pg_temp.changing")
        self._cursor.execute(
            f"""
            CREATE TEMP TABLE changing ON COMMIT DROP AS
            SELECT n.*, {_image("t", columns)} AS image_before, {_image("n", columns)} AS image_after
            FROM ({query}) n JOIN {table} t ON t.id = n.id
            WHERE ({_list("t", columns)}) IS DISTINCT FROM ({_list("n", columns)})
            """,
            parameters,
        )
        changed = int(self._cursor.rowcount)
        if not changed:
            return 0
        self._cursor.execute("ANALYZE changing")
        if first:
            self._cursor.execute(first)
        self._cursor.execute(
            f"""
            UPDATE {table} t SET ({", ".join(columns)}) = ROW({_list("n", columns)}) FROM changing n WHERE n.id = t.id
            """
        )
        self._cursor.execute(
            f"""
            INSERT INTO journal (table_name, act, first_id, last_id, before, after)
            SELECT '{table}', 'update', id, id,
                (SELECT jsonb_object_agg(key, value) FROM jsonb_each(image_before) WHERE image_after -> key <> value),
                (SELECT jsonb_object_agg(key, value) FROM jsonb_each(image_after) WHERE image_before -> key <> value)
            FROM changing
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


def _image(alias: str, columns: Sequence[str]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {alias}.{name}" for name in columns) + ")"


def _list(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns)
