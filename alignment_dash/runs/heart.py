"""The heartbeat of a running job, and its progress, written by a thread with its own connection.

A job's own work may be one long transaction; what it writes about itself must be seen before that ends.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from alignment_dash.runs.models import Run, State

BEAT_SECONDS = 1.0
log = logging.getLogger(__name__)


class Heart:
    """Holds the newest progress and writes it once a beat."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stop = threading.Event()
        self._newest: tuple[int, int, str] = (0, 0, "")
        self._thread = threading.Thread(target=self._beat, name=f"heart-{run.pk}", daemon=True)

    def __call__(self, done: int, total: int, label: str = "") -> None:
        self._newest = (done, total, label)

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                self._write_or_wait()
        finally:
            connection.close()

    def _write_or_wait(self) -> None:
        """Write; where the database is away, leave it to the next beat, on a new connection."""
        try:
            self._write()
        except (DatabaseError, InterfaceError):
            log.warning("run %s: a heartbeat could not be written", self._run.uid)
            connection.close()

    def _write(self) -> None:
        done, total, label = self._newest
        Run.objects.filter(pk=self._run.pk, state=State.RUNNING, attempts=self._run.attempts).update(
            heartbeat_at=timezone.now(), progress_done=done, progress_total=total, progress_label=label
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@contextmanager
def beating(run: Run) -> Iterator[Heart]:
    """Keep the run's heartbeat going; the value is its progress, to be called (done, total, label)."""
    heart = Heart(run)
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()
