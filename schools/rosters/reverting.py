"""Undoing an applied import by the inverse kept with it.

What it changed is as before, what it removed is there again, what it created goes, all in the caller's
transaction. A row that something else has come to name, such as a person who was observed, stays and is ended
instead. A field that someone has changed since stays as they set it, and a name that was removed stays removed.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables; values go as parameters
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from schools.models import (
    ExternalId,
    HandEdit,
    Identity,
    Org,
    OrgType,
    Person,
    RosterImport,
    RosterWrite,
    StaffAssignment,
    WaitingRole,
)
from schools.role_words.decisions import undo_decision
from schools.rosters.blocking import Blocked, blocked
from schools.rosters.inverse import (
    LINKS,
    MODELS,
    PARTS_OF_A_PERSON,
    TYPES,
    make_before,
    make_created,
    newest_applied,
    references,
)
from schools.rosters.people_sql import close_and_open_sign_in
from schools.rosters.staging import make_table

__all__ = ["KEPT", "Blocked", "blocked", "forget_inverses", "newest_applied", "revert", "rows_written"]

KEPT = timedelta(days=120)
_WITH_IDS: tuple[type[models.Model], ...] = (ExternalId, HandEdit, Identity, *MODELS)


@dataclass(slots=True)
class Undone:
    """What became of the rows of one type: set back, taken away, or kept and ended."""

    restored: int = 0
    removed: int = 0
    kept: int = 0


def revert(roster_import: RosterImport, *, by: User | None = None) -> dict[str, dict[str, int]]:
    """Undo an import and return, by type, how many rows were restored, removed and kept.

    Call in a transaction with `reach.all_rows` open, and after `blocked` said nothing. IntegrityError where what
    people have entered since cannot stand beside what was before.
    """
    undone = {name: Undone() for name, _ in TYPES.values()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alignment.actor', %s, true)", [f"revert of {roster_import.uid}"])
        created = make_created(cursor, roster_import)
        changed = make_before(cursor, roster_import)
        _release_decisions(cursor, by)
        # A new period may stand where the one before it comes back.
        _take_all_away(cursor, _within(LINKS, created), undone)
        for model in reversed(_WITH_IDS):
            _put_back(cursor, roster_import, model)
        for model in _within(_WITH_IDS, changed):
            restored = _restore(cursor, model)
            if model in TYPES:
                undone[TYPES[model][0]].restored = restored
        _note_district_names(cursor)
        _take_all_away(cursor, [model for model in _within(MODELS, created) if model not in LINKS], undone)
        _take_district_name_away(cursor)
        for model in TYPES:
            _end_kept(cursor, model)
        _take_ids_away(cursor)
        close_and_open_sign_in(cursor, "SELECT id FROM schools_person WHERE user_id IS NOT NULL", by)
        # Not at the commit, where nobody can say any more what was in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return {name: asdict(counts) for name, counts in undone.items()}


def _within(models_: Iterable[type[models.Model]], tables: set[str]) -> list[type[models.Model]]:
    """The models of these tables: for the others there is nothing to do."""
    return [model for model in models_ if model._meta.db_table in tables]


def _release_decisions(cursor: Any, by: User | None) -> None:
    """Take back what was decided about waiting roles that go: nothing else leads to the roles that this made."""
    cursor.execute("SELECT id FROM undo_created WHERE table_name = 'schools_waitingrole'")
    created = [row[0] for row in cursor.fetchall()]
    for one in WaitingRole.objects.filter(pk__in=created).exclude(role="").order_by("pk"):
        undo_decision(waiting_role=one, by=by)


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
    """Set changed fields back where they still are what the import wrote; returns how many rows were.

    Rows that the import made were not there before.
    """
    table = model._meta.db_table
    columns = ", ".join(str(field.column) for field in model._meta.concrete_fields if not field.primary_key)
    # What was erased does not come back.
    which = "t.blanked_at IS NULL" if model is Identity else "true"
    make_table(
        cursor,
        "undo_images",
        f"""
        SELECT t.id, jsonb_object_agg(a.key, u.before -> a.key) AS image
        FROM undo_before u JOIN {table} t ON t.id = u.id CROSS JOIN LATERAL jsonb_each(u.after) a
        WHERE u.table_name = '{table}' AND to_jsonb(t) -> a.key = a.value AND {which} AND NOT EXISTS (
            SELECT 1 FROM undo_created c WHERE c.table_name = '{table}' AND c.id = t.id
        ) GROUP BY t.id
        """,
    )
    if model is StaffAssignment:  # two that met at another day would overlap in between
        cursor.execute(
            f"""
            UPDATE {table} t SET during = t.during * (i.image ->> 'during')::daterange FROM undo_images i
            WHERE i.id = t.id AND i.image ? 'during'
            """
        )
    cursor.execute(
        f"""
        UPDATE {table} t SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(t, i.image))
        FROM undo_images i WHERE i.id = t.id
        """
    )
    return int(cursor.rowcount)


def _take_all_away(cursor: Any, models_: Iterable[type[models.Model]], undone: dict[str, Undone]) -> None:
    """Take away what was created of each model, what refers first, and count it in `undone`."""
    for model in models_:
        removed, kept = _take_away(cursor, model)
        if model in TYPES:
            undone[TYPES[model][0]].removed, undone[TYPES[model][0]].kept = removed, kept


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
    if model is Person:  # who signs in is someone here, whatever the roster says
        cursor.execute(
            "DELETE FROM undo_going g USING schools_person p WHERE p.id = g.id AND p.user_id IS NOT NULL"
        )
    stays = True
    while stays:
        stays = sum(_keep_named(cursor, model, other, column) for other, column in references(model)) > 0
    for part in PARTS_OF_A_PERSON if model is Person else ():
        cursor.execute(f"DELETE FROM {part._meta.db_table} WHERE person_id IN (SELECT id FROM undo_going)")
    if model in TYPES:
        kind = TYPES[model][1]
        cursor.execute(
            f"DELETE FROM schools_handedit WHERE kind = '{kind}' AND row_id IN (SELECT id FROM undo_going)"
        )
    cursor.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undo_going)")
    removed = int(cursor.rowcount)
    return removed, created - removed


def _keep_named(cursor: Any, model: type[models.Model], other: type[models.Model], column: str) -> int:
    """Keep the rows that another row names, unless that one goes too; returns how many were kept now."""
    alone = "AND r.id NOT IN (SELECT id FROM undo_going)" if other is model else ""
    cursor.execute(f"DELETE FROM undo_going g USING {other._meta.db_table} r WHERE r.{column} = g.id {alone}")
    return int(cursor.rowcount)


def _note_district_names(cursor: Any) -> None:
    """Keep what the created district is called in `undo_names`, until it is known whether it goes."""
    make_table(
        cursor,
        "undo_names",
        f"""
        SELECT left(o.name, 200) AS name FROM schools_org o
        JOIN undo_created c ON c.table_name = 'schools_org' AND c.id = o.id WHERE o.type = '{OrgType.DISTRICT}'
        """,
    )


def _take_district_name_away(cursor: Any) -> None:
    """Let the next roster name the district, where this one did and no district is left of it or another."""
    cursor.execute(
        f"""
        DELETE FROM schools_district d USING undo_created c
        WHERE c.table_name = 'schools_district' AND c.id = d.id AND d.name IN (SELECT name FROM undo_names)
          AND NOT EXISTS (SELECT 1 FROM schools_org o WHERE o.type = '{OrgType.DISTRICT}')
        """
    )


def _end_kept(cursor: Any, model: type[models.Model]) -> None:
    """End the created rows that stay: no system states them, and dated ones hold no more."""
    table, today = model._meta.db_table, schoolyear.today()
    cursor.execute(
        f"""
        UPDATE schools_externalid x SET ended_on = %s FROM undo_created c JOIN {table} t ON t.id = c.id
        WHERE c.table_name = '{table}' AND x.kind = '{TYPES[model][1]}' AND x.row_id = c.id AND x.ended_on IS NULL
        """,
        [today],
    )
    if model is Org or model in LINKS:
        cursor.execute(
            f"""
            UPDATE {table} t SET during = daterange(lower(t.during), greatest(lower(t.during) + 1, %s))
            FROM undo_created c WHERE c.table_name = '{table}' AND t.id = c.id
              AND (upper(t.during) IS NULL OR upper(t.during) > greatest(lower(t.during) + 1, %s))
            """,
            [today, today],
        )


def _take_ids_away(cursor: Any) -> None:
    """Delete the external ids that the import created, but for those of rows that stay."""
    kept = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, c.id AS row_id FROM undo_created c JOIN {model._meta.db_table} t ON t.id = c.id"
        f" WHERE c.table_name = '{model._meta.db_table}'"
        for model, (_, kind) in TYPES.items()
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
