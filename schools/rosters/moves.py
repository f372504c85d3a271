"""Whose roles reach further when a place comes under another: a role held above reaches the schools below it."""

from __future__ import annotations

from typing import Any

from alignment_dash.access.roles import AT_SCHOOLS
from alignment_dash.schoolyear import today

# Places that a roster put elsewhere: before its first change of each, and not those that it made.
_BY_ROSTER = """
    SELECT DISTINCT ON (j.first_id) j.first_id AS id, (j.before ->> 'parent_id')::bigint AS parent_id FROM journal j
    WHERE j.table_name = 'schools_org' AND j.act = 'update' AND j.before ? 'parent_id' AND NOT EXISTS (
        SELECT 1 FROM journal made WHERE made.table_name = j.table_name AND made.act = 'create'
          AND j.first_id BETWEEN made.first_id AND made.last_id
    )
    ORDER BY j.first_id, j.seq
"""
_WIDENED = """
WITH RECURSIVE moved AS ({moved}), was AS (
    SELECT o.id, CASE WHEN m.id IS NULL THEN o.parent_id ELSE m.parent_id END AS parent_id
    FROM schools_org o LEFT JOIN moved m ON m.id = o.id
), before AS (
    SELECT id, parent_id AS above FROM moved
    UNION SELECT u.id, w.parent_id FROM before u JOIN was w ON w.id = u.above
), now AS (
    SELECT m.id, o.parent_id AS above FROM moved m JOIN schools_org o ON o.id = m.id
    UNION SELECT u.id, o.parent_id FROM now u JOIN schools_org o ON o.id = u.above
)
SELECT o.name, a.name, g.role, array_agg(DISTINCT g.user_id ORDER BY g.user_id)
FROM (SELECT id, above FROM now EXCEPT SELECT id, above FROM before) gained
JOIN schools_org o ON o.id = gained.id
JOIN schools_org a ON a.id = gained.above
JOIN access_rolegrant g ON g.org_id = gained.above
WHERE g.role = ANY(%(roles)s) AND g.during && daterange(%(day)s, NULL)
  AND (o.type = 'school' OR EXISTS (SELECT 1 FROM schools_org child WHERE child.parent_id = o.id))
GROUP BY o.id, o.name, a.id, a.name, g.role ORDER BY 1, 2, 3
"""


def widened_by_roster(cursor: Any) -> list[dict[str, Any]]:
    """Return the roles that reach further by what the roster being written moved; one query.

    Each is {"org": what moved, "above": under what, "role", "users": ids}.
    """
    return _widened(cursor, _BY_ROSTER, {})


def widened_by_move(cursor: Any, org_id: int, parent_id: int | None) -> list[dict[str, Any]]:
    """Return the same for one place that was just moved away from under `parent_id`; one query."""
    moved = "SELECT %(org)s::bigint AS id, %(parent)s::bigint AS parent_id"
    return _widened(cursor, moved, {"org": org_id, "parent": parent_id})


def _widened(cursor: Any, moved: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(_WIDENED.format(moved=moved), {"roles": sorted(AT_SCHOOLS), "day": today(), **values})
    return [
        {"org": org, "above": above, "role": role, "users": users}
        for org, above, role, users in cursor.fetchall()
    ]
