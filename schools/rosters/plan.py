"""What an import does, in numbers and examples, and the hash that names exactly that."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from schools.models import Kind, SourceSystem
from schools.rosters.moves import widened_by_roster
from schools.rosters.people_sql import NAMES
from schools.rosters.upsert import Import, Tally

SAMPLES = 10
# The kinds whose rows are found by external id alone; each has a table of keys.
KEYED = (Kind.SESSION, Kind.ORG, Kind.COURSE, Kind.PERSON, Kind.STUDENT, Kind.SECTION)


@dataclass(frozen=True, slots=True)
class Type:
    """A type of record in the plan: the file that tells of it, its table, what row `t` is called, and whose it is."""

    name: str
    kind: str
    table: str
    file: str
    label: str
    person: str = "NULL::bigint"


_SECTION = "(SELECT c.title FROM schools_section c WHERE c.id = t.section_id)"
TYPES = (
    Type("sessions", Kind.SESSION, "schools_session", "academicSessions", "t.title"),
    Type("orgs", Kind.ORG, "schools_org", "orgs", "t.name"),
    Type("courses", Kind.COURSE, "schools_course", "courses", "t.title"),
    Type("people", Kind.PERSON, "schools_person", "users", "NULL", "t.id"),
    # Students have no name here; the id of their source stands for them.
    Type("students", Kind.STUDENT, "schools_student", "users", "NULL"),
    Type(
        "roles",
        Kind.ASSIGNMENT,
        "schools_staffassignment",
        "roles",
        "concat_ws(', ', t.role, (SELECT o.name FROM schools_org o WHERE o.id = t.org_id))",
        "t.person_id",
    ),
    Type("sections", Kind.SECTION, "schools_section", "classes", "t.title"),
    Type(
        "teachings",
        Kind.TEACHING,
        "schools_teaching",
        "enrollments",
        _SECTION,
        "t.person_id",
    ),
    Type("enrollments", Kind.ENROLLMENT, "schools_enrollment", "enrollments", _SECTION),
)


def describe(work: Import, tallies: Mapping[str, Tally], rows: Mapping[str, int]) -> dict[str, Any]:
    """Return the plan: per type its tally, rows and mode; up to SAMPLES examples of each act; ids seen and known."""
    types = {
        one.name: asdict(tallies[one.name])
        | {"rows": rows.get(one.file, 0), "mode": work.modes.get(one.file, "absent")}
        for one in TYPES
    }
    # What this import has written is not in the planner's numbers: it would read through all of it for each example.
    work.cursor.execute("SET LOCAL enable_seqscan = off")
    samples = {one.name: _samples(work, one, tallies[one.name]) for one in TYPES}
    work.cursor.execute("SET LOCAL enable_seqscan = on")
    widened = widened_by_roster(work.cursor)
    return {
        "types": types,
        "samples": samples,
        "ids": _ids(work),
        "orgs_ended": _orgs_ended(work),
        "roles_ended": _roles_ended(work),
        "other_sources": _other_sources(work),
        **({"roles_widened": widened} if widened else {}),
    }


def hash_of(work: Import, tallies: Mapping[str, Tally]) -> str:
    """Return the hash (64 hex digits) of the change: equal as long as the same file does the same to the district."""
    said = {
        # Not its id: that of a new system differs from one planning to the next.
        "system": SourceSystem.objects.get(pk=work.system).code,
        "types": {name: asdict(tally) for name, tally in tallies.items()},
        "changes": work.journal.digest(),
        "new": [_sum(work, f"SELECT external_id FROM keys_{kind} WHERE is_new") for kind in KEYED],
        "roles": _sum(work, "SELECT concat_ws('|', external_id, role, is_new) FROM role_rows"),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _sum(work: Import, texts: str) -> str:
    """A sum of hashes, whatever the order."""
    work.cursor.execute(
        f"SELECT coalesce(sum(hashtextextended(q.text, 0)::numeric), 0) FROM ({texts}) q (text)"
    )
    return str(work.cursor.fetchone()[0])


def _samples(work: Import, one: Type, tally: Tally) -> dict[str, list[dict[str, Any]]]:
    found = {}
    if tally.created:
        found["created"] = _rows(
            work,
            one,
            "SELECT id AS row_id, NULL::jsonb AS before, NULL::jsonb AS after FROM journal j CROSS JOIN LATERAL"
            f" generate_series(j.first_id, least(j.last_id, j.first_id + {SAMPLES - 1})) AS id"
            f" WHERE j.table_name = '{one.table}' AND j.act = 'create'",
        )
    if tally.updated:
        found["updated"] = _rows(
            work, one, _CHANGED.format(table=one.table, name=_NAME_CHANGES if one.name == "people" else "")
        )
    if tally.ended:
        found["ended"] = _rows(
            work,
            one,
            f"SELECT row_id, NULL::jsonb AS before, NULL::jsonb AS after FROM gone WHERE kind = '{one.kind}'",
        )
    if tally.returned:
        found["returned"] = _rows(
            work,
            one,
            "SELECT x.row_id, NULL::jsonb AS before, NULL::jsonb AS after FROM journal j JOIN schools_externalid x"
            f" ON x.id = j.first_id AND x.kind = '{one.kind}' WHERE j.table_name = 'schools_externalid'"
            " AND j.act = 'update' AND j.before ->> 'ended_on' IS NOT NULL",
        )
    return found


_CHANGED = """
    SELECT j.first_id AS row_id, j.before, j.after FROM journal j
    WHERE j.table_name = '{table}' AND j.act = 'update' AND NOT EXISTS (
        SELECT 1 FROM journal made WHERE made.table_name = j.table_name AND made.act = 'create'
          AND j.first_id BETWEEN made.first_id AND made.last_id
    ) {name}
