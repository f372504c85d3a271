"""Reads of the rostered district that join several models."""

from collections.abc import Collection

from django.db import connection

from alignment_dash.access.places import Standing
from schools.models import District

# Also the person, as a row without an org, so that a scope takes one query here. At the district no role is held
# that opens schools: one that stands there, or stayed where a roster made a place the district, opens none.
_STANDING = """
WITH RECURSIVE under AS (
    SELECT id AS org_id, id, type FROM schools_org WHERE id = ANY (%(orgs)s) AND type <> 'district'
    UNION
    SELECT under.org_id, child.id, child.type FROM schools_org child JOIN under ON child.parent_id = under.id
)
SELECT org_id, id FROM under WHERE type = 'school'
UNION ALL
SELECT NULL, id FROM schools_person WHERE user_id = %(user)s
"""


def standing_of(user_id: int, org_ids: Collection[int]) -> Standing:
    """Return who a user is and which schools lie at or below each of the given orgs; one query."""
    under: dict[int, set[int]] = {org_id: set() for org_id in org_ids}
    person_id = None
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"user": user_id, "orgs": list(org_ids)})
        for org_id, found_id in cursor.fetchall():
            if org_id is None:
                person_id = found_id
            else:
                under[org_id].add(found_id)
    return Standing(person_id, {org_id: frozenset(ids) for org_id, ids in under.items()})


_OVER = """
WITH RECURSIVE over AS (
    SELECT id, name, parent_id FROM schools_org WHERE id = ANY (%(schools)s)
    UNION
    SELECT parent.id, parent.name, parent.parent_id FROM schools_org parent JOIN over ON over.parent_id = parent.id
)
SELECT id, name FROM over
"""


def places_over(school_ids: Collection[int]) -> dict[int, str]:
    """Return ids and names of the given schools and of every org above them; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, {"schools": list(school_ids)})
        return dict(cursor.fetchall())


def district_name() -> str:
    """Return the district's name, "" before it has one; one query."""
    return District.objects.values_list("name", flat=True).first() or ""
