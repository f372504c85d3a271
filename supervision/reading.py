"""What the caseload job reads: each table once, all caseloads together, as plain rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from alignment_dash.access.reach import all_rows
from instruction.snapshots.copying import BIGINT, DOUBLE, Table, copy_out
from supervision.needs import CELL_COLUMNS


class Held(NamedTuple):
    """A school in a supervisor's caseload (ids); principal None: the position is vacant."""

    supervisor: int
    principal: int | None
    school: int


# A principal on one element of leadership: estimate, its standard error and the target, in levels.
LEADERSHIP_COLUMNS = {"principal": BIGINT, "estimate": DOUBLE, "se": DOUBLE, "target": DOUBLE}


def no_rows(columns: Mapping[str, str]) -> Table:
    """Return a table of these columns without a row."""
    return np.zeros(0, dtype=list(columns.items()))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a caseload snapshot rests on, of one day.

    since: (school, principal) -> the first day of the stay as principal there, None where the roster knows no first
    day; only who is principal there on the day. cells: see supervision.needs. leadership: a row (LEADERSHIP_COLUMNS) for each principal and element with
    enough evaluative evidence.
    """

    day: date
    held: Sequence[Held]
    teachers: Mapping[int, int] = field(default_factory=dict)
    since: Mapping[tuple[int, int], date | None] = field(default_factory=dict)
    cells: Table = field(default_factory=lambda: no_rows(CELL_COLUMNS))
    leadership: Table = field(default_factory=lambda: no_rows(LEADERSHIP_COLUMNS))
    schools_without: int = 0


HELD = """
SELECT supervisor_id, principal_id, school_id FROM supervision_caseloadassignment
WHERE during @> %(day)s ORDER BY supervisor_id, id
"""
# A person teaches at a school once on a day: the database sees to it.
TEACHERS = """
SELECT org_id, count(*) FROM schools_staffassignment
WHERE role = 'teacher' AND during @> %(day)s AND org_id = ANY(%(schools)s)
GROUP BY org_id
"""
# A stay ends where more than 120 days follow without an assignment there: rosters often leave summers out, and who
# comes back after years is new again. One person's assignments there never overlap: the database sees to it.
SINCE = """
SELECT org_id, person_id, CASE WHEN bool_or(lower_inf(during)) THEN NULL ELSE min(lower(during)) END
FROM (
  SELECT org_id, person_id, during,
    count(*) FILTER (WHERE lower(during) > upper_before + 120) OVER (PARTITION BY org_id, person_id ORDER BY during) AS stay
  FROM (
    SELECT org_id, person_id, during, lag(upper(during)) OVER (PARTITION BY org_id, person_id ORDER BY during) AS upper_before
    FROM schools_staffassignment
    WHERE role = 'principal' AND org_id = ANY(%(schools)s)
  ) AS assignment
) AS of_stays
GROUP BY org_id, person_id, stay HAVING bool_or(during @> %(day)s)
"""
CELLS = """
SELECT school_id, element_id, evidence, coalesce(gap, 'NaN'), coalesce(se, 'NaN'), coalesce(p_below, 'NaN'),
  n_observations, n_teachers
FROM instruction_schoolcapacity
WHERE run_id = %(capacity)s AND school_id = ANY(%(schools)s)
"""
LEADERSHIP = """
SELECT principal_id, estimate, se, target FROM instruction_principalcapacity
WHERE run_id = %(leadership)s AND estimate IS NOT NULL AND se IS NOT NULL AND target IS NOT NULL
AND principal_id = ANY(%(principals)s)
"""
WITHOUT = """
SELECT count(*) FROM schools_org o WHERE type = 'school' AND during @> %(day)s
AND NOT EXISTS (
  SELECT FROM supervision_caseloadassignment WHERE school_id = o.id AND during @> %(day)s
)
"""


def read(day: date, *, capacity: int | None, leadership: int | None) -> Evidence:
    """Read all caseloads of a day, with the rows of the two runs (ids; None: there is none); each table once."""
    held = [Held(*row) for row in rows(HELD, {"day": day})]
    given = {
        "day": day,
        "capacity": capacity,
        "leadership": leadership,
        "schools": list({one.school for one in held}),
        "principals": list({one.principal for one in held if one.principal}),
    }
    cells = copy_out(CELLS, given, CELL_COLUMNS) if capacity else no_rows(CELL_COLUMNS)
    figures = no_rows(LEADERSHIP_COLUMNS)
    if leadership:
        with all_rows(why="our need index is computed over all principals in caseloads"):
            figures = copy_out(LEADERSHIP, given, LEADERSHIP_COLUMNS)
    return Evidence(
        day=day,
        held=held,
        teachers=dict(rows(TEACHERS, given)),
        since={(org, person): first for org, person, first in rows(SINCE, given)},
        cells=cells,
        leadership=figures,
        schools_without=rows(WITHOUT, given)[0][0],
    )


def rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
