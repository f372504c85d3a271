"""What the caseload job costs in the largest district: time against reading the same rows once, and queries.

1,600 schools, 150 principal supervisors and 75,000 teachers beside the sample district, with twelve elements of
teaching at each school and ten of leadership for each principal; taken back afterwards.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from alignment_dash.access.reach import all_rows
from alignment_dash.runs.models import Run, State
from alignment_dash.schoolyear import current_year, roster_day
from bench.district import large_urban
from bench.measure import Measure, interleave
from supervision import reading, tasks
from supervision.models import CASELOAD_RUN
from supervision.needs import PAPER_SPAN

SCHOOLS, SUPERVISORS, TEACHERS = 1_600, 150, 75_000
ROUNDS = 9
LIMIT = 2.0

_ENLARGE = """
CREATE TEMP TABLE bench_school ON COMMIT DROP AS
WITH made AS (
  INSERT INTO schools_org (uid, type, name, identifier, level, grades, during)
  SELECT gen_random_uuid(), 'school', 'Bench ' || n, '', 'other', '{}', '[2000-01-01,)'
  FROM generate_series(1, %(schools)s) n RETURNING id)
SELECT id, row_number() OVER () AS n FROM made;
CREATE TEMP TABLE bench_person ON COMMIT DROP AS
WITH made AS (
  INSERT INTO schools_person (uid, is_enabled)
  SELECT gen_random_uuid(), true FROM generate_series(1, %(people)s) RETURNING id)
SELECT id, row_number() OVER () AS n FROM made;
INSERT INTO schools_staffassignment (person_id, org_id, role, title, is_primary, during)
SELECT p.id, s.id, 'teacher', '', true, '[2020-08-01,)'
FROM bench_person p JOIN bench_school s ON s.n = p.n %% %(schools)s + 1 WHERE p.n > %(leaders)s;
INSERT INTO schools_staffassignment (person_id, org_id, role, title, is_primary, during)
SELECT p.id, s.id, 'principal', '', true, daterange(date '2016-08-01' + (365 * (p.n %% 10))::int, NULL)
FROM bench_person p JOIN bench_school s ON s.n = p.n;
DELETE FROM supervision_caseloadassignment;
INSERT INTO supervision_caseloadassignment (uid, supervisor_id, principal_id, school_id, during)
SELECT gen_random_uuid(), v.id, p.id, s.id, '[2020-08-01,)'
FROM bench_school s JOIN bench_person p ON p.n = s.n
JOIN bench_person v ON v.n = %(schools)s + 1 + s.n %% %(supervisors)s;
INSERT INTO instruction_schoolcapacity (run_id, school_id, element_id, evidence, target, estimate, se, gap, p_below,
  n_new_teachers, n_external, n_ratings, n_observations, n_teachers, n_raters, roster_size, is_linked)
SELECT %(run)s, s.id, e.id, 2, 3, 3 - (s.n * e.id %% 13 - 4) / 10.0, 0.2, (s.n * e.id %% 13 - 4) / 10.0,
  (s.n * e.id %% 100) / 100.0, 0, 0, 60, 40, 20, 3, 45, true
FROM bench_school s CROSS JOIN (SELECT id FROM instruction_element ORDER BY id LIMIT 12) e;
INSERT INTO instruction_principalcapacity (run_id, principal_id, school_id, element_id, evidence, target, estimate, se,
  p_below, expected_below, n_observations, n_raters)
SELECT %(run)s, p.id, s.id, e.id, 2, 3, 3 - (s.n * e.id %% 11 - 4) / 10.0, 0.3, 0.5, 0.1, 6, 2
FROM bench_school s JOIN bench_person p ON p.n = s.n
CROSS JOIN (SELECT id FROM instruction_element ORDER BY id LIMIT 10) e;
ANALYZE schools_staffassignment; ANALYZE supervision_caseloadassignment; ANALYZE instruction_schoolcapacity;
ANALYZE instruction_principalcapacity; ANALYZE schools_org
"""


def measures() -> Iterator[Measure]:
    """Measure one snapshot of 1,600 schools against its own reads, and the job around it."""
    large_urban()
    year = current_year()
    day = roster_day(year)
    with transaction.atomic():
        run = Run.objects.create(kind=CASELOAD_RUN, school_year=year, state=State.RUNNING, subject="bench")
        given = _enlarge(run.pk)
        sources = {"capacity": run.pk, "leadership": run.pk}
        snapshot, floor, ratio = interleave(
            lambda: tasks.summed_up(run, day, span=PAPER_SPAN, **sources), lambda: _floor(given), ROUNDS
        )
        with CaptureQueriesContext(connection) as queries:
            tasks.perform(run, lambda done, total, label="": None)
        transaction.set_rollback(True)
    yield Measure(
        "snapshot", snapshot * 1000, "ms", floor * 1000, "its reads, once", ratio, LIMIT, ratio <= LIMIT
    )
    yield Measure.bounded("job, queries", len(queries), "queries", limit=40)


def _enlarge(run: int) -> dict[str, Any]:
    """Add the district, with estimates as the run's, and return what the reads are given."""
    leaders = SCHOOLS + SUPERVISORS
    given = {"schools": SCHOOLS, "supervisors": SUPERVISORS, "leaders": leaders, "people": leaders + TEACHERS}
    with all_rows(why="a district is made for a benchmark"), connection.cursor() as cursor:
        cursor.execute(_ENLARGE, given | {"run": run})
    day = roster_day(current_year())
    held = reading.rows(reading.HELD, {"day": day})
    return {
        "day": day,
        "capacity": run,
        "leadership": run,
        "schools": [school for _, _, school in held],
        "principals": [principal for _, principal, _ in held],
    }


def _floor(given: dict[str, Any]) -> None:
    """Read every row that the snapshot rests on, and do nothing with it."""
    with all_rows(why="what the job reads is read for a benchmark"):
        for sql in (
            reading.HELD,
            reading.TEACHERS,
            reading.SINCE,
            reading.CELLS,
            reading.LEADERSHIP,
            reading.WITHOUT,
        ):
            reading.rows(sql, given)
