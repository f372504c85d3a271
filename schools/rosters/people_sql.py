"""Identities and dated roles of staff, from staging into place."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from typing import Any

from alignment_dash.access.actions import readmit_by_roster, suspend_by_roster
from alignment_dash.access.models import User
from schools.models import Kind
from schools.rosters.staging import make_table
from schools.rosters.upsert import (
    Import,
    Tally,
    add_external_ids,
    besides_returned,
    come_back,
    held,
    hold_ids,
    unless_edited,
)

NAMES = ("given_name", "family_name", "preferred_given_name", "email")


def write_identities(work: Import, people: Tally) -> None:
    """Keep names and contacts of staff; an identity that was blanked stays blank.

    A changed name, or a first one of someone who was held without, counts as an updated person.
    """
    work.journal.insert(
        "schools_identity",
        ["person_id", *NAMES],
        f"""SELECT k.row_id, {", ".join(f"s.{name}" for name in NAMES)}
        FROM staged_users s JOIN keys_person k USING (external_id)
        LEFT JOIN schools_identity i ON i.person_id = k.row_id
        WHERE s.is_staff = 'true' AND i.id IS NULL""",
    )
    # An edit is noted at the person, whose name it is.
    names = ", ".join(
        f"{unless_edited(work, Kind.PERSON, name, f's.{name}')} AS {name}".replace("t.id =", "t.person_id =")
        for name in NAMES
    )
    work.journal.update(
        "schools_identity",
        NAMES,
        f"""SELECT t.id, {names}
        FROM staged_users s JOIN keys_person k USING (external_id) JOIN schools_identity t ON t.person_id = k.row_id
        WHERE s.is_staff = 'true' AND t.blanked_at IS NULL AND NOT k.is_new""",
    )
    work.cursor.execute(
        """
        SELECT count(DISTINCT i.person_id) FROM journal j
        JOIN schools_identity i ON i.id BETWEEN j.first_id AND j.last_id
        JOIN keys_person k ON k.row_id = i.person_id AND NOT k.is_new AND NOT k.was_ended
        WHERE j.table_name = 'schools_identity' AND NOT EXISTS (
            SELECT 1 FROM journal p
            WHERE p.table_name = 'schools_person' AND p.act = 'update' AND p.first_id = i.person_id
        )
        """
    )
    changed = work.cursor.fetchone()[0]
    people.updated += changed
    people.unchanged -= changed


def write_assignments(work: Import) -> Tally:
    """Write staff roles as dated assignments, those that were decided here among them.

    A role that names no begin keeps the one it has. A new one begins with the school year, or on the day of the
    import for someone who has worked here this year: it is then that the roster first says so. The same holds for
    a role that comes back: the days between stay without it. The id of a role that now names another person, place
    or role leads to a new assignment; the old one ends. A role that would overlap the same one of the same person
    is left out.
    """
    hold_ids(work, Kind.ASSIGNMENT)
    make_table(
        work.cursor,
        "role_rows",
        f"""
        SELECT r.external_id, p.row_id AS person_id, o.row_id AS org_id, r.role::varchar(32) AS role,
            r.role_type = 'primary' AS is_primary, nullif(r.begins, '')::date AS begins,
            nullif(r.ends, '')::date AS ends, a.id AS held_id, NULL::daterange AS during,
            false AS is_new, p.is_new AS is_new_person,
            e.ended_on IS NOT NULL AND (a.id IS NULL OR upper(a.during) <= '{work.day}'::date) AS was_ended
        FROM (
            SELECT * FROM staged_roles
            UNION ALL
            SELECT s.external_id, s.person, w.role, s.role_type, s.org, s.begins, s.ends FROM staged_waiting s
            JOIN schools_waitingrole w ON w.system_id = {work.system:d} AND w.external_id = s.external_id
            JOIN keys_person p ON p.external_id = s.person AND p.row_id = w.person_id
            WHERE w.role NOT IN ('', 'ignore') AND w.word = s.role
        ) r
        JOIN keys_person p ON p.external_id = r.person
        JOIN keys_org o ON o.external_id = r.org
        LEFT JOIN {held(Kind.ASSIGNMENT)} e ON e.external_id = r.external_id
        LEFT JOIN schools_staffassignment a ON a.id = e.row_id AND a.person_id = p.row_id
          AND a.org_id = o.row_id AND a.role = r.role
        """,
    )
    _begin_again(work)
    _adopt(work)
    _decide_periods(work)
    _leave_out_overlaps(work)
    updated = _update_assignments(work)
    tally = Tally(created=_insert_assignments(work))
    come_back(work, Kind.ASSIGNMENT, "SELECT external_id FROM role_rows")
    work.cursor.execute(
        "SELECT count(*) FILTER (WHERE was_ended), count(*) FILTER (WHERE is_new AND was_ended),"
        " count(*) FILTER (WHERE held_id IS NOT NULL) FROM role_rows"
    )
    tally.returned, again, used = work.cursor.fetchone()
    tally.created -= again
    tally.updated = updated
    tally.unchanged = used - tally.created - tally.updated - tally.returned
    add_external_ids(
        work, Kind.ASSIGNMENT, "SELECT external_id, held_id FROM role_rows WHERE held_id IS NOT NULL"
    )
    return tally


def _begin_again(work: Import) -> None:
    """A role that comes back without a date of its own, after days without it, is a new spell from today."""
    work.cursor.execute(
        """
        UPDATE role_rows r SET held_id = NULL, begins = %(day)s::date FROM schools_staffassignment a
        WHERE a.id = r.held_id AND r.was_ended AND r.begins IS NULL AND upper(a.during) < %(day)s::date
        """,
        {"day": work.day},
    )


def _adopt(work: Import) -> None:
    """Take the same role of the same person that is there under another id; each is taken once."""
    work.cursor.execute(
        """
        UPDATE role_rows r SET held_id = found.id FROM (
            SELECT DISTINCT ON (a.id) a.id, free.external_id
            FROM role_rows free JOIN schools_staffassignment a
              ON a.person_id = free.person_id AND a.org_id = free.org_id AND a.role = free.role
             AND a.during && daterange(coalesce(free.begins, %(begins)s::date),
                 CASE WHEN free.ends > coalesce(free.begins, %(begins)s::date) THEN free.ends END)
            WHERE free.held_id IS NULL AND NOT (free.was_ended AND upper(a.during) <= %(day)s::date)
              AND NOT EXISTS (SELECT 1 FROM role_rows taken WHERE taken.held_id = a.id)
            ORDER BY a.id, free.begins NULLS FIRST
        ) found WHERE found.external_id = r.external_id AND r.held_id IS NULL
        """,
        {"begins": work.begins, "day": work.day},
    )


def _decide_periods(work: Import) -> None:
    """Set when each role holds; an end before a begin that was only supposed is not used."""
    work.cursor.execute(
        """
        UPDATE role_rows r SET during = daterange(d.begins, CASE WHEN r.ends > d.begins THEN r.ends END)
        FROM (
            SELECT q.external_id, coalesce(q.begins, lower(a.during),
                CASE WHEN NOT q.is_new_person AND EXISTS (
                    SELECT 1 FROM schools_staffassignment other WHERE other.person_id = q.person_id
                      AND other.during && daterange(%(begins)s::date, %(day)s::date)
                ) THEN greatest(%(begins)s::date, %(day)s::date) ELSE %(begins)s::date END) AS begins
            FROM role_rows q LEFT JOIN schools_staffassignment a ON a.id = q.held_id
        ) d WHERE d.external_id = r.external_id
        """,
        {"begins": work.begins, "day": work.day},
    )


def _leave_out_overlaps(work: Import) -> None:
    """Take the period from roles that would overlap the same role of the same person, as all will be in the end.

    Held ones come before new ones. One that is left out stays as it is, so the others are looked at again.
    """
    left_out = 1
    while left_out:
        work.cursor.execute(
            """
            UPDATE role_rows r SET during = NULL WHERE r.during IS NOT NULL AND (EXISTS (
                SELECT 1 FROM role_rows o WHERE o.person_id = r.person_id AND o.org_id = r.org_id AND o.role = r.role
                  AND o.external_id <> r.external_id AND o.during && r.during
                  AND (o.held_id IS NOT NULL, o.external_id) > (r.held_id IS NOT NULL, r.external_id)
            ) OR EXISTS (
                SELECT 1 FROM schools_staffassignment a WHERE a.person_id = r.person_id AND a.org_id = r.org_id
                  AND a.role = r.role AND a.during && r.during AND a.id IS DISTINCT FROM r.held_id
                  AND NOT EXISTS (SELECT 1 FROM role_rows x WHERE x.held_id = a.id AND x.during IS NOT NULL)
            ))
            """
        )
        left_out = work.cursor.rowcount


def _update_assignments(work: Import) -> int:
    """Make held assignments as the roster says; returns how many differed besides the returned."""
    changed = work.journal.update(
        "schools_staffassignment",
        ["is_primary", "during"],
        "SELECT held_id AS id, was_ended, is_primary, during FROM role_rows"
        " WHERE held_id IS NOT NULL AND during IS NOT NULL",
        was_ended="n.was_ended",
        # Two that meet at another day than before would overlap in between.
        narrows="during",
    )
    return besides_returned(work, changed)


def _insert_assignments(work: Import) -> int:
    """Insert the roles that are new; their ids are noted in `role_rows`."""
    work.cursor.execute(
        "UPDATE role_rows SET is_new = true,"
        " held_id = nextval(pg_get_serial_sequence('schools_staffassignment', 'id'))"
        " WHERE held_id IS NULL AND during IS NOT NULL"
    )
    return work.journal.insert(
        "schools_staffassignment",
        ["id", "person_id", "org_id", "role", "title", "is_primary", "during"],
        "SELECT held_id, person_id, org_id, role, '', is_primary, during FROM role_rows WHERE is_new",
    )


def keep_waiting(work: Import, import_id: int | None) -> None:
    """Keep the roles without a counterpart for someone to decide; those no longer stated wait no more.

    What was decided stays decided while the roster says the same word.
    """
    work.journal.update(
        "schools_waitingrole",
        ["person_id", "org_id", "word", "is_primary", "begins", "ends", "role"],
        f"""
        SELECT w.id, p.row_id AS person_id, o.row_id AS org_id, s.role AS word,
            s.role_type = 'primary' AS is_primary, nullif(s.begins, '')::date AS begins,
            nullif(s.ends, '')::date AS ends,
            CASE WHEN w.word = s.role AND w.person_id = p.row_id THEN w.role ELSE '' END AS role
        FROM staged_waiting s JOIN schools_waitingrole w
          ON w.system_id = {work.system:d} AND w.external_id = s.external_id
        JOIN keys_person p ON p.external_id = s.person JOIN keys_org o ON o.external_id = s.org
        """,
    )
    work.journal.insert(
        "schools_waitingrole",
        [
            "uid", "system_id", "external_id", "person_id", "org_id", "word", "is_primary", "begins", "ends", "role",
            "seen_in_id",
        ],
        f"""
        SELECT gen_random_uuid(), {work.system:d}, s.external_id, p.row_id, o.row_id, s.role,
            s.role_type = 'primary', nullif(s.begins, '')::date, nullif(s.ends, '')::date, '',
            {import_id or "NULL"}::bigint
        FROM staged_waiting s JOIN keys_person p ON p.external_id = s.person
        JOIN keys_org o ON o.external_id = s.org
        LEFT JOIN schools_waitingrole w ON w.system_id = {work.system:d} AND w.external_id = s.external_id
        WHERE w.id IS NULL
        """,
    )  # fmt: skip
    whole = work.modes["roles"] == "bulk"
    work.journal.remove(
        "schools_waitingrole",
        f"""
        SELECT w.id FROM schools_waitingrole w WHERE w.system_id = {work.system:d} AND w.role = '' AND (
            w.external_id IN (SELECT external_id FROM staged_roles)
            OR w.external_id IN (SELECT external_id FROM staged_ended WHERE file IN ('roles', 'users'))
            OR ({str(whole).lower()} OR {str(work.tells_roles).lower()} AND w.person_id IN (
                SELECT row_id FROM keys_person WHERE is_stated
            )) AND w.external_id NOT IN (SELECT external_id FROM staged_waiting)
        )
        """,
    )


def set_sign_in(work: Import, by: User | None) -> tuple[list[int], list[int]]:
    """Do `close_and_open_sign_in` for the people that this roster states or ends."""
    people = "SELECT row_id FROM keys_person WHERE is_stated UNION SELECT row_id FROM over_rows WHERE kind = 'person'"
    return close_and_open_sign_in(work.cursor, people, by)


def close_and_open_sign_in(cursor: Any, people: str, by: User | None) -> tuple[list[int], list[int]]:
    """Close sign-in to users whose person ended or is not enabled, and open it again to those who are.

    `people` is a query of ids of persons. Returns the ids of users to whom it closes, and of those spared so that
    an administrator is left. People whom no roster ever stated are none of its business.
    """
    cursor.execute(
        f"""
        SELECT p.user_id, p.is_enabled AND bool_or(x.ended_on IS NULL), u.suspended_by_roster
        FROM schools_person p JOIN access_user u ON u.id = p.user_id
        JOIN schools_externalid x ON x.kind = '{Kind.PERSON}' AND x.row_id = p.id
        WHERE p.id IN ({people}) GROUP BY p.id, u.id
        """
    )
    users = cursor.fetchall()
    closing = [user for user, may_sign_in, suspended in users if not may_sign_in and not suspended]
    opening = [user for user, may_sign_in, suspended in users if may_sign_in and suspended]
    spared = suspend_by_roster(user_ids=closing, by=by) if closing else []
    if opening:
        readmit_by_roster(user_ids=opening, by=by)
    return sorted(set(closing) - set(spared)), sorted(spared)
