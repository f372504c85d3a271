"""A private PostgreSQL: made, started, found again and stopped without touching any other.

It listens on 127.0.0.1 alone and asks everyone for a password. Two roles are made: the owner, who migrates
and may create databases (tests need that), and the app, whom row security binds.
"""

import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from alignment_dash.embedded.binaries import OLDEST, major_version, postgres_programs
from alignment_dash.embedded.places import (
    Account,
    owned_folder,
    server_folder,
    write_private,
)
from alignment_dash.embedded.ports import LOOPBACK, free_port
from alignment_dash.embedded.processes import (
    Child,
    Family,
    StartError,
    as_account,
    birth,
    command_line,
    die_with_parent,
    end,
    tail,
    wait_until,
)

DATABASE = "alignment"
OWNER = "alignment_owner"
APP = "alignment_app"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "synchronous_commit": "off",
    "random_page_cost": "1.1",
    "jit": "off",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Passwords:
    """One password per role."""

    superuser: str
    owner: str
    app: str

    @classmethod
    def generate(cls) -> "Passwords":
        """Return three new random passwords."""
        return cls(*(secrets.token_urlsafe(24) for _ in range(3)))


@dataclass(slots=True)
class Postgres:
    """A private server whose files are in `folder`/postgres; `throwaway` gives up durability for speed."""

    folder: Path
    passwords: Passwords
    account: Account | None
    throwaway: bool = False
    port: int = 0

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the database URL of one of the two roles."""
        password = {OWNER: self.passwords.owner, APP: self.passwords.app}[role]
        return f"postgres://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def start(self, family: Family, *, preferred_port: int | None = None) -> Child:
        """Start the server as a child of `family` and return when it answers and has its roles and database.

        Creates the cluster when there is none, ends a server that an earlier starter left behind and takes
        another port when `preferred_port` is busy. Raises StartError with the log's last lines.
        """
        home = server_folder(self.folder, self.account)
        program_folder = postgres_programs(self.account)
        data = owned_folder(home / "postgres", self.account)
        if not (data / "PG_VERSION").exists():
            self._create_cluster(program_folder, data)
        _end_orphan(data)
        ports = [preferred_port] if preferred_port else []
        for attempt in range(3):
            self.port = free_port(ports if attempt == 0 else [])
            child = self._launch(family, program_folder, data)
            try:
                wait_until(self._answers, child, seconds=60)
            except StartError:
                # Someone else may have taken the port between our look and the server's.
                if attempt == 2 or "could not bind" not in tail(child.log, 30):
                    raise
                family.forget(child)
            else:
                break
        self._ensure_roles()
        return child

    def _launch(self, family: Family, program_folder: Path, data: Path) -> Child:
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        if self.throwaway and major_version(program_folder) >= 16:
            # A connection is made for each request of a test's browser, and half its time went into the password.
            settings["scram_iterations"] = "1"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return family.start(
            "postgres",
            [program_folder / "postgres", "-D", data, "-p", str(self.port), *options],
            environment=_environment(),
            account=self.account,
            stop_signal=signal.SIGINT,  # fast shutdown: roll back, write the checkpoint, end
            patience=30,
            folder=data,
        )

    def _create_cluster(self, program_folder: Path, data: Path) -> None:
        version = major_version(program_folder)
        if version < OLDEST:
            raise StartError(f"PostgreSQL {version} is too old: {OLDEST} or newer is needed.")
        locale = ["--locale=C.UTF-8"]
        if version >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        password_file = data / "password"
        write_private(password_file, self.passwords.superuser, self.account)
        # A cluster is made beside its place and moved there whole, so that a killed start leaves no half.
        unfinished = data / "unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        command: list[str | Path] = [
            program_folder / "initdb", "-D", unfinished, "-U", "postgres", "-E", "UTF8",
            "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync", *locale,
        ]  # fmt: skip
        made = subprocess.run(
            command, env=_environment(), capture_output=True, text=True, check=False, cwd=data,
            preexec_fn=die_with_parent(signal.SIGKILL), **as_account(self.account),
        )  # fmt: skip
        password_file.unlink()
        if made.returncode:
            raise StartError(f"initdb failed:\n{made.stdout}\n{made.stderr}")
        for path in sorted(unfinished.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(data / path.name)
        unfinished.rmdir()

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(
            host=LOOPBACK, port=self.port, user="postgres", password=self.passwords.superuser, dbname=database
        )
        connection.autocommit = True
        return connection

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StartError(
                    "The private PostgreSQL does not accept its password: its files and var/demo/secrets.json "
                    "do not belong together. `make clean` removes both."
                ) from error
            return False
        return True

    def _ensure_roles(self) -> None:
        for database in ("postgres", "template1"):
            connection = self._connect(database)
            with connection, connection.cursor() as cursor:
                if database == "template1":
                    # Exclusion constraints over ids and date ranges need it; every new database copies it.
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
                    continue
                self._ensure_role(cursor, OWNER, self.passwords.owner, "CREATEDB")
                self._ensure_role(cursor, APP, self.passwords.app, "NOCREATEDB")
            connection.close()
        connection = self._connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}" OWNER "{OWNER}"')
        connection.close()

    def _ensure_role(
        self, cursor: "psycopg2.extensions.cursor", role: str, password: str, databases: str
    ) -> None:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "CREATE" if cursor.fetchone() is None else "ALTER"
        cursor.execute(
            f'{verb} ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {databases} PASSWORD %s',
            [password],
        )


def _environment() -> dict[str, str]:
    # No PG* variable of ours may lead the server elsewhere; messages in English so that we can read them.
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_MESSAGES": "C", "TZ": "UTC"}


def _end_orphan(data: Path) -> None:
    """End a server that still runs on `data`, or remove the pid file that an ended one left behind."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if birth(pid) is not None and str(data) in command_line(pid):
        end(pid, signal.SIGINT, patience=30)
    # The pid may meanwhile be another program's, which PostgreSQL cannot tell from a server of its own.
    pid_file.unlink(missing_ok=True)
