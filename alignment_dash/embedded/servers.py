"""The two private servers together, the secrets they use, and the environment that leads to them."""

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from alignment_dash.embedded.places import (
    LOGS,
    STATE,
    Account,
    make_folder,
    server_account,
    server_folder,
    write_private,
)
from alignment_dash.embedded.postgres import APP, OWNER, Passwords, Postgres
from alignment_dash.embedded.processes import Family, undisturbed
from alignment_dash.embedded.valkey import Valkey


class AlreadyRunning(RuntimeError):
    """Another process holds these servers; `environment` leads to them."""

    def __init__(self, environment: dict[str, str]):
        super().__init__("The private servers of this checkout are in use by another process.")
        self.environment = environment


@dataclass(slots=True)
class Servers:
    """The private servers whose state is in `state`; use as a context manager, which stops all children."""

    state: Path = STATE
    logs: Path = LOGS
    throwaway: bool = False
    account: Account | None = field(default_factory=server_account)
    family: Family = field(init=False)
    environment: dict[str, str] = field(default_factory=dict)
    _lock: int | None = None

    def __post_init__(self) -> None:
        self.family = Family(self.state / "processes.json", self.logs)

    def __enter__(self) -> "Servers":
        make_folder(self.state)
        self._take_lock()
        try:
            for name in self.family.end_leftovers():
                print(f"  ended {name}, which an earlier run had left behind", flush=True)
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop all children and let go of the lock; a second ctrl-C does not leave half of them running."""
        with undisturbed():
            self.family.stop()
        (self.state / "environment").unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove(self) -> None:
        """Delete the state folder and the servers' files; call when nothing runs on them."""
        home = server_folder(self.state, self.account)
        shutil.rmtree(self.state, ignore_errors=True)
        if home != self.state:
            shutil.rmtree(home, ignore_errors=True)

    def _take_lock(self) -> None:
        # The lock is the kernel's: it is gone when its holder is, even after kill -9.
        self._lock = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise AlreadyRunning(read_environment(self.state)) from None
        os.ftruncate(self._lock, 0)
        os.write(self._lock, str(os.getpid()).encode())

    def _start(self) -> None:
        kept = _Secrets.load(self.state / "secrets.json")
        postgres = Postgres(self.state, kept.passwords, self.account, throwaway=self.throwaway)
        postgres.start(self.family, preferred_port=kept.postgres_port)
        valkey = Valkey(kept.valkey, self.account)
        valkey.start(self.family, preferred_port=kept.valkey_port)
        kept.postgres_port, kept.valkey_port = postgres.port, valkey.port
        kept.save(self.state / "secrets.json")
        self.environment = {
            "DATABASE_URL": postgres.url(APP),
            "DATABASE_OWNER_URL": postgres.url(OWNER),
            "REDIS_URL": valkey.url,
            "SECRET_KEY": kept.secret_key,
            "SECURE_TRANSPORT": "false",
        }
        lines = [f"{name}={value}" for name, value in self.environment.items()]
        write_private(self.state / "environment", "\n".join(lines) + "\n")


def read_environment(state: Path = STATE) -> dict[str, str]:
    """Return the variables that lead to the running servers; empty when there are none."""
    try:
        lines = (state / "environment").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def holder(state: Path = STATE) -> int | None:
    """Return the pid of the process that holds the servers, or None when nobody does."""
    try:
        lock = os.open(state / "lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(lock, 20) or 0) or None
    finally:
        os.close(lock)
    return None


@dataclass(slots=True)
class _Secrets:
    """What must stay the same from one start to the next."""

    passwords: Passwords
    valkey: str
    secret_key: str
    postgres_port: int | None = None
    valkey_port: int | None = None

    @classmethod
    def load(cls, path: Path) -> "_Secrets":
        """Read the secrets, or make and save new ones when there are none yet."""
        if path.exists():
            content = json.loads(path.read_text())
            return cls(passwords=Passwords(**content.pop("passwords")), **content)
        made = cls(Passwords.generate(), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        made.save(path)
        return made

    def save(self, path: Path) -> None:
        """Write the secrets to a file that only its owner can read."""
        write_private(path, json.dumps(asdict(self), indent=1))
