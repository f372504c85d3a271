"""Two at once: what a second transaction does while the first has not ended yet."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

PATIENCE = 120
_WAITS = "SELECT pg_backend_pid() = ANY(pg_blocking_pids(pid)) FROM pg_stat_activity WHERE pid = %s"


def two_at_once(act: Callable[[], Any]) -> tuple[Any, Any]:
    """Return what `act` returns in a transaction, and in another that meets it before it has ended."""
    with ThreadPoolExecutor(1) as pool:
        pid = pool.submit(_pid).result()
        with transaction.atomic():
            first = act()
            second = pool.submit(act)
            until = time.monotonic() + PATIENCE
            while not (second.done() or _waits(pid) or time.monotonic() > until):
                pass
        found = second.result()
        pool.submit(_close).result()
    return first, found


def _close() -> None:
    connection.close()


def _pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, [pid])
        row = cursor.fetchone()
    return bool(row and row[0])
