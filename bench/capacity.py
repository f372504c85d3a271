"""What the capacity job costs: time against reading the ratings out, memory, and how soon a worker starts."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from alignment_dash import celery_app
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State
from bench import noop_job
from bench.district import large_urban
from bench.measure import Measure, percentile

ROOT = Path(__file__).resolve().parent.parent
STARTS = 60
PATIENCE = 60.0
# A process of its own, so that its greatest memory is the job's.
JOB = """
import io, json, resource, time
import django
django.setup()
from django.db import connection
from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.registry import job_of

COPY = '''COPY (SELECT o.id, o.observer_id, o.observed_id, o.school_id, o.observed_on, r.element_version_id, r.level
FROM instruction_rating r JOIN instruction_observation o ON o.id = r.observation_id) TO STDOUT (FORMAT csv)'''

def copy():
    target = io.BytesIO()
    began = time.perf_counter()
    with all_rows(why="bench"), connection.cursor() as cursor:
        cursor.copy_expert(COPY, target)
    return time.perf_counter() - began, target.getvalue().count(b"\\n")

year = schoolyear.current_year()
subject = next(iter(job_of("capacity").subjects(year)))
run = actions.request_run(kind="capacity", school_year=year, by=None, subject=subject)
began = time.perf_counter()
tasks.perform(run.pk)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
floors = sorted(copy() for _ in range(5))
run.refresh_from_db()
print(json.dumps({"seconds": seconds, "peak": peak, "copy": floors[2][0], "ratings": floors[2][1],
                  "state": run.state, "message": run.message}))
"""


def measures() -> Iterator[Measure]:
    """Measure the job on the large urban district, and the start of jobs by a real worker."""
    large_urban()
    done = json.loads(_python("-c", JOB))
    if done["state"] != State.SUCCEEDED:
        raise SystemExit(f"the capacity job failed: {done['message']}")
    yield Measure.against(
        "job", done["seconds"], "s", floor=done["copy"], floor_name=f"COPY of {done['ratings']:,} ratings",
        limit=None,
    )  # fmt: skip
    yield Measure.bounded("job, greatest memory", done["peak"], "MB", limit=600)
    starts = _starts()
    yield Measure.reported("job start, median", percentile(starts, 0.5) * 1000, "ms")
    yield Measure.bounded("job start, 95th percentile", percentile(starts, 0.95) * 1000, "ms", limit=100)


def _python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip().splitlines()[-1]


def _starts() -> list[float]:
    """Return the seconds from asking for a job to its start, by a worker process as production runs it."""
    # A queue of its own, and nothing else waiting: the figure is that of an idle worker.
    queue = celery_app.conf.task_default_queue = f"bench-{time.time_ns()}"
    Run.objects.filter(state=State.QUEUED).delete()
    worker = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "alignment_dash", "worker", "--concurrency", "2",
            "--loglevel", "ERROR", "--include", "bench.noop_job", "--queues", queue,
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _start("warm")
        return [_start(str(number)) for number in range(STARTS)]
    finally:
        worker.terminate()
        worker.wait(timeout=PATIENCE)


def _start(subject: str) -> float:
    run = actions.request_run(
        kind=noop_job.KIND, school_year=2000, by=None, subject=f"{subject} {time.time_ns()}"
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = Run.objects.get(pk=run.pk)
        if found.state == State.SUCCEEDED and found.started_at:
            return (found.started_at - found.queued_at).total_seconds()
        time.sleep(0.01)
    raise SystemExit("the worker did not start the job")
