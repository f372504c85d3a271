"""When sections meet, who teaches them and who is enrolled, from staging into place."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schools.models import Kind
from schools.rosters.staging import make_table
from schools.rosters.upsert import Tally, add_external_ids


def make_section_spans(cursor: Any) -> None:
    """Work out the school year and the days of each staged class from its sessions."""
    make_table(
        cursor,
        "class_sessions",
        """
        SELECT DISTINCT s.external_id, k.row_id AS session_id
        FROM staged_classes s CROSS JOIN LATERAL unnest(string_to_array(s.sessions, ',')) AS named (session)
        JOIN keys_session k ON k.external_id = named.session
        """,
    )
    make_table(
        cursor,
        "section_span",
        """
        SELECT c.external_id, max(t.school_year) AS school_year
        FROM class_sessions c JOIN schools_session t ON t.id = c.session_id GROUP BY c.external_id
        """,
    )


def add_section_sessions(cursor: Any) -> None:
    """Put sections into their sessions; none is taken out."""
    cursor.execute(
        """
        INSERT INTO schools_sectionsession (section_id, session_id)
        SELECT k.row_id, c.session_id FROM class_sessions c JOIN keys_section k USING (external_id)
        LEFT JOIN schools_sectionsession held ON held.section_id = k.row_id AND held.session_id = c.session_id
        WHERE held.id IS NULL
        """
    )


@dataclass(frozen=True, slots=True)
class Link:
    """What ties a person to a section: teachings for staff, enrollments for students."""

    kind: str
    table: str
    role: str
    person_kind: str
    person_column: str
    extra: dict[str, str]


TEACHING = Link(
    Kind.TEACHING,
    "schools_teaching",
    "teacher",
    Kind.PERSON,
    "person_id",
    {"is_primary": "bool_or(s.is_primary = 'true')"},
)
ENROLLMENT = Link(
    Kind.ENROLLMENT,
    "schools_enrollment",
    "student",
    Kind.STUDENT,
    "student_id",
    {"school_id": "min(section.school_id)"},
)


def write_links(cursor: Any, link: Link, system: int, begins: Any) -> Tally:
    """Write one row for each section and person, over the days the file says or else the section's own."""
    _gather(cursor, link, begins)
    rows, columns = f"rows_{link.kind}", ["during", *link.extra]
    cursor.execute(
        f"""
        INSERT INTO {link.table} (id, section_id, {link.person_column}, {", ".join(columns)})
        SELECT row_id, section_id, member_id, {", ".join(columns)} FROM {rows} WHERE is_new
        """
    )
    tally = Tally(created=cursor.rowcount)
    cursor.execute(
        f"""
        UPDATE {link.table} held SET ({", ".join(columns)}) = ROW({", ".join(f"n.{name}" for name in columns)})
        FROM {rows} n WHERE held.id = n.row_id AND NOT n.is_new
          AND ({", ".join(f"held.{name}" for name in columns)}) IS DISTINCT FROM ({", ".join(f"n.{name}" for name in columns)})
        """
    )
    tally.updated = cursor.rowcount
    cursor.execute(f"SELECT count(*) FROM {rows} WHERE NOT is_new")
    tally.unchanged = cursor.fetchone()[0] - tally.updated
    add_external_ids(cursor, link.kind, system, f"SELECT unnest(external_ids), row_id FROM {rows}")
    return tally


def _gather(cursor: Any, link: Link, begins: Any) -> None:
    """One row for each pair: a person who left a section and came back is there from first to last."""
    make_table(
        cursor,
        f"rows_{link.kind}",
        f"""
        WITH spans AS (
            SELECT ss.section_id, min(lower(t.during)) AS begins, max(upper(t.during)) AS ends
            FROM schools_sectionsession ss JOIN schools_session t ON t.id = ss.session_id
            JOIN keys_section k ON k.row_id = ss.section_id GROUP BY ss.section_id
        ), gathered AS (
            SELECT k.row_id AS section_id, m.row_id AS member_id, array_agg(s.external_id) AS external_ids,
                min(coalesce(nullif(s.begins, '')::date, spans.begins, %(begins)s::date)) AS begins,
                nullif(max(coalesce(nullif(s.ends, '')::date, spans.ends, 'infinity')), 'infinity') AS ends,
                {", ".join(f"{value} AS {name}" for name, value in link.extra.items())}
            FROM staged_enrollments s
            JOIN keys_section k ON k.external_id = s.section AND s.role = '{link.role}'
            JOIN keys_{link.person_kind} m ON m.external_id = s.person
            JOIN schools_section section ON section.id = k.row_id
            LEFT JOIN spans ON spans.section_id = k.row_id
            GROUP BY k.row_id, m.row_id
        )
        SELECT g.section_id, g.member_id, g.external_ids, held.id IS NULL AS is_new,
            coalesce(held.id, nextval(pg_get_serial_sequence('{link.table}', 'id'))) AS row_id,
            daterange(g.begins, CASE WHEN g.ends > g.begins THEN g.ends END) AS during,
            {", ".join(f"g.{name}" for name in link.extra)}
        FROM gathered g
        LEFT JOIN {link.table} held ON held.section_id = g.section_id AND held.{link.person_column} = g.member_id
        """,
        {"begins": begins},
    )


def give_students_a_school(cursor: Any) -> None:
    """A student whose roster row names no school belongs to that of the newest section."""
    cursor.execute(
        """
        UPDATE schools_student student SET school_id = newest.school_id FROM (
            SELECT DISTINCT ON (e.student_id) e.student_id, e.school_id FROM schools_enrollment e
            JOIN keys_student k ON k.row_id = e.student_id
            ORDER BY e.student_id, lower(e.during) DESC, e.id DESC
        ) newest WHERE student.id = newest.student_id AND student.school_id IS NULL
        """
    )
