"""A real worker process that a test can kill at a moment, and the runs that another takes up again."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State
from schools.rosters.loader import ONE_AT_A_TIME
from tests.schools.announced import DONE, READY

PATIENCE = 300
COMMAND = ("--pool", "solo", "--loglevel", "CRITICAL", "--without-gossip", "--without-mingle")


class Workers:
    """Worker processes on this test's database and broker, one at a time."""

    def __init__(self) -> None:
        self.queue = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE + 10)
        self.queue.flushdb()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start a worker unless one is there, and wait until it listens."""
        if self._process and self._process.poll() is None:
            return
        self.queue.delete(READY)
        command = [sys.executable, "-m", "celery", "-A", "alignment_dash", "worker", *COMMAND]
        self._process = subprocess.Popen(
            [*command, "--include", "tests.schools.announced"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": address(), "REDIS_URL": settings.REDIS_URL},
            stderr=subprocess.DEVNULL,
        )
        assert self.queue.blpop([READY], timeout=PATIENCE), "the worker did not start"

    def work_for(self, seconds: float) -> None:
        """Let the worker work for so long."""
        assert self._process
        try:
            self._process.wait(timeout=max(seconds, 0.001))
        except subprocess.TimeoutExpired:
            return
        raise AssertionError("the worker ended by itself")

    def kill(self) -> None:
        """Kill the worker as a machine that loses power would, and wait until the database has noticed."""
        if self._process:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])

    def close(self) -> None:
        """Kill what is left and forget what was queued."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self.queue.flushdb()

    def finish(self, run_id: int) -> Run:
        """Have the run done to its end, by a new worker where the last one is gone; return it."""
        self.start()
        self.queue.delete(DONE)
        # A minute of silence is what tells that a worker is gone; the test says that it has passed.
        actions.sweep(now=timezone.now() + timedelta(minutes=5))
        Run.objects.filter(pk=run_id, state=State.QUEUED).update(not_before=timezone.now())
        actions.sweep()
        self.wait_for(run_id)
        return Run.objects.get(pk=run_id)

    def wait_for(self, run_id: int) -> None:
        """Wait until a worker has ended the run."""
        while Run.objects.get(pk=run_id).is_open:
            assert self.queue.blpop([DONE], timeout=PATIENCE), "no worker did the run"


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began


def address() -> str:
    """The address of this test's database for the application role."""
    given: dict[str, Any] = connections["default"].settings_dict
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
