"""What rules want to be otherwise: one query each, whatever the size of the district."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.accounts.rules import SEE_TO_ROLES
from alignment_dash.access.roles import AT_SCHOOLS
from alignment_dash.schoolyear import today
from schools.account_rules.words import PLACED, SAFE


@dataclass(frozen=True, slots=True)
class Change:
    """A role that a rule gives (before None), ends (after None) or holds for another time from today on.

    grant_id is None for one to be given; org_id for the district's own.
    """

    grant_id: int | None
    user_id: int
    user_uid: UUID
    user_name: str
    source: str
    role: str
    org_id: int | None
    before: DateRange | None
    after: DateRange | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person for whom a rule makes an account; user_id is an account with their address that nobody has yet."""

    person_id: int
    email: str
    name: str
    source: str
    user_id: int | None


# What switched-on rules say of people: AT_SCHOOLS at schools alone, for a principal of the whole district would
# see every school's evidence.
_STATED = """
    SELECT r.id AS rule_id, r.role, r.makes_accounts, a.person_id, a.org_id,
        a.during * daterange(%(day)s, NULL) AS during
    FROM schools_roleassignmentrule r JOIN schools_staffassignment a ON a.role = r.staff_role
    JOIN schools_org o ON o.id = a.org_id
    WHERE r.is_on AND r.role = ANY(%(safe)s) AND a.during && daterange(%(day)s, NULL)
      AND (r.role <> ALL(%(at_schools)s) OR o.type = 'school')
"""
_PRIVILEGED = """
    SELECT user_id FROM access_rolegrant
    WHERE role = ANY(%(see_to_roles)s) AND during && daterange(%(day)s, NULL)
"""
# What a rule gave keeps its first day. People who see to roles get nothing new and nothing longer.
_CHANGES = f"""
WITH stated AS ({_STATED}), privileged AS ({_PRIVILEGED}), spans AS (
    SELECT p.user_id, 'rule:' || s.rule_id AS source, s.role,
        CASE WHEN s.role = ANY(%(placed)s) THEN s.org_id END AS org_id, unnest(range_agg(s.during)) AS during
    FROM stated s JOIN schools_person p ON p.id = s.person_id AND p.user_id IS NOT NULL
    GROUP BY 1, 2, 3, 4
), held AS (
    SELECT id, user_id, source, role, org_id, during FROM access_rolegrant
    WHERE source LIKE 'rule:%%' AND during && daterange(%(day)s, NULL)
), wanted AS (
    SELECT s.user_id, s.source, s.role, s.org_id, CASE
        WHEN h.id IS NULL THEN s.during
        WHEN v.user_id IS NULL THEN daterange(lower(h.during), upper(s.during))
        ELSE daterange(lower(h.during), upper(s.during * h.during))
    END AS during
    FROM spans s
    LEFT JOIN held h ON h.user_id = s.user_id AND h.source = s.source AND h.role = s.role
      AND h.org_id IS NOT DISTINCT FROM s.org_id AND h.during @> %(day)s::date AND s.during @> %(day)s::date
    LEFT JOIN privileged v ON v.user_id = s.user_id
    WHERE v.user_id IS NULL OR h.id IS NOT NULL
)
SELECT h.id, u.id, u.uid, u.name, coalesce(w.source, h.source), coalesce(w.role, h.role),
    CASE WHEN h.id IS NULL THEN w.org_id ELSE h.org_id END, h.during, w.during
FROM held h FULL JOIN wanted w ON w.user_id = h.user_id AND w.source = h.source AND w.role = h.role
  AND coalesce(w.org_id, -1) = coalesce(h.org_id, -1) AND lower(w.during) = lower(h.during)
JOIN access_user u ON u.id = coalesce(w.user_id, h.user_id) AND NOT u.is_machine
WHERE h.during IS DISTINCT FROM w.during
ORDER BY u.name, u.id, 6, 7
"""  # noqa: S608
# An address is one person's, and an account with it is theirs only where it is open and sees to no roles.
_ACCOUNTS = f"""
WITH stated AS ({_STATED}), addresses AS (
    SELECT lower(btrim(email)) AS email, min(person_id) AS person_id FROM schools_identity
    WHERE email <> '' GROUP BY 1 HAVING count(*) = 1
)
SELECT DISTINCT ON (p.id) p.id, e.email,
    left(btrim(coalesce(nullif(i.preferred_given_name, ''), i.given_name) || ' ' || i.family_name), 200),
    'rule:' || s.rule_id, u.id
FROM stated s JOIN schools_person p ON p.id = s.person_id AND p.user_id IS NULL AND p.is_enabled
JOIN schools_identity i ON i.person_id = p.id AND i.blanked_at IS NULL
JOIN addresses e ON e.person_id = p.id
LEFT JOIN access_user u ON u.email = e.email
WHERE s.makes_accounts AND e.email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' AND length(e.email) <= 254
  AND (u.id IS NULL OR u.is_active AND NOT u.is_machine AND u.id NOT IN ({_PRIVILEGED})
       AND NOT EXISTS (SELECT 1 FROM schools_person o WHERE o.user_id = u.id))
ORDER BY p.id, s.rule_id
"""  # noqa: S608
_PASSED_OVER = f"""
WITH stated AS ({_STATED}), privileged AS ({_PRIVILEGED})
SELECT count(DISTINCT p.user_id) FROM stated s JOIN schools_person p ON p.id = s.person_id
JOIN privileged v ON v.user_id = p.user_id WHERE s.rule_id = %(rule)s
"""  # noqa: S608


def changes() -> list[Change]:
    """Return what differs between what rules want from today on and what they have given, by name; one query."""
    return [Change(*row) for row in _rows(_CHANGES)]


def new_accounts() -> list[NewAccount]:
    """Return the people for whom switched-on rules make an account; one query."""
    return [NewAccount(*row) for row in _rows(_ACCOUNTS)]


def passed_over(rule_id: int) -> int:
    """Return how many accounts a rule gives nothing because they see to roles or rosters; one query."""
    return int(_rows(_PASSED_OVER, rule=rule_id)[0][0])


def _rows(query: str, **more: Any) -> Sequence[tuple[Any, ...]]:
    values = {
        "day": today(),
        "safe": sorted(SAFE),
        "at_schools": sorted(AT_SCHOOLS),
        "placed": sorted(PLACED),
        "see_to_roles": sorted(SEE_TO_ROLES),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
