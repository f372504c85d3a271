"""The databases of a test process: an empty one, and two that hold the small district already.

Migrating takes seconds and building the district a tenth of one, a thousand times: so one process migrates and
the others copy its database, and a test that asks for the district, and commits nothing, begins where it stands.
Tests marked `only_looks` commit, but change nothing that others of them mind: they share the third.
"""

import hashlib
import os
import pickle
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from alignment_dash.access import database
from tests import factories

MADE_ROLE = {"USER": "alignment_test_app", "PASSWORD": "alignment-test"}
EMPTY, DISTRICT, LOOKED_AT, MIGRATED = "", "_district", "_looked_at", "_migrated"
HOLD_THE_DISTRICT = (DISTRICT, LOOKED_AT)
KEPT = ("django_migrations", "django_content_type")


class Databases:
    """Makes them, says which one the next test is on, and removes them."""

    def __init__(self) -> None:
        self.name = ""
        self.wanted = EMPTY
        # As bytes: five times as quick to read as an object is to copy.
        self._standing: dict[str, bytes] = {}

    def make(self) -> None:
        """Make the empty database and connect to the one that is wanted."""
        if settings.DATABASES["default"]["USER"] == settings.DATABASES["owner"]["USER"]:
            _make_role()
            _set("default", **MADE_ROLE)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        base = f"test_{settings.DATABASES['owner']['NAME']}"
        self.name = f"{base}_{worker}" if worker else base
        # The processes of one run share what the first has migrated; a process by itself keeps it for its next run.
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
        migrated, state = (base + MIGRATED, run) if run else (self.name + MIGRATED, _migrations())
        with _locked(base):
            if _comment(migrated) == state:
                _copy(migrated, self.name)
                self._connect(EMPTY)
            else:
                _copy("template1", self.name)
                self._connect(EMPTY)
                call_command("migrate", database="owner", verbosity=0, interactive=False)
                connections["owner"].close()
                _copy(self.name, migrated, comment=state)
        self.use(self.wanted)

    def use(self, which: str) -> None:
        """Go on in the database `which`; before they are made: begin there."""
        self.wanted = which
        if not self.name or settings.DATABASES["default"]["NAME"] == self.name + which:
            return
        if which in HOLD_THE_DISTRICT and which not in self._standing:
            self._connect(EMPTY)  # which everyone must leave before it can be copied
            _end_other_sessions()
            connections["default"].close()
            _copy(self.name, self.name + which)
            self._connect(which)
            self._standing[which] = pickle.dumps(factories.small_district())
        self._connect(which)

    def district(self) -> factories.SmallDistrict:
        """The small district: that which stands, or a new one in the empty database."""
        standing = self._standing.get(self.wanted)
        return pickle.loads(standing) if standing else factories.small_district()

    def remove(self) -> None:
        """Drop both, whoever is still connected: a browser keeps its connections, and they the server's."""
        made = [EMPTY, *self._standing]
        for which in made:
            self._connect(which)
            _end_other_sessions()
            connections["default"].close()
        with _maintenance() as cursor:
            for which in made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}{which}"')

    def _connect(self, which: str) -> None:
        for alias in ("default", "owner"):
            connections[alias].close()
            _set(alias, NAME=self.name + which)


DATABASES = Databases()


def _migrations() -> str:
    """Return what stands for all migrations: with another one, or another text, it differs."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label} {file.name}".encode() + file.read_bytes())
    digest.update(Path(database.__file__).read_bytes())
    return digest.hexdigest()


def drop_migrated() -> None:
    """Drop what the processes of a run copied; for the one that started them, which needs no database itself."""
    with suppress(psycopg2.OperationalError), _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "test_{settings.DATABASES["owner"]["NAME"]}{MIGRATED}"')


def wanted_by(item: pytest.Item) -> str:
    """Return which database a test begins in."""
    if "district" not in getattr(item, "fixturenames", ()):
        return EMPTY
    if item.get_closest_marker("only_looks"):
        return LOOKED_AT
    return EMPTY if commits(item) else DISTRICT


def needs_database(item: pytest.Item) -> bool:
    """Whether a test asks a database of this process anything."""
    marked = item.get_closest_marker("django_db") is not None
    return marked or "db" in getattr(item, "fixturenames", ()) or commits(item)


def commits(item: pytest.Item) -> bool:
    """Whether a test commits what it writes."""
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    return bool(
        (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(fixtures)
    )


def empty_as_owner(self: Any) -> None:
    """Delete every row after a transactional test; the application role may not, of the audit.

    Of eighty tables most are empty: deleting from the others is quicker than truncating all.
    """
    connections["default"].close()
    if DATABASES.wanted == LOOKED_AT:
        return
    with _as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
        cursor.execute("BEGIN; SET CONSTRAINTS ALL DEFERRED; SET LOCAL alignment.everything = 'yes'")
        cursor.execute(
            "SELECT oid::regclass::text, relhastriggers AND EXISTS"
            " (SELECT 1 FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)"
            " AND pg_relation_size(oid) > 0",
            [list(KEPT)],
        )
        tables = cursor.fetchall()
        # What is published or written down refuses to go.
        guarded = [table for table, refuses in tables if refuses]
        statements = [
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
            *(f"DELETE FROM {table}" for table, _refuses in tables),
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
            "COMMIT",
        ]
        cursor.execute("; ".join(statements))


def _set(alias: str, **values: str) -> None:
    connections[alias].settings_dict.update(values)
    settings.DATABASES[alias].update(values)


@contextmanager
def _as_owner(name: str) -> Iterator[Any]:
    given = settings.DATABASES["owner"]
    raw = psycopg2.connect(
        dbname=name,
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"],
        port=given["PORT"],
    )
    raw.autocommit = True
    with closing(raw), raw.cursor() as cursor:
        yield cursor


def _maintenance() -> Any:
    return _as_owner("postgres")


@contextmanager
def _locked(base: str) -> Iterator[None]:
    """One process after the other, of those whose databases have the same name to begin with."""
    with _maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4712, hashtext(%s))", [base])
        yield


def _copy(template: str, name: str, *, comment: str = "") -> None:
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if comment:
            cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [comment])


def _comment(name: str) -> str | None:
    with _maintenance() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _end_other_sessions() -> None:
    """End what else the application's role has open in this database; the owner might not."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()"
        )


def _make_role() -> None:
    """Make the application role where the environment gives none; other test processes may do the same."""
    with _maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4711)")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [MADE_ROLE["USER"]])
        if not cursor.fetchone():
            cursor.execute(
                f"CREATE ROLE {MADE_ROLE['USER']} LOGIN NOBYPASSRLS PASSWORD '{MADE_ROLE['PASSWORD']}'"
            )
