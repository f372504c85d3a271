"""Rows of one kind, from staging into place through the table of external ids, set by set.

A row that says what is already held is not touched: no update, no new version, no entry in the change log.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schools.rosters.journal import Journal
from schools.rosters.staging import make_table, staged

# A UUIDv7 (time, then chance) that PostgreSQL 15 can make too; see RFC 9562, section 5.7.
NEW_UID = """encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
    from 1 for 6), 52, 1), 53, 1), 'hex')::uuid"""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one type. `held` are the live ones of this source before."""

    held: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    ended: int = 0
    returned: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.ended or self.returned)


@dataclass(frozen=True, slots=True)
class Import:
    """What every step of one import needs: where it writes, for which system, as of which day.

    opens: since when new places are there. begins: since when roles and enrollments without a date hold.
    edits: (kind, field) -> ids of the rows where people here set that field, which the roster leaves alone.
    holding: kinds whose external ids are at hand already. leaving: kinds of which `left_rows` has rows.
    tells_roles: whether each person's row tells all of their roles, as in 1.1.
    """

    cursor: Any
    journal: Journal
    system: int
    day: date
    opens: date
    begins: date
    modes: Mapping[str, str]
    edits: Mapping[tuple[str, str], Collection[int]] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    tells_roles: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where staged rows of one file go.

    columns: column to SQL expression over `s` (the staged row) and the joins; kept equal to the file.
    once: column to expression, written only with a new row.
    on_update: expressions that differ when the row exists; they may use `t`, the row as it is, and `k`, its key.
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


def held(kind: str) -> str:
    """The temporary table of the external ids of a kind that this source is held with."""
    return f"held_{kind}"


def hold_ids(work: Import, kind: str) -> None:
    """Copy the external ids of a kind into its `held` table: (id, external_id, row_id, ended_on).

    A statistics run has not seen what an import before this one wrote; without a copy the planner takes a kind it
    has not met for one row and joins by nested loops (measured: 100 s instead of 0.1 s).
    """
    make_table(
        work.cursor,
        held(kind),
        "SELECT id, external_id, row_id, ended_on FROM schools_externalid"
        " WHERE system_id = %(system)s AND kind = %(kind)s",
        {"system": work.system, "kind": kind},
    )
    work.holding.add(kind)


def make_keys(work: Import, target: Target, references: Sequence[str]) -> None:
    """Give every staged row its id, held or new; `references` are queries of further ids, held ones only.

    The table has (external_id, row_id, is_new, was_ended, is_stated); only ids of staged rows are stated.
    """
    hold_ids(work, target.kind)
    wanted = " UNION ".join(references) or "SELECT ''::text WHERE false"
    make_table(
        work.cursor,
        keys(target.kind),
        f"""
        WITH mine AS (
            SELECT s.external_id, h.row_id, h.ended_on FROM {staged(target.source)} s
            LEFT JOIN {held(target.kind)} h USING (external_id) WHERE {target.where}
        )
        SELECT external_id, coalesce(row_id, nextval(pg_get_serial_sequence('{target.table}', 'id'))) AS row_id,
            row_id IS NULL AS is_new, ended_on IS NOT NULL AS was_ended, true AS is_stated
        FROM mine
        UNION ALL
        SELECT DISTINCT h.external_id, h.row_id, false, false, false FROM ({wanted}) AS referred (external_id)
        JOIN {held(target.kind)} h USING (external_id)
        WHERE NOT EXISTS (
            SELECT 1 FROM {staged(target.source)} s WHERE s.external_id = referred.external_id AND {target.where}
        )
        """,
    )


