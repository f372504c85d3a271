"""When sections meet, who teaches them and who is enrolled, from staging into place."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
)


def make_section_spans(cursor: Any) -> None:
    """Work out the school year of each staged class from its sessions."""
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


def set_section_sessions(work: Import) -> None:
    """Put stated sections into the sessions they name, and out of those they do not; `spans` tells their days."""
    work.journal.remove(
        "schools_sectionsession",
        """
        SELECT ss.id FROM schools_sectionsession ss
        JOIN keys_section k ON k.row_id = ss.section_id AND k.is_stated AND NOT k.is_new
        LEFT JOIN class_sessions c ON c.external_id = k.external_id AND c.session_id = ss.session_id
        WHERE c.external_id IS NULL
        """,
    )
    work.journal.insert(
        "schools_sectionsession",
        ["section_id", "session_id"],
        """
        SELECT k.row_id, c.session_id FROM class_sessions c JOIN keys_section k USING (external_id)
        LEFT JOIN schools_sectionsession present ON present.section_id = k.row_id AND present.session_id = c.session_id
        WHERE present.id IS NULL
        """,
    )
    make_table(
        work.cursor,
        "spans",
        """
        SELECT ss.section_id, min(lower(t.during)) AS begins, max(upper(t.during)) AS ends
        FROM schools_sectionsession ss JOIN schools_session t ON t.id = ss.session_id
        JOIN keys_section k ON k.row_id = ss.section_id GROUP BY ss.section_id
        """,
    )


@dataclass(frozen=True, slots=True)
class Link:
    """What ties a person to a section: teachings for staff, enrollments for students.

    extra: further columns as aggregates over the staged rows `s` of a pair and its section; alone: the same
    for a pair that is stated once.
    """

    kind: str
    table: str
    role: str
    person_kind: str
    person_column: str
    extra: dict[str, str]
    alone: dict[str, str]


TEACHING = Link(
    Kind.TEACHING,
    "schools_teaching",
    "teacher",
    Kind.PERSON,
    "person_id",
    {"is_primary": "bool_or(s.is_primary = 'true')"},
    {"is_primary": "(s.is_primary = 'true')"},
)
ENROLLMENT = Link(
    Kind.ENROLLMENT,
    "schools_enrollment",
    "student",
    Kind.STUDENT,
    "student_id",
    {"school_id": "min(section.school_id)"},
    {"school_id": "section.school_id"},
)


def write_links(work: Import, link: Link) -> Tally:
    """Write one row for each section and person, over the days the file says or else the section's own.

    Rows that say what is held are set aside first: in most imports these are nearly all.
    """
    hold_ids(work, link.kind)
    same = _set_aside(work, link)
    _gather(work, link)
    rows, columns = f"rows_{link.kind}", ["during", *link.extra]
    tally = Tally(unchanged=same)
    tally.created = work.journal.insert(
        link.table,
        ["id", "section_id", link.person_column, *columns],
        f"SELECT row_id, section_id, member_id, {', '.join(columns)} FROM {rows} WHERE is_new",
    )
    updated = work.journal.update(
        link.table,
        columns,
        f"SELECT row_id AS id, was_ended, {', '.join(columns)} FROM {rows} WHERE NOT is_new",
        was_ended="n.was_ended",
    )
    tally.updated = besides_returned(work, updated)
    work.cursor.execute(
        f"SELECT count(*) FILTER (WHERE NOT is_new), count(*) FILTER (WHERE NOT is_new AND was_ended) FROM {rows}"
    )
    there, tally.returned = work.cursor.fetchone()
    tally.unchanged += there - tally.updated - tally.returned
    ids = f"SELECT unnest(external_ids), row_id FROM {rows}"
    come_back(work, link.kind, f"SELECT unnest(external_ids) FROM {rows}")
    add_external_ids(work, link.kind, ids)
    return tally


_BEGINS = "coalesce(nullif(s.begins, '')::date, spans.begins, %(begins)s::date)"
_ENDS = "coalesce(nullif(s.ends, '')::date, spans.ends, 'infinity')"


def _set_aside(work: Import, link: Link) -> int:
    """Find the staged rows that are not simply what is held already; returns how many rows are.

    A pair that is stated more than once differs from each of its rows, so its rows are all looked at.
    """
    columns = {"during": f"daterange({_BEGINS}, nullif({_ENDS}, 'infinity'))", **link.alone}
    same = " AND ".join(f"present.{name} = {value}" for name, value in columns.items())
    make_table(
        work.cursor,
        "fresh",
        f"""
        SELECT s.external_id, s.begins, s.ends, s.is_primary, k.row_id AS section_id, m.row_id AS member_id,
            h.ended_on IS NULL AND present.id IS NOT NULL AND coalesce({same}, false) AS is_same
        FROM staged_enrollments s
        JOIN keys_section k ON k.external_id = s.section
        JOIN keys_{link.person_kind} m ON m.external_id = s.person
        JOIN schools_section section ON section.id = k.row_id
        LEFT JOIN spans ON spans.section_id = k.row_id
        LEFT JOIN {held(link.kind)} h ON h.external_id = s.external_id
        LEFT JOIN {link.table} present ON present.id = h.row_id AND present.section_id = k.row_id
          AND present.{link.person_column} = m.row_id
        WHERE s.role = '{link.role}'
        """,
        {"begins": work.begins},
    )
    # With another row of the same pair to be written, the whole pair is.
    work.cursor.execute(
        """
        DELETE FROM fresh f WHERE is_same AND NOT EXISTS (
            SELECT 1 FROM fresh o WHERE NOT o.is_same AND o.section_id = f.section_id AND o.member_id = f.member_id
        )
        """
    )
    return int(work.cursor.rowcount)


def _gather(work: Import, link: Link) -> None:
    """One row for each pair: a person who left a section and came back is there from first to last."""
    make_table(
        work.cursor,
        f"rows_{link.kind}",
        f"""
        WITH gathered AS (
            SELECT s.section_id, s.member_id, array_agg(s.external_id) AS external_ids,
                min({_BEGINS}) AS begins, nullif(max({_ENDS}), 'infinity') AS ends,
                {", ".join(f"{value} AS {name}" for name, value in link.extra.items())}
            FROM fresh s JOIN schools_section section ON section.id = s.section_id
            LEFT JOIN spans ON spans.section_id = s.section_id
            GROUP BY s.section_id, s.member_id
        ), ended AS (
            SELECT DISTINCT unnested.section_id, unnested.member_id FROM (
                SELECT section_id, member_id, unnest(external_ids) AS external_id FROM gathered
            ) unnested JOIN {held(link.kind)} h USING (external_id) WHERE h.ended_on IS NOT NULL
        )
        SELECT g.section_id, g.member_id, g.external_ids, present.id IS NULL AS is_new,
            ended.section_id IS NOT NULL AS was_ended,
            coalesce(present.id, nextval(pg_get_serial_sequence('{link.table}', 'id'))) AS row_id,
            {_during(work, link)} AS during,
            {", ".join(f"g.{name}" for name in link.extra)}
        FROM gathered g
        LEFT JOIN ended ON ended.section_id = g.section_id AND ended.member_id = g.member_id
        LEFT JOIN {link.table} present
          ON present.section_id = g.section_id AND present.{link.person_column} = g.member_id
        """,
        {"begins": work.begins},
    )


def move_students(work: Import) -> int:
    """Move students to the school of the role that the roster gives them without their own row; returns how many."""
    return work.journal.update(
        "schools_student",
        ["school_id"],
        """
        SELECT DISTINCT ON (k.row_id) k.row_id AS id, school.id AS school_id FROM staged_homes h
        JOIN keys_student k ON k.external_id = h.person AND NOT k.is_stated
        JOIN keys_org o ON o.external_id = h.org
        JOIN schools_org school ON school.id = o.row_id AND school.type = 'school'
        ORDER BY k.row_id, h.role_type = 'primary' DESC, school.id
        """,
    )


def _during(work: Import, link: Link) -> str:
    """The period of a pair. A delta may tell one of a pair's ids alone: what the others said can only widen it."""
    stated = "daterange(g.begins, CASE WHEN g.ends > g.begins THEN g.ends END)"
    if work.modes.get("enrollments") != "delta":
        return stated
    return f"""CASE WHEN present.id IS NOT NULL AND EXISTS (
            SELECT 1 FROM {held(link.kind)} h WHERE h.row_id = present.id AND h.ended_on IS NULL
              AND NOT EXISTS (SELECT 1 FROM staged_enrollments s WHERE s.external_id = h.external_id)
        ) THEN range_merge(present.during, {stated}) ELSE {stated} END"""


