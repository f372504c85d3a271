"""A real worker process, killed in the middle of a run: the run is done again and nothing is lost."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from alignment_dash.runs import actions, queries, registry
from alignment_dash.runs.models import Run, State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
YEAR = 2026
# Longer than any blocking read below: the client gives up after five seconds by itself.
PATIENCE = 300
WORKER = ("--pool", "solo", "--loglevel", "ERROR", "--without-gossip", "--without-mingle")
INCLUDE = ("--include", "tests.runs.slow_job")


@pytest.fixture
def slow_job():
    from tests.runs import slow_job

    registry.register(slow_job.JOB)
    queue = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE)
    queue.flushdb()
    yield slow_job
    queue.flushdb()
    del registry._jobs[slow_job.KIND]


@pytest.fixture
def start_worker(slow_job):
    """Start a worker of the product's own Celery application on this test's database and broker."""
    given = settings.DATABASES["default"]
    address = (
        f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    )
    environment = os.environ | {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL}
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "alignment_dash", "worker", *WORKER, *INCLUDE],
            cwd=settings.BASE_DIR,
            env=environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_run_of_a_killed_worker_is_done_by_the_next(slow_job, start_worker):
    queue = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE)
    first = start_worker()
    run = actions.request_run(kind=slow_job.KIND, school_year=YEAR, by=None)
    assert queue.blpop([slow_job.BEGUN], timeout=slow_job.LONGEST)[1] == b"1"
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    assert queries.snapshot(kind=slow_job.KIND, school_year=YEAR) is None
    actions.sweep(now=timezone.now() + timedelta(minutes=5))
    Run.objects.filter(pk=run.pk).update(not_before=timezone.now())
    start_worker()
    actions.sweep()
    assert queue.blpop([slow_job.BEGUN], timeout=slow_job.LONGEST)[1] == b"2"
    queue.lpush(slow_job.GO, "go")
    # The worker rings its bell again when the run has ended; a second request tells that it has.
    actions.request_run(kind=slow_job.KIND, school_year=YEAR, by=None)
    assert queue.blpop([slow_job.BEGUN], timeout=slow_job.LONGEST)[1] == b"1"

    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.SUCCEEDED, 2)
    assert queries.snapshot(kind=slow_job.KIND, school_year=YEAR).run_id == run.pk
    queue.lpush(slow_job.GO, "go")
