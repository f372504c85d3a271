"""What keeps an applied import from being undone: what later imports have changed, named or stated since."""

# ruff: noqa: S608 - statements are put together from names of our own tables; values go as parameters
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from schools.models import Course, Identity, Org, RosterImport, Section, Session, StaffAssignment
from schools.rosters.inverse import MODELS, TYPES, make_before, make_created, newest_applied, references

SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Blocked:
    """A row that a later change keeps from being as before: its table and id, what it is, and why."""

    table: str
    row_id: int
    label: str
    why: str


def blocked(roster_import: RosterImport) -> list[Blocked]:
    """Return the rows (at most SHOWN) that later imports block; none for the newest applied import.

    Call with `reach.all_rows` open. Cost: some joins over what the import wrote.
    """
    newest = newest_applied()
    if newest is None or newest.pk == roster_import.pk:
        return []
    with connection.cursor() as cursor:
        make_created(cursor, roster_import)
        make_before(cursor, roster_import)
        found = _changed_later(cursor, roster_import) + _overlapped(cursor)
        for model in MODELS:
            if len(found) >= SHOWN:
                break
            found += _named_later(cursor, model)
        found += _stated_later(cursor, roster_import)
    first = {(one.table, one.row_id): one for one in reversed(found)}
    return [one for one in found if first[one.table, one.row_id] is one][:SHOWN]


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


def _overlapped(cursor: Any) -> list[Blocked]:
    """Roles whose period as it was before overlaps the same role as it is since."""
    cursor.execute(
        f"""
        SELECT DISTINCT t.id FROM undo_before u JOIN schools_staffassignment t ON t.id = u.id
        JOIN schools_staffassignment o ON o.person_id = t.person_id AND o.org_id = t.org_id AND o.role = t.role
          AND o.id <> t.id AND o.during && (u.before ->> 'during')::daterange
        WHERE u.table_name = 'schools_staffassignment' AND to_jsonb(t) -> 'during' = u.after -> 'during'
          AND NOT EXISTS (
            SELECT 1 FROM undo_created c WHERE c.table_name = 'schools_staffassignment' AND c.id = o.id
          ) AND NOT EXISTS (
            SELECT 1 FROM undo_before b WHERE b.table_name = 'schools_staffassignment' AND b.id = o.id
              AND b.before ? 'during'
          )
        LIMIT {SHOWN}
        """
    )
    return _blocked("schools_staffassignment", cursor.fetchall(), "overlaps the same role as it is since")


def _named_later(cursor: Any, model: type[models.Model]) -> list[Blocked]:
    """Rows that the import created and that roster rows from elsewhere have come to name."""
    found = []
    table = model._meta.db_table
    for other, column in references(model):
        if other not in MODELS:
            continue
        cursor.execute(
            f"""
            SELECT DISTINCT c.id FROM undo_created c JOIN {other._meta.db_table} r ON r.{column} = c.id
            WHERE c.table_name = '{table}' AND NOT EXISTS (
                SELECT 1 FROM undo_created o WHERE o.table_name = '{other._meta.db_table}' AND o.id = r.id
            ) LIMIT {SHOWN}
            """
        )
        found += _blocked(table, cursor.fetchall(), f"named by later {other._meta.verbose_name_plural}")
    return found


def _stated_later(cursor: Any, roster_import: RosterImport) -> list[Blocked]:
    """Rows that the import created and that a later full list of the same source has.

    A list that has what is held already writes nothing, so its own inverse does not tell.
    """
    later = RosterImport.objects.filter(
        source=roster_import.source, applied_at__isnull=False, reverted_at__isnull=True
    )
    later = later.exclude(pk=roster_import.pk).filter(applied_at__gte=roster_import.applied_at)
    in_full: dict[str, str] = {}  # type -> filename
    for filename, types in later.order_by("applied_at", "pk").values_list("filename", "plan__types"):
        whole = [name for name, counts in (types or {}).items() if counts.get("mode") == "bulk"]
        in_full |= dict.fromkeys(whole, filename)
    found: list[Blocked] = []
    for model, (name, kind) in TYPES.items():
        if name not in in_full or len(found) >= SHOWN:
            continue
        table = model._meta.db_table
        cursor.execute(
            f"""
            SELECT DISTINCT c.id FROM undo_created c JOIN schools_externalid x ON x.row_id = c.id
              AND x.kind = '{kind}' AND x.ended_on IS NULL
            JOIN schools_sourcesystem s ON s.id = x.system_id AND s.code = %s
            WHERE c.table_name = '{table}' ORDER BY c.id LIMIT {SHOWN}
            """,
            [roster_import.source],
        )
        found += _blocked(table, cursor.fetchall(), f"stated by {in_full[name]}")
    return found


def _blocked(table: str, ids: list[tuple[int]], why: str) -> list[Blocked]:
    rows = [(table, row[0], "") for row in ids]
    labels = _labels(rows)
    return [Blocked(table, row_id, labels.get((table, row_id), ""), why) for table, row_id, _ in rows]


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
    roles = StaffAssignment.objects.filter(pk__in=by_table.get("schools_staffassignment", ()))
    for role in roles.select_related("org", "person__identity"):
        who = getattr(role.person, "identity", "")
        named["schools_staffassignment", role.pk] = f"{who}, {role.get_role_display()}, {role.org.name}"
    return named