def follow_sections(work: Import, link: Link) -> int:
    """Have links go along with sections and sessions where no file tells of them; returns how many differed.

    A link moves with its section to another school, and one that lasted as long as its section still does.
    """
    if work.modes.get("enrollments") == "bulk":
        return 0
    columns = ["during", "school_id"] if "school_id" in link.extra else ["during"]
    school = ", section.school_id" if "school_id" in link.extra else ""
    return work.journal.update(
        link.table,
        columns,
        f"""
        WITH moved AS (
            SELECT DISTINCT ss.section_id FROM schools_sectionsession ss
            JOIN journal j ON j.table_name = 'schools_session' AND j.act = 'update' AND j.first_id = ss.session_id
              AND j.before ? 'during'
        ), spans AS (
            SELECT ss.section_id, min(lower(t.during)) AS begins, max(upper(t.during)) AS ends,
                min(lower(coalesce((j.before ->> 'during')::daterange, t.during))) AS began,
                max(upper(coalesce((j.before ->> 'during')::daterange, t.during))) AS ended
            FROM moved JOIN schools_sectionsession ss USING (section_id)
            JOIN schools_session t ON t.id = ss.session_id
            LEFT JOIN journal j ON j.table_name = 'schools_session' AND j.act = 'update' AND j.first_id = t.id
            GROUP BY ss.section_id
        )
        SELECT t.id, daterange(
            CASE WHEN lower(t.during) = spans.began THEN spans.begins ELSE lower(t.during) END,
            CASE WHEN upper(t.during) = spans.ended THEN spans.ends ELSE upper(t.during) END) AS during{school}
        FROM {link.table} t JOIN schools_section section ON section.id = t.section_id
        LEFT JOIN spans ON spans.section_id = section.id
        WHERE spans.section_id IS NOT NULL
           OR section.id IN (SELECT row_id FROM keys_section WHERE is_stated AND NOT is_new)
        """,
    )


def give_students_a_school(work: Import) -> None:
    """A student whose roster row names no school belongs to that of the newest section."""
    work.journal.update(
        "schools_student",
        ["school_id"],
        """
        SELECT DISTINCT ON (e.student_id) e.student_id AS id, e.school_id FROM schools_enrollment e
        JOIN keys_student k ON k.row_id = e.student_id
        JOIN schools_student student ON student.id = e.student_id AND student.school_id IS NULL
        ORDER BY e.student_id, lower(e.during) DESC, e.id DESC
        """,
    )
