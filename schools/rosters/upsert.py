"""Rows of one kind, from staging into place through the table of external ids, set by set.

A row that says what is already held is not touched: no update, no new version, no entry in the change log.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schools.rosters.staging import make_table, staged

# A UUIDv7 (time, then chance) that PostgreSQL 15 can make too; see RFC 9562, section 5.7.
NEW_UID = """encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
    from 1 for 6), 52, 1), 53, 1), 'hex')::uuid"""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated)


@dataclass(frozen=True, slots=True)
class Target:
    """Where staged rows of one file go.

    columns: column to SQL expression over `s` (the staged row) and the joins; kept equal to the file.
    once: column to expression, written only with a new row.
    on_update: expressions that differ when the row exists; they may use `t`, the row as it is.
    refers: (staged column, kind) pairs whose external ids must be resolvable besides the staged rows.
    """

    kind: str
    table: str
    source: str
    columns: dict[str, str]
    where: str = "true"
    joins: str = ""
    once: dict[str, str] = field(default_factory=dict)
    on_update: dict[str, str] = field(default_factory=dict)


def keys(kind: str) -> str:
    """The temporary table that leads from external ids of a kind to our rows."""
    return f"keys_{kind}"


def hold_ids(cursor: Any, kind: str, system: int) -> None:
    """Copy the external ids of a kind into `held_ids`.

    A statistics run has not seen what an import before this one wrote; without a copy the planner takes a kind it
    has not met for one row and joins by nested loops (measured: 100 s instead of 0.1 s).
    """
    make_table(
        cursor,
        "held_ids",
        "SELECT external_id, row_id FROM schools_externalid WHERE system_id = %(system)s AND kind = %(kind)s",
        {"system": system, "kind": kind},
    )


def make_keys(cursor: Any, target: Target, system: int, references: Sequence[str]) -> None:
    """Give every staged row its id, held or new; `references` are queries of further ids, held ones only.

    The table has (external_id, row_id, is_new).
    """
    hold_ids(cursor, target.kind, system)
    wanted = " UNION ".join(references) or "SELECT ''::text WHERE false"
    make_table(
        cursor,
        keys(target.kind),
        f"""
        WITH mine AS (
            SELECT s.external_id, held.row_id FROM {staged(target.source)} s
            LEFT JOIN held_ids held USING (external_id) WHERE {target.where}
        )
        SELECT external_id, coalesce(row_id, nextval(pg_get_serial_sequence('{target.table}', 'id'))) AS row_id,
            row_id IS NULL AS is_new
        FROM mine
        UNION ALL
        SELECT external_id, held.row_id, false FROM ({wanted}) AS referred (external_id)
        JOIN held_ids held USING (external_id)
        WHERE NOT EXISTS (
            SELECT 1 FROM {staged(target.source)} s WHERE s.external_id = referred.external_id AND {target.where}
        )
        """,
    )


def upsert(cursor: Any, target: Target, system: int, parameters: dict[str, Any]) -> Tally:
    """Insert the new rows and their external ids, update the ones that differ, and count."""
    columns, once = target.columns, target.once
    names = ", ".join(["id", *columns, *once])
    values = ", ".join(["k.row_id", *columns.values(), *once.values()])
    origin = f"FROM {staged(target.source)} s JOIN {keys(target.kind)} k USING (external_id) {target.joins}"
    cursor.execute(
        f"INSERT INTO {target.table} ({names}) SELECT {values} {origin} WHERE k.is_new AND {target.where}",
        parameters,
    )
    tally = Tally(created=cursor.rowcount)
    if tally.created:
        cursor.execute(
            f"""
            INSERT INTO schools_externalid (system_id, kind, external_id, row_id)
            SELECT %s, %s, external_id, row_id FROM {keys(target.kind)} WHERE is_new
            """,
            [system, target.kind],
        )
    if columns:
        tally.updated = _update(cursor, target, origin, parameters)
    cursor.execute(
        f"SELECT count(*) FROM {staged(target.source)} s JOIN {keys(target.kind)} k USING (external_id) "
        f"WHERE NOT k.is_new AND {target.where}"
    )
    tally.unchanged = cursor.fetchone()[0] - tally.updated
    return tally


def _update(cursor: Any, target: Target, origin: str, parameters: dict[str, Any]) -> int:
    """Make held rows equal to the staged ones where they differ; returns how many did."""
    columns = target.columns
    wanted = [target.on_update.get(name, value) for name, value in columns.items()]
    cursor.execute(
        f"""
        UPDATE {target.table} t SET ({", ".join(columns)}) = ROW({", ".join(f"n.{name}" for name in columns)})
        FROM (
            SELECT t.id AS row_id, {", ".join(f"{value} AS {name}" for name, value in zip(columns, wanted, strict=True))}
            {origin} JOIN {target.table} t ON t.id = k.row_id
            WHERE NOT k.is_new AND {target.where}
        ) n
        WHERE t.id = n.row_id
          AND ({", ".join(f"t.{name}" for name in columns)}) IS DISTINCT FROM ({", ".join(f"n.{name}" for name in columns)})
        """,
        parameters,
    )
    return int(cursor.rowcount)


def add_external_ids(cursor: Any, kind: str, system: int, pairs: str) -> None:
    """Note the rows that external ids lead to. `pairs` is a query of (external_id, row_id), each id once.

    An id that led to another row leads to the new one from now on; one that leads there already is left.
    """
    hold_ids(cursor, kind, system)
    parameters = {"system": system, "kind": kind}
    cursor.execute(
        f"""
        SELECT p.external_id, p.row_id FROM ({pairs}) p (external_id, row_id)
        JOIN held_ids held USING (external_id) WHERE held.row_id <> p.row_id
        """
    )
    for external_id, row_id in cursor.fetchall():
        cursor.execute(
            "UPDATE schools_externalid SET row_id = %s WHERE system_id = %s AND kind = %s AND external_id = %s",
            [row_id, system, kind, external_id],
        )
    cursor.execute(
        f"""
        INSERT INTO schools_externalid (system_id, kind, external_id, row_id)
        SELECT %(system)s, %(kind)s, p.external_id, p.row_id FROM ({pairs}) p (external_id, row_id)
        LEFT JOIN held_ids held USING (external_id) WHERE held.row_id IS NULL
        """,
        parameters,
    )
