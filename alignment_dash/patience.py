"""A gunicorn worker whose threads do not wait for slow senders.

gunicorn's threaded worker waits for a request's first bytes without a thread, and after that as long as it takes:
a few senders who drip a byte now and then would hold every thread. Here a head must be whole within HEAD seconds,
and a body must keep to SLOWEST bytes a second after GRACE seconds. What is slower is cut off: its reading end is
shut, so a request that was read whole and is being worked on loses nothing.
"""

import contextlib
import socket
import threading
import time
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

HEAD = 10.0
GRACE = 20.0
SLOWEST = 16 * 1024


class Measured:
    """A request's body that counts what was read of it; everything else is the body's own."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.body, name)

    def read(self, size: int | None = None) -> bytes:
        """Return up to `size` bytes; all of them for None."""
        data: bytes = self.body.read(size)
        self.count += len(data)
        return data

    def __iter__(self) -> Any:
        return iter(self.readline, b"")

    def readline(self, size: int | None = None) -> bytes:
        """Return one line, or as much of it as `size` allows."""
        data: bytes = self.body.readline(size)
        self.count += len(data)
        return data


class Waiting:
    """How long a connection has been sending, and how much of a body came."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.body: Measured | None = None

    def is_too_slow(self, now: float) -> bool:
        """Say whether no more is waited for."""
        if self.body is None:
            return now - self.since > HEAD
        return now - self.since > GRACE + self.body.count / SLOWEST


class PatientWorker(ThreadWorker):
    """The threaded worker, with an end to its patience."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.waiting: dict[TConn, Waiting] = {}
        self.lock = threading.Lock()

    def handle(self, conn: TConn) -> Any:
        with self.lock:
            self.waiting[conn] = Waiting()
        try:
            return super().handle(conn)
        finally:
            with self.lock:
                self.waiting.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        waiting = Waiting()
        waiting.body = req.body = Measured(req.body)
        with self.lock:
            self.waiting[conn] = waiting
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Shut off who is too slow; the worker's loop calls this each second."""
        super().murder_pending()
        now = time.monotonic()
        with self.lock:
            slow = [conn for conn, waiting in self.waiting.items() if waiting.is_too_slow(now)]
        for conn in slow:
            with contextlib.suppress(OSError):  # it has gone by itself
                conn.sock.shutdown(socket.SHUT_RD)
