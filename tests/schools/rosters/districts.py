"""What the database holds of the district, row by row, to be compared before and after an import."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from tests.schools.rosters.bundles import SESSIONS, Rows

TABLES = (
    "schools_org", "schools_session", "schools_course", "schools_person", "schools_identity", "schools_student",
    "schools_staffassignment", "schools_section", "schools_sectionsession", "schools_teaching", "schools_enrollment",
    "schools_externalid", "schools_waitingrole", "schools_handedit", "schools_rosterwrite",
)  # fmt: skip


def held(*tables: str) -> dict[str, list[Any]]:
    """Every row of the tables (all that rosters write to, but for the inverses), by id."""
    found = {}
    with all_rows(why="compare the district"), connection.cursor() as cursor:
        for table in tables or TABLES[:-1]:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            found[table] = [json.loads(row[0]) for row in cursor.fetchall()]
    return found


def running() -> Rows:
    """The sessions of `bundles`, around today: the year from 60 days ago for 240, its first term for 120."""
    today = schoolyear.today()
    begins = today - timedelta(days=60)
    ends = {"year": today + timedelta(days=180), "fall": today + timedelta(days=60)}
    # Each is of the year that its middle is in.
    days = [(begins, ends[session["sourcedId"]]) for session in SESSIONS]
    years = [schoolyear.year_of(first + (end - first) / 2) for first, end in days]
    return [
        {**session, "startDate": str(first), "endDate": str(end), "schoolYear": str(year)}
        for session, (first, end), year in zip(SESSIONS, days, years, strict=True)
    ]
