"""Count, school by school, when the teachers of the roster were last observed."""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from alignment_dash import schoolyear
from alignment_dash.runs.models import Run
from instruction.capacity.islands import islands
from instruction.snapshots.reading import Evidence

RECENT = timedelta(weeks=6)
LONG_AGO = timedelta(days=365)

# A lesson counts for the school it was seen at, whatever its kind and purpose; a calibration video for nobody.
WHEN_SEEN = """
SELECT a.org_id, a.person_id, min(lower(a.during)) AS since, max(s.day) AS last
FROM schools_staffassignment a
LEFT JOIN (
    SELECT o.school_id, o.observed_id, max(o.observed_on) AS day FROM instruction_observation o
    JOIN instruction_frameworkversion v ON v.id = o.version_id
    WHERE v.framework_id = %(framework)s AND o.observed_on <= %(day)s AND o.role = 'teacher'
        AND o.school_id = ANY (%(schools)s)
    GROUP BY o.school_id, o.observed_id
) s ON s.school_id = a.org_id AND s.observed_id = a.person_id
WHERE a.role = 'teacher' AND a.during @> %(day)s::date AND a.org_id = ANY (%(schools)s)
GROUP BY a.org_id, a.person_id
"""
_WRITE = f"""
INSERT INTO instruction_observationcompletion (
    run_id, school_id, island, n_teachers, n_observed_this_year, n_not_in_a_year, n_recent_hires, n_never, last_seen
)
SELECT %(run)s, i.school, nullif(i.island, -1), count(t.person_id), count(*) FILTER (WHERE t.last >= %(first)s),
    count(*) FILTER (WHERE t.last < %(first)s AND t.last < %(long_ago)s),
    count(*) FILTER (WHERE t.last IS NULL AND t.since > %(recent)s),
    count(t.person_id) FILTER (WHERE t.last IS NULL AND (t.since IS NULL OR t.since <= %(recent)s)), max(t.last)
FROM unnest(%(schools)s::bigint[], %(islands)s::int[]) AS i (school, island)
LEFT JOIN ({WHEN_SEEN}) t ON t.org_id = i.school
GROUP BY i.school, i.island
"""  # noqa: S608 - both parts are constants


def write_completion(run: Run, evidence: Evidence) -> None:
    """Write a row for every school; one query. Protected rows must be open (reach.all_rows)."""
    schools = evidence.targets.schools
    values = when_seen_values(
        framework=evidence.version.framework_id, day=evidence.as_of, year=run.school_year
    )
    values |= {
        "run": run.pk,
        "schools": schools.tolist(),
        "islands": islands(evidence.ratings, schools).tolist(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def when_seen_values(*, framework: int, day: date, year: int) -> dict[str, Any]:
    """Return the values of a query of who was last observed when, as of `day`, save the schools."""
    return {
        "framework": framework,
        "day": day,
        "first": schoolyear.bounds(year)[0],
        "long_ago": day - LONG_AGO,
        "recent": day - RECENT,
    }
