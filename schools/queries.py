"""Reads of the rostered district that join several models."""

from collections.abc import Collection

from django.db import connection

from schools.models import District, Person

_UNDER = """
WITH RECURSIVE under AS (
    SELECT id, type FROM schools_org WHERE id = ANY(%s)
    UNION
    SELECT child.id, child.type FROM schools_org child JOIN under ON child.parent_id = under.id
)
SELECT id FROM under WHERE type = 'school'
"""


def schools_under(org_ids: Collection[int]) -> frozenset[int]:
    """Return the ids of the schools at or below the given orgs; one query, none for no orgs."""
    if not org_ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_UNDER, [list(org_ids)])
        return frozenset(row[0] for row in cursor.fetchall())


def person_of(user_id: int) -> int | None:
    """Return the id of the person a user is, or None for a user without one; one query."""
    return Person.objects.filter(user_id=user_id).values_list("pk", flat=True).first()


def district_name() -> str:
    """Return the district's name, "" before it has one; one query."""
    return District.objects.values_list("name", flat=True).first() or ""