"""
_NAME_CHANGES = """
    UNION ALL SELECT i.person_id, j.before, j.after FROM journal j JOIN schools_identity i ON i.id = j.first_id
    WHERE j.table_name = 'schools_identity' AND j.act = 'update'
"""


def _rows(work: Import, one: Type, query: str) -> list[dict[str, Any]]:
    work.cursor.execute(
        f"""
        SELECT (SELECT min(x.external_id) FROM schools_externalid x
                WHERE x.kind = '{one.kind}' AND x.row_id = q.row_id AND x.system_id = {work.system:d}),
            q.row_id, {one.label}, {one.person}, q.before, q.after, (
                SELECT btrim(coalesce(nullif(i.preferred_given_name, ''), i.given_name) || ' ' || i.family_name)
                FROM schools_identity i WHERE i.person_id = {one.person}
            )
        FROM (SELECT * FROM ({query}) every LIMIT {SAMPLES}) q LEFT JOIN {one.table} t ON t.id = q.row_id
        """
    )
    return [
        {"id": external_id, "row": row_id, "label": label or "", "changes": _changes(before, after)}
        | ({"person": person, "name": name or ""} if person else {})
        for external_id, row_id, label, person, before, after, name in work.cursor.fetchall()
    ]


def without_names(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan as it is kept once its import has ended: of people, their rows and the fields that changed."""
    samples = {
        name: {act: [_without_name(one) for one in found] for act, found in groups.items()}
        for name, groups in plan.get("samples", {}).items()
    }
    given = [{**one, "names": []} for one in plan.get("roles_given", [])]
    return {**plan, "samples": samples, **({"roles_given": given} if given else {})}


def _without_name(sample: Mapping[str, Any]) -> dict[str, Any]:
    if "person" not in sample:
        return dict(sample)
    changes = [
        {**change, "before": None, "after": None} if change["field"] in NAMES else change
        for change in sample["changes"]
    ]
    return {**{key: value for key, value in sample.items() if key != "name"}, "changes": changes}


def _changes(before: Any, after: Any) -> list[dict[str, Any]]:
    was = json.loads(before) if isinstance(before, str) else before or {}
    will = json.loads(after) if isinstance(after, str) else after or {}
    return [{"field": name, "before": was[name], "after": will.get(name)} for name in sorted(was)]


def _ids(work: Import) -> dict[str, int]:
    """How many ids of places, people and classes the file has, and how many of them are held, ended ones too."""
    parts = " UNION ALL ".join(
        f"SELECT count(*) FILTER (WHERE is_stated), count(*) FILTER (WHERE is_stated AND NOT is_new) FROM keys_{kind}"
        for kind in KEYED
    )
    work.cursor.execute(f"SELECT sum(seen), sum(known) FROM ({parts}) q (seen, known)")
    seen, known = work.cursor.fetchone()
    return {"seen": int(seen), "known": int(known)}


def _orgs_ended(work: Import) -> list[dict[str, str]]:
    work.cursor.execute(
        "SELECT g.external_id, o.name FROM gone g JOIN schools_org o ON o.id = g.row_id"
        f" WHERE g.kind = '{Kind.ORG}' ORDER BY 2 LIMIT {SAMPLES}"
    )
    return [{"id": external_id, "label": name} for external_id, name in work.cursor.fetchall()]


def _roles_ended(work: Import) -> dict[str, list[int]]:
    """Staff roles that fewer of this source's people have than before: role -> [fewer, before]."""
    work.cursor.execute(
        """
        SELECT a.role, count(DISTINCT a.person_id) FILTER (WHERE coalesce(was.during, a.during) @> %(day)s::date
              AND made.first_id IS NULL),
            count(DISTINCT a.person_id) FILTER (WHERE upper(a.during) IS NULL OR upper(a.during) > %(day)s::date)
        FROM schools_staffassignment a
        LEFT JOIN (
            SELECT DISTINCT ON (first_id) first_id AS id, (before ->> 'during')::daterange AS during FROM journal
            WHERE table_name = 'schools_staffassignment' AND act = 'update' AND before ? 'during'
            ORDER BY first_id, seq
        ) was ON was.id = a.id
        LEFT JOIN journal made ON made.table_name = 'schools_staffassignment' AND made.act = 'create'
          AND a.id BETWEEN made.first_id AND made.last_id
        WHERE a.person_id IN (SELECT row_id FROM schools_externalid WHERE system_id = %(system)s AND kind = %(kind)s)
        GROUP BY 1 ORDER BY 1
        """,
        {"day": work.day, "system": work.system, "kind": Kind.PERSON},
    )
    return {role: [before - now, before] for role, before, now in work.cursor.fetchall() if before > now}


def _other_sources(work: Import) -> list[str]:
    """Codes of the other systems that live people come from."""
    work.cursor.execute(
        """
        SELECT s.code FROM schools_sourcesystem s WHERE s.id <> %s AND EXISTS (
            SELECT 1 FROM schools_externalid x WHERE x.system_id = s.id AND x.kind = %s AND x.ended_on IS NULL
        ) ORDER BY 1
        """,
        [work.system, Kind.PERSON],
    )
    return [row[0] for row in work.cursor.fetchall()]