def upsert(work: Import, target: Target) -> Tally:
    """Insert the new rows and their external ids, update the ones that differ, bring back the ended, and count."""
    columns, once, cursor = target.columns, target.once, work.cursor
    values = ", ".join(["k.row_id", *columns.values(), *once.values()])
    origin = (
        f"FROM {staged(target.source)} s JOIN {keys(target.kind)} k ON k.external_id = s.external_id"
        f" AND k.is_stated {target.joins}"
    )
    tally = Tally()
    tally.created = work.journal.insert(
        target.table,
        ["id", *columns, *once],
        _with_days(cursor, work, f"SELECT {values} {origin} WHERE k.is_new AND {target.where}"),
    )
    if tally.created:
        work.journal.insert(
            "schools_externalid",
            ["system_id", "kind", "external_id", "row_id"],
            f"SELECT {work.system:d}, '{target.kind}', external_id, row_id FROM {keys(target.kind)}"
            " WHERE is_new AND is_stated",
        )
    tally.returned = come_back(
        work, target.kind, f"SELECT external_id FROM {keys(target.kind)} WHERE was_ended"
    )
    if columns:
        tally.updated = _update(work, target, origin)
    cursor.execute(f"SELECT count(*) FROM {keys(target.kind)} WHERE is_stated AND NOT is_new")
    tally.unchanged = cursor.fetchone()[0] - tally.updated - tally.returned
    return tally


def _update(work: Import, target: Target, origin: str) -> int:
    """Make held rows equal to the staged ones where they differ; returns how many did besides the returned."""
    wanted = {
        name: unless_edited(work, target.kind, name, target.on_update.get(name, value))
        for name, value in target.columns.items()
    }
    chosen = ", ".join(f"{value} AS {name}" for name, value in wanted.items())
    changed = work.journal.update(
        target.table,
        list(target.columns),
        _with_days(
            work.cursor,
            work,
            f"SELECT t.id, k.was_ended, {chosen} {origin} JOIN {target.table} t ON t.id = k.row_id"
            f" WHERE NOT k.is_new AND {target.where}",
        ),
        was_ended="n.was_ended",
    )
    return besides_returned(work, changed)


def besides_returned(work: Import, changed: int) -> int:
    """Of the rows that the last update changed (noted with `was_ended`), how many had not ended before."""
    if not changed:
        return 0
    work.cursor.execute(f"SELECT count(*) FROM {work.journal.latest} n WHERE NOT was_ended")
    return int(work.cursor.fetchone()[0])


def unless_edited(work: Import, kind: str, name: str, value: str) -> str:
    """The SQL of a field's new value over the row `t`. What people here set stays: the row's own value where this field of it was edited by hand."""
    rows = work.edits.get((kind, name))
    if not rows:
        return value
    return f"CASE WHEN t.id = ANY ('{{{','.join(map(str, sorted(rows)))}}}'::bigint[]) THEN t.{name} ELSE {value} END"


def _with_days(cursor: Any, work: Import, query: str) -> str:
    """Fill the days that a target's expressions name."""
    days = {"opens": work.opens, "begins": work.begins, "day": work.day}
    return str(cursor.mogrify(query, days).decode()) if "%(" in query else query


def come_back(work: Import, kind: str, ids: str) -> int:
    """Take back the ending of external ids that are stated again; `ids` is a query of them. Returns how many."""
    return work.journal.update(
        "schools_externalid",
        ["ended_on"],
        f"SELECT id, NULL::date AS ended_on FROM {held(kind)} WHERE ended_on IS NOT NULL AND external_id IN ({ids})",
    )


def add_external_ids(work: Import, kind: str, pairs: str) -> None:
    """Note the rows that external ids lead to. `pairs` is a query of (external_id, row_id), each id once.

    An id that led to another row leads to the new one from now on, and the other is noted in `left_rows`; one that
    leads there already is left.
    """
    moved = work.journal.update(
        "schools_externalid",
        ["row_id", "ended_on"],
        f"SELECT h.id, p.row_id, NULL::date AS ended_on FROM ({pairs}) p (external_id, row_id)"
        f" JOIN {held(kind)} h USING (external_id) WHERE h.row_id <> p.row_id",
    )
    if moved:
        work.leaving.add(kind)
        work.cursor.execute(
            f"INSERT INTO left_rows SELECT '{kind}', (before ->> 'row_id')::bigint FROM {work.journal.latest} n"
        )
    work.journal.insert(
        "schools_externalid",
        ["system_id", "kind", "external_id", "row_id"],
        f"SELECT {work.system:d}, '{kind}', p.external_id, p.row_id FROM ({pairs}) p (external_id, row_id)"
        f" LEFT JOIN {held(kind)} h USING (external_id) WHERE h.row_id IS NULL",
    )
