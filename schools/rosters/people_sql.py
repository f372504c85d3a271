"""Identities and dated roles of staff, from staging into place."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from typing import Any

from schools.models import Kind, StaffRole
from schools.rosters.staging import make_table
from schools.rosters.upsert import Tally, add_external_ids, hold_ids

# OneRoster 1.2 roles with a counterpart here (`columns.MATCHED_ROLES`).
ROLES = {
    "teacher": StaffRole.TEACHER,
    "principal": StaffRole.PRINCIPAL,
    "counselor": StaffRole.COUNSELOR,
    "aide": StaffRole.AIDE,
    "districtAdministrator": StaffRole.CENTRAL_OFFICE,
    "systemAdministrator": StaffRole.SYSTEM_ADMINISTRATOR,
}
_ROLE = "CASE r.role " + " ".join(f"WHEN '{word}' THEN '{role}'" for word, role in ROLES.items()) + " END"
_NAMES = ("given_name", "family_name", "preferred_given_name", "email")


def write_identities(cursor: Any, people: Tally) -> None:
    """Keep names and contacts of staff; an identity that was blanked stays blank.

    A changed name counts as an updated person.
    """
    cursor.execute(
        f"""
        INSERT INTO schools_identity (person_id, {", ".join(_NAMES)})
        SELECT k.row_id, {", ".join(f"s.{name}" for name in _NAMES)}
        FROM staged_users s JOIN keys_person k USING (external_id)
        LEFT JOIN schools_identity i ON i.person_id = k.row_id
        WHERE s.is_staff = 'true' AND i.id IS NULL
        """
    )
    added = cursor.rowcount - people.created
    cursor.execute(
        f"""
        UPDATE schools_identity i SET ({", ".join(_NAMES)}) = ROW({", ".join(f"s.{name}" for name in _NAMES)})
        FROM staged_users s JOIN keys_person k USING (external_id)
        WHERE i.person_id = k.row_id AND s.is_staff = 'true' AND i.blanked_at IS NULL AND NOT k.is_new
          AND ({", ".join(f"i.{name}" for name in _NAMES)}) IS DISTINCT FROM ({", ".join(f"s.{name}" for name in _NAMES)})
        """
    )
    changed = added + cursor.rowcount
    people.updated += changed
    people.unchanged -= changed


def write_assignments(cursor: Any, system: int, begins: Any) -> Tally:
    """Write staff roles as dated assignments.

    A role that names no begin starts at `begins`, or keeps the begin it has. The id of a role that now names
    another person, place or role leads to a new assignment; the old one stays as it was, since nothing is
    ended here. A role that would overlap the same one of the same person is left out.
    """
    hold_ids(cursor, Kind.ASSIGNMENT, system)
    make_table(
        cursor,
        "role_rows",
        f"""
        SELECT r.external_id, p.row_id AS person_id, o.row_id AS org_id, {_ROLE} AS role,
            r.role_type = 'primary' AS is_primary, nullif(r.begins, '')::date AS begins,
            nullif(r.ends, '')::date AS ends, a.id AS held_id, NULL::daterange AS during
        FROM staged_roles r
        JOIN keys_person p ON p.external_id = r.person
        JOIN keys_org o ON o.external_id = r.org
        LEFT JOIN held_ids e ON e.external_id = r.external_id
        LEFT JOIN schools_staffassignment a ON a.id = e.row_id AND a.person_id = p.row_id
          AND a.org_id = o.row_id AND a.role = {_ROLE}
        """,
    )
    _adopt(cursor, begins)
    _decide_periods(cursor, begins)
    tally = Tally(updated=_update_assignments(cursor))
    tally.created = _insert_assignments(cursor)
    cursor.execute("SELECT count(*) FROM role_rows WHERE held_id IS NOT NULL")
    tally.unchanged = cursor.fetchone()[0] - tally.updated - tally.created
    add_external_ids(
        cursor,
        Kind.ASSIGNMENT,
        system,
        "SELECT external_id, held_id FROM role_rows WHERE held_id IS NOT NULL",
    )
    return tally


def _adopt(cursor: Any, begins: Any) -> None:
    """Take the same role of the same person that is there under another id; each is taken once."""
    cursor.execute(
        """
        UPDATE role_rows r SET held_id = found.id FROM (
            SELECT DISTINCT ON (a.id) a.id, free.external_id
            FROM role_rows free JOIN schools_staffassignment a
              ON a.person_id = free.person_id AND a.org_id = free.org_id AND a.role = free.role
             AND a.during && daterange(coalesce(free.begins, %(begins)s::date),
                 CASE WHEN free.ends > coalesce(free.begins, %(begins)s::date) THEN free.ends END)
            WHERE free.held_id IS NULL AND NOT EXISTS (SELECT 1 FROM role_rows taken WHERE taken.held_id = a.id)
            ORDER BY a.id, free.begins NULLS FIRST
        ) found WHERE found.external_id = r.external_id AND r.held_id IS NULL
        """,
        {"begins": begins},
    )


def _decide_periods(cursor: Any, begins: Any) -> None:
    """Set when each role holds; an end before a begin that was only supposed is not used."""
    cursor.execute(
        """
        UPDATE role_rows r SET during = daterange(d.begins, CASE WHEN r.ends > d.begins THEN r.ends END)
        FROM (
            SELECT q.external_id, coalesce(q.begins, lower(a.during), %(begins)s::date) AS begins
            FROM role_rows q LEFT JOIN schools_staffassignment a ON a.id = q.held_id
        ) d WHERE d.external_id = r.external_id
        """,
        {"begins": begins},
    )


def _update_assignments(cursor: Any) -> int:
    cursor.execute(
        """
        UPDATE schools_staffassignment a SET is_primary = r.is_primary, during = r.during FROM role_rows r
        WHERE a.id = r.held_id AND (a.is_primary, a.during) IS DISTINCT FROM (r.is_primary, r.during)
          AND NOT EXISTS (
            SELECT 1 FROM schools_staffassignment other WHERE other.id <> a.id AND other.person_id = a.person_id
              AND other.org_id = a.org_id AND other.role = a.role AND other.during && r.during
          )
        """
    )
    return int(cursor.rowcount)


def _insert_assignments(cursor: Any) -> int:
    """Insert the roles that are new; their ids are noted in `role_rows`."""
    cursor.execute(
        """
        UPDATE role_rows r SET held_id = nextval(pg_get_serial_sequence('schools_staffassignment', 'id'))
        WHERE held_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM schools_staffassignment a WHERE a.person_id = r.person_id AND a.org_id = r.org_id
              AND a.role = r.role AND a.during && r.during
        )
        """
    )
    cursor.execute(
        """
        INSERT INTO schools_staffassignment (id, person_id, org_id, role, title, is_primary, during)
        SELECT held_id, person_id, org_id, role, '', is_primary, during FROM role_rows r
        WHERE held_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM schools_staffassignment a WHERE a.id = r.held_id)
        """
    )
    return int(cursor.rowcount)
