"""What a roster tells of places besides their rows: the district's name, and the grades and level of schools."""

from __future__ import annotations

import json

from schools.models import Kind
from schools.rosters.levels import in_order, level_of
from schools.rosters.staging import make_table
from schools.rosters.upsert import Import, unless_edited


def name_district(work: Import) -> None:
    """The first roster of a district without a name gives it one."""
    work.journal.insert(
        "schools_district",
        ["id", "name", "network_word"],
        "SELECT 1, left(name, 200), 'network' FROM staged_orgs WHERE type = 'district' LIMIT 1 ON CONFLICT DO NOTHING",
    )


def describe_schools(work: Import) -> None:
    """Set a school's grades, and its level by them, where the grades of its sections say otherwise."""
    work.cursor.execute(
        """
        SELECT o.id, o.grades, array_agg(DISTINCT grade) FROM schools_org o
        JOIN schools_section s ON s.school_id = o.id CROSS JOIN LATERAL unnest(s.grades) AS grade
        WHERE o.id IN (SELECT school.row_id FROM staged_classes c JOIN keys_org school ON school.external_id = c.school)
          AND s.school_year = (SELECT max(school_year) FROM section_span)
        GROUP BY o.id
        """
    )
    described = [
        (school, grades, level_of(grades))
        for school, held, taught in work.cursor.fetchall()
        if (grades := in_order(taught)) != held
    ]
    if not described:
        return
    make_table(
        work.cursor,
        "described",
        "SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id bigint, grades varchar(8)[], level text)",
        {"rows": _as_json(described)},
    )
    names = ("grades", "level")
    chosen = ", ".join(f"{unless_edited(work, Kind.ORG, name, f'd.{name}')} AS {name}" for name in names)
    work.journal.update(
        "schools_org",
        names,
        f"SELECT t.id, {chosen} FROM described d JOIN schools_org t ON t.id = d.id",  # noqa: S608
    )


def _as_json(rows: list[tuple[int, list[str], str]]) -> str:
    return json.dumps([{"id": row_id, "grades": grades, "level": level} for row_id, grades, level in rows])
